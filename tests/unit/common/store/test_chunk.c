/* SPDX-License-Identifier: MIT */
/* Chunks in a store: what was written is read, and damage is noticed. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/base/codec.h"
#include "common/store/keys.h"
#include "tests/support/store_fixture.h"

enum { SEGMENT = 7 };

/* The key of chunk 0 of a stream. */
static uint64_t key_of(enum stream stream) {
    return keys_chunk(SEGMENT, stream, 0);
}

/* Fills an item with bytes that depend on its number. */
static void fill(uint8_t *item, uint32_t size, uint32_t number) {
    for (uint32_t i = 0; i < size; i++)
        item[i] = (uint8_t)(hash64(&number, sizeof number, i / 8) >> 8 * (i % 8));
}

static void test_chunk_writer_add__stores_items_of_any_size(void **state) {
    (void)state;
    enum { ITEMS = 3000 };
    struct testing_random random = testing_random();
    struct error err;
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    struct chunk_writer writer;
    chunk_writer_init(&writer, &fixture.sink, SEGMENT, STREAM_TEXT);
    uint64_t addresses[ITEMS];
    uint32_t sizes[ITEMS];
    uint8_t *item = malloc(CHUNK_DATA_SIZE);
    assert_non_null(item);
    uint64_t before = 0;
    for (uint32_t i = 0; i < ITEMS; i++) {
        sizes[i] = i % 500 == 0 ? CHUNK_DATA_SIZE : 1 + (uint32_t)testing_random_bits(&random, 15);
        fill(item, sizes[i], i);
        assert_ok(chunk_writer_add(&addresses[i], &writer, item, sizes[i], &err), &err);
        uint32_t offset = (uint32_t)(addresses[i] & 0xffff);
        assert_in_range(offset, CHUNK_HEADER_SIZE, CHUNK_SIZE - sizes[i]);
        assert_true(i == 0 || addresses[i] > before);
        before = addresses[i];
        if (testing_random_below(&random, 100) == 0)
            assert_ok(chunk_writer_flush(&writer, &err), &err);
    }
    assert_ok(chunk_writer_flush(&writer, &err), &err);
    uint32_t chunks[STREAM_MAX] = {[STREAM_TEXT] = writer.chunk};
    chunk_writer_release(&writer);
    store_fixture_read(&fixture);

    struct chunk_reader reader;
    chunk_reader_init(&reader, fixture.txn, SEGMENT, chunks);
    for (uint32_t round = 0; round < 2 * ITEMS; round++) {
        uint32_t i = round < ITEMS ? testing_random_below(&random, ITEMS) : round - ITEMS;
        const uint8_t *bytes = chunk_read(&reader, STREAM_TEXT, addresses[i], sizes[i]);
        assert_non_null(bytes);
        fill(item, sizes[i], i);
        assert_memory_equal(bytes, item, sizes[i]);
        assert_true(chunk_bytes_left(&reader, STREAM_TEXT, addresses[i]) >= sizes[i]);
    }
    assert_int_equal(reader.status, ST_OK);
    chunk_reader_release(&reader);
    free(item);
    store_fixture_close(&fixture);
}

/* Writes chunk 0 with one item of `size` bytes, and returns a copy of the stored chunk. */
static struct buffer one_chunk(struct store_fixture *fixture, uint32_t size) {
    struct error err;
    struct chunk_writer writer;
    chunk_writer_init(&writer, &fixture->sink, SEGMENT, STREAM_DOCS);
    uint8_t *dest = NULL;
    uint64_t address;
    assert_ok(chunk_writer_reserve(&dest, &address, &writer, size, &err), &err);
    assert_int_equal(address, chunk_address(0, CHUNK_HEADER_SIZE));
    fill(dest, size, 1);
    assert_ok(chunk_writer_flush(&writer, &err), &err);
    assert_int_equal(writer.chunk, 1);
    chunk_writer_release(&writer);
    store_fixture_read(fixture);
    uint64_t key = key_of(STREAM_DOCS);
    struct slice value;
    assert_ok(store_get(&value, fixture->txn, TABLE_CHUNK, slice_of(&key, sizeof key), &err), &err);
    struct buffer copy = {0};
    assert_int_equal(buffer_append_slice(&copy, value), ST_OK);
    assert_int_equal(copy.size, CHUNK_HEADER_SIZE + size);
    return copy;
}

static const uint32_t one[STREAM_MAX] = {
    [STREAM_POSTINGS] = 1, [STREAM_DOCS] = 1, [STREAM_TEXT] = 1};

