/* SPDX-License-Identifier: MIT */
/* Lists are read as they were written, impacts cover their postings, and damage is noticed. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/segment/positions.h"
#include "common/segment/postings_writer.h"
#include "common/segment/segment.h"
#include "tests/support/store_fixture.h"

enum { SEGMENT = 3, DOCUMENTS = 400000 };

static unsigned bitmaps[2]; /* blocks seen that are not bitmaps, and that are */

/* An expected list. */
struct list {
    uint32_t df;
    uint32_t *docs, *frequencies;
    uint64_t occurrences;
    uint32_t *values; /* of its positions, as they are encoded */
    struct term_entry entry;
};

static void make_list(struct list *list, struct testing_random *random, uint32_t df,
                      uint32_t max_frequency) {
    *list = (struct list){.df = df};
    list->docs = malloc(df * sizeof *list->docs);
    list->frequencies = malloc(df * sizeof *list->frequencies);
    assert_true(list->docs && list->frequencies);
    uint32_t doc = UINT32_MAX;
    for (uint32_t i = 0; i < df; i++) {
        uint32_t room = DOCUMENTS - (df - i) - (doc + 1);
        uint32_t gap = testing_random_below(random, 2 * room / (df - i) + 1);
        doc += 1 + (gap < room ? gap : room);
        list->docs[i] = doc;
        /* Most are 1, as in natural language; a few are large. */
        list->frequencies[i] =
            testing_random_below(random, 2)
                ? 1
                : 1 + testing_random_below(random, 1 + testing_random_below(random, max_frequency));
        list->occurrences += list->frequencies[i];
    }
    list->values = malloc(list->occurrences * sizeof *list->values);
    assert_non_null(list->values);
    for (uint64_t i = 0; i < list->occurrences; i++)
        list->values[i] =
            1 + (uint32_t)testing_random_bits(random, testing_random_below(random, 17));
}

static void encode_list(struct postings_encoder *encoder, const struct list *list) {
    struct error err;
    const uint32_t *value = list->values;
    postings_encoder_begin(encoder, slice_of_string("term"));
    for (uint32_t i = 0; i < list->df; i++) {
        assert_ok(postings_encoder_add_document(encoder, list->docs[i], &err), &err);
        /* One by one or all at once. */
        uint32_t single = i % 3 ? 0 : list->frequencies[i] / 2;
        for (uint32_t n = 0; n < single; n++)
            assert_ok(postings_encoder_add_value(encoder, *value++, &err), &err);
        uint32_t count, remaining = list->frequencies[i] - single;
        for (; remaining; remaining -= count, value += count) {
            count = remaining < POSTINGS_VALUES_MAX ? remaining : POSTINGS_VALUES_MAX;
            uint32_t *place;
            assert_ok(postings_encoder_add_values(&place, encoder, count, &err), &err);
            memcpy(place, value, count * sizeof *value);
        }
    }
    assert_ok(postings_encoder_end(encoder, &err), &err);
}

/* Writes all encoded lists in order. */
static void place_lists(struct postings_writer *writer, struct postings_encoder *encoder,
                        struct list *lists, size_t count) {
    struct error err;
    struct slice remaining = buffer_slice(&encoder->lists), term;
    for (size_t i = 0; i < count; i++) {
        assert_ok(postings_writer_add(&term, &lists[i].entry, writer, &remaining, &err), &err);
        assert_true(slice_equal(term, slice_of_string("term")));
        assert_int_equal(lists[i].entry.documents, lists[i].df);
        assert_int_equal(lists[i].entry.occurrences, lists[i].occurrences);
    }
    assert_int_equal(remaining.size, 0);
    assert_ok(postings_writer_flush(writer, &err), &err);
    postings_encoder_release(encoder);
}

static void release_list(struct list *list) {
    free(list->docs);
    free(list->frequencies);
    free(list->values);
}

