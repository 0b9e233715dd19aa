/* SPDX-License-Identifier: MIT */
/* Blocks of surface forms have what was put into them, and damaged ones are refused. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/form/form_block.h"

enum { FORMS = 600 };

/* Forms in order: keys of few letters, so that they share much, some with marks and some whose term
 * is no part of them. */
static size_t make_forms(struct surface_form *forms, struct arena *arena,
                         struct testing_random *random, size_t max) {
    uint32_t number = 0;
    size_t count = 0;
    while (count < max) {
        char key[80], form[80], term[80];
        number += 1 + testing_random_below(random, 50);
        snprintf(key, sizeof key, "w%08uende", number);
        if (number % 97 == 0)
            memset(key + 9, 'x', 60), key[69] = '\0';
        snprintf(term, sizeof term, "%.*s%s", (int)(strlen(key) - number % 7), key,
                 number % 3 ? "" : "i");
        if (number % 11 == 0)
            snprintf(term, sizeof term, "other");
        for (unsigned variant = 0; variant < 1 + (number % 5 == 0) && count < max; variant++) {
            snprintf(form, sizeof form, variant ? "%sé" : "%s", key);
            forms[count++] = (struct surface_form){
                .key = slice_of(arena_copy(arena, key, strlen(key)), strlen(key)),
                .form = slice_of(arena_copy(arena, form, strlen(form)), strlen(form)),
                .term = slice_of(arena_copy(arena, term, strlen(term)), strlen(term)),
                .count =
                    1 + (testing_random_below(random, 4) ? 0 : testing_random_next(random) >> 20)};
        }
    }
    return count;
}

static struct slice encode(struct form_block_encoder *encoder, const struct surface_form *forms,
                           size_t count) {
    struct slice block;
    assert_int_equal(form_block_encoder_begin(encoder), ST_OK);
    for (size_t i = 0; i < count; i++) {
        assert_false(form_block_encoder_is_full(encoder));
        form_block_encoder_add(encoder, &forms[i]);
    }
    assert_int_equal(form_block_encoder_end(&block, encoder), ST_OK);
    return block;
}

static void assert_same_form(const struct surface_form *a, const struct surface_form *b) {
    assert_slice(a->key, b->key);
    assert_slice(a->form, b->form);
    assert_slice(a->term, b->term);
    assert_int_equal(a->count, b->count);
}

static void read_form(struct surface_form *form, struct form_block_decoder *decoder) {
    assert_int_equal(form_block_decoder_term(form, decoder), ST_OK);
    assert_int_equal(form_block_decoder_form(form, decoder), ST_OK);
    assert_int_equal(form_block_decoder_count(form, decoder), ST_OK);
}

static void test_form_block__has_what_was_added(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct surface_form forms[FORMS], form;
    struct arena arena = {0};
    struct form_block_encoder encoder = {0};
    struct form_block_decoder decoder = {0};
    for (size_t size = 1; size <= FORMS; size += 1 + size) {
        size_t count = make_forms(forms, &arena, &random, size);
        struct slice block = encode(&encoder, forms, count);
        for (unsigned step = 1; step < 5; step++) { /* of every step-th form only */
            assert_int_equal(form_block_decoder_open(&decoder, block), ST_OK);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(form_block_decoder_next(&decoder), ST_OK);
                assert_slice(slice_of(decoder.key, decoder.key_size), forms[i].key);
                if (i % step)
                    continue;
                read_form(&form, &decoder);
                assert_same_form(&form, &forms[i]);
            }
            assert_int_equal(form_block_decoder_next(&decoder), ST_END);
            assert_true(step > 1 || form_block_decoder_is_at_end(&decoder));
        }
        arena_release(&arena);
    }
    form_block_encoder_release(&encoder);
    form_block_decoder_release(&decoder);
}

static size_t shared_size(struct slice a, struct slice b) {
    size_t size = 0;
    while (size < a.size && size < b.size && a.data[size] == b.data[size])
        size++;
    return size;
}

static void test_form_block_decoder_skip__passes_over_what_begins_alike(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct surface_form forms[FORMS], form;
    struct arena arena = {0};
    struct form_block_encoder encoder = {0};
    struct form_block_decoder decoder = {0};
    size_t count = make_forms(forms, &arena, &random, FORMS);
    struct slice block = encode(&encoder, forms, count);
    for (unsigned round = 0; round < 20; round++) {
        assert_int_equal(form_block_decoder_open(&decoder, block), ST_OK);
        assert_int_equal(form_block_decoder_next(&decoder), ST_OK);
        for (size_t i = 0, next; i < count; i = next) {
            size_t size = 6 + testing_random_below(&random, 4);
            assert_slice(slice_of(decoder.key, decoder.key_size), forms[i].key);
            if (testing_random_below(&random, 2)) {
                read_form(&form, &decoder);
                assert_same_form(&form, &forms[i]);
            }
            assert_int_equal(form_block_decoder_skip(&decoder, size), ST_OK);
            next = i + 1;
            while (next < count && shared_size(forms[next].key, forms[i].key) >= size)
                next++;
            enum status status = form_block_decoder_next(&decoder);
            assert_int_equal(status, next < count ? ST_OK : ST_END);
            if (!status)
                assert_in_range(decoder.key_shared, 0, shared_size(forms[next].key, forms[i].key));
        }
    }
    arena_release(&arena);
    form_block_encoder_release(&encoder);
    form_block_decoder_release(&decoder);
}

