/* SPDX-License-Identifier: MIT */
/* Writes, finds and decompresses blocks. */
#include "common/segment/block_store.h"

#include <assert.h>
#include <zstd.h>

#include "common/base/codec.h"

enum status block_store_compressor_init(struct block_store_compressor *compressor, int level) {
    compressor->level = level;
    if (!compressor->zstd)
        compressor->zstd = ZSTD_createCCtx();
    return compressor->zstd ? ST_OK : ST_NOMEM;
}

void block_store_compressor_release(struct block_store_compressor *compressor) {
    ZSTD_freeCCtx(compressor->zstd);
    compressor->zstd = NULL;
    buffer_release(&compressor->compressed);
}

enum status block_store_compress(struct slice *compressed,
                                 struct block_store_compressor *compressor, struct slice raw) {
    assert(raw.size <= BLOCK_STORE_RAW_MAX);
    size_t bound = ZSTD_compressBound(raw.size);
    buffer_clear(&compressor->compressed);
    if (buffer_reserve(&compressor->compressed, bound))
        return ST_NOMEM;
    size_t size = ZSTD_compressCCtx(compressor->zstd, compressor->compressed.data, bound, raw.data,
                                    raw.size, compressor->level);
    *compressed = slice_of(compressor->compressed.data, size);
    return ZSTD_isError(size) ? ST_NOMEM : ST_OK;
}

enum status block_store_writer_init(struct block_store_writer *writer, struct chunk_sink *sink,
                                    uint32_t segment, enum stream data, enum stream index,
                                    int level) {
    *writer = (struct block_store_writer){0};
    chunk_writer_init(&writer->data, sink, segment, data);
    chunk_writer_init(&writer->index, sink, segment, index);
    return block_store_compressor_init(&writer->compressor, level);
}

void block_store_writer_release(struct block_store_writer *writer) {
    block_store_compressor_release(&writer->compressor);
    chunk_writer_release(&writer->data);
    chunk_writer_release(&writer->index);
}

enum status block_store_writer_copy(struct block_store_writer *writer, uint32_t first,
                                    uint32_t raw_size, struct slice compressed, struct error *err) {
    uint64_t address, entry_address;
    enum status status =
        chunk_writer_add(&address, &writer->data, compressed.data, (uint32_t)compressed.size, err);
    if (status)
        return status;
    uint8_t entry[BLOCK_STORE_ENTRY_SIZE];
    put_u32(entry, first);
    put_u32(entry + 4, raw_size);
    put_u48(entry + 8, address);
    put_u16(entry + 14, (uint16_t)compressed.size);
    writer->count++;
    return chunk_writer_add(&entry_address, &writer->index, entry, sizeof entry, err);
}

enum status block_store_writer_add(struct block_store_writer *writer, uint32_t first,
                                   struct slice raw, struct slice tail, struct error *err) {
    assert(raw.size + tail.size <= BLOCK_STORE_RAW_MAX);
    struct buffer *buffer = &writer->compressor.compressed;
    struct slice compressed;
    if (block_store_compress(&compressed, &writer->compressor, raw))
        return error_nomem(err);
    buffer->size = compressed.size;
    if (buffer_append_slice(buffer, tail))
        return error_nomem(err);
    return block_store_writer_copy(writer, first, (uint32_t)raw.size, buffer_slice(buffer), err);
}

enum status block_store_writer_flush(struct block_store_writer *writer, struct error *err) {
    enum status status = chunk_writer_flush(&writer->data, err);
    return status ? status : chunk_writer_flush(&writer->index, err);
}

uint32_t block_store_count(struct chunk_reader *chunks, enum stream index) {
    uint32_t full = chunks->chunk_counts[index];
    if (!full)
        return 0;
    uint32_t last = chunk_bytes_left(chunks, index, chunk_address(full - 1, CHUNK_HEADER_SIZE));
    return (full - 1) * BLOCK_STORE_ENTRIES_PER_CHUNK + last / BLOCK_STORE_ENTRY_SIZE;
}

bool block_store_read_entry(struct block_store_entry *entry, struct chunk_reader *chunks,
                            enum stream index, uint32_t number) {
    uint64_t address = chunk_item_address(number, BLOCK_STORE_ENTRY_SIZE);
    const uint8_t *bytes = chunk_read(chunks, index, address, BLOCK_STORE_ENTRY_SIZE);
    if (!bytes)
        return false;
    entry->first = get_u32(bytes);
    entry->raw_size = get_u32(bytes + 4);
    entry->address = get_u48(bytes + 8);
    entry->size = get_u16(bytes + 14);
    return true;
}

bool block_store_find(uint32_t *number, struct block_store_entry *entry,
                      struct chunk_reader *chunks, enum stream index, uint32_t doc) {
    uint32_t low = 0, high = block_store_count(chunks, index);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (!block_store_read_entry(entry, chunks, index, middle))
            return false;
        if (entry->first <= doc)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return false;
    *number = low - 1;
    return block_store_read_entry(entry, chunks, index, low - 1);
}

const uint8_t *block_store_compressed(struct chunk_reader *chunks, enum stream data,
                                      const struct block_store_entry *entry) {
    return chunk_read(chunks, data, entry->address, entry->size);
}

void block_store_decompressor_release(struct block_store_decompressor *decompressor) {
    ZSTD_freeDCtx(decompressor->zstd);
    decompressor->zstd = NULL;
}

enum status block_store_load(struct buffer *raw, struct slice *tail,
                             struct block_store_decompressor *decompressor,
                             struct chunk_reader *chunks, enum stream data,
                             const struct block_store_entry *entry, struct error *err) {
    const uint8_t *compressed = block_store_compressed(chunks, data, entry);
    if (!compressed) {
        if (err)
            *err = chunks->error;
        return chunks->status;
    }
    buffer_clear(raw);
    if (entry->raw_size > BLOCK_STORE_RAW_MAX)
        return error_set(err, ST_CORRUPT, 0, "segment %u: a block of documents is too large",
                         chunks->segment);
    if (!decompressor->zstd)
        decompressor->zstd = ZSTD_createDCtx();
    if (!decompressor->zstd || buffer_reserve(raw, entry->raw_size))
        return error_nomem(err);
    size_t frame = ZSTD_findFrameCompressedSize(compressed, entry->size), size = frame;
    if (!ZSTD_isError(frame))
        size =
            ZSTD_decompressDCtx(decompressor->zstd, raw->data, entry->raw_size, compressed, frame);
    if (ZSTD_isError(size) || size != entry->raw_size)
        return error_set(err, ST_CORRUPT, 0,
                         "segment %u: a block of documents cannot be decompressed",
                         chunks->segment);
    raw->size = size;
    *tail = slice_of(compressed + frame, entry->size - frame);
    return ST_OK;
}