static bool covered(const struct impact impacts[IMPACT_COUNT], uint32_t frequency, uint8_t norm) {
    for (unsigned i = 0; i < IMPACT_COUNT; i++)
        if ((impacts[i].frequency >= frequency || impacts[i].frequency == IMPACT_FREQUENCY_MAX) &&
            impacts[i].norm <= norm)
            return true;
    return false;
}

/* Padding is never found and never counts. */
static void check_padding(const struct postings_block *block) {
    for (uint32_t i = block->count; i < POSTINGS_BLOCK; i++) {
        assert_int_equal(block->docs[i], UINT32_MAX);
        assert_int_equal(block->frequencies[i], 0);
    }
}

/* Searches before, between and at the documents find the first one that is not smaller. */
static void check_search(const struct postings_block *block) {
    assert_int_equal(postings_block_search(block, 0), 0);
    for (uint32_t i = 0; i < block->count; i++) {
        uint32_t doc = block->docs[i], before = i ? block->docs[i - 1] : doc;
        assert_int_equal(postings_block_search(block, doc), i);
        if (i)
            assert_int_equal(postings_block_search(block, before + 1), i);
        assert_int_equal(postings_block_search(block, before + (doc - before + 1) / 2), i);
    }
}

/* Compares a block with the list; number `value` is the first of its values. With `skip`, random
 * positions are not read. Returns how many values the block has. */
static uint64_t check_block(const struct list *list, struct chunk_reader *chunks, uint32_t number,
                            uint64_t value, struct testing_random *skip) {
    struct postings_block block;
    assert_true(postings_block_load(&block, chunks, &list->entry, number));
    uint32_t first = number * POSTINGS_BLOCK;
    uint32_t count = list->df - first < POSTINGS_BLOCK ? list->df - first : POSTINGS_BLOCK;
    assert_int_equal(block.count, count);
    assert_memory_equal(block.docs, list->docs + first, count * sizeof *block.docs);
    assert_true(postings_block_frequencies(&block, chunks));
    assert_memory_equal(block.frequencies, list->frequencies + first, count * sizeof *block.docs);
    assert_true(postings_block_frequencies(&block, chunks)); /* no change */
    assert_memory_equal(block.frequencies, list->frequencies + first, count * sizeof *block.docs);
    check_padding(&block);
    check_search(&block);
    uint64_t values = 0;
    for (uint32_t i = 0; i < count; i++)
        values += block.frequencies[i];
    struct positions_reader reader;
    positions_reader_init(&reader, chunks, &list->entry, &block);
    uint32_t *positions = malloc((values + 1) * sizeof *positions);
    assert_non_null(positions);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *expected = list->values + value;
        value += block.frequencies[i];
        if (skip && testing_random_below(skip, 3) > 0)
            continue;
        assert_true(positions_reader_read(positions, &reader, i));
        uint32_t before = 0;
        for (uint32_t k = 0; k < block.frequencies[i]; k++) {
            assert_int_equal(positions[k], before + expected[k]);
            before = positions[k];
        }
    }
    free(positions);
    assert_int_equal(chunks->status, ST_OK);
    return values;
}

/* If the block is a bitmap, bit i is set just if document before + 1 + i is in it. Returns whether
 * it is one. */
static bool check_bitmap(const struct list *list, struct chunk_reader *chunks, const uint8_t *skip,
                         const struct postings_block *block, uint32_t before) {
    const uint8_t *bits = postings_block_bitmap(chunks, &list->entry, skip, before);
    uint32_t range = postings_skip_last_doc(skip) - before;
    /* With gaps of 1 it takes 16 bytes; with k = 1 at least 32. */
    if (range <= 2 * POSTINGS_BLOCK - 2)
        assert_non_null(bits);
    if (range >= 1024)
        assert_null(bits);
    for (uint32_t i = 0, at = 0; bits && i < range; i++) {
        bool has = block->docs[at] == before + 1 + i;
        assert_int_equal(bits[i / 8] >> i % 8 & 1, has);
        at += has;
    }
    return bits;
}

