/* SPDX-License-Identifier: MIT */
/* A column has the values that were written, and finds the documents of a range. */
#include "tests/support/testing.h"

#include <math.h>

#include "common/column/column_reader.h"
#include "common/column/column_writer.h"
#include "tests/support/store_fixture.h"

enum { VALUES_MAX = 400000 };

static struct store_fixture fixture;
static uint32_t segment; /* the one written last */

/* The values of all documents: those of document d are keys[offsets[d]] to keys[offsets[d + 1] - 1].
 */
static int64_t keys[VALUES_MAX];
static uint32_t offsets[VALUES_MAX];

/* What the values of a column are like. */
enum shape { SMALL, SIZES, CENTS, DAYS, CONSTANT, EXTREME, DOUBLES, SHAPES };

static int64_t random_key(enum shape shape, enum field_type type, struct testing_random *random) {
    static const double doubles[] = {0,       0.1,  -0.1, 1e308,     -1e308,   4.9e-324,
                                     1.0 / 3, 1e15, 1e22, -INFINITY, INFINITY, 0x1p53};
    static const int64_t extremes[] = {INT64_MIN, INT64_MAX, 0, -1, INT64_MIN + 1};
    int64_t integer;
    switch (shape) {
    case SMALL:
        integer = testing_random_below(random, 100);
        break;
    case SIZES:
        integer = (int64_t)testing_random_bits(random, 40);
        break;
    case CENTS:
        integer = (int64_t)testing_random_below(random, 100000) - 1000;
        return type == FIELD_TYPE_NUMBER ? field_value_key_of_number((double)integer / 100)
                                         : integer;
    case DAYS:
        integer = INT64_C(86400) * testing_random_below(random, 20000) - 7;
        break;
    case CONSTANT:
        integer = -77;
        break;
    case EXTREME:
        return type == FIELD_TYPE_NUMBER
                   ? field_value_key_of_number(doubles[testing_random_below(random, 12)])
                   : extremes[testing_random_below(random, 5)];
    default:
        return (int64_t)(testing_random_next(random) >> 2) - INT64_C(0x1fffffffffffffff);
    }
    return type == FIELD_TYPE_NUMBER ? field_value_key_of_number((double)integer) : integer;
}

/* Makes values in which a document has some with the probability `present` / 1000, and then up to
 * `most`, all different. */
static void make_values(uint32_t documents, enum shape shape, enum field_type type,
                        uint32_t present, uint32_t most, struct testing_random *random) {
    uint32_t count = 0;
    for (uint32_t doc = 0; doc < documents; doc++) {
        offsets[doc] = count;
        bool has = testing_random_below(random, 1000) < present;
        uint32_t wanted = has ? 1 + testing_random_below(random, most) : 0;
        for (uint32_t i = 0; i < wanted && count < VALUES_MAX; i++) {
            int64_t key = random_key(shape, type, random);
            bool again = false;
            for (uint32_t at = offsets[doc]; at < count; at++)
                again |= keys[at] == key;
            if (!again)
                keys[count++] = key;
        }
    }
    offsets[documents] = count;
}

static void write_column(struct chunk_reader *chunks, struct column_reader *reader,
                         uint32_t documents, enum field_type type) {
    struct error err;
    struct column_writer writer;
    struct chunk_writer blocks, index;
    struct column_info info = {.values = UINT32_MAX};
    uint32_t counts[STREAM_MAX] = {0}, having = 0;
    segment++;
    chunk_writer_init(&blocks, &fixture.sink, segment, STREAM_COLUMNS);
    chunk_writer_init(&index, &fixture.sink, segment, STREAM_COLUMN_INDEX);
    column_writer_init(&writer, type);
    for (uint32_t doc = 0; doc < documents; doc++) {
        having += offsets[doc] < offsets[doc + 1];
        for (uint32_t at = offsets[doc]; at < offsets[doc + 1]; at++) {
            assert_ok(column_writer_add(&writer, &blocks, doc, keys[at], &err), &err);
            /* A value that the document has already changes nothing. */
            assert_ok(column_writer_add(&writer, &blocks, doc, keys[offsets[doc]], &err), &err);
        }
    }
    assert_int_equal(writer.documents, having);
    assert_ok(column_writer_finish(&info, &writer, &blocks, &index, documents, &err), &err);
    assert_ok(chunk_writer_flush(&blocks, &err), &err);
    assert_ok(chunk_writer_flush(&index, &err), &err);
    column_writer_release(&writer);
    counts[STREAM_COLUMNS] = blocks.chunk;
    counts[STREAM_COLUMN_INDEX] = index.chunk;
    chunk_writer_release(&blocks);
    chunk_writer_release(&index);
    store_fixture_read(&fixture);
    chunk_reader_init(chunks, fixture.txn, segment, counts);
    column_reader_init(reader, chunks, &info, type, documents);
}

