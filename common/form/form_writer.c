/* SPDX-License-Identifier: MIT */
/* Writes blocks of surface forms and their index. */
#include "common/form/form_writer.h"

void form_writer_init(struct form_writer *writer, struct chunk_sink *sink, uint32_t segment) {
    *writer = (struct form_writer){0};
    chunk_writer_init(&writer->blocks, sink, segment, STREAM_FORMS);
    chunk_writer_init(&writer->index, sink, segment, STREAM_FORM_INDEX);
}

void form_writer_release(struct form_writer *writer) {
    form_block_encoder_release(&writer->encoder);
    chunk_writer_release(&writer->blocks);
    chunk_writer_release(&writer->index);
}

static enum status end_block(struct form_writer *writer, struct error *err) {
    struct slice block;
    uint64_t address;
    if (form_block_encoder_end(&block, &writer->encoder))
        return error_nomem(err);
    enum status status =
        chunk_writer_add(&address, &writer->blocks, block.data, (uint32_t)block.size, err);
    if (status)
        return status;
    uint8_t entry[FORM_INDEX_HEAD + SURFACE_FORM_MAX];
    put_u48(entry, address);
    put_u16(entry + 6, (uint16_t)block.size);
    entry[8] = (uint8_t)writer->first_size;
    memcpy(entry + FORM_INDEX_HEAD, writer->first, writer->first_size);
    writer->encoder.count = 0;
    return chunk_writer_add(&address, &writer->index, entry,
                            (uint32_t)(FORM_INDEX_HEAD + writer->first_size), err);
}

enum status form_writer_add(struct form_writer *writer, const struct surface_form *form,
                            struct error *err) {
    struct form_block_encoder *encoder = &writer->encoder;
    if (!encoder->count) {
        if (form_block_encoder_begin(encoder))
            return error_nomem(err);
        memcpy(writer->first, form->key.data, form->key.size);
        writer->first_size = form->key.size;
    }
    form_block_encoder_add(encoder, form);
    return form_block_encoder_is_full(encoder) ? end_block(writer, err) : ST_OK;
}

enum status form_writer_flush(struct form_writer *writer, struct error *err) {
    enum status status = writer->encoder.count ? end_block(writer, err) : ST_OK;
    if (!status)
        status = chunk_writer_flush(&writer->blocks, err);
    return status ? status : chunk_writer_flush(&writer->index, err);
}