/* Stores bytes as a chunk under this key and reads [offset, offset + size) of it. */
static enum status read_other(struct store_fixture *fixture, uint64_t key, uint32_t segment,
                              enum stream stream, struct slice bytes, uint32_t offset,
                              uint32_t size) {
    struct error err;
    struct store_txn *txn;
    assert_ok(store_begin(&txn, fixture->store, true, &err), &err);
    assert_ok(store_put(txn, TABLE_CHUNK, slice_of(&key, sizeof key), bytes, &err), &err);
    struct chunk_reader reader;
    chunk_reader_init(&reader, txn, segment, one);
    const uint8_t *read = chunk_read(&reader, stream, chunk_address(0, offset), size);
    enum status status = reader.status;
    assert_int_equal(read == NULL, status != ST_OK);
    chunk_reader_release(&reader);
    store_abort(txn);
    return status;
}

static void test_chunk_read__notices_every_flipped_byte(void **state) {
    (void)state;
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    struct buffer chunk = one_chunk(&fixture, 2 * CHUNK_PAGE_SIZE + 100);
    uint64_t key = key_of(STREAM_DOCS);
    uint32_t size = (uint32_t)chunk.size - CHUNK_HEADER_SIZE;
    assert_int_equal(read_other(&fixture, key, SEGMENT, STREAM_DOCS, buffer_slice(&chunk),
                                CHUNK_HEADER_SIZE, size),
                     ST_OK);
    for (size_t i = 0; i < chunk.size; i++) {
        chunk.data[i] ^= (uint8_t)(1u << i % 8);
        enum status status = read_other(&fixture, key, SEGMENT, STREAM_DOCS, buffer_slice(&chunk),
                                        CHUNK_HEADER_SIZE, size);
        /* Checksums of pages that the chunk does not reach are ignored. */
        assert_int_equal(status, i >= 4 * 3 && i < CHUNK_HEADER_SIZE ? ST_OK : ST_CORRUPT);
        chunk.data[i] ^= (uint8_t)(1u << i % 8);
    }
    buffer_release(&chunk);
    store_fixture_close(&fixture);
}

static void test_chunk_read__verifies_only_the_pages_it_reads(void **state) {
    (void)state;
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    struct buffer chunk = one_chunk(&fixture, CHUNK_DATA_SIZE);
    assert_int_equal(chunk.size, CHUNK_SIZE);
    uint64_t key = key_of(STREAM_DOCS);
    struct slice bytes = buffer_slice(&chunk);
    for (uint32_t page = 0; page < CHUNK_PAGE_COUNT; page++) {
        uint32_t first = page ? page * CHUNK_PAGE_SIZE - CHUNK_PAGE_BIAS : CHUNK_HEADER_SIZE;
        uint32_t end = (page + 1) * CHUNK_PAGE_SIZE - CHUNK_PAGE_BIAS;
        const uint32_t places[] = {first, (first + end) / 2, end - 1};
        for (size_t i = 0; i < 3; i++) {
            chunk.data[places[i]] ^= 0x40;
            if (first > CHUNK_HEADER_SIZE)
                assert_int_equal(read_other(&fixture, key, SEGMENT, STREAM_DOCS, bytes,
                                            CHUNK_HEADER_SIZE, first - CHUNK_HEADER_SIZE),
                                 ST_OK);
            if (end < CHUNK_SIZE)
                assert_int_equal(
                    read_other(&fixture, key, SEGMENT, STREAM_DOCS, bytes, end, CHUNK_SIZE - end),
                    ST_OK);
            assert_int_equal(read_other(&fixture, key, SEGMENT, STREAM_DOCS, bytes, first, 1),
                             ST_CORRUPT);
            assert_int_equal(read_other(&fixture, key, SEGMENT, STREAM_DOCS, bytes, end - 1, 1),
                             ST_CORRUPT);
            if (page)
                assert_int_equal(
                    read_other(&fixture, key, SEGMENT, STREAM_DOCS, bytes, first - 1, 2),
                    ST_CORRUPT);
            chunk.data[places[i]] ^= 0x40;
        }
    }
    buffer_release(&chunk);
    store_fixture_close(&fixture);
}

