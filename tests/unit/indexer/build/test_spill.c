/* SPDX-License-Identifier: MIT */
/* Postings go through temporary files unchanged, across every boundary. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "indexer/build/spill.h"

static bool no_refill(struct posting_buffer_reader *postings) {
    (void)postings;
    return false;
}

static void put(struct buffer *buffer, uint64_t value) {
    uint8_t code[8];
    unsigned size_class = posting_buffer_size_class(value);
    put_u64(code, value << 2 | size_class);
    assert_int_equal(buffer_append(buffer, code, posting_buffer_code_size(size_class)), ST_OK);
}

/* What the postings are, as numbers: document, frequency, first position, distances. */
struct expected {
    uint32_t *numbers;
    size_t count;
};

static void expect(struct expected *expected, uint32_t number) {
    expected->numbers[expected->count++] = number;
}

static void make_postings(struct buffer *buffer, struct expected *expected,
                          struct testing_random *random, uint32_t documents) {
    uint32_t doc = UINT32_MAX;
    expected->numbers = malloc((documents + 1ul) * 1000 * sizeof *expected->numbers);
    assert_non_null(expected->numbers);
    for (uint32_t i = 0; i < documents; i++) {
        uint32_t gap = 1 + (uint32_t)testing_random_bits(random, 12);
        uint32_t position = (uint32_t)testing_random_bits(random, 32);
        uint32_t frequency =
            1 + testing_random_below(random, 1 + testing_random_below(random, 900));
        doc += gap;
        put(buffer, (uint64_t)position << 1 | 1);
        put(buffer, gap);
        expect(expected, doc);
        expect(expected, frequency);
        expect(expected, position);
        for (uint32_t n = 1; n < frequency; n++) {
            uint32_t distance =
                (uint32_t)testing_random_bits(random, testing_random_below(random, 33));
            put(buffer, (uint64_t)distance << 1);
            expect(expected, distance);
        }
    }
}

static void check_postings(struct posting_buffer_reader *postings,
                           const struct expected *expected) {
    for (size_t at = 0; at < expected->count;) {
        const uint32_t *numbers = expected->numbers + at;
        uint32_t distance, frequency = 1;
        assert_int_equal(postings->doc, numbers[0]);
        assert_int_equal(postings->position, numbers[2]);
        while (posting_buffer_next_occurrence(&distance, postings))
            assert_int_equal(distance, numbers[2 + frequency++]);
        assert_int_equal(frequency, numbers[1]);
        at += 2 + frequency;
    }
    assert_int_equal(postings->doc, POSTING_BUFFER_END);
}

static void test_spill_reader_next__what_was_written(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct error err;
    struct spills spills = {.folder = testing_path(".")};
    struct spill_writer writer;
    static const uint32_t documents[] = {1, 2, 5000, 1, 300, 0, 40};
    enum { TERMS = sizeof documents / sizeof *documents };
    struct expected expected[TERMS] = {{0}};
    char term[TERMS][32];
    for (unsigned round = 0; round < 2; round++) {
        assert_ok(spill_writer_begin(&writer, &spills, &err), &err);
        for (unsigned i = 0; i < TERMS; i++) {
            struct buffer bytes = {0};
            free(expected[i].numbers);
            expected[i].count = 0;
            snprintf(term[i], sizeof term[i], "term%u", i);
            make_postings(&bytes, &expected[i], &random, documents[i]);
            assert_int_equal(buffer_reserve(&bytes, POSTING_BUFFER_SLACK), ST_OK);
            struct posting_buffer_reader postings = {
                .at = bytes.data, .end = bytes.data + bytes.size, .refill = no_refill};
            posting_buffer_first(&postings);
            assert_ok(spill_writer_begin_term(&writer, slice_of_string(term[i]), &err), &err);
            while (postings.doc != POSTING_BUFFER_END)
                assert_ok(spill_writer_add_posting(&writer, &postings, &err), &err);
            assert_ok(spill_writer_end_term(&writer, &err), &err);
            buffer_release(&bytes);
        }
        assert_ok(spill_writer_end(&writer, &err), &err);
        spill_writer_release(&writer);
        assert_int_equal(spills.run_count, round + 1);
    }
    struct spill_reader reader;
    assert_ok(spill_reader_open(&reader, &spills, 1, 1 << 20, &err), &err);
    for (unsigned i = 0; i < TERMS; i++) {
        assert_true(slice_equal(reader.term, slice_of_string(term[i])));
        check_postings(&reader.postings, &expected[i]);
        assert_ok(spill_reader_next(&reader, &err), &err);
        free(expected[i].numbers);
    }
    assert_int_equal(reader.term.size, 0);
    spill_reader_close(&reader);
    spills_release(&spills);
    assert_int_equal(spills.run_count, 0);
}

