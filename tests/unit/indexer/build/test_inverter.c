/* SPDX-License-Identifier: MIT */
/* The inverter records the same postings as a model that sorts all occurrences. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/field/schema.h"
#include "common/segment/positions.h"
#include "indexer/build/flush.h"
#include "tests/support/store_fixture.h"

enum { SEGMENT = 4 };

struct occurrence {
    uint16_t field;
    const char *term; /* NUL-terminated; the terms of the texts contain no NUL */
    uint32_t doc, position;
};

/* The expected postings. */
struct model {
    struct occurrence *all;
    size_t count, capacity;
    struct arena terms;
    struct buffer lengths; /* the length of each document, u32 */
    struct buffer titles;  /* and that of its title */
    uint32_t documents;
};

static int compare_occurrences(const void *a, const void *b) {
    const struct occurrence *x = a, *y = b;
    if (x->field != y->field)
        return x->field < y->field ? -1 : 1;
    int order = strcmp(x->term, y->term);
    if (order)
        return order;
    if (x->doc != y->doc)
        return x->doc < y->doc ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

static void model_occurrence(struct model *model, uint16_t field, struct slice term,
                             uint32_t position) {
    if (model->count == model->capacity) {
        model->capacity = 2 * model->capacity + 1024;
        model->all = realloc(model->all, model->capacity * sizeof *model->all);
        assert_non_null(model->all);
    }
    const char *copy = arena_copy(&model->terms, term.data, term.size);
    assert_non_null(copy);
    model->all[model->count++] = (struct occurrence){field, copy, model->documents, position};
}

static uint32_t model_text(struct model *model, struct analyzer *analyzer, uint16_t field,
                           struct slice text, uint32_t position) {
    struct token token;
    uint32_t words = 0;
    analyzer_begin(analyzer, text, position);
    while (analyzer_next(&token, 1, analyzer)) {
        model_occurrence(model, field, token.term, token.position);
        words++;
    }
    assert_int_equal(analyzer_status(analyzer), ST_OK);
    return words;
}

/* Adds a document to the inverter and to the model: a title, which is also the author, and of which
 * the beginning is a keyword; and every third text as that of a field that is not searched. */
static void add(struct model *model, struct analyzer *reference_analyzer, struct inverter *inverter,
                struct analyzer *analyzer, struct slice title, struct slice text) {
    struct error err;
    struct token_count all = {0}, own = {.position = 5};
    uint32_t doc = model->documents;
    assert_ok(inverter_add_field(&all, &own, inverter, analyzer, doc, SCHEMA_TITLE, title, &err),
              &err);
    uint32_t words = model_text(model, reference_analyzer, SCHEMA_ALL, title, 0);
    assert_int_equal(all.position, analyzer_position(reference_analyzer));
    assert_int_equal(model_text(model, reference_analyzer, SCHEMA_TITLE, title, 5), words);
    assert_int_equal(own.position, analyzer_position(reference_analyzer));
    assert_int_equal(own.length, words);
    assert_int_equal(buffer_append(&model->titles, &own.length, sizeof own.length), ST_OK);
    if (title.size > 1 && title.data[0] > ' ' && title.data[1] > ' ') {
        struct slice keyword = slice_of(title.data, 2);
        assert_ok(inverter_add_keyword(inverter, doc, SCHEMA_TAG, 7, keyword, &err), &err);
        model_occurrence(model, SCHEMA_TAG, keyword, 7);
        assert_ok(inverter_add_keyword(inverter, doc, SCHEMA_TAG, 9, keyword, &err), &err);
    }
    struct token_count again = {0};
    words += model_text(model, reference_analyzer, SCHEMA_ALL, title, all.position);
    assert_ok(inverter_add_field(&all, &again, inverter, analyzer, doc, SCHEMA_AUTHOR, title, &err),
              &err);
    model_text(model, reference_analyzer, SCHEMA_AUTHOR, title, 0);
    all.position += 10;
    words += model_text(model, reference_analyzer, SCHEMA_ALL, text, all.position);
    assert_ok(inverter_add_text(&all, inverter, analyzer, doc, text, &err), &err);
    assert_int_equal(all.position, analyzer_position(reference_analyzer));
    assert_int_equal(all.length, words);
    if (doc % 3 == 0) {
        struct token_count alone = {.position = 1};
        assert_ok(
            inverter_add_field(NULL, &alone, inverter, analyzer, doc, SCHEMA_OWN_MAX, text, &err),
            &err);
        assert_int_equal(model_text(model, reference_analyzer, SCHEMA_OWN_MAX, text, 1),
                         alone.length);
        assert_int_equal(alone.position, analyzer_position(reference_analyzer));
    }
    assert_int_equal(buffer_append(&model->lengths, &all.length, sizeof all.length), ST_OK);
    model->documents++;
}

/* Writes the inverter's terms as a segment and compares it with the model. */
static void check(struct model *model, struct inverter *inverter) {
    struct error err;
    struct store_fixture fixture;
    struct segment_writer writer;
    struct segment_info info;
    store_fixture_open(&fixture);
    assert_ok(segment_writer_open(&writer, &fixture.sink, SEGMENT, UINT64_MAX, &err), &err);
    for (uint32_t i = 0; i < model->documents; i++) {
        struct document document = {.id = slice_of(&i, sizeof i)};
        memcpy(&document.length, model->lengths.data + i * sizeof document.length,
               sizeof document.length);
        uint32_t doc;
        uint32_t title;
        memcpy(&title, model->titles.data + i * sizeof title, sizeof title);
        assert_ok(segment_writer_add(&doc, &writer, &document, &err), &err);
        assert_int_equal(doc, i);
        assert_ok(segment_writer_add_norm(&writer, SCHEMA_TITLE, doc, norm_of_length(title), &err),
                  &err);
        assert_ok(segment_writer_add_norm(&writer, SCHEMA_AUTHOR, doc, norm_of_length(title), &err),
                  &err);
    }
    struct pool *pool;
    const struct spills none = {0};
    assert_ok(pool_new(&pool, 2, &err), &err);
    assert_ok(flush_inverters(&inverter, 1, &none, 1 << 20, pool, &writer, &err), &err);
    pool_free(pool);
    assert_ok(segment_writer_finish(&info, &writer, &err), &err);
    segment_writer_release(&writer);
    store_fixture_read(&fixture);

    if (model->count)
        qsort(model->all, model->count, sizeof *model->all, compare_occurrences);
    struct segment segment;
    segment_open(&segment, fixture.txn, &fixture.decompressor, &info);
    struct dictionary_cursor terms;
    assert_ok(dictionary_cursor_open(&terms, fixture.txn, SEGMENT, &err), &err);
    struct buffer places = {0};
    size_t next = 0;
    for (uint64_t i = 0; i < info.terms; i++) {
        assert_ok(dictionary_cursor_next(&terms, &err), &err);
        struct slice term = slice_of(terms.term, terms.term_size);
        terms.entry.norms = segment_norms(&segment, field_term_field(term));
        struct postings_block block;
        struct positions_reader positions;
        for (uint32_t number = 0; number < postings_block_count(&terms.entry); number++) {
            assert_true(postings_block_load(&block, &segment.chunks, &terms.entry, number));
            assert_true(postings_block_frequencies(&block, &segment.chunks));
            positions_reader_init(&positions, &segment.chunks, &terms.entry, &block);
            for (uint32_t k = 0; k < block.count; k++) {
                buffer_clear(&places);
                assert_int_equal(buffer_reserve(&places, block.frequencies[k] * sizeof(uint32_t)),
                                 ST_OK);
                assert_true(positions_reader_read((uint32_t *)(void *)places.data, &positions, k));
                for (uint32_t n = 0; n < block.frequencies[k]; n++, next++) {
                    uint32_t position;
                    memcpy(&position, places.data + n * sizeof position, sizeof position);
                    assert_true(next < model->count);
                    const struct occurrence *expected = &model->all[next];
                    assert_int_equal(field_term_field(term), expected->field);
                    assert_slice(field_term_term(term), slice_of_string(expected->term));
                    assert_int_equal(block.docs[k], expected->doc);
                    assert_int_equal(position, expected->position);
                }
            }
        }
    }
    assert_int_equal(dictionary_cursor_next(&terms, &err), ST_END);
    assert_int_equal(next, model->count);
    dictionary_cursor_close(&terms);
    buffer_release(&places);
    segment_close(&segment);
    segment_info_release(&info);
    store_fixture_close(&fixture);
    free(model->all);
    buffer_release(&model->lengths);
    buffer_release(&model->titles);
    arena_release(&model->terms);
}

struct fixture {
    struct analyzer *reference_analyzer, *analyzer;
    struct inverter *inverter;
};

static int setup(void **state) {
    static struct fixture fixture;
    static const struct analyzer_options settings = {.stemmer = "english"};
    struct error err;
    assert_ok(analyzer_new(&fixture.reference_analyzer, &settings, &err), &err);
    assert_ok(analyzer_new(&fixture.analyzer, &settings, &err), &err);
    assert_ok(inverter_new(&fixture.inverter, 256 << 20, 256 << 20, &err), &err);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    inverter_free(fixture->inverter);
    inverter_free(NULL);
    analyzer_free(fixture->analyzer);
    analyzer_free(fixture->reference_analyzer);
    return 0;
}

/* An inverter can be cleared and used again, without a trace of what was in it. */
static void test_inverter_postings__random_texts(void **state) {
    struct fixture *fixture = *state;
    struct testing_random random = testing_random();
    static const struct {
        uint32_t documents, words, vocabulary;
    } kinds[] = {{1, 1, 1},         {3000, 100, 5},   {3000, 100, 5000}, {20, 30000, 3},
                 {500, 300, 60000}, {200, 1000, 400}, {20000, 3, 2}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct model model = {0};
        struct buffer title = {0}, text = {0};
        for (uint32_t doc = 0; doc < kinds[i].documents; doc++) {
            buffer_clear(&title);
            buffer_clear(&text);
            testing_random_words(&title, &random, testing_random_below(&random, 4),
                                 kinds[i].vocabulary);
            testing_random_words(&text, &random, testing_random_below(&random, kinds[i].words + 1),
                                 kinds[i].vocabulary);
            add(&model, fixture->reference_analyzer, fixture->inverter, fixture->analyzer,
                buffer_slice(&title), buffer_slice(&text));
        }
        assert_true(inverter_memory(fixture->inverter) > model.count);
        check(&model, fixture->inverter);
        inverter_clear(fixture->inverter, fixture->analyzer);
        buffer_release(&title);
        buffer_release(&text);
    }
}

/* Terms are in order of their bytes, including those with the same first eight bytes and those that
 * are prefixes of others. */
static void test_inverter_postings__long_prefixes(void **state) {
    struct fixture *fixture = *state;
    struct testing_random random = testing_random();
    struct model model = {0};
    for (uint32_t doc = 0; doc < 500; doc++) {
        struct buffer text = {0};
        for (unsigned i = 0; i < 50; i++) {
            char word[64];
            int size = snprintf(word, sizeof word, "%.*s%llu ",
                                (int)testing_random_below(&random, 20), "0pipelines0of0the0north",
                                (unsigned long long)testing_random_bits(&random, 14));
            assert_int_equal(buffer_append(&text, word, (size_t)size), ST_OK);
        }
        add(&model, fixture->reference_analyzer, fixture->inverter, fixture->analyzer,
            slice_of("", 0), buffer_slice(&text));
        buffer_release(&text);
    }
    check(&model, fixture->inverter);
    inverter_clear(fixture->inverter, fixture->analyzer);
}

/* Words with the same stem, words that are cut or written without spaces, and text without
 * words. */
static void test_inverter_postings__language(void **state) {
    struct fixture *fixture = *state;
    struct model model = {0};
    char endless[1000];
    memset(endless, 'q', sizeof endless);
    const struct slice texts[] = {
        slice_of_string(""),
        slice_of_string("Pipelines and a pipeline, piped; PIPE pipes."),
        slice_of_string("caf\xc3\xa9 CAFE Caf\xc3\xa9s"),
        slice_of_string("\xe5\xa4\xa9\xe7\x84\xb6\xe6\xb0\x94\xe7\xae\xa1\xe9\x81\x93"),
        slice_of_string("\xff\xfe broken \xc3 bytes"),
        slice_of("nul\0between", 11),
        slice_of_string("... --- !!!"),
        slice_of(endless, sizeof endless),
        slice_of(endless, 245),
        slice_of(endless, 246),
    };
    enum { TEXTS = sizeof texts / sizeof *texts };
    for (size_t i = 0; i < TEXTS; i++)
        for (size_t k = 0; k < TEXTS; k++)
            add(&model, fixture->reference_analyzer, fixture->inverter, fixture->analyzer, texts[i],
                texts[k]);
    check(&model, fixture->inverter);
    inverter_clear(fixture->inverter, fixture->analyzer);
}

/* Documents without words leave gaps in the numbers of the postings. */
static void test_inverter_postings__nothing(void **state) {
    struct fixture *fixture = *state;
    struct model model = {0};
    check(&model, fixture->inverter);
    inverter_clear(fixture->inverter, fixture->analyzer);
    struct model empty = {0};
    for (unsigned i = 0; i < 300; i++)
        add(&empty, fixture->reference_analyzer, fixture->inverter, fixture->analyzer,
            slice_of_string(""), i % 100 == 99 ? slice_of_string("word") : slice_of_string(" "));
    check(&empty, fixture->inverter);
    inverter_clear(fixture->inverter, fixture->analyzer);
}

/* A text that is refused changes nothing. */
static void test_inverter_add_text__too_large(void **state) {
    struct fixture *fixture = *state;
    struct model model = {0};
    struct error err;
    struct token_count all = {0}, own = {0};
    add(&model, fixture->reference_analyzer, fixture->inverter, fixture->analyzer,
        slice_of_string("one"), slice_of_string("two"));
    /* The data does not have this size, but it is never read. */
    struct slice huge = slice_of("x", 1);
    const size_t sizes[] = {(size_t)1 << 30, SIZE_MAX};
    for (size_t i = 0; i < 2; i++) {
        huge.size = sizes[i];
        assert_status(inverter_add_text(&all, fixture->inverter, fixture->analyzer, 1, huge, &err),
                      ST_LIMIT, &err);
        assert_status(inverter_add_field(&all, &own, fixture->inverter, fixture->analyzer, 1,
                                         SCHEMA_TITLE, huge, &err),
                      ST_LIMIT, &err);
        assert_true(all.position == 0 && all.length == 0 && own.position == 0);
    }
    add(&model, fixture->reference_analyzer, fixture->inverter, fixture->analyzer,
        slice_of_string("one"), slice_of_string("three"));
    check(&model, fixture->inverter);
    inverter_clear(fixture->inverter, fixture->analyzer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inverter_postings__random_texts),
        cmocka_unit_test(test_inverter_postings__long_prefixes),
        cmocka_unit_test(test_inverter_postings__language),
        cmocka_unit_test(test_inverter_postings__nothing),
        cmocka_unit_test(test_inverter_add_text__too_large),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