static void check_list(const struct list *list, struct chunk_reader *chunks, const uint8_t *norms,
                       struct testing_random *random) {
    const struct term_entry *entry = &list->entry;
    uint32_t blocks = postings_block_count(entry);
    assert_int_equal(blocks, (list->df + POSTINGS_BLOCK - 1) / POSTINGS_BLOCK);
    uint64_t *starts = malloc((blocks + 1ul) * sizeof *starts);
    assert_non_null(starts);
    starts[0] = 0;
    for (uint32_t number = 0; number < blocks; number++)
        starts[number + 1] =
            starts[number] + check_block(list, chunks, number, starts[number], NULL);
    assert_int_equal(starts[blocks], list->occurrences);
    for (uint32_t round = 0; round < blocks && round < 100; round++) {
        uint32_t number = testing_random_below(random, blocks);
        check_block(list, chunks, number, starts[number], random);
    }
    free(starts);
    if (list->df < POSTINGS_BLOCK)
        return;
    uint32_t before = UINT32_MAX;
    for (uint32_t number = 0; number < blocks; number++) {
        const uint8_t *skip = chunk_read(
            chunks, STREAM_SKIPS, postings_skip_address(entry->skips + number), POSTINGS_SKIP_SIZE);
        assert_non_null(skip);
        uint32_t first = number * POSTINGS_BLOCK;
        uint32_t count = list->df - first < POSTINGS_BLOCK ? list->df - first : POSTINGS_BLOCK;
        assert_int_equal(postings_skip_last_doc(skip), list->docs[first + count - 1]);
        struct impact impacts[IMPACT_COUNT];
        postings_skip_impacts(impacts, skip);
        for (uint32_t i = first; i < first + count; i++) {
            uint8_t norm = norms[list->docs[i]];
            assert_true(covered(impacts, list->frequencies[i], norm));
            assert_true(covered(entry->impacts, list->frequencies[i], norm));
        }
        struct postings_block block;
        assert_true(postings_block_load_at(&block, chunks, entry, skip, count, before));
        assert_memory_equal(block.docs, list->docs + first, count * sizeof *block.docs);
        if (count == POSTINGS_BLOCK)
            bitmaps[check_bitmap(list, chunks, skip, &block, before)]++;
        before = postings_skip_last_doc(skip);
    }
}

/* Writes norms as the segment writer does, 2^15 to a chunk. Returns the number of chunks. */
static uint32_t write_norms(struct store_fixture *fixture, const uint8_t *norms) {
    struct error err;
    struct chunk_writer writer;
    chunk_writer_init(&writer, &fixture->sink, SEGMENT, STREAM_NORMS);
    for (uint32_t doc = 0; doc < DOCUMENTS; doc += NORM_CHUNK) {
        uint32_t left = DOCUMENTS - doc;
        uint64_t address;
        assert_ok(chunk_writer_add(&address, &writer, norms + doc,
                                   left < NORM_CHUNK ? left : NORM_CHUNK, &err),
                  &err);
        assert_ok(chunk_writer_flush(&writer, &err), &err);
    }
    chunk_writer_release(&writer);
    return writer.chunk;
}

/* Writes the lists as a segment and checks what is read. */
static void check_lists(struct list *lists, size_t count, struct testing_random *random) {
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    uint8_t *norms = malloc(DOCUMENTS);
    assert_non_null(norms);
    for (size_t i = 0; i < DOCUMENTS; i++)
        norms[i] = (uint8_t)testing_random_next(random);
    struct postings_writer writer;
    postings_writer_init(&writer, &fixture.sink, SEGMENT);
    struct postings_encoder encoder = {.norms = norms};
    for (size_t i = 0; i < count; i++)
        encode_list(&encoder, &lists[i]);
    place_lists(&writer, &encoder, lists, count);
    uint32_t chunks[STREAM_MAX] = {[STREAM_POSTINGS] = writer.postings.chunk,
                                   [STREAM_SKIPS] = writer.skips.chunk,
                                   [STREAM_POSITIONS] = writer.positions.chunk,
                                   [STREAM_NORMS] = write_norms(&fixture, norms)};
    postings_writer_release(&writer);
    store_fixture_read(&fixture);
    struct chunk_reader reader;
    chunk_reader_init(&reader, fixture.txn, SEGMENT, chunks);
    for (size_t i = 0; i < count; i++)
        check_list(&lists[i], &reader, norms, random);
    for (size_t i = 0; i < count; i++)
        release_list(&lists[i]);
    chunk_reader_release(&reader);
    free(norms);
    store_fixture_close(&fixture);
}

