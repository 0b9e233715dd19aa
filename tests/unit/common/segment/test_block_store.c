/* SPDX-License-Identifier: MIT */
/* Blocks are found by their first document, and an entry that does not fit its block is damage. */
#include "tests/support/testing.h"

#include "common/segment/block_store.h"
#include "tests/support/store_fixture.h"

enum { SEGMENT = 9 };

/* Counting and finding blocks whose index takes several chunks. */
static void test_block_store_find__index_of_several_chunks(void **state) {
    (void)state;
    enum { BLOCKS = 2 * BLOCK_STORE_ENTRIES_PER_CHUNK + 5 };
    struct error err;
    struct store_fixture fixture;
    struct block_store_writer writer;
    store_fixture_open(&fixture);
    assert_int_equal(
        block_store_writer_init(&writer, &fixture.sink, SEGMENT, STREAM_DOCS, STREAM_DOC_INDEX, 1),
        ST_OK);
    for (uint32_t i = 0; i < BLOCKS; i++)
        assert_ok(block_store_writer_add(&writer, 10 * i + 3, slice_of(&i, sizeof i),
                                         slice_of(&i, i % 5), &err),
                  &err);
    assert_ok(block_store_writer_flush(&writer, &err), &err);
    uint32_t chunks[STREAM_MAX] = {
        [STREAM_DOCS] = writer.data.chunk, [STREAM_DOC_INDEX] = writer.index.chunk};
    block_store_writer_release(&writer);
    assert_int_equal(chunks[STREAM_DOC_INDEX], 3);
    store_fixture_read(&fixture);
    struct chunk_reader reader;
    chunk_reader_init(&reader, fixture.txn, SEGMENT, chunks);
    assert_int_equal(block_store_count(&reader, STREAM_DOC_INDEX), BLOCKS);
    struct block_store_entry entry;
    uint32_t number;
    struct buffer raw = {0};
    struct slice tail;
    for (uint32_t doc = 0; doc < 3; doc++)
        assert_false(block_store_find(&number, &entry, &reader, STREAM_DOC_INDEX, doc));
    for (uint32_t doc = 3; doc < 10 * BLOCKS + 50; doc += 3) {
        uint32_t expected = (doc - 3) / 10 < BLOCKS ? (doc - 3) / 10 : BLOCKS - 1;
        assert_true(block_store_find(&number, &entry, &reader, STREAM_DOC_INDEX, doc));
        assert_int_equal(number, expected);
        assert_int_equal(entry.first, 10 * expected + 3);
        assert_ok(block_store_load(&raw, &tail, &fixture.decompressor, &reader, STREAM_DOCS, &entry,
                                   &err),
                  &err);
        assert_slice(buffer_slice(&raw), slice_of(&expected, sizeof expected));
        assert_slice(tail, slice_of(&expected, expected % 5));
    }
    /* Entries that do not match their block. */
    entry.raw_size = 5;
    assert_status(
        block_store_load(&raw, &tail, &fixture.decompressor, &reader, STREAM_DOCS, &entry, &err),
        ST_CORRUPT, &err);
    entry.raw_size = 3;
    assert_status(
        block_store_load(&raw, &tail, &fixture.decompressor, &reader, STREAM_DOCS, &entry, &err),
        ST_CORRUPT, &err);
    entry.raw_size = BLOCK_STORE_RAW_MAX + 1;
    assert_status(
        block_store_load(&raw, &tail, &fixture.decompressor, &reader, STREAM_DOCS, &entry, &err),
        ST_CORRUPT, &err);
    entry.raw_size = 4;
    entry.size = (uint16_t)(entry.size - tail.size - 1);
    assert_status(
        block_store_load(&raw, &tail, &fixture.decompressor, &reader, STREAM_DOCS, &entry, &err),
        ST_CORRUPT, &err);
    assert_int_equal(reader.status, ST_OK);
    entry.address += 1 << 16;
    assert_status(
        block_store_load(&raw, &tail, &fixture.decompressor, &reader, STREAM_DOCS, &entry, &err),
        ST_CORRUPT, &err);
    assert_int_equal(reader.status, ST_CORRUPT);
    assert_int_equal(
        block_store_load(&raw, &tail, &fixture.decompressor, &reader, STREAM_DOCS, &entry, NULL),
        ST_CORRUPT);
    buffer_release(&raw);
    chunk_reader_release(&reader);
    store_fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_block_store_find__index_of_several_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
