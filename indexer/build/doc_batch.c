/* SPDX-License-Identifier: MIT */
/* Copies documents into a batch, and works on the batch as a job. */
#include "indexer/build/doc_batch.h"

#include <stdlib.h>

#include "common/base/array.h"

void doc_batch_release(struct doc_batch *batch) {
    free(batch->entries);
    free(batch->values);
    free(batch->blocks);
    buffer_release(&batch->bytes);
    buffer_release(&batch->compressed);
    *batch = (struct doc_batch){0};
}

size_t doc_batch_size(const struct doc_batch *batch) {
    return batch->bytes.size + batch->value_count * sizeof *batch->values;
}

bool doc_batch_is_full(const struct doc_batch *batch) {
    return doc_batch_size(batch) >= batch->max_bytes || batch->count >= DOC_BATCH_DOCUMENTS_MAX;
}

/* Copies the bytes of a slice, whose data becomes their offset. */
static enum status copy_bytes(struct doc_batch *batch, struct slice *slice) {
    size_t offset = batch->bytes.size;
    enum status status = buffer_append_slice(&batch->bytes, *slice);
    slice->data = (const uint8_t *)(uintptr_t)offset;
    return status;
}

static enum status copy_values(struct doc_batch *batch, const struct index_document *document) {
    struct field_value *values =
        array_reserve(batch->values, &batch->value_capacity,
                      batch->value_count + document->value_count, sizeof *values);
    if (!values && document->value_count)
        return ST_NOMEM;
    batch->values = values;
    enum status status = ST_OK;
    for (size_t i = 0; i < document->value_count && !status; i++) {
        values[batch->value_count + i] = document->values[i];
        status = copy_bytes(batch, &values[batch->value_count + i].text);
    }
    batch->value_count += document->value_count;
    return status;
}

enum status doc_batch_add(struct doc_batch *batch, const struct index_document *document,
                          uint64_t content_hash) {
    struct doc_batch_entry *entries =
        array_reserve(batch->entries, &batch->capacity, batch->count + 1, sizeof *entries);
    if (!entries)
        return ST_NOMEM;
    batch->entries = entries;
    /* All at once, because doc_batch_clear() frees it. */
    if (!batch->bytes.size &&
        buffer_reserve(&batch->bytes, batch->max_bytes + batch->max_bytes / 8))
        return ST_NOMEM;
    entries[batch->count] = (struct doc_batch_entry){.record.content_hash = content_hash,
                                                     .id_offset = batch->bytes.size,
                                                     .id_size = document->id.size,
                                                     .first_value = batch->value_count,
                                                     .value_count = document->value_count};
    enum status status = buffer_append_slice(&batch->bytes, document->id);
    if (!status)
        status = copy_values(batch, document);
    batch->count += !status;
    return status;
}

static struct index_document document_at(const struct doc_batch *batch, size_t i) {
    const struct doc_batch_entry *entry = &batch->entries[i];
    return (struct index_document){
        .id = slice_of(batch->bytes.data + entry->id_offset, entry->id_size),
        .values = batch->values + entry->first_value,
        .value_count = entry->value_count};
}

struct document doc_batch_record(const struct doc_batch *batch, size_t i) {
    struct document record = batch->entries[i].record;
    struct index_document document = document_at(batch, i);
    index_document_store(&record, &document);
    return record;
}

/* A batch, and the context whose compressor is used. */
struct compress_target {
    struct doc_batch *batch;
    struct thread_context *context;
};

/* Compresses a block of text that begins with document `first`. */
static enum status compress_block(void *context, uint32_t first, struct slice raw,
                                  struct error *err) {
    const struct compress_target *target = context;
    struct doc_batch *batch = target->batch;
    struct slice compressed;
    struct doc_batch_block *blocks = array_reserve(batch->blocks, &batch->block_capacity,
                                                   batch->block_count + 1, sizeof *blocks);
    if (!blocks)
        return error_nomem(err);
    batch->blocks = blocks;
    if (block_store_compress(&compressed, &target->context->compressor, raw))
        return error_nomem(err);
    batch->blocks[batch->block_count++] = (struct doc_batch_block){.first = first,
                                                                   .raw_size = (uint32_t)raw.size,
                                                                   .offset = batch->compressed.size,
                                                                   .size = compressed.size};
    return buffer_append_slice(&batch->compressed, compressed) ? error_nomem(err) : ST_OK;
}

static enum status compress_texts(struct doc_batch *batch, struct thread_context *context,
                                  struct error *err) {
    struct compress_target target = {batch, context};
    const struct text_block_sink blocks = {compress_block, &target, &batch->block_count};
    struct text_packer texts = {0};
    enum status status = ST_OK;
    if (buffer_reserve(&batch->compressed, batch->bytes.size / 2))
        return error_nomem(err);
    for (size_t i = 0; i < batch->count && !status; i++) {
        struct doc_batch_entry *next = &batch->entries[i];
        struct index_document document = document_at(batch, i);
        struct slice text = index_document_string(&document, SCHEMA_TEXT);
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

/* `bytes` grows no more. */
static void restore_addresses(struct doc_batch *batch) {
    for (size_t i = 0; i < batch->value_count; i++)
        batch->values[i].text.data = batch->bytes.data + (uintptr_t)batch->values[i].text.data;
}

static void run(struct job *job, unsigned worker) {
    struct doc_batch *batch = (struct doc_batch *)job;
    struct thread_context *context = &batch->contexts[worker];
    enum status status = thread_context_prepare(context, &batch->err);
    restore_addresses(batch);
    for (size_t i = 0; i < batch->count && !status; i++) {
        struct index_document document = document_at(batch, i);
        uint32_t position;
        struct document *record = &batch->entries[i].record;
        uint32_t doc = batch->first + (uint32_t)i;
        status =
            thread_context_invert_values(record, &position, context, doc, &document, &batch->err);
        if (!status)
            status = thread_context_invert_text(record, &position, context, doc,
                                                index_document_string(&document, SCHEMA_TEXT),
                                                &batch->err);
    }
    if (!status && context->keep_text)
        status = compress_texts(batch, context, &batch->err);
    batch->thread = worker;
    if (!status)
        batch->usage = thread_context_usage(context);
    batch->status = status;
}

void doc_batch_clear(struct doc_batch *batch, uint32_t first) {
    batch->job.run = run;
    batch->first = first;
    batch->count = batch->value_count = batch->block_count = 0;
    buffer_release(&batch->bytes);
    buffer_release(&batch->compressed);
    batch->status = ST_OK;
}