static void test_postings_block_load__every_small_df(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct list lists[2 * 520];
    for (uint32_t df = 1; df <= 520; df++) {
        make_list(&lists[2 * df - 2], &random, df, 1);
        make_list(&lists[2 * df - 1], &random, df, 40);
    }
    check_lists(lists, sizeof lists / sizeof *lists, &random);
}

/* Lists of many chunks whose skip entries take several. */
static void test_postings_block_load__long_lists(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const uint32_t dfs[] = {100000, 1, 99999, 2, 300000, 127, 128, 129, 256, 100000};
    struct list lists[sizeof dfs / sizeof *dfs];
    uint32_t blocks = 0;
    for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++) {
        make_list(&lists[i], &random, dfs[i], 3);
        blocks += term_entry_skip_count(dfs[i]);
    }
    assert_true(blocks > POSTINGS_SKIPS_PER_CHUNK);
    memset(bitmaps, 0, sizeof bitmaps);
    check_lists(lists, sizeof dfs / sizeof *dfs, &random);
    assert_true(bitmaps[false] > 100 && bitmaps[true] > 100);
}

/* Blocks of positions larger than a chunk, in lists of every kind. */
static void test_postings_block_load__positions_beyond_a_chunk(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const uint32_t dfs[] = {1, 2, 40, 127, 128, 200, 1};
    struct list lists[sizeof dfs / sizeof *dfs];
    for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++)
        make_list(&lists[i], &random, dfs[i], dfs[i] < 10 ? 100000 : 10000);
    check_lists(lists, sizeof dfs / sizeof *dfs, &random);
}

/* Every document has the term, so gaps take no bits. */
static void test_postings_block_load__term_of_every_document(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct list list;
    make_list(&list, &random, DOCUMENTS, 1);
    for (uint32_t i = 0; i < DOCUMENTS; i++)
        assert_int_equal(list.docs[i], i);
    check_lists(&list, 1, &random);
}

/* The greatest numbers that the format can hold. */
static void test_postings_block_load__greatest_numbers(void **state) {
    (void)state;
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    struct postings_writer writer;
    postings_writer_init(&writer, &fixture.sink, SEGMENT);
    const uint32_t docs[] = {0, 1, DOCUMENTS - 1};
    uint8_t *norms = calloc(DOCUMENTS, 1);
    assert_non_null(norms);
    memset(norms, UINT8_MAX, DOCUMENTS);
    uint32_t last = UINT32_MAX - 2, twice[] = {2, 2, 2}, once = 1, max_frequency = UINT32_MAX;
    uint32_t values[] = {UINT32_MAX - 1, 1, UINT32_MAX - 1, 1, UINT32_MAX - 1, 1};
    struct list lists[] = {{3, (uint32_t *)docs, twice, 6, values, {0}},
                           {1, &last, &once, 1, &max_frequency, {0}}};
    struct postings_encoder encoder = {.norms = norms};
    for (size_t i = 0; i < 2; i++)
        encode_list(&encoder, &lists[i]);
    place_lists(&writer, &encoder, lists, 2);
    uint32_t chunks[STREAM_MAX] = {[STREAM_POSTINGS] = 1,
                                   [STREAM_POSITIONS] = 1,
                                   [STREAM_NORMS] = write_norms(&fixture, norms)};
    free(norms);
    postings_writer_release(&writer);
    store_fixture_read(&fixture);
    struct chunk_reader reader;
    chunk_reader_init(&reader, fixture.txn, SEGMENT, chunks);
    struct postings_block block;
    struct positions_reader positions;
    uint32_t read[2];
    assert_true(postings_block_load(&block, &reader, &lists[0].entry, 0));
    assert_int_equal(block.count, 3);
    assert_memory_equal(block.docs, docs, sizeof docs);
    positions_reader_init(&positions, &reader, &lists[0].entry, &block);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(positions_reader_read(read, &positions, i));
        assert_int_equal(read[0], UINT32_MAX - 1);
        assert_int_equal(read[1], UINT32_MAX);
    }
    assert_true(postings_block_load(&block, &reader, &lists[1].entry, 0));
    assert_int_equal(block.docs[0], UINT32_MAX - 2);
    positions_reader_init(&positions, &reader, &lists[1].entry, &block);
    assert_true(positions_reader_read(read, &positions, 0));
    assert_int_equal(read[0], UINT32_MAX);
    assert_int_equal(reader.status, ST_OK);
    assert_false(positions_reader_read(read, &positions, 0)); /* not twice */
    chunk_reader_release(&reader);
    store_fixture_close(&fixture);
}

