/* SPDX-License-Identifier: MIT */
/* Lists that leave memory while they are encoded have the bytes of lists that do not, and take
 * little memory. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/segment/positions.h"
#include "common/segment/postings_writer.h"
#include "tests/support/store_fixture.h"

enum { SEGMENT = 3, DOCUMENTS = 2000 };

static const enum stream streams[] = {STREAM_POSTINGS, STREAM_SKIPS, STREAM_POSITIONS};
enum { STREAMS = sizeof streams / sizeof *streams };

static uint8_t norms[DOCUMENTS];

static uint32_t frequency_of(uint32_t list, uint32_t doc) {
    static const uint32_t heavy[] = {1, 40, 30000, 1};
    uint32_t frequency = 1 + (doc * 7 + list) % heavy[list % 4];
    /* Postings and blocks of POSITIONS_RICE_MAX values, one fewer, and more. */
    if (list == 5)
        return doc == 1 ? 3000000 : frequency;
    if (list == 9)
        return POSITIONS_RICE_MAX;
    return list == 13 ? POSITIONS_RICE_MAX - 1 : frequency;
}

static uint32_t value_of(uint32_t list, uint32_t doc, uint32_t n) {
    return 1 + (list * 31 + doc * 17 + n * n) % (n % 5 ? 90 : 70000);
}

static const uint32_t dfs[] = {1, 2, 40, 127, 128, 129, 200, DOCUMENTS, 3, 1, 1, 500, 300, 1, 256};
enum { LISTS = sizeof dfs / sizeof *dfs };

/* The lists of a segment, written by an encoder that drains into the writer or does not. */
struct sample {
    struct postings_encoder encoder;
    struct store_fixture fixture;
    struct postings_writer writer;
    struct term_entry entries[LISTS];
    size_t placed;
    size_t max_memory; /* the most that the encoder held, in bytes */
    uint32_t chunks[STREAM_MAX];
    struct chunk_reader reader;
};

static void place(struct sample *sample) {
    struct error err;
    struct slice lists = buffer_slice(&sample->encoder.lists), term;
    while (lists.size) {
        struct term_entry entry;
        assert_ok(postings_writer_add(&term, &entry, &sample->writer, &lists, &err), &err);
        if (!term.size)
            break;
        assert_int_equal(term.size, 1 + sample->placed);
        sample->entries[sample->placed++] = entry;
    }
    buffer_clear(&sample->encoder.lists);
}

static size_t memory_of(const struct postings_encoder *encoder) {
    return encoder->lists.capacity + encoder->scratch.capacity +
           encoder->value_capacity * sizeof *encoder->values;
}

static enum status drain(struct postings_encoder *encoder, struct error *err) {
    struct sample *sample = (struct sample *)encoder;
    (void)err;
    assert_true(encoder->lists.size >= encoder->drain_size);
    place(sample);
    return ST_OK;
}

static void encode(struct sample *sample, uint32_t list) {
    struct postings_encoder *encoder = &sample->encoder;
    struct error err;
    uint8_t term[LISTS] = {0};
    postings_encoder_begin(encoder, slice_of(term, 1 + list));
    for (uint32_t doc = 0; doc < dfs[list]; doc++) {
        uint32_t frequency = frequency_of(list, doc), n = 0;
        assert_ok(postings_encoder_add_document(encoder, doc, &err), &err);
        for (; n < frequency / 2; n++)
            assert_ok(postings_encoder_add_value(encoder, value_of(list, doc, n), &err), &err);
        for (uint32_t count; n < frequency; n += count) {
            count = frequency - n < POSTINGS_VALUES_MAX ? frequency - n : POSTINGS_VALUES_MAX;
            uint32_t *values;
            assert_ok(postings_encoder_add_values(&values, encoder, count, &err), &err);
            for (uint32_t i = 0; i < count; i++)
                values[i] = value_of(list, doc, n + i);
        }
        if (memory_of(encoder) > sample->max_memory)
            sample->max_memory = memory_of(encoder);
    }
    assert_ok(postings_encoder_end(encoder, &err), &err);
}

/* Drains at `drain_size` bytes; 0: never. */
static void make(struct sample *sample, size_t drain_size) {
    struct error err;
    *sample = (struct sample){.encoder = {.norms = norms, .drain = drain_size ? drain : NULL}};
    sample->encoder.drain_size = drain_size;
    store_fixture_open(&sample->fixture);
    postings_writer_init(&sample->writer, &sample->fixture.sink, SEGMENT);
    for (uint32_t list = 0; list < LISTS; list++)
        encode(sample, list);
    place(sample);
    assert_int_equal(sample->placed, LISTS);
    assert_ok(postings_writer_flush(&sample->writer, &err), &err);
    sample->chunks[STREAM_POSTINGS] = sample->writer.postings.chunk;
    sample->chunks[STREAM_SKIPS] = sample->writer.skips.chunk;
    sample->chunks[STREAM_POSITIONS] = sample->writer.positions.chunk;
    struct chunk_writer writer;
    uint64_t address;
    chunk_writer_init(&writer, &sample->fixture.sink, SEGMENT, STREAM_NORMS);
    assert_ok(chunk_writer_add(&address, &writer, norms, sizeof norms, &err), &err);
    assert_ok(chunk_writer_flush(&writer, &err), &err);
    sample->chunks[STREAM_NORMS] = writer.chunk;
    chunk_writer_release(&writer);
    postings_writer_release(&sample->writer);
    postings_encoder_release(&sample->encoder);
    store_fixture_read(&sample->fixture);
    chunk_reader_init(&sample->reader, sample->fixture.txn, SEGMENT, sample->chunks);
}

