/* SPDX-License-Identifier: MIT */
/* What is written does not depend on the number of threads, however little fits into memory, and a
 * failure in one range ends all. */
#include "tests/support/testing.h"

#include <stdio.h>

#include "common/store/keys.h"
#include "indexer/build/term_ranges.h"
#include "tests/support/store_fixture.h"

enum { SEGMENT = 3, DOCUMENTS = 300, RANGES = 40, NONE = -1 };

/* The range that fails: the context of encode_range(). */
struct failing {
    size_t number;
};

/* Ranges differ in size; some are much larger than what may wait. */
static enum status encode_range(void *context, size_t number, struct postings_encoder *encoder,
                                unsigned worker, struct error *err) {
    const struct failing *failing = context;
    uint32_t terms = 1 + (uint32_t)(number * 7 % 5);
    enum status status = ST_OK;
    (void)worker;
    for (uint32_t i = 0; i < terms; i++) {
        char term[32];
        snprintf(term, sizeof term, "%03zu-%u", number, i);
        postings_encoder_begin(encoder, slice_of_string(term));
        for (uint32_t doc = 0; doc < DOCUMENTS && !status; doc++) {
            uint32_t frequency = 1 + (uint32_t)(number * doc * (number % 3)) % 300;
            status = postings_encoder_add_document(encoder, doc, err);
            for (uint32_t n = 0; n < frequency && !status; n++)
                status = postings_encoder_add_value(encoder, 1 + n % 9, err);
        }
        if (!status && number == failing->number)
            return error_set(err, ST_EIO, 0, "range %zu failed", number);
        if (!status)
            status = postings_encoder_end(encoder, err);
    }
    return status;
}

static enum status write_lists(struct store_fixture *fixture, unsigned threads, size_t fails,
                               struct segment_info *info, struct error *err) {
    struct segment_writer writer;
    struct failing failing = {fails};
    struct pool *pool;
    store_fixture_open(fixture);
    assert_ok(pool_new(&pool, threads, err), err);
    assert_ok(segment_writer_open(&writer, &fixture->sink, SEGMENT, UINT64_MAX, err), err);
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        struct document document = {.id = slice_of(&i, sizeof i), .length = 1 + i};
        uint32_t doc;
        assert_ok(segment_writer_add(&doc, &writer, &document, err), err);
    }
    struct term_ranges ranges = {
        .count = RANGES, .encode = encode_range, .context = &failing, .memory = 0};
    enum status status = term_ranges_write(&ranges, pool, &writer, err);
    if (!status)
        assert_ok(segment_writer_finish(info, &writer, err), err);
    segment_writer_release(&writer);
    pool_free(pool);
    return status;
}

static void assert_same(struct store_fixture *a, struct store_fixture *b,
                        const struct segment_info *info) {
    store_fixture_read(a);
    store_fixture_read(b);
    for (uint32_t stream = 0; stream < STREAM_COUNT; stream++)
        for (uint32_t chunk = 0; chunk < info->chunks[stream]; chunk++) {
            uint64_t key = keys_chunk(SEGMENT, stream, chunk);
            struct slice x, y;
            struct error err;
            assert_ok(store_get(&x, a->txn, TABLE_CHUNK, keys_of_number(&key), &err), &err);
            assert_ok(store_get(&y, b->txn, TABLE_CHUNK, keys_of_number(&key), &err), &err);
            assert_slice(x, y);
        }
}

static void test_term_ranges_write__any_number_of_threads(void **state) {
    (void)state;
    static const unsigned threads[] = {2, 3, 16};
    struct error err;
    struct store_fixture one;
    struct segment_info expected, info;
    assert_ok(write_lists(&one, 1, (size_t)NONE, &expected, &err), &err);
    assert_true(expected.bytes > (1 << 20));
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        struct store_fixture fixture;
        assert_ok(write_lists(&fixture, threads[i], (size_t)NONE, &info, &err), &err);
        assert_memory_equal(&expected, &info, sizeof info);
        assert_same(&one, &fixture, &info);
        store_fixture_close(&fixture);
    }
    store_fixture_close(&one);
}

static void test_term_ranges_write__a_failure_ends_all(void **state) {
    (void)state;
    struct error err;
    for (unsigned threads = 1; threads < 6; threads++)
        for (size_t fails = 0; fails < RANGES; fails += 13) {
            struct store_fixture fixture;
            struct segment_info info;
            char expected[32];
            snprintf(expected, sizeof expected, "range %zu failed", fails);
            assert_status(write_lists(&fixture, threads, fails, &info, &err), ST_EIO, &err);
            assert_string_equal(err.text, expected);
            store_fixture_close(&fixture);
        }
    struct store_fixture fixture;
    struct segment_info info;
    assert_int_equal(write_lists(&fixture, 3, 13, &info, NULL), ST_EIO);
    store_fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_term_ranges_write__any_number_of_threads),
        cmocka_unit_test(test_term_ranges_write__a_failure_ends_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
