/* SPDX-License-Identifier: MIT */
/* Cuts texts into blocks. */
#include "common/segment/text_packer.h"

enum status text_packer_flush(struct text_packer *packer, const struct text_block_sink *sink,
                              struct error *err) {
    if (!packer->block.size)
        return ST_OK;
    enum status status = sink->put(sink->context, packer->first, buffer_slice(&packer->block), err);
    buffer_clear(&packer->block);
    return status;
}

enum status text_packer_begin(struct text_location *location, struct text_packer *packer,
                              const struct text_block_sink *sink, uint32_t doc, size_t size,
                              struct error *err) {
    enum status status = ST_OK;
    if (size > TEXT_BLOCK_SIZE - packer->block.size || packer->block.size == TEXT_BLOCK_SIZE)
        status = text_packer_flush(packer, sink, err);
    if (!packer->block.size)
        packer->first = doc;
    *location = (struct text_location){
        .stored = true, .block = *sink->count, .offset = (uint32_t)packer->block.size};
    return status;
}

enum status text_packer_append(struct text_location *location, struct text_packer *packer,
                               const struct text_block_sink *sink, struct slice part,
                               struct error *err) {
    enum status status = ST_OK;
    location->size += part.size;
    while (!status && part.size) {
        /* A full block is flushed with the next byte only: the text may end with it. */
        if (packer->block.size == TEXT_BLOCK_SIZE)
            status = text_packer_flush(packer, sink, err);
        size_t size = TEXT_BLOCK_SIZE - packer->block.size;
        if (size > part.size)
            size = part.size;
        if (!status && buffer_append(&packer->block, part.data, size))
            return error_nomem(err);
        part = slice_of(part.data + size, part.size - size);
    }
    return status;
}