static void close_column(struct chunk_reader *chunks, struct column_reader *reader) {
    column_reader_release(reader);
    assert_int_equal(chunks->status, ST_OK);
    chunk_reader_release(chunks);
}

static bool brute_force_matches(uint32_t doc, int64_t min, int64_t max) {
    for (uint32_t at = offsets[doc]; at < offsets[doc + 1]; at++)
        if (keys[at] >= min && keys[at] <= max)
            return true;
    return false;
}

static void check_document(struct column_reader *reader, uint32_t doc) {
    const int64_t *values;
    int64_t key, least = INT64_MAX, greatest = INT64_MIN;
    uint32_t count = offsets[doc + 1] - offsets[doc];
    assert_int_equal(column_values(&values, reader, doc), count);
    assert_int_equal(column_value(&key, reader, doc, COLUMN_FIRST), count > 0);
    if (!count)
        return;
    assert_true(key == keys[offsets[doc]]);
    for (uint32_t i = 0; i < count; i++) {
        int64_t expected = keys[offsets[doc] + i];
        assert_true(values[i] == expected);
        least = expected < least ? expected : least;
        greatest = expected > greatest ? expected : greatest;
    }
    assert_true(column_value(&key, reader, doc, COLUMN_MIN) && key == least);
    assert_true(column_value(&key, reader, doc, COLUMN_MAX) && key == greatest);
}

static void check_bounds(struct column_reader *reader, uint32_t number, uint32_t documents) {
    uint32_t first = number * COLUMN_BLOCK_DOCS, end = first + COLUMN_BLOCK_DOCS;
    int64_t min, max, least = INT64_MAX, greatest = INT64_MIN;
    end = end < documents ? end : documents;
    bool any = column_block_bounds(&min, &max, reader, number);
    assert_int_equal(any, offsets[first] < offsets[end]);
    for (uint32_t at = offsets[first]; at < offsets[end]; at++) {
        least = keys[at] < least ? keys[at] : least;
        greatest = keys[at] > greatest ? keys[at] : greatest;
    }
    assert_true(!any || (min == least && max == greatest));
    const struct column_block *block = column_reader_block(reader, number);
    assert_int_equal(block != NULL, any);
    if (block) {
        bool dense = true;
        for (uint32_t doc = first; doc < end; doc++)
            dense &= offsets[doc + 1] - offsets[doc] == 1;
        assert_true(!block->dense || dense);
        assert_int_equal(block->docs, end - first);
        assert_int_equal(block->count, offsets[end] - offsets[first]);
    }
}

static void check_range(struct column_reader *reader, uint32_t documents, int64_t min, int64_t max,
                        struct testing_random *random) {
    uint64_t bits[8192 / 64];
    uint32_t from = testing_random_below(random, documents) / 64 * 64;
    uint32_t end = from + 1 + testing_random_below(random, documents - from);
    uint32_t first, last;
    uint64_t most = column_count_candidates(&first, &last, reader, min, max), found = 0;
    memset(bits, 0xff, sizeof bits);
    column_range_to_bitset(bits, reader, from, end, min, max);
    for (uint32_t doc = from; doc < end; doc++) {
        bool expected = brute_force_matches(doc, min, max);
        assert_int_equal(bits[(doc - from) / 64] >> (doc - from) % 64 & 1, expected);
        assert_true(!expected || (first <= doc && doc < last));
        found += expected;
        if (doc % 16 == 0)
            assert_int_equal(column_matches(reader, doc, min, max), expected);
    }
    assert_true(found <= most && last <= documents);
    if ((end - from) % 64)
        assert_int_equal(bits[(end - from) / 64] >> (end - from) % 64, 0);
    assert_true(bits[(end - from + 63) / 64] == UINT64_MAX);
}

static void check_column(uint32_t documents, enum field_type type, struct testing_random *random) {
    struct chunk_reader chunks;
    struct column_reader reader;
    uint32_t count = offsets[documents];
    write_column(&chunks, &reader, documents, type);
    for (uint32_t doc = 0; doc < documents; doc++)
        check_document(&reader, doc);
    for (uint32_t i = 0; i < 50; i++)
        check_document(&reader, testing_random_below(random, documents));
    for (uint32_t number = 0; number * COLUMN_BLOCK_DOCS < documents; number++)
        check_bounds(&reader, number, documents);
    check_range(&reader, documents, INT64_MIN, INT64_MAX, random);
    check_range(&reader, documents, INT64_MAX, INT64_MIN, random);
    for (unsigned i = 0; i < 6 && count; i++) {
        int64_t min = keys[testing_random_below(random, count)];
        int64_t max = keys[testing_random_below(random, count)];
        check_range(&reader, documents, min, max, random);
        check_range(&reader, documents, min, min, random);
        check_range(&reader, documents, min - (min > INT64_MIN), max - (max > INT64_MIN), random);
        check_range(&reader, documents, min + (min < INT64_MAX), INT64_MAX, random);
    }
    assert_int_equal(column_values(&(const int64_t *){0}, &reader, documents), 0);
    close_column(&chunks, &reader);
}

