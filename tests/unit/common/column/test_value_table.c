/* SPDX-License-Identifier: MIT */
/* A value table has its values in order, finds them by term, and survives damage. */
#include "tests/support/testing.h"

#include "common/column/value_table.h"

#include "common/column/value_table_writer.h"
#include "tests/support/store_fixture.h"

enum { VALUES_MAX = 20000 };

static struct store_fixture fixture;
static uint32_t segment; /* the one written last */
static char terms[VALUES_MAX][TERM_MAX + 1], spellings[VALUES_MAX][VALUE_SHOWN_MAX + 8];

static int string_compare(const void *a, const void *b) {
    return strcmp(a, b);
}

/* Makes different terms in ascending order, and spellings of which some are longer than is kept. */
static uint32_t make_values(uint32_t count, struct testing_random *random) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = testing_random_below(random, 20)
                            ? 1 + testing_random_below(random, 12)
                            : 1 + testing_random_below(random, TERM_MAX);
        memset(terms[i], 0, sizeof terms[i]);
        for (uint32_t at = 0; at < size; at++)
            terms[i][at] = (char)('a' + testing_random_below(random, at < 3 ? 3 : 20));
    }
    qsort(terms, count, sizeof *terms, string_compare);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!kept || strcmp(terms[i], terms[kept - 1]))
            memmove(terms[kept++], terms[i], sizeof *terms);
    for (uint32_t i = 0; i < kept; i++) {
        strcpy(spellings[i], terms[i]);
        if (testing_random_below(random, 3) == 0)
            spellings[i][0] = (char)(spellings[i][0] - 'a' + 'A');
        if (testing_random_below(random, 100) == 0) {
            memset(spellings[i], 'x', VALUE_SHOWN_MAX + 7);
            spellings[i][VALUE_SHOWN_MAX + 7] = 0;
        }
    }
    return kept;
}

static void open_table(struct value_table *table, struct chunk_reader *chunks,
                       struct chunk_writer *values, const struct column_info *info) {
    struct error err;
    uint32_t counts[STREAM_MAX] = {0};
    assert_ok(chunk_writer_flush(values, &err), &err);
    counts[STREAM_VALUES] = values->chunk;
    chunk_writer_release(values);
    store_fixture_read(&fixture);
    chunk_reader_init(chunks, fixture.txn, segment, counts);
    value_table_open(table, chunks, info);
}

/* Writes the values after `before` bytes of something else. */
static void write_table(struct value_table *table, struct chunk_reader *chunks,
                        struct column_info *info, uint32_t count, uint32_t before) {
    struct error err;
    struct chunk_writer values;
    struct value_table_writer writer;
    static const uint8_t other[CHUNK_DATA_SIZE];
    uint64_t address;
    chunk_writer_init(&values, &fixture.sink, ++segment, STREAM_VALUES);
    if (before)
        assert_ok(chunk_writer_add(&address, &values, other, before, &err), &err);
    value_table_writer_init(&writer, &values);
    for (uint32_t i = 0; i < count; i++)
        assert_ok(value_table_writer_add(&writer, slice_of_string(terms[i]),
                                         slice_of_string(spellings[i]), &err),
                  &err);
    *info = (struct column_info){0};
    assert_ok(value_table_writer_finish(info, &writer, &err), &err);
    value_table_writer_release(&writer);
    open_table(table, chunks, &values, info);
}

static void check_value(struct value_table *table, uint32_t ordinal) {
    struct slice term, shown, expected = slice_of_string(spellings[ordinal]);
    if (expected.size > VALUE_SHOWN_MAX)
        expected.size = VALUE_SHOWN_MAX;
    assert_true(value_table_value(&term, &shown, table, ordinal));
    assert_slice(term, slice_of_string(terms[ordinal]));
    assert_slice(shown, expected);
}

/* How many of the terms are less. */
static uint32_t terms_below(const char *term, uint32_t count) {
    uint32_t below = 0;
    while (below < count && strcmp(terms[below], term) < 0)
        below++;
    return below;
}

static void check_find(struct value_table *table, const char *term) {
    uint32_t ordinal, expected = terms_below(term, table->count);
    bool found;
    assert_true(value_table_find(&ordinal, &found, table, slice_of_string(term)));
    assert_int_equal(ordinal, expected);
    assert_int_equal(found, expected < table->count && !strcmp(terms[expected], term));
}

static void test_value_table__has_its_values_in_order(void **state) {
    (void)state;
    static const uint32_t counts[] = {1, 2, 31, 32, 33, 64, 1000, VALUES_MAX};
    struct testing_random random = testing_random();
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        struct value_table table;
        struct chunk_reader chunks;
        struct column_info info;
        struct slice term, shown;
        uint32_t count = make_values(counts[c], &random);
        write_table(&table, &chunks, &info, count, testing_random_below(&random, 65000));
        assert_int_equal(info.values, count);
        for (uint32_t i = 0; i < count; i++)
            check_value(&table, i);
        for (uint32_t i = 0; i < 200; i++) {
            uint32_t ordinal = testing_random_below(&random, count);
            check_value(&table, ordinal);
            check_value(&table, ordinal);
            check_find(&table, terms[ordinal]);
            char other[] = {(char)('a' + testing_random_below(&random, 4)),
                            (char)('a' + testing_random_below(&random, 4)), 0};
            check_find(&table, other);
        }
        check_find(&table, "");
        check_find(&table, "~");
        assert_false(value_table_value(&term, &shown, &table, count));
        assert_int_equal(chunks.status, ST_OK);
        chunk_reader_release(&chunks);
    }
}

/* Reads a table of which some bytes are others, with correct checksums: there is an error or a
 * value, and no access outside of it, which the sanitizers would report. */
static void test_value_table__survives_damage(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct value_table table;
    struct chunk_reader chunks;
    struct column_info info;
    static uint8_t bytes[CHUNK_DATA_SIZE];
    uint32_t count = make_values(100, &random);
    write_table(&table, &chunks, &info, count, 0);
    uint64_t start = chunk_address(0, CHUNK_HEADER_SIZE);
    uint32_t size = chunk_bytes_left(&chunks, STREAM_VALUES, start), errors = 0;
    memcpy(bytes, chunk_read(&chunks, STREAM_VALUES, start, size), size);
    chunk_reader_release(&chunks);
    for (unsigned round = 0; round < 300; round++) {
        struct error err;
        struct chunk_writer values;
        struct slice term, shown;
        uint32_t ordinal, at = testing_random_below(&random, size);
        bool found;
        uint8_t before = bytes[at];
        uint64_t address;
        bytes[at] = (uint8_t)testing_random_next(&random);
        chunk_writer_init(&values, &fixture.sink, ++segment, STREAM_VALUES);
        assert_ok(chunk_writer_add(&address, &values, bytes, size, &err), &err);
        open_table(&table, &chunks, &values, &info);
        for (uint32_t i = 0; i < count; i++)
            if (!value_table_value(&term, &shown, &table, i))
                assert_int_equal(chunks.status, ST_CORRUPT);
        value_table_find(&ordinal, &found, &table, slice_of_string("b"));
        errors += chunks.status != ST_OK;
        chunk_reader_release(&chunks);
        bytes[at] = before;
    }
    assert_true(errors > 50);
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
        cmocka_unit_test(test_value_table__has_its_values_in_order),
        cmocka_unit_test(test_value_table__survives_damage),
    };
    return cmocka_run_group_tests(tests, open_store, close_store);
}