/* A truncated file is an error, not an end. */
static void test_spill_reader_next__cut_off(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct error err;
    struct spills spills = {.folder = testing_path(".")};
    struct spill_writer writer;
    struct buffer bytes = {0};
    struct expected expected = {0};
    make_postings(&bytes, &expected, &random, 3000);
    assert_int_equal(buffer_reserve(&bytes, POSTING_BUFFER_SLACK), ST_OK);
    struct posting_buffer_reader postings = {
        .at = bytes.data, .end = bytes.data + bytes.size, .refill = no_refill};
    posting_buffer_first(&postings);
    assert_ok(spill_writer_begin(&writer, &spills, &err), &err);
    assert_ok(spill_writer_begin_term(&writer, slice_of_string("term"), &err), &err);
    while (postings.doc != POSTING_BUFFER_END)
        assert_ok(spill_writer_add_posting(&writer, &postings, &err), &err);
    assert_ok(spill_writer_end_term(&writer, &err), &err);
    assert_ok(spill_writer_end(&writer, &err), &err);
    spill_writer_release(&writer);
    assert_int_equal(ftruncate(spills.file, (off_t)bytes.size / 2), 0);
    struct spill_reader reader;
    uint32_t distance;
    assert_ok(spill_reader_open(&reader, &spills, 0, 1, &err), &err);
    while (reader.postings.doc != POSTING_BUFFER_END)
        while (posting_buffer_next_occurrence(&distance, &reader.postings))
            ;
    assert_status(spill_reader_next(&reader, &err), ST_EIO, &err);
    assert_string_equal(err.text, "a temporary file is cut off");
    spill_reader_close(&reader);
    spills_release(&spills);
    free(expected.numbers);
    buffer_release(&bytes);
}

static void test_spill_writer_begin__no_such_folder(void **state) {
    (void)state;
    struct error err;
    struct spills spills = {.folder = testing_path("missing")};
    struct spill_writer writer;
    assert_status(spill_writer_begin(&writer, &spills, &err), ST_EIO, &err);
    spill_writer_release(&writer);
}

/* Any number of runs takes one open file. */
static void test_spill_writer_begin__more_runs_than_files_may_be_open(void **state) {
    (void)state;
    enum { RUNS = 300 };
    struct error err;
    struct rlimit before, few = {64, 64};
    struct spills spills = {.folder = testing_path(".")};
    static struct spill_reader readers[RUNS];
    getrlimit(RLIMIT_NOFILE, &before);
    few.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    for (uint32_t i = 0; i < RUNS; i++) {
        struct spill_writer writer;
        struct buffer codes = {0};
        put(&codes, (uint64_t)i << 1 | 1);
        put(&codes, 1 + i);
        assert_int_equal(buffer_reserve(&codes, POSTING_BUFFER_SLACK), ST_OK);
        struct posting_buffer_reader postings = {
            .at = codes.data, .end = codes.data + codes.size, .refill = no_refill};
        posting_buffer_first(&postings);
        assert_ok(spill_writer_begin(&writer, &spills, &err), &err);
        assert_ok(spill_writer_begin_term(&writer, slice_of_string("term"), &err), &err);
        assert_ok(spill_writer_add_posting(&writer, &postings, &err), &err);
        assert_ok(spill_writer_end_term(&writer, &err), &err);
        assert_ok(spill_writer_end(&writer, &err), &err);
        spill_writer_release(&writer);
        buffer_release(&codes);
    }
    for (uint32_t i = 0; i < RUNS; i++)
        assert_ok(spill_reader_open(&readers[i], &spills, i, 1, &err), &err);
    for (uint32_t i = 0; i < RUNS; i++) {
        uint32_t distance;
        assert_int_equal(readers[i].postings.doc, i);
        assert_int_equal(readers[i].postings.position, i);
        assert_false(posting_buffer_next_occurrence(&distance, &readers[i].postings));
        assert_ok(spill_reader_next(&readers[i], &err), &err);
        assert_int_equal(readers[i].term.size, 0);
        spill_reader_close(&readers[i]);
    }
    spills_release(&spills);
    setrlimit(RLIMIT_NOFILE, &before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spill_reader_next__what_was_written),
        cmocka_unit_test(test_spill_reader_next__cut_off),
        cmocka_unit_test(test_spill_writer_begin__no_such_folder),
        cmocka_unit_test(test_spill_writer_begin__more_runs_than_files_may_be_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