static void test_column__has_what_was_written(void **state) {
    (void)state;
    static const uint32_t present[] = {1000, 1000, 900, 300, 20, 1};
    static const enum field_type types[] = {FIELD_TYPE_NUMBER, FIELD_TYPE_DATE};
    struct testing_random random = testing_random();
    for (unsigned shape = 0; shape < SHAPES; shape++)
        for (unsigned t = 0; t < 2; t++)
            for (unsigned p = 0; p < 6; p++) {
                uint32_t most = testing_random_below(&random, 2) ? 1 : 3;
                uint32_t documents = 1 + testing_random_below(&random, 4000);
                if (documents % 7 == 0)
                    documents = (documents / 1024 + 1) * 1024;
                make_values(documents, shape, types[t], present[p], most, &random);
                check_column(documents, types[t], &random);
            }
}

/* A block of many values does not fit into a chunk. */
static void test_column__blocks_of_many_values(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    make_values(1200, DOUBLES, FIELD_TYPE_NUMBER, 1000, 200, &random);
    check_column(1200, FIELD_TYPE_NUMBER, &random);
    make_values(1100, SIZES, FIELD_TYPE_DATE, 500, 400, &random);
    check_column(1100, FIELD_TYPE_DATE, &random);
}

static void test_column__more_values_than_a_document_may_have(void **state) {
    (void)state;
    struct chunk_reader chunks;
    struct column_reader reader;
    const int64_t *values;
    for (uint32_t i = 0; i < FIELD_VALUES_MAX + 10; i++)
        keys[i] = 3 * i;
    offsets[0] = 0;
    offsets[1] = FIELD_VALUES_MAX + 10;
    offsets[2] = FIELD_VALUES_MAX + 10;
    write_column(&chunks, &reader, 2, FIELD_TYPE_DATE);
    assert_int_equal(column_values(&values, &reader, 0), FIELD_VALUES_MAX);
    assert_memory_equal(values, keys, FIELD_VALUES_MAX * sizeof *keys);
    close_column(&chunks, &reader);
}

/* Bytes that the blocks of 10,240 documents take, apart from the index. */
static uint32_t column_size(enum shape shape, enum field_type type, uint32_t present) {
    struct testing_random random = testing_random();
    struct chunk_reader chunks;
    struct column_reader reader;
    uint32_t size = 0;
    make_values(10240, shape, type, present, 1, &random);
    write_column(&chunks, &reader, 10240, type);
    for (uint32_t i = 0; i < reader.info.entries; i++) {
        struct column_entry entry;
        assert_true(column_reader_entry(&entry, &reader, i));
        size += entry.size;
    }
    close_column(&chunks, &reader);
    return size;
}

static void test_column__is_small(void **state) {
    (void)state;
    enum { HEADERS = 10 * 5 };
    assert_int_equal(column_size(CONSTANT, FIELD_TYPE_DATE, 1000), 0);
    assert_int_equal(column_size(CONSTANT, FIELD_TYPE_NUMBER, 1000), 0);
    assert_in_range(column_size(SMALL, FIELD_TYPE_NUMBER, 1000), 1, 10240 * 7 / 8 + HEADERS);
    assert_in_range(column_size(CENTS, FIELD_TYPE_NUMBER, 1000), 1, 10240 * 17 / 8 + HEADERS);
    assert_in_range(column_size(DAYS, FIELD_TYPE_DATE, 1000), 1, 10240 * 15 / 8 + HEADERS);
    /* 10 documents in 10,240: a list each, and the values. */
    assert_in_range(column_size(SMALL, FIELD_TYPE_NUMBER, 1), 1, 10 * (6 + 2 + 2 + 7));
}

static int open_store(void **state) {
    (void)state;
    store_fixture_open(&fixture);
    return 0;
}

static int close_store(void **state) {
    (void)state;
    store_fixture_close(&fixture);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_column__has_what_was_written),
        cmocka_unit_test(test_column__blocks_of_many_values),
        cmocka_unit_test(test_column__more_values_than_a_document_may_have),
        cmocka_unit_test(test_column__is_small),
    };
    return cmocka_run_group_tests(tests, open_store, close_store);
}