/* Even if the cut is at the end of a page, so that no remaining byte has changed. */
static void test_chunk_read__notices_every_truncation(void **state) {
    (void)state;
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    struct buffer chunk = one_chunk(&fixture, 2 * CHUNK_PAGE_SIZE + 100);
    uint64_t key = key_of(STREAM_DOCS);
    for (size_t size = 1; size < chunk.size; size++)
        assert_int_equal(read_other(&fixture, key, SEGMENT, STREAM_DOCS, slice_of(chunk.data, size),
                                    CHUNK_HEADER_SIZE, 1),
                         ST_CORRUPT);
    assert_int_equal(buffer_append_byte(&chunk, 0), ST_OK);
    assert_int_equal(
        read_other(&fixture, key, SEGMENT, STREAM_DOCS, buffer_slice(&chunk), CHUNK_HEADER_SIZE, 1),
        ST_CORRUPT);
    assert_int_equal(buffer_reserve(&chunk, CHUNK_SIZE), ST_OK);
    chunk.size = CHUNK_SIZE + 1;
    memset(chunk.data, 0, chunk.size);
    assert_int_equal(
        read_other(&fixture, key, SEGMENT, STREAM_DOCS, buffer_slice(&chunk), CHUNK_HEADER_SIZE, 1),
        ST_CORRUPT);
    buffer_release(&chunk);
    store_fixture_close(&fixture);
}

static void test_chunk_read__notices_a_chunk_of_another_key(void **state) {
    (void)state;
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    struct buffer chunk = one_chunk(&fixture, 100);
    struct slice bytes = buffer_slice(&chunk);
    assert_int_equal(read_other(&fixture, key_of(STREAM_TEXT), SEGMENT, STREAM_TEXT, bytes,
                                CHUNK_HEADER_SIZE, 1),
                     ST_CORRUPT);
    assert_int_equal(read_other(&fixture, keys_chunk(SEGMENT + 1, STREAM_DOCS, 0), SEGMENT + 1,
                                STREAM_DOCS, bytes, CHUNK_HEADER_SIZE, 1),
                     ST_CORRUPT);
    /* There is no chunk. */
    assert_int_equal(read_other(&fixture, key_of(STREAM_TEXT), SEGMENT, STREAM_POSTINGS, bytes,
                                CHUNK_HEADER_SIZE, 1),
                     ST_CORRUPT);
    buffer_release(&chunk);
    store_fixture_close(&fixture);
}

static void test_chunk_read__refuses_addresses_outside_the_chunk(void **state) {
    (void)state;
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    struct buffer chunk = one_chunk(&fixture, 5000);
    uint32_t size = (uint32_t)chunk.size;
    const struct {
        uint32_t chunk, offset, size;
        bool good;
    } cases[] = {
        {0, CHUNK_HEADER_SIZE, 5000, true},
        {0, CHUNK_HEADER_SIZE, 5001, false},
        {0, CHUNK_HEADER_SIZE - 1, 1, false},
        {0, 0, 4, false},
        {0, size - 1, 1, true},
        {0, size - 1, 2, false},
        {0, size, 1, false},
        {0, size + 1, 0, false},
        {0, 0xffff, 0xffff, false},
        {0, CHUNK_HEADER_SIZE, UINT32_MAX, false},
        {0, CHUNK_HEADER_SIZE, UINT32_MAX - CHUNK_HEADER_SIZE - CHUNK_PAGE_BIAS + 1, false},
        {1, CHUNK_HEADER_SIZE, 1, false},
        {UINT32_MAX, CHUNK_HEADER_SIZE, 1, false}};
    /* On the slow path and on the fast one. */
    for (unsigned warm = 0; warm < 2; warm++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            struct chunk_reader reader;
            chunk_reader_init(&reader, fixture.txn, SEGMENT, one);
            if (warm)
                assert_non_null(
                    chunk_read(&reader, STREAM_DOCS, chunk_address(0, CHUNK_HEADER_SIZE), 5000));
            uint64_t address = chunk_address(cases[i].chunk, cases[i].offset);
            const uint8_t *bytes = chunk_read(&reader, STREAM_DOCS, address, cases[i].size);
            assert_int_equal(bytes != NULL, cases[i].good);
            assert_int_equal(reader.status, cases[i].good ? ST_OK : ST_CORRUPT);
            chunk_reader_release(&reader);
        }
    struct chunk_reader reader;
    chunk_reader_init(&reader, fixture.txn, SEGMENT, one);
    assert_int_equal(chunk_bytes_left(&reader, STREAM_DOCS, chunk_address(0, CHUNK_HEADER_SIZE)),
                     5000);
    assert_int_equal(chunk_bytes_left(&reader, STREAM_DOCS, chunk_address(0, size - 1)), 1);
    assert_int_equal(chunk_bytes_left(&reader, STREAM_DOCS, chunk_address(0, size)), 0);
    assert_int_equal(
        chunk_bytes_left(&reader, STREAM_DOCS, chunk_address(0, CHUNK_HEADER_SIZE - 1)), 0);
    assert_int_equal(reader.status, ST_OK);
    assert_int_equal(chunk_bytes_left(&reader, STREAM_SKIPS, chunk_address(0, CHUNK_HEADER_SIZE)),
                     0);
    assert_int_equal(reader.status, ST_CORRUPT);
    chunk_reader_release(&reader);
    buffer_release(&chunk);
    store_fixture_close(&fixture);
}

