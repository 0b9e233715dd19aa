/* SPDX-License-Identifier: MIT */
/* Batches end where the memory is used up, and a document of too many words is refused. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "indexer/build/segment_builder.h"
#include "tests/support/index_fixture.h"
#include "tests/support/store_fixture.h"

enum { DOCUMENTS = 5800, WORDS = 500, VOCABULARY = 20000 };

/* Indexes the same documents within `memory` bytes and returns how many batches there were. */
static uint64_t batches(unsigned threads, uint64_t memory) {
    struct testing_random random = testing_random();
    struct writer_options options = index_fixture_options();
    struct writer *writer = NULL;
    struct error err;
    enum writer_outcome outcome;
    struct buffer text = {0};
    options.threads = threads;
    options.memory = memory;
    assert_ok(writer_open(&writer, testing_path("index"), &options, &err), &err);
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", i);
        buffer_clear(&text);
        testing_random_words(&text, &random, WORDS, VOCABULARY);
        struct document document = {.id = slice_of_string(id), .text = buffer_slice(&text)};
        assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
        if (writer_needs_commit(writer))
            assert_ok(writer_commit(writer, &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    uint64_t count = writer_counts(writer)->segments_flushed;
    writer_close(writer);
    buffer_release(&text);
    return count;
}

/* Threads share the memory: a batch ends when all of it is used, not when one thread has used its
 * share. */
static void test_segment_builder_is_full__any_number_of_threads(void **state) {
    (void)state;
    static const unsigned threads[] = {2, 4, 8, 16};
    uint64_t one = batches(1, 32 << 20);
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++)
        assert_in_range(batches(threads[i], 32 << 20), one, one + 1);
}

/* The positions of more words would not fit. */
static void test_segment_builder_add_part__too_many_words(void **state) {
    (void)state;
    struct store_fixture fixture;
    struct segment_builder *builder;
    struct pool *pool;
    struct error err;
    uint32_t doc;
    struct segment_info info;
    const struct field_value title = {
        .field = SCHEMA_TITLE, .type = FIELD_TYPE_TEXT, .text = slice_of_string("title")};
    struct index_document document = {slice_of_string("long"), &title, 1};
    const struct slice part = slice_of_string("five words in a row ");
    store_fixture_open(&fixture);
    assert_ok(pool_new(&pool, 1, &err), &err);
    struct schema schema;
    assert_int_equal(schema_init(&schema), ST_OK);
    struct segment_builder_options options = {.analysis = {.stemmer = "english"},
                                              .schema = &schema,
                                              .memory = 16 << 20,
                                              .max_tokens = 100,
                                              .pool = pool,
                                              .folder = testing_path(".")};
    assert_ok(segment_builder_new(&builder, &options, &err), &err);
    assert_ok(segment_builder_begin(builder, &fixture.sink, 1, &err), &err);
    assert_ok(segment_builder_begin_document(&doc, builder, &document, 0, &err), &err);
    for (unsigned i = 0; i < 19; i++)
        assert_ok(segment_builder_add_part(builder, part, &err), &err);
    assert_status(segment_builder_add_part(builder, part, &err), ST_SKIPPED, &err);
    assert_string_equal(err.text, "more than 100 words");
    assert_ok(segment_builder_end_document(builder, &err), &err);
    assert_ok(segment_builder_finish(&info, builder, &err), &err);
    assert_int_equal(info.documents, 1);
    segment_info_release(&info);
    segment_builder_free(builder);
    pool_free(pool);
    schema_release(&schema);
    store_fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segment_builder_is_full__any_number_of_threads),
        cmocka_unit_test(test_segment_builder_add_part__too_many_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