static bool has_bytes(struct slice key, const struct form_probe *probe) {
    return memmem(key.data, key.size, probe->bytes, probe->size) != NULL;
}

static void test_form_block_decoder_find__keys_with_two_bytes(void **state) {
    (void)state;
    static const struct form_probe probes[] = {{"0", 1},  {"3", 1},  {"xx", 2},
                                               {"00", 2}, {"07", 2}, {"w0", 2},
                                               {"ue", 2}, {"e", 1},  {"zz", 2}};
    struct testing_random random = testing_random();
    struct surface_form forms[FORMS], form;
    struct arena arena = {0};
    struct form_block_encoder encoder = {0};
    struct form_block_decoder decoder = {0};
    size_t count = make_forms(forms, &arena, &random, FORMS);
    struct slice block = encode(&encoder, forms, count);
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        assert_int_equal(form_block_decoder_open(&decoder, block), ST_OK);
        size_t next = 0;
        enum status status;
        while (!(status = form_block_decoder_find(&decoder, &probes[i]))) {
            while (next < count && !has_bytes(forms[next].key, &probes[i]))
                next++;
            assert_in_range(next, 0, count - 1);
            read_form(&form, &decoder);
            assert_same_form(&form, &forms[next++]);
        }
        assert_int_equal(status, ST_END);
        while (next < count)
            assert_false(has_bytes(forms[next++].key, &probes[i]));
    }
    arena_release(&arena);
    form_block_encoder_release(&encoder);
    form_block_decoder_release(&decoder);
}

static void test_form_block_encoder__fits_a_chunk(void **state) {
    (void)state;
    struct form_block_encoder encoder = {0};
    struct testing_random random = testing_random();
    uint8_t key[SURFACE_FORM_MAX], form[SURFACE_FORM_MAX], term[SURFACE_FORM_MAX];
    struct surface_form next = {slice_of(key, sizeof key), slice_of(form, sizeof form),
                                slice_of(term, sizeof term), UINT64_MAX};
    assert_int_equal(form_block_encoder_begin(&encoder), ST_OK);
    while (!form_block_encoder_is_full(&encoder)) {
        for (size_t i = 0; i < SURFACE_FORM_MAX; i++) {
            key[i] = (uint8_t)testing_random_next(&random);
            form[i] = (uint8_t)testing_random_next(&random);
            term[i] = (uint8_t)testing_random_next(&random);
        }
        form_block_encoder_add(&encoder, &next);
    }
    struct slice block;
    assert_int_equal(form_block_encoder_end(&block, &encoder), ST_OK);
    assert_in_range(block.size, FORM_BLOCK_BYTES / 2, FORM_BLOCK_BYTES_MAX + 100);
    form_block_encoder_release(&encoder);
}

/* Reads all of a damaged block, from memory of its exact size. */
static bool reads(struct form_block_decoder *decoder, struct slice block) {
    uint8_t *copy = malloc(block.size + !block.size);
    memcpy(copy, block.data, block.size);
    enum status status = form_block_decoder_open(decoder, slice_of(copy, block.size));
    while (!status) {
        struct surface_form form;
        status = form_block_decoder_next(decoder);
        if (!status)
            status = form_block_decoder_term(&form, decoder);
        if (!status)
            status = form_block_decoder_form(&form, decoder);
        if (!status)
            status = form_block_decoder_count(&form, decoder);
        if (!status) {
            assert_in_range(form.key.size, 1, SURFACE_FORM_MAX);
            assert_in_range(form.form.size, 1, SURFACE_FORM_MAX);
            assert_in_range(form.term.size, 1, SURFACE_FORM_MAX);
        }
    }
    assert_true(status == ST_END || status == ST_CORRUPT);
    free(copy);
    return status == ST_END;
}

static void test_form_block_decoder__survives_damage(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct surface_form forms[60];
    struct arena arena = {0};
    struct form_block_encoder encoder = {0};
    struct form_block_decoder decoder = {0};
    size_t count = make_forms(forms, &arena, &random, 60), refused = 0;
    struct slice sound = encode(&encoder, forms, count);
    assert_true(reads(&decoder, sound));
    for (size_t size = 0; size < sound.size; size++)
        assert_false(reads(&decoder, slice_of(sound.data, size)));
    for (unsigned round = 0; round < 5000; round++) {
        struct buffer block = {0};
        assert_int_equal(buffer_append_slice(&block, sound), ST_OK);
        for (uint32_t n = 1 + testing_random_below(&random, 3); n; n--)
            block.data[testing_random_below(&random, (uint32_t)block.size)] =
                (uint8_t)testing_random_next(&random);
        refused += !reads(&decoder, buffer_slice(&block));
        buffer_release(&block);
    }
    assert_true(refused > 1000);
    arena_release(&arena);
    form_block_encoder_release(&encoder);
    form_block_decoder_release(&decoder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form_block__has_what_was_added),
        cmocka_unit_test(test_form_block_decoder_skip__passes_over_what_begins_alike),
        cmocka_unit_test(test_form_block_decoder_find__keys_with_two_bytes),
        cmocka_unit_test(test_form_block_encoder__fits_a_chunk),
        cmocka_unit_test(test_form_block_decoder__survives_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
