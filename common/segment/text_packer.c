#include "common/segment/text_packer.h"

enum status text_packer_flush(struct text_packer *texts, const struct text_block_sink *blocks,
                              struct error *err) {
    if (!texts->block.size)
        return ST_OK;
    enum status status =
        blocks->put(blocks->context, texts->first, buffer_slice(&texts->block), err);
    buffer_clear(&texts->block);
    return status;
}

enum status text_packer_begin(struct text_location *location, struct text_packer *texts,
                              const struct text_block_sink *blocks, uint32_t doc, size_t size,
                              struct error *err) {
    enum status status = ST_OK;
    if (size > TEXT_BLOCK_SIZE - texts->block.size || texts->block.size == TEXT_BLOCK_SIZE)
        status = text_packer_flush(texts, blocks, err);
    if (!texts->block.size)
        texts->first = doc;
    *location = (struct text_location){
        .stored = true, .block = *blocks->count, .offset = (uint32_t)texts->block.size};
    return status;
}

enum status text_packer_append(struct text_location *location, struct text_packer *texts,
                               const struct text_block_sink *blocks, struct slice part,
                               struct error *err) {
    enum status status = ST_OK;
    location->size += part.size;
    while (!status && part.size) {
        /* A full block waits for what follows: it may be the text's end. */
        if (texts->block.size == TEXT_BLOCK_SIZE)
            status = text_packer_flush(texts, blocks, err);
        size_t size = TEXT_BLOCK_SIZE - texts->block.size;
        if (size > part.size)
            size = part.size;
        if (!status && buffer_append(&texts->block, part.data, size))
            return error_nomem(err);
        part = slice_of(part.data + size, part.size - size);
    }
    return status;
}
