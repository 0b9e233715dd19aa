#include "common/segment/block_store.h"

#include <assert.h>
#include <zstd.h>

#include "common/base/codec.h"

enum status blocks_packer_init(struct blocks_packer *packer, int level) {
    packer->level = level;
    if (!packer->zstd)
        packer->zstd = ZSTD_createCCtx();
    return packer->zstd ? ST_OK : ST_NOMEM;
}

void blocks_packer_release(struct blocks_packer *packer) {
    ZSTD_freeCCtx(packer->zstd);
    packer->zstd = NULL;
    buffer_release(&packer->packed);
}

enum status blocks_pack(struct blocks_packer *packer, struct slice raw, struct slice *packed) {
    assert(raw.size <= BLOCKS_RAW_MAX);
    size_t bound = ZSTD_compressBound(raw.size);
    buffer_clear(&packer->packed);
    if (buffer_reserve(&packer->packed, bound))
        return ST_NOMEM;
    size_t size = ZSTD_compressCCtx(packer->zstd, packer->packed.data, bound, raw.data, raw.size,
                                    packer->level);
    *packed = slice_of(packer->packed.data, size);
    return ZSTD_isError(size) ? ST_NOMEM : ST_OK;
}

enum status blocks_writer_init(struct blocks_writer *writer, struct chunk_sink *sink,
                               uint32_t segment, enum stream data, enum stream index, int level) {
    *writer = (struct blocks_writer){0};
    chunk_writer_init(&writer->data, sink, segment, data);
    chunk_writer_init(&writer->index, sink, segment, index);
    return blocks_packer_init(&writer->packer, level);
}

void blocks_writer_release(struct blocks_writer *writer) {
    blocks_packer_release(&writer->packer);
    chunk_writer_release(&writer->data);
    chunk_writer_release(&writer->index);
}

enum status blocks_writer_copy(struct blocks_writer *writer, uint32_t first, uint32_t raw_size,
                               struct slice packed, struct error *err) {
    uint64_t address, place;
    enum status status =
        chunk_writer_add(&writer->data, packed.data, (uint32_t)packed.size, &address, err);
    if (status)
        return status;
    uint8_t entry[BLOCKS_ENTRY];
    put_u32(entry, first);
    put_u32(entry + 4, raw_size);
    put_u48(entry + 8, address);
    put_u16(entry + 14, (uint16_t)packed.size);
    writer->count++;
    return chunk_writer_add(&writer->index, entry, sizeof entry, &place, err);
}

enum status blocks_writer_add(struct blocks_writer *writer, uint32_t first, struct slice raw,
                              struct slice tail, struct error *err) {
    assert(raw.size + tail.size <= BLOCKS_RAW_MAX);
    struct buffer *buffer = &writer->packer.packed;
    struct slice packed;
    if (blocks_pack(&writer->packer, raw, &packed))
        return error_nomem(err);
    buffer->size = packed.size;
    if (buffer_append_slice(buffer, tail))
        return error_nomem(err);
    return blocks_writer_copy(writer, first, (uint32_t)raw.size, buffer_slice(buffer), err);
}

enum status blocks_writer_flush(struct blocks_writer *writer, struct error *err) {
    enum status status = chunk_writer_flush(&writer->data, err);
    return status ? status : chunk_writer_flush(&writer->index, err);
}

uint32_t blocks_count(struct chunk_reader *chunks, enum stream index) {
    uint32_t full = chunks->chunks[index];
    if (!full)
        return 0;
    uint32_t last = chunk_bytes_left(chunks, index, chunk_address(full - 1, CHUNK_HEADER_SIZE));
    return (full - 1) * BLOCKS_PER_CHUNK + last / BLOCKS_ENTRY;
}

bool blocks_entry(struct chunk_reader *chunks, enum stream index, uint32_t number,
                  struct blocks_entry *entry) {
    uint64_t address = chunk_address(
        number / BLOCKS_PER_CHUNK, CHUNK_HEADER_SIZE + BLOCKS_ENTRY * (number % BLOCKS_PER_CHUNK));
    const uint8_t *bytes = chunk_read(chunks, index, address, BLOCKS_ENTRY);
    if (!bytes)
        return false;
    entry->first = get_u32(bytes);
    entry->raw_size = get_u32(bytes + 4);
    entry->address = get_u48(bytes + 8);
    entry->size = get_u16(bytes + 14);
    return true;
}

bool blocks_find(struct chunk_reader *chunks, enum stream index, uint32_t doc, uint32_t *number,
                 struct blocks_entry *entry) {
    uint32_t low = 0, high = blocks_count(chunks, index);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (!blocks_entry(chunks, index, middle, entry))
            return false;
        if (entry->first <= doc)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return false;
    *number = low - 1;
    return blocks_entry(chunks, index, low - 1, entry);
}

const uint8_t *blocks_packed(struct chunk_reader *chunks, enum stream data,
                             const struct blocks_entry *entry) {
    return chunk_read(chunks, data, entry->address, entry->size);
}

void blocks_unpacker_release(struct blocks_unpacker *unpacker) {
    ZSTD_freeDCtx(unpacker->zstd);
    unpacker->zstd = NULL;
}

enum status blocks_load(struct blocks_unpacker *unpacker, struct chunk_reader *chunks,
                        enum stream data, const struct blocks_entry *entry, struct buffer *raw,
                        struct slice *tail, struct error *err) {
    const uint8_t *packed = blocks_packed(chunks, data, entry);
    if (!packed) {
        *err = chunks->error;
        return chunks->status;
    }
    buffer_clear(raw);
    if (entry->raw_size > BLOCKS_RAW_MAX)
        return error_set(err, ST_CORRUPT, 0, "segment %u: a block of documents is too large",
                         chunks->segment);
    if (!unpacker->zstd)
        unpacker->zstd = ZSTD_createDCtx();
    if (!unpacker->zstd || buffer_reserve(raw, entry->raw_size))
        return error_nomem(err);
    size_t frame = ZSTD_findFrameCompressedSize(packed, entry->size), size = frame;
    if (!ZSTD_isError(frame))
        size = ZSTD_decompressDCtx(unpacker->zstd, raw->data, entry->raw_size, packed, frame);
    if (ZSTD_isError(size) || size != entry->raw_size)
        return error_set(err, ST_CORRUPT, 0, "segment %u: a block of documents does not unpack",
                         chunks->segment);
    raw->size = size;
    *tail = slice_of(packed + frame, entry->size - frame);
    return ST_OK;
}
