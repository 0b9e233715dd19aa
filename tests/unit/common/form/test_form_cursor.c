/* SPDX-License-Identifier: MIT */
/* A cursor finds the forms that a writer wrote, in order, from any key on. */
#include "tests/support/testing.h"

#include "common/form/form_cursor.h"
#include "common/form/form_writer.h"
#include "tests/support/store_fixture.h"

enum { FORMS = 20000, SEGMENT = 3 };

struct fixture {
    struct store_fixture store;
    struct chunk_reader chunks;
};

/* Every key has one form, every seventh a second one, and every thousandth 3,000, which are more
 * than a block has. */
static void form_of(struct surface_form *form, char text[3][48], size_t number) {
    size_t base = number - number % 6000, variant = 0;
    if (number - base >= 3000) {
        variant = number - base - 3000;
        number = base + 3000;
    } else if (number % 7 == 1) {
        number--;
        variant = 1;
    }
    snprintf(text[0], sizeof text[0], "k%06zu", number);
    snprintf(text[1], sizeof text[1], variant ? "k%06zu-%05zu" : "k%06zu", number, variant);
    snprintf(text[2], sizeof text[2], "k%zu", number / 10);
    *form = (struct surface_form){slice_of_string(text[0]), slice_of_string(text[1]),
                                  slice_of_string(text[2]), number + variant + 1};
}

static void open_fixture(struct fixture *fixture, size_t count) {
    struct error err;
    struct surface_form form;
    char text[3][48];
    struct form_writer writer;
    store_fixture_open(&fixture->store);
    form_writer_init(&writer, &fixture->store.sink, SEGMENT);
    for (size_t i = 0; i < count; i++) {
        form_of(&form, text, i);
        assert_ok(form_writer_add(&writer, &form, &err), &err);
    }
    assert_ok(form_writer_flush(&writer, &err), &err);
    uint32_t chunks[STREAM_MAX] = {
        [STREAM_FORMS] = writer.blocks.chunk, [STREAM_FORM_INDEX] = writer.index.chunk};
    form_writer_release(&writer);
    store_fixture_read(&fixture->store);
    chunk_reader_init(&fixture->chunks, fixture->store.txn, SEGMENT, chunks);
}

static void close_fixture(struct fixture *fixture) {
    chunk_reader_release(&fixture->chunks);
    store_fixture_close(&fixture->store);
}

static void assert_form(struct form_cursor *cursor, size_t number) {
    struct surface_form expected, form;
    struct error err;
    char text[3][48];
    form_of(&expected, text, number);
    assert_ok(form_cursor_form(&form, cursor, &err), &err);
    assert_slice(form.key, expected.key);
    assert_slice(form.form, expected.form);
    assert_slice(form.term, expected.term);
    assert_int_equal(form.count, expected.count);
}

static void test_form_cursor_next__all_forms_in_order(void **state) {
    (void)state;
    struct fixture fixture;
    struct form_cursor cursor;
    struct error err;
    open_fixture(&fixture, FORMS);
    assert_true(fixture.chunks.chunk_counts[STREAM_FORMS] > 0);
    form_cursor_open(&cursor, &fixture.chunks);
    for (size_t i = 0; i < FORMS; i++) {
        assert_ok(form_cursor_next(&cursor, &err), &err);
        assert_form(&cursor, i);
    }
    assert_int_equal(form_cursor_next(&cursor, &err), ST_END);
    form_cursor_close(&cursor);
    close_fixture(&fixture);
}

static void test_form_cursor_seek__the_first_form_from_a_key_on(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct fixture fixture;
    struct form_cursor cursor;
    struct error err;
    open_fixture(&fixture, FORMS);
    form_cursor_open(&cursor, &fixture.chunks);
    for (unsigned round = 0; round < 60; round++) {
        char text[3][48], key[16];
        size_t expected = 0;
        snprintf(key, sizeof key, "k%06u", testing_random_below(&random, FORMS + 10));
        key[1 + testing_random_below(&random, 7)] = '\0';
        if (round == 0)
            strcpy(key, "k003000");
        struct surface_form form;
        for (; expected < FORMS; expected++) {
            form_of(&form, text, expected);
            if (slice_compare(form.key, slice_of_string(key)) >= 0)
                break;
        }
        enum status status = form_cursor_seek(&cursor, slice_of_string(key), &err);
        assert_int_equal(status, expected == FORMS ? ST_END : ST_OK);
        for (size_t i = expected; i < FORMS && i < expected + 3; i++) {
            assert_form(&cursor, i);
            status = form_cursor_next(&cursor, &err);
        }
    }
    form_cursor_close(&cursor);
    close_fixture(&fixture);
}

/* Wants blocks that have a key of a range. */
struct range {
    struct form_filter filter;
    struct slice first, last;
    unsigned refused;
};

static bool overlaps(struct form_filter *filter, struct slice first, const struct slice *end) {
    struct range *range = (struct range *)filter;
    bool wanted =
        slice_compare(first, range->last) <= 0 && (!end || slice_compare(*end, range->first) >= 0);
    range->refused += !wanted;
    return wanted;
}

static void test_form_cursor__blocks_that_a_filter_wants(void **state) {
    (void)state;
    struct fixture fixture;
    struct form_cursor cursor;
    struct error err;
    struct range range = {.filter.wants = overlaps,
                          .first = slice_of_string("k003000"),
                          .last = slice_of_string("k009001")};
    size_t found = 0, expected = 0;
    open_fixture(&fixture, FORMS);
    for (size_t i = 0; i < FORMS; i++) {
        struct surface_form form;
        char text[3][48];
        form_of(&form, text, i);
        expected +=
            slice_compare(form.key, range.first) >= 0 && slice_compare(form.key, range.last) <= 0;
    }
    form_cursor_open(&cursor, &fixture.chunks);
    cursor.filter = &range.filter;
    enum status status;
    while (!(status = form_cursor_next(&cursor, &err)))
        found += slice_compare(form_cursor_key(&cursor), range.first) >= 0 &&
                 slice_compare(form_cursor_key(&cursor), range.last) <= 0;
    assert_status(status, ST_END, &err);
    assert_int_equal(found, expected);
    assert_true(range.refused > 0);
    form_cursor_close(&cursor);
    close_fixture(&fixture);
}

static void test_form_cursor__no_forms(void **state) {
    (void)state;
    struct fixture fixture;
    struct form_cursor cursor;
    struct error err;
    open_fixture(&fixture, 0);
    form_cursor_open(&cursor, &fixture.chunks);
    assert_int_equal(form_cursor_next(&cursor, &err), ST_END);
    assert_int_equal(form_cursor_seek(&cursor, slice_of_string("a"), &err), ST_END);
    form_cursor_close(&cursor);
    close_fixture(&fixture);
}

static void test_form_cursor__a_missing_chunk(void **state) {
    (void)state;
    struct fixture fixture;
    struct form_cursor cursor;
    struct error err;
    open_fixture(&fixture, FORMS);
    fixture.chunks.chunk_counts[STREAM_FORMS] = 0;
    form_cursor_open(&cursor, &fixture.chunks);
    assert_status(form_cursor_next(&cursor, &err), ST_CORRUPT, &err);
    form_cursor_close(&cursor);
    close_fixture(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form_cursor_next__all_forms_in_order),
        cmocka_unit_test(test_form_cursor_seek__the_first_form_from_a_key_on),
        cmocka_unit_test(test_form_cursor__blocks_that_a_filter_wants),
        cmocka_unit_test(test_form_cursor__no_forms),
        cmocka_unit_test(test_form_cursor__a_missing_chunk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
