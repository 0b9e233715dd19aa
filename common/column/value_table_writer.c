/* SPDX-License-Identifier: MIT */
/* Front-codes the terms of a value table. */
#include "common/column/value_table_writer.h"

#include <assert.h>

#include "common/base/codec.h"
#include "common/text/unicode.h"

void value_table_writer_init(struct value_table_writer *writer, struct chunk_writer *values) {
    *writer = (struct value_table_writer){.values = values};
}

void value_table_writer_release(struct value_table_writer *writer) {
    buffer_release(&writer->block);
    buffer_release(&writer->index);
}

static enum status write_block(struct value_table_writer *writer, struct error *err) {
    uint64_t address;
    uint8_t entry[VALUE_TABLE_ENTRY_SIZE];
    enum status status = chunk_writer_add(&address, writer->values, writer->block.data,
                                          (uint32_t)writer->block.size, err);
    if (status)
        return status;
    put_u48(entry, address);
    put_u16(entry + 6, (uint16_t)writer->block.size);
    buffer_clear(&writer->block);
    writer->term_size = 0;
    return buffer_append(&writer->index, entry, sizeof entry) ? error_nomem(err) : ST_OK;
}

enum status value_table_writer_add(struct value_table_writer *writer, struct slice term,
                                   struct slice shown, struct error *err) {
    struct buffer *block = &writer->block;
    uint32_t shared = 0;
    assert(term.size && term.size <= TERM_MAX);
    if (writer->count % VALUE_TABLE_BLOCK == 0 && block->size) {
        enum status status = write_block(writer, err);
        if (status)
            return status;
    }
    while (shared < writer->term_size && shared < term.size &&
           term.data[shared] == writer->term[shared])
        shared++;
    shown = unicode_cut(shown, VALUE_SHOWN_MAX);
    if (buffer_reserve(block, VALUE_SIZE_MAX))
        return error_nomem(err);
    buffer_append_byte(block, (uint8_t)shared);
    buffer_append_byte(block, (uint8_t)(term.size - shared));
    buffer_append_slice(block, slice_after(term, shared));
    if (slice_equal(shown, term)) {
        buffer_append_byte(block, 0);
    } else {
        buffer_append_varint(block, shown.size + 1);
        buffer_append_slice(block, shown);
    }
    memcpy(writer->term + shared, term.data + shared, term.size - shared);
    writer->term_size = (uint32_t)term.size;
    writer->count++;
    return ST_OK;
}

enum status value_table_writer_finish(struct column_info *info, struct value_table_writer *writer,
                                      struct error *err) {
    static const uint8_t zeros[VALUE_TABLE_ENTRY_SIZE];
    enum status status = writer->block.size ? write_block(writer, err) : ST_OK;
    uint64_t address;
    uint32_t padding = (uint32_t)-writer->values->size % VALUE_TABLE_ENTRY_SIZE;
    if (!status && padding)
        status = chunk_writer_add(&address, writer->values, zeros, padding, err);
    for (size_t at = 0; at < writer->index.size && !status; at += VALUE_TABLE_ENTRY_SIZE) {
        status = chunk_writer_add(&address, writer->values, writer->index.data + at,
                                  VALUE_TABLE_ENTRY_SIZE, err);
        if (!at)
            info->value_index = address;
    }
    info->values = writer->count;
    return status;
}