/* Random bytes under matching checksums: readers report them or return nonsense, but end and stay
 * within their memory (for a sanitizer). */
static void test_postings_block_load__survives_random_bytes(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct error err;
    unsigned refused = 0, read = 0;
    for (unsigned round = 0; round < 200; round++) {
        struct store_fixture fixture;
        store_fixture_open(&fixture);
        static const enum stream streams[] = {STREAM_POSTINGS, STREAM_SKIPS, STREAM_POSITIONS,
                                              STREAM_NORMS};
        uint32_t chunks[STREAM_MAX] = {0};
        uint32_t size = 1 + (uint32_t)testing_random_bits(&random, 12);
        for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
            struct chunk_writer writer;
            uint8_t *place = NULL;
            uint64_t address;
            chunk_writer_init(&writer, &fixture.sink, SEGMENT, streams[i]);
            assert_ok(chunk_writer_reserve(&place, &address, &writer, size, &err), &err);
            unsigned bits = 1 + testing_random_below(&random, 8);
            for (uint32_t k = 0; k < size; k++)
                place[k] = (uint8_t)testing_random_bits(&random, bits);
            assert_ok(chunk_writer_flush(&writer, &err), &err);
            chunks[streams[i]] = 1;
            chunk_writer_release(&writer);
        }
        store_fixture_read(&fixture);
        for (unsigned k = 0; k < 50; k++) {
            struct chunk_reader reader;
            chunk_reader_init(&reader, fixture.txn, SEGMENT, chunks);
            struct term_entry entry = {
                .documents = 1 + (uint32_t)testing_random_bits(&random, 10),
                .occurrences = 1 + testing_random_bits(&random, 20),
                .frequency = 1 + (uint32_t)testing_random_bits(&random, 20),
                .skips = testing_random_below(&random, 10),
                .postings =
                    chunk_address(0, CHUNK_HEADER_SIZE + testing_random_below(&random, size)),
                .positions =
                    chunk_address(0, CHUNK_HEADER_SIZE + testing_random_below(&random, size))};
            struct postings_block block;
            uint8_t skip[POSTINGS_SKIP_SIZE] = {0};
            put_u32(skip + 4, testing_random_below(&random, size));
            uint32_t number = testing_random_below(&random, postings_block_count(&entry));
            bool good = postings_block_load(&block, &reader, &entry, number) ||
                        postings_block_load_at(&block, &reader, &entry, skip, POSTINGS_BLOCK, 9);
            if (good && postings_block_frequencies(&block, &reader)) {
                struct positions_reader positions;
                static uint32_t positions_read[1 << 16];
                assert_in_range(block.count, 1, POSTINGS_BLOCK);
                positions_reader_init(&positions, &reader, &entry, &block);
                for (uint32_t i = 0; i < block.count; i++)
                    if (block.frequencies[i] <= 1 << 16 && testing_random_below(&random, 3) == 0 &&
                        !positions_reader_read(positions_read, &positions, i))
                        break;
                read++;
            }
            refused += reader.status != ST_OK;
            chunk_reader_release(&reader);
        }
        store_fixture_close(&fixture);
    }
    assert_true(refused > 1000 && read > 1000);
}

