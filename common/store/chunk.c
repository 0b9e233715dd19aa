/* SPDX-License-Identifier: MIT */
/* Writes and reads chunks, with a checksum for each page. */
#include "common/store/chunk.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/codec.h"
#include "common/store/keys.h"

/* A transaction holds at most this much, so that the largest value still fits below its limit. */
static const uint64_t SINK_BYTES = STORE_TXN_BYTES - 2 * 1024 * 1024;

enum status chunk_sink_check(const struct chunk_sink *sink, struct error *err) {
    if (sink->stop && *sink->stop)
        return error_set(err, ST_INTERRUPTED, 0, "interrupted");
    return ST_OK;
}

enum status chunk_sink_put(struct chunk_sink *sink, enum store_table table, struct slice key,
                           struct slice value, struct error *err) {
    uint64_t limit =
        sink->max_txn_bytes && sink->max_txn_bytes < SINK_BYTES ? sink->max_txn_bytes : SINK_BYTES;
    enum status status = chunk_sink_check(sink, err);
    if (status)
        return status;
    if (sink->txn && store_txn_bytes(sink->txn) > limit) {
        status = chunk_sink_commit(sink, err);
        if (status)
            return status;
    }
    if (!sink->txn) {
        status = store_begin(&sink->txn, sink->store, true, err);
        if (status)
            return status;
    }
    uint8_t *dest = NULL;
    status = store_reserve(&dest, sink->txn, table, key, value.size, err);
    if (status)
        return status;
    memcpy(dest, value.data, value.size);
    sink->bytes += key.size + value.size;
    return ST_OK;
}

enum status chunk_sink_commit(struct chunk_sink *sink, struct error *err) {
    struct store_txn *txn = sink->txn;
    sink->txn = NULL;
    return txn ? store_commit(txn, err) : ST_OK;
}

void chunk_sink_abort(struct chunk_sink *sink) {
    if (sink->txn)
        store_abort(sink->txn);
    sink->txn = NULL;
}

/* The bytes [*first, *end) of a chunk of `size` bytes that are on its page `page`. */
static void page_range(uint32_t *first, uint32_t *end, uint32_t page, uint32_t size) {
    *first = page ? page * CHUNK_PAGE_SIZE - CHUNK_PAGE_BIAS : CHUNK_HEADER_SIZE;
    *end = (page + 1) * CHUNK_PAGE_SIZE - CHUNK_PAGE_BIAS;
    if (*end > size)
        *end = size;
}

static uint32_t page_checksum(const uint8_t *data, uint32_t size, uint64_t key, uint32_t page) {
    uint32_t first, end;
    page_range(&first, &end, page, size);
    /* The size is part of the seed, so that a chunk cut off at the end of a page does not pass. */
    return checksum(data + first, end - first,
                    key * CHUNK_PAGE_COUNT + page + ((uint64_t)size << 40));
}

static uint32_t page_count(uint32_t size) {
    return (size + CHUNK_PAGE_BIAS + CHUNK_PAGE_SIZE - 1) / CHUNK_PAGE_SIZE;
}

void chunk_writer_init(struct chunk_writer *writer, struct chunk_sink *sink, uint32_t segment,
                       enum stream stream) {
    *writer = (struct chunk_writer){.sink = sink, .segment = segment, .stream = stream};
}

void chunk_writer_release(struct chunk_writer *writer) {
    free(writer->data);
    writer->data = NULL;
}

enum status chunk_writer_reserve(uint8_t **dest, uint64_t *address, struct chunk_writer *writer,
                                 uint32_t size, struct error *err) {
    assert(size <= CHUNK_DATA_SIZE);
    if (!writer->data) {
        writer->data = malloc(CHUNK_SIZE);
        if (!writer->data)
            return error_nomem(err);
    }
    if (size > CHUNK_SIZE - writer->size) {
        enum status status = chunk_writer_flush(writer, err);
        if (status)
            return status;
    }
    if (!writer->size) {
        memset(writer->data, 0, CHUNK_HEADER_SIZE);
        writer->size = CHUNK_HEADER_SIZE;
    }
    *dest = writer->data + writer->size;
    *address = chunk_address(writer->chunk, writer->size);
    writer->size += size;
    return ST_OK;
}

enum status chunk_writer_add(uint64_t *address, struct chunk_writer *writer, const void *item,
                             uint32_t size, struct error *err) {
    uint8_t *dest = NULL;
    enum status status = chunk_writer_reserve(&dest, address, writer, size, err);
    if (!status)
        memcpy(dest, item, size);
    return status;
}

enum status chunk_writer_flush(struct chunk_writer *writer, struct error *err) {
    if (writer->size <= CHUNK_HEADER_SIZE)
        return ST_OK;
    if (writer->chunk >= 1u << KEYS_CHUNK_BITS)
        return error_set(err, ST_LIMIT, 0, "a segment's stream passes 16 TiB");
    uint64_t key = keys_chunk(writer->segment, writer->stream, writer->chunk);
    for (uint32_t page = 0; page < page_count(writer->size); page++)
        put_u32(writer->data + 4 * page, page_checksum(writer->data, writer->size, key, page));
    enum status status = chunk_sink_put(writer->sink, TABLE_CHUNK, keys_of_number(&key),
                                        slice_of(writer->data, writer->size), err);
    writer->chunk++;
    writer->size = 0;
    return status;
}