static void release(struct sample *sample) {
    chunk_reader_release(&sample->reader);
    store_fixture_close(&sample->fixture);
}

static void setup_norms(void) {
    for (uint32_t doc = 0; doc < DOCUMENTS; doc++)
        norms[doc] = (uint8_t)(doc * 37);
}

static void assert_same(struct sample *a, struct sample *b) {
    for (size_t i = 0; i < LISTS; i++) {
        assert_int_equal(a->entries[i].documents, b->entries[i].documents);
        assert_int_equal(a->entries[i].occurrences, b->entries[i].occurrences);
        assert_int_equal(a->entries[i].postings, b->entries[i].postings);
        assert_int_equal(a->entries[i].positions, b->entries[i].positions);
        assert_int_equal(a->entries[i].skips, b->entries[i].skips);
        assert_memory_equal(a->entries[i].impacts, b->entries[i].impacts,
                            sizeof a->entries[i].impacts);
    }
    for (size_t i = 0; i < STREAMS; i++) {
        assert_int_equal(a->chunks[streams[i]], b->chunks[streams[i]]);
        for (uint32_t chunk = 0; chunk < a->chunks[streams[i]]; chunk++) {
            uint64_t address = chunk_address(chunk, CHUNK_HEADER_SIZE);
            uint32_t size = chunk_bytes_left(&a->reader, streams[i], address);
            assert_int_equal(size, chunk_bytes_left(&b->reader, streams[i], address));
            assert_memory_equal(chunk_read(&a->reader, streams[i], address, size),
                                chunk_read(&b->reader, streams[i], address, size), size);
        }
    }
}

static void test_postings_encoder__draining_changes_no_byte(void **state) {
    (void)state;
    static const size_t drain_sizes[] = {1, 5000, 1 << 17};
    struct sample whole, sample;
    setup_norms();
    make(&whole, 0);
    assert_true(whole.max_memory > 4000000);
    for (size_t i = 0; i < sizeof drain_sizes / sizeof *drain_sizes; i++) {
        make(&sample, drain_sizes[i]);
        assert_same(&whole, &sample);
        /* 2 MiB of values, and what these may be encoded to. */
        assert_true(sample.max_memory < (4 << 20));
        release(&sample);
    }
    release(&whole);
}

/* Values are the same however a posting is read; others are skipped in part or as a whole. */
static void test_positions_reader_read_values__in_parts(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct sample sample;
    static uint32_t values[POSTINGS_VALUES_MAX];
    setup_norms();
    make(&sample, 5000);
    for (uint32_t list = 0; list < LISTS; list++)
        for (uint32_t number = 0; number < postings_block_count(&sample.entries[list]); number++) {
            struct postings_block block;
            struct positions_reader reader;
            assert_true(postings_block_load(&block, &sample.reader, &sample.entries[list], number));
            assert_true(postings_block_frequencies(&block, &sample.reader));
            positions_reader_init(&reader, &sample.reader, &sample.entries[list], &block);
            for (uint32_t i = testing_random_below(&random, 2); i < block.count;
                 i += 1 + testing_random_below(&random, 3)) {
                uint32_t left = testing_random_below(&random, 3)
                                    ? block.frequencies[i]
                                    : testing_random_below(&random, block.frequencies[i] + 1);
                for (uint32_t count, done = 0; left; left -= count, done += count) {
                    count = (uint32_t)testing_random_bits(&random, 13);
                    count = count < left ? count : left;
                    assert_true(positions_reader_read_values(values, &reader, i, count));
                    for (uint32_t n = 0; n < count; n++)
                        assert_int_equal(values[n], value_of(list, block.docs[i], done + n));
                }
            }
            positions_reader_init(&reader, &sample.reader, &sample.entries[list], &block);
            assert_int_equal(sample.reader.status, ST_OK);
        }
    struct postings_block block;
    struct positions_reader reader;
    assert_true(postings_block_load(&block, &sample.reader, &sample.entries[2], 0));
    assert_true(postings_block_frequencies(&block, &sample.reader));
    positions_reader_init(&reader, &sample.reader, &sample.entries[2], &block);
    assert_true(positions_reader_read_values(values, &reader, 0, block.frequencies[0] - 1));
    assert_false(positions_reader_read_values(values, &reader, 0, 2)); /* more than there are */
    release(&sample);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_postings_encoder__draining_changes_no_byte),
        cmocka_unit_test(test_positions_reader_read_values__in_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