/* Makes a stream of one chunk in memory of exactly its size, for a sanitizer. */
static void put_stream(struct chunk_reader *reader, enum stream stream, const uint8_t *bytes,
                       uint32_t size) {
    uint8_t *chunk = calloc(CHUNK_HEADER_SIZE + size, 1);
    reader->refs[stream] = calloc(1, sizeof **reader->refs);
    assert_true(chunk && reader->refs[stream]);
    memcpy(chunk + CHUNK_HEADER_SIZE, bytes, size);
    *reader->refs[stream] =
        (struct chunk_ref){.data = chunk, .size = CHUNK_HEADER_SIZE + size, .verified = UINT32_MAX};
    reader->chunk_counts[stream] = 1;
}

/* Reads a list as far as possible. Returns whether all of it was read. */
static bool read_list(struct chunk_reader *reader, const struct term_entry *entry) {
    static uint32_t positions_read[1 << 16];
    unsigned seen = 0;
    for (uint32_t number = 0; number < postings_block_count(entry); number++) {
        struct postings_block block;
        if (entry->documents >= POSTINGS_BLOCK) {
            const uint8_t *skip =
                chunk_read(reader, STREAM_SKIPS, postings_skip_address(entry->skips + number),
                           POSTINGS_SKIP_SIZE);
            uint32_t before = UINT32_MAX;
            if (number)
                before = postings_skip_last_doc(skip - POSTINGS_SKIP_SIZE);
            const uint8_t *bits = postings_block_bitmap(reader, entry, skip, before);
            for (uint32_t i = 0; bits && i < (postings_skip_last_doc(skip) - before + 7) / 8; i++)
                seen += bits[i];
        }
        if (!postings_block_load(&block, reader, entry, number) ||
            !postings_block_frequencies(&block, reader))
            return false;
        struct positions_reader positions;
        positions_reader_init(&positions, reader, entry, &block);
        for (uint32_t i = 0; i < block.count; i++)
            if (block.frequencies[i] > 1 << 16 ||
                !positions_reader_read(positions_read, &positions, i))
                return false;
    }
    assert_true(seen != 1); /* keeps the reads of bits */
    return reader->status == ST_OK;
}

/* Reads streams without their last `postings` and `positions` bytes, with `damages` bytes
 * overwritten. */
static bool read_damaged(const struct list *list, const struct slice streams[4], uint32_t postings,
                         uint32_t positions, struct testing_random *random, unsigned damages) {
    struct chunk_reader reader = {.segment = SEGMENT};
    put_stream(&reader, STREAM_POSTINGS, streams[0].data, (uint32_t)streams[0].size - postings);
    put_stream(&reader, STREAM_POSITIONS, streams[1].data, (uint32_t)streams[1].size - positions);
    put_stream(&reader, STREAM_SKIPS, streams[2].data, (uint32_t)streams[2].size);
    put_stream(&reader, STREAM_NORMS, streams[3].data, (uint32_t)streams[3].size);
    for (; damages; damages--) {
        struct chunk_ref *ref =
            reader.refs[testing_random_below(random, 2) ? STREAM_POSTINGS : STREAM_POSITIONS];
        if (ref->size > CHUNK_HEADER_SIZE)
            ((uint8_t *)ref->data)[CHUNK_HEADER_SIZE +
                                   testing_random_below(random, ref->size - CHUNK_HEADER_SIZE)] =
                (uint8_t)testing_random_next(random);
    }
    bool good = read_list(&reader, &list->entry);
    for (unsigned stream = 0; stream < STREAM_MAX; stream++)
        if (reader.refs[stream])
            free((uint8_t *)reader.refs[stream]->data);
    chunk_reader_release(&reader);
    return good;
}

