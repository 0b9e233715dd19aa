/* SPDX-License-Identifier: MIT */
/* Collects the values of a block and writes it. */
#include "common/column/column_writer.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/codec.h"
#include "common/column/column_reader.h"

void column_writer_init(struct column_writer *writer, enum field_type type) {
    *writer = (struct column_writer){.type = type, .doc = UINT32_MAX};
}

void column_writer_release(struct column_writer *writer) {
    free(writer->keys);
    free(writer->indexes);
    buffer_release(&writer->block);
    buffer_release(&writer->entries);
    *writer = (struct column_writer){0};
}

/* Writes bytes of any size and sets the address of the first one. */
static enum status write_bytes(uint64_t *address, struct chunk_writer *blocks, struct slice bytes,
                               struct error *err) {
    *address = 0;
    if (bytes.size <= CHUNK_DATA_SIZE)
        return bytes.size ? chunk_writer_add(address, blocks, bytes.data, (uint32_t)bytes.size, err)
                          : ST_OK;
    enum status status = chunk_writer_flush(blocks, err);
    for (bool first = true; bytes.size && !status; first = false) {
        uint32_t size = bytes.size < CHUNK_DATA_SIZE ? (uint32_t)bytes.size : CHUNK_DATA_SIZE;
        uint64_t part;
        status = chunk_writer_add(&part, blocks, bytes.data, size, err);
        *address = first ? part : *address;
        bytes = slice_after(bytes, size);
    }
    return status;
}

/* Writes the block that is being filled. `docs` is the number of documents in it. */
static enum status write_block(struct column_writer *writer, struct chunk_writer *blocks,
                               uint32_t docs, struct error *err) {
    struct column_block_values values = {.type = writer->type,
                                         .docs = docs,
                                         .count = writer->count,
                                         .keys = writer->keys,
                                         .indexes = writer->indexes};
    int64_t min, max;
    uint64_t address;
    buffer_clear(&writer->block);
    if (column_block_encode(&writer->block, &min, &max, &values) ||
        buffer_reserve(&writer->entries, COLUMN_ENTRY_SIZE))
        return error_nomem(err);
    enum status status = write_bytes(&address, blocks, buffer_slice(&writer->block), err);
    uint8_t *entry = writer->entries.data + writer->entries.size;
    put_u32(entry, writer->doc / COLUMN_BLOCK_DOCS);
    put_u48(entry + 4, address);
    put_u32(entry + 10, (uint32_t)writer->block.size);
    put_u64(entry + 14, (uint64_t)min);
    put_u64(entry + 22, (uint64_t)max);
    writer->entries.size += COLUMN_ENTRY_SIZE;
    writer->count = 0;
    return status;
}

static bool has_key(const struct column_writer *writer, int64_t key) {
    for (uint32_t i = writer->doc_start; i < writer->count; i++)
        if (writer->keys[i] == key)
            return true;
    return false;
}

enum status column_writer_add(struct column_writer *writer, struct chunk_writer *blocks,
                              uint32_t doc, int64_t key, struct error *err) {
    if (doc == writer->doc) {
        if (writer->count - writer->doc_start >= FIELD_VALUES_MAX || has_key(writer, key))
            return ST_OK;
    } else {
        assert(writer->doc == UINT32_MAX || doc > writer->doc);
        if (writer->count && doc / COLUMN_BLOCK_DOCS != writer->doc / COLUMN_BLOCK_DOCS) {
            enum status status = write_block(writer, blocks, COLUMN_BLOCK_DOCS, err);
            if (status)
                return status;
        }
        writer->doc = doc;
        writer->doc_start = writer->count;
        writer->documents++;
    }
    int64_t *keys = array_reserve(writer->keys, &writer->key_capacity, writer->count + 1u,
                                  sizeof *writer->keys);
    if (!keys)
        return error_nomem(err);
    writer->keys = keys;
    uint16_t *indexes = array_reserve(writer->indexes, &writer->index_capacity, writer->count + 1u,
                                      sizeof *writer->indexes);
    if (!indexes)
        return error_nomem(err);
    writer->indexes = indexes;
    keys[writer->count] = key;
    indexes[writer->count++] = (uint16_t)(doc % COLUMN_BLOCK_DOCS);
    return ST_OK;
}

enum status column_writer_finish(struct column_info *info, struct column_writer *writer,
                                 struct chunk_writer *blocks, struct chunk_writer *index,
                                 uint32_t documents, struct error *err) {
    enum status status = ST_OK;
    if (writer->count) {
        uint32_t docs = documents - writer->doc / COLUMN_BLOCK_DOCS * COLUMN_BLOCK_DOCS;
        status =
            write_block(writer, blocks, docs < COLUMN_BLOCK_DOCS ? docs : COLUMN_BLOCK_DOCS, err);
    }
    info->entries = (uint32_t)(writer->entries.size / COLUMN_ENTRY_SIZE);
    for (uint32_t i = 0; i < info->entries && !status; i++) {
        uint64_t address;
        status = chunk_writer_add(&address, index, writer->entries.data + i * COLUMN_ENTRY_SIZE,
                                  COLUMN_ENTRY_SIZE, err);
    }
    return status;
}
