#include "indexer/build/doc_batch.h"

#include <stdlib.h>

void doc_batch_clear(struct doc_batch *batch, uint32_t first) {
    batch->job.run = doc_batch_run;
    batch->first = first;
    batch->count = batch->block_count = 0;
    buffer_release(&batch->bytes);
    buffer_release(&batch->packed);
    batch->status = ST_OK;
}

void doc_batch_release(struct doc_batch *batch) {
    free(batch->entries);
    free(batch->blocks);
    buffer_release(&batch->bytes);
    buffer_release(&batch->packed);
    *batch = (struct doc_batch){0};
}

bool doc_batch_is_full(const struct doc_batch *batch) {
    return batch->bytes.size >= batch->max_bytes || batch->count >= DOC_BATCH_DOCUMENTS_MAX;
}

/* Copies bytes and gives their offset as a slice that begins at NULL. */
static enum status copy_bytes(struct doc_batch *batch, struct slice *slice) {
    size_t offset = batch->bytes.size;
    enum status status = buffer_append_slice(&batch->bytes, *slice);
    slice->data = (const uint8_t *)(uintptr_t)offset;
    return status;
}

static struct slice copied_bytes(const struct doc_batch *batch, struct slice offset) {
    return slice_of(batch->bytes.data + (uintptr_t)offset.data, offset.size);
}

enum status doc_batch_add(struct doc_batch *batch, const struct document *document) {
    if (batch->count == batch->capacity) {
        size_t capacity = batch->capacity ? 2 * batch->capacity : 64;
        struct doc_batch_entry *entries = realloc(batch->entries, capacity * sizeof *entries);
        if (!entries)
            return ST_NOMEM;
        batch->entries = entries;
        batch->capacity = capacity;
    }
    /* At once, as it is given back with each batch. */
    if (!batch->bytes.size &&
        buffer_reserve(&batch->bytes, batch->max_bytes + batch->max_bytes / 8))
        return ST_NOMEM;
    struct doc_batch_entry *next = &batch->entries[batch->count];
    *next = (struct doc_batch_entry){.document = *document};
    if (copy_bytes(batch, &next->document.id) || copy_bytes(batch, &next->document.title) ||
        copy_bytes(batch, &next->document.text))
        return ST_NOMEM;
    batch->count++;
    return ST_OK;
}

struct document doc_batch_document(const struct doc_batch *batch, size_t i) {
    struct document document = batch->entries[i].document;
    document.id = copied_bytes(batch, document.id);
    document.title = document_stored_title(copied_bytes(batch, document.title));
    document.text = copied_bytes(batch, document.text);
    return document;
}

/* A batch and who packs its texts. */
struct pack_context {
    struct doc_batch *batch;
    struct thread_context *context;
};

/* Packs a block of text that begins with document `first`. */
static enum status pack(void *context, uint32_t first, struct slice raw, struct error *err) {
    const struct pack_context *pack_context = context;
    struct doc_batch *batch = pack_context->batch;
    struct slice packed;
    if (batch->block_count == batch->block_capacity) {
        uint32_t capacity = batch->block_capacity ? 2 * batch->block_capacity : 64;
        struct doc_batch_block *blocks = realloc(batch->blocks, capacity * sizeof *blocks);
        if (!blocks)
            return error_nomem(err);
        batch->blocks = blocks;
        batch->block_capacity = capacity;
    }
    if (block_store_compress(&packed, &pack_context->context->compressor, raw))
        return error_nomem(err);
    batch->blocks[batch->block_count++] = (struct doc_batch_block){.first = first,
                                                                   .raw_size = (uint32_t)raw.size,
                                                                   .offset = batch->packed.size,
                                                                   .size = packed.size};
    return buffer_append_slice(&batch->packed, packed) ? error_nomem(err) : ST_OK;
}

static enum status pack_texts(struct doc_batch *batch, struct thread_context *context,
                              struct error *err) {
    struct pack_context pack_context = {batch, context};
    const struct text_block_sink blocks = {pack, &pack_context, &batch->block_count};
    struct text_packer texts = {0};
    enum status status = ST_OK;
    if (buffer_reserve(&batch->packed, batch->bytes.size / 2))
        return error_nomem(err);
    for (size_t i = 0; i < batch->count && !status; i++) {
        struct doc_batch_entry *next = &batch->entries[i];
        struct slice text = copied_bytes(batch, next->document.text);
        status = text_packer_begin(&next->location, &texts, &blocks, batch->first + (uint32_t)i,
                                   text.size, err);
        if (!status)
            status = text_packer_append(&next->location, &texts, &blocks, text, err);
    }
    if (!status)
        status = text_packer_flush(&texts, &blocks, err);
    buffer_release(&texts.block);
    return status;
}

void doc_batch_run(struct job *job, unsigned number) {
    struct doc_batch *batch = (struct doc_batch *)job;
    struct thread_context *context = &batch->contexts[number];
    enum status status = thread_context_prepare(context, &batch->err);
    for (size_t i = 0; i < batch->count && !status; i++) {
        struct document *document = &batch->entries[i].document;
        status =
            inverter_add(context->inverter, context->analyzer, batch->first + (uint32_t)i,
                         copied_bytes(batch, document->title), copied_bytes(batch, document->text),
                         &document->title_length, &document->length, &batch->err);
    }
    if (!status && context->keep_text)
        status = pack_texts(batch, context, &batch->err);
    batch->thread = number;
    if (!status)
        batch->usage = thread_context_usage(context);
    batch->status = status;
}