/* The first failure is kept, as it is the nearest to the cause. */
static void test_chunk_reader__keeps_the_first_failure(void **state) {
    (void)state;
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    struct buffer chunk = one_chunk(&fixture, 10);
    struct chunk_reader reader;
    chunk_reader_init(&reader, fixture.txn, SEGMENT, one);
    assert_null(chunk_read(&reader, STREAM_DOCS, chunk_address(3, CHUNK_HEADER_SIZE), 1));
    assert_string_equal(reader.error.text,
                        "segment 7, stream 6, chunk 3, offset 64: no such chunk");
    assert_null(chunk_read(&reader, STREAM_DOCS, chunk_address(0, CHUNK_HEADER_SIZE), 11));
    assert_string_equal(reader.error.text,
                        "segment 7, stream 6, chunk 3, offset 64: no such chunk");
    assert_non_null(chunk_read(&reader, STREAM_DOCS, chunk_address(0, CHUNK_HEADER_SIZE), 10));
    assert_int_equal(reader.status, ST_CORRUPT);
    chunk_reader_release(&reader);
    buffer_release(&chunk);
    store_fixture_close(&fixture);
}

static void test_chunk_writer_flush__writes_no_empty_chunk(void **state) {
    (void)state;
    struct store_fixture fixture;
    struct error err;
    store_fixture_open(&fixture);
    struct chunk_writer writer;
    chunk_writer_init(&writer, &fixture.sink, SEGMENT, STREAM_TEXT);
    assert_ok(chunk_writer_flush(&writer, &err), &err);
    assert_ok(chunk_writer_flush(&writer, &err), &err);
    assert_int_equal(writer.chunk, 0);
    assert_int_equal(fixture.sink.bytes, 0);
    chunk_writer_release(&writer);
    store_fixture_close(&fixture);
}

/* The sink commits when a transaction is full, and everything arrives. */
static void test_chunk_sink_put__commits_full_transactions(void **state) {
    (void)state;
    enum { CHUNKS = 2 * STORE_TXN_BYTES / CHUNK_SIZE };
    struct store_fixture fixture;
    struct error err;
    store_fixture_open(&fixture);
    struct chunk_writer writer;
    chunk_writer_init(&writer, &fixture.sink, SEGMENT, STREAM_TEXT);
    uint8_t *dest = NULL;
    uint64_t address;
    for (uint32_t i = 0; i < CHUNKS; i++) {
        assert_ok(chunk_writer_reserve(&dest, &address, &writer, CHUNK_DATA_SIZE, &err), &err);
        assert_int_equal(address, chunk_address(i, CHUNK_HEADER_SIZE));
        memset(dest, (int)(i % 251), CHUNK_DATA_SIZE);
    }
    assert_ok(chunk_writer_flush(&writer, &err), &err);
    assert_int_equal(fixture.sink.bytes, (uint64_t)CHUNKS * (CHUNK_SIZE + 8));
    uint32_t chunks[STREAM_MAX] = {[STREAM_TEXT] = writer.chunk};
    chunk_writer_release(&writer);
    store_fixture_read(&fixture);
    assert_true(store_txn_id(fixture.txn) > 2);
    struct chunk_reader reader;
    chunk_reader_init(&reader, fixture.txn, SEGMENT, chunks);
    for (uint32_t i = 0; i < CHUNKS; i++) {
        const uint8_t *bytes =
            chunk_read(&reader, STREAM_TEXT, chunk_address(i, CHUNK_HEADER_SIZE), CHUNK_DATA_SIZE);
        assert_true(bytes && bytes[0] == i % 251 && bytes[CHUNK_DATA_SIZE - 1] == i % 251);
    }
    chunk_reader_release(&reader);
    store_fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunk_writer_add__stores_items_of_any_size),
        cmocka_unit_test(test_chunk_read__notices_every_flipped_byte),
        cmocka_unit_test(test_chunk_read__verifies_only_the_pages_it_reads),
        cmocka_unit_test(test_chunk_read__notices_every_truncation),
        cmocka_unit_test(test_chunk_read__notices_a_chunk_of_another_key),
        cmocka_unit_test(test_chunk_read__refuses_addresses_outside_the_chunk),
        cmocka_unit_test(test_chunk_reader__keeps_the_first_failure),
        cmocka_unit_test(test_chunk_writer_flush__writes_no_empty_chunk),
        cmocka_unit_test(test_chunk_sink_put__commits_full_transactions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