void chunk_reader_init(struct chunk_reader *reader, struct store_txn *txn, uint32_t segment,
                       const uint32_t chunks[STREAM_MAX]) {
    *reader = (struct chunk_reader){.txn = txn, .segment = segment};
    memcpy(reader->chunk_counts, chunks, sizeof reader->chunk_counts);
}

void chunk_reader_release(struct chunk_reader *reader) {
    for (unsigned stream = 0; stream < STREAM_MAX; stream++) {
        free(reader->refs[stream]);
        reader->refs[stream] = NULL;
    }
}

void chunk_reader_fail(struct chunk_reader *reader, const struct error *failure) {
    if (reader->status)
        return;
    reader->error = *failure;
    reader->status = failure->code;
}

void chunk_reader_fail_nomem(struct chunk_reader *reader) {
    struct error failure;
    error_nomem(&failure);
    chunk_reader_fail(reader, &failure);
}

bool chunk_reader_damaged(struct chunk_reader *reader, const char *what) {
    struct error failure;
    error_set(&failure, ST_CORRUPT, 0, "segment %u: damaged %s", reader->segment, what);
    chunk_reader_fail(reader, &failure);
    return false;
}

static const void *fail(struct chunk_reader *reader, enum status status, enum stream stream,
                        uint64_t address, const char *what) {
    struct error failure;
    error_set(&failure, status, 0, "segment %u, stream %u, chunk %u, offset %u: %s",
              reader->segment, (unsigned)stream, (unsigned)(address >> 16),
              (unsigned)(address & 0xffff), what);
    chunk_reader_fail(reader, &failure);
    return NULL;
}

/* Looks up the chunk of `address`. NULL on failure. */
static struct chunk_ref *chunk_ref(struct chunk_reader *reader, enum stream stream,
                                   uint64_t address) {
    uint64_t number = address >> 16;
    if (number >= reader->chunk_counts[stream]) {
        fail(reader, ST_CORRUPT, stream, address, "no such chunk");
        return NULL;
    }
    if (!reader->refs[stream]) {
        reader->refs[stream] = calloc(reader->chunk_counts[stream], sizeof *reader->refs[stream]);
        if (!reader->refs[stream]) {
            fail(reader, ST_NOMEM, stream, address, "out of memory");
            return NULL;
        }
    }
    struct chunk_ref *ref = &reader->refs[stream][number];
    if (ref->data)
        return ref;
    uint64_t key = keys_chunk(reader->segment, stream, (uint32_t)number);
    struct slice value;
    struct error err;
    enum status status = store_get(&value, reader->txn, TABLE_CHUNK, keys_of_number(&key), &err);
    if (status == ST_NOT_FOUND) {
        fail(reader, ST_CORRUPT, stream, address, "the chunk is missing");
        return NULL;
    }
    if (status) {
        fail(reader, status, stream, address, err.text);
        return NULL;
    }
    if (value.size <= CHUNK_HEADER_SIZE || value.size > CHUNK_SIZE) {
        fail(reader, ST_CORRUPT, stream, address, "the chunk has a wrong size");
        return NULL;
    }
    ref->data = value.data;
    ref->size = (uint32_t)value.size;
    return ref;
}

const uint8_t *chunk_read_slow(struct chunk_reader *reader, enum stream stream, uint64_t address,
                               uint32_t size) {
    struct chunk_ref *ref = chunk_ref(reader, stream, address);
    if (!ref)
        return NULL;
    uint32_t offset = (uint32_t)(address & 0xffff);
    if (offset < CHUNK_HEADER_SIZE || offset > ref->size || size > ref->size - offset)
        return fail(reader, ST_CORRUPT, stream, address, "an address points outside the chunk");
    if (!size)
        return ref->data + offset;
    uint64_t key = keys_chunk(reader->segment, stream, (uint32_t)(address >> 16));
    uint32_t last = (offset + size - 1 + CHUNK_PAGE_BIAS) / CHUNK_PAGE_SIZE;
    for (uint32_t page = (offset + CHUNK_PAGE_BIAS) / CHUNK_PAGE_SIZE; page <= last; page++) {
        if (ref->verified & 1u << page)
            continue;
        if (page_checksum(ref->data, ref->size, key, page) != get_u32(ref->data + 4 * page))
            return fail(reader, ST_CORRUPT, stream, address, "the checksum does not match");
        ref->verified |= 1u << page;
    }
    return ref->data + offset;
}

uint32_t chunk_bytes_left_slow(struct chunk_reader *reader, enum stream stream, uint64_t address) {
    struct chunk_ref *ref = chunk_ref(reader, stream, address);
    uint32_t offset = (uint32_t)(address & 0xffff);
    return ref && offset >= CHUNK_HEADER_SIZE && offset < ref->size ? ref->size - offset : 0;
}