static void check_damage(struct list *list, struct testing_random *random) {
    static const enum stream kinds[] = {STREAM_POSTINGS, STREAM_POSITIONS, STREAM_SKIPS};
    struct store_fixture fixture;
    struct postings_writer writer;
    uint32_t documents = list->docs[list->df - 1] + 1;
    uint8_t *norms = malloc(documents);
    assert_non_null(norms);
    for (uint32_t i = 0; i < documents; i++)
        norms[i] = (uint8_t)testing_random_next(random);
    struct postings_encoder encoder = {.norms = norms};
    store_fixture_open(&fixture);
    postings_writer_init(&writer, &fixture.sink, SEGMENT);
    encode_list(&encoder, list);
    place_lists(&writer, &encoder, list, 1);
    uint32_t chunks[STREAM_MAX] = {[STREAM_POSTINGS] = writer.postings.chunk,
                                   [STREAM_SKIPS] = writer.skips.chunk,
                                   [STREAM_POSITIONS] = writer.positions.chunk};
    postings_writer_release(&writer);
    store_fixture_read(&fixture);
    struct chunk_reader reader;
    chunk_reader_init(&reader, fixture.txn, SEGMENT, chunks);
    struct slice streams[4];
    for (size_t i = 0; i < 3; i++) {
        streams[i] = slice_of("", 0);
        uint32_t size = chunk_bytes_left(&reader, kinds[i], chunk_address(0, CHUNK_HEADER_SIZE));
        if (chunks[kinds[i]])
            streams[i] = slice_of(
                chunk_read(&reader, kinds[i], chunk_address(0, CHUNK_HEADER_SIZE), size), size);
    }
    streams[3] = slice_of(norms, documents);
    assert_true(streams[0].size && streams[1].size);
    assert_true(read_damaged(list, streams, 0, 0, random, 0));
    for (uint32_t cut = 1; cut <= streams[0].size; cut += 1 + cut / 200)
        assert_false(read_damaged(list, streams, cut, 0, random, 0));
    for (uint32_t cut = 1; cut <= streams[1].size; cut += 1 + cut / 200)
        assert_false(read_damaged(list, streams, 0, cut, random, 0));
    unsigned refused = 0;
    for (unsigned round = 0; round < 500; round++)
        refused += !read_damaged(list, streams, 0, 0, random, 1 + testing_random_below(random, 30));
    assert_true(refused > 5);
    chunk_reader_release(&reader);
    free(norms);
    store_fixture_close(&fixture);
}

/* A stream that ends early is always noticed, and wrong bytes never make a reader leave it. */
static void test_postings_block_load__notices_missing_and_wrong_bytes(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const uint32_t dfs[] = {2, 20, 127, 128, 129, 400, 1000};
    for (size_t i = 0; i < sizeof dfs / sizeof *dfs; i++)
        for (unsigned dense = 0; dense < 2; dense++) {
            struct list list;
            make_list(&list, &random, dfs[i], dense ? 1 : 12);
            for (uint32_t k = 0; k < list.df; k++) /* within one chunk of norms */
                list.docs[k] = dense ? k + k / 3 : 30 * k + testing_random_below(&random, 30);
            check_damage(&list, &random);
            release_list(&list);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_postings_block_load__every_small_df),
        cmocka_unit_test(test_postings_block_load__long_lists),
        cmocka_unit_test(test_postings_block_load__positions_beyond_a_chunk),
        cmocka_unit_test(test_postings_block_load__term_of_every_document),
        cmocka_unit_test(test_postings_block_load__greatest_numbers),
        cmocka_unit_test(test_postings_block_load__survives_random_bytes),
        cmocka_unit_test(test_postings_block_load__notices_missing_and_wrong_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
