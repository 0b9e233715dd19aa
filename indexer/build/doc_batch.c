/* SPDX-License-Identifier: MIT */
/* Copies documents into a batch, and works on the batch as a job. */
#include "indexer/build/doc_batch.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/array.h"

void doc_batch_release(struct doc_batch *batch) {
    free(batch->entries);
    free(batch->values);
    free(batch->lengths);
    free(batch->blocks);
    buffer_release(&batch->bytes);
    buffer_release(&batch->terms);
    buffer_release(&batch->stored);
    buffer_release(&batch->compressed);
    *batch = (struct doc_batch){0};
}

uint64_t doc_batch_size(const struct doc_batch *batch) {
    return batch->bytes.size + batch->posted_twice + batch->value_count * sizeof *batch->values;
}

bool doc_batch_is_full(const struct doc_batch *batch) {
    return doc_batch_size(batch) >= batch->max_bytes || batch->count >= DOC_BATCH_DOCUMENTS_MAX;
}

static const uint8_t *of_offset(size_t offset) {
    return (const uint8_t *)(uintptr_t)offset;
}

static void add_offset(struct slice *slice, const uint8_t *bytes) {
    slice->data = bytes + (uintptr_t)slice->data;
}

/* Copies a value, for which there is room. */
static enum status copy_value(struct doc_batch *batch, const struct field_value *value) {
    struct field_value *copy = &batch->values[batch->value_count++];
    *copy = *value;
    copy->text.data = of_offset(batch->bytes.size);
    copy->term = slice_of(of_offset(0), 0);
    if (value->field != SCHEMA_TEXT)
        batch->posted_twice += value->text.size;
    if (value->type == FIELD_TYPE_TEXT) {
        const struct schema_field *field = schema_field(batch->schema, value->field);
        assert(field && field->type == value->type);
        copy->flags = field->flags;
    }
    return buffer_append_slice(&batch->bytes, value->text);
}

static enum status copy_values(struct doc_batch *batch, const struct index_document *document,
                               bool with_text) {
    struct field_value *values =
        array_reserve(batch->values, &batch->value_capacity,
                      batch->value_count + document->value_count + 1, sizeof *values);
    if (!values)
        return ST_NOMEM;
    batch->values = values;
    enum status status = ST_OK;
    uint32_t field = SCHEMA_ALL, count = 0;
    for (size_t i = 0; i < document->value_count && !status; i++) {
        const struct field_value *value = &document->values[i];
        count = value->field == field ? count + 1 : 0;
        field = value->field;
        if (count < FIELD_VALUES_MAX && (with_text || field != SCHEMA_TEXT))
            status = copy_value(batch, value);
    }
    return status;
}

static enum status add(struct doc_batch *batch, const struct index_document *document,
                       uint64_t content_hash, bool with_text) {
    struct doc_batch_entry *entries =
        array_reserve(batch->entries, &batch->capacity, batch->count + 1, sizeof *entries);
    if (!entries)
        return ST_NOMEM;
    batch->entries = entries;
    /* All at once, because doc_batch_clear() frees it. */
    if (!batch->bytes.size &&
        buffer_reserve(&batch->bytes, batch->max_bytes + batch->max_bytes / 8))
        return ST_NOMEM;
    struct doc_batch_entry *next = &entries[batch->count];
    *next = (struct doc_batch_entry){.record.content_hash = content_hash,
                                     .id_offset = batch->bytes.size,
                                     .id_size = document->id.size,
                                     .first_value = batch->value_count};
    enum status status = buffer_append_slice(&batch->bytes, document->id);
    if (!status)
        status = copy_values(batch, document, with_text);
    next->value_count = batch->value_count - next->first_value;
    batch->count += !status;
    return status;
}

enum status doc_batch_add(struct doc_batch *batch, const struct index_document *document,
                          uint64_t content_hash) {
    return add(batch, document, content_hash, true);
}

enum status doc_batch_add_values(struct doc_batch *batch, const struct index_document *document,
                                 uint64_t content_hash) {
    return add(batch, document, content_hash, false);
}

void doc_batch_end_adding(struct doc_batch *batch) {
    for (size_t i = 0; i < batch->value_count; i++)
        add_offset(&batch->values[i].text, batch->bytes.data);
}

struct index_document doc_batch_document(const struct doc_batch *batch, size_t i) {
    const struct doc_batch_entry *entry = &batch->entries[i];
    return (struct index_document){
        .id = slice_of(batch->bytes.data + entry->id_offset, entry->id_size),
        .values = batch->values + entry->first_value,
        .value_count = entry->value_count};
}

struct document doc_batch_record(const struct doc_batch *batch, size_t i) {
    struct document record = batch->entries[i].record;
    struct index_document document = doc_batch_document(batch, i);
    index_document_store(&record, &document);
    record.fields = slice_of(batch->stored.data + batch->entries[i].stored_offset,
                             batch->entries[i].stored_size);
    return record;
}

/* A document that is being inverted. */
struct inversion {
    struct doc_batch *batch;
    struct doc_batch_entry *entry;
    struct thread_context *context;
    uint32_t doc;
    struct token_count *all; /* of all searched fields */
    struct token_count own;  /* of the current field */
};

static enum status invert_text(struct inversion *inversion, const struct field_value *value,
                               struct error *err) {
    struct token_count *own = &inversion->own, *all = inversion->all;
    uint32_t own_begin = own->position, all_begin = all->position;
    enum status status = inverter_add_field(
        value->flags & SCHEMA_SEARCHED ? all : NULL, own, inversion->context->inverter,
        inversion->context->analyzer, inversion->doc, value->field, value->text, err);
    if (value->field == SCHEMA_TITLE && !own_begin)
        inversion->entry->record.title_length = own->position;
    own->position = index_document_next(own_begin, own->position);
    all->position = index_document_next(all_begin, all->position);
    return status;
}

static enum status invert_keyword(struct inversion *inversion, struct field_value *value,
                                  struct error *err) {
    struct buffer *terms = &inversion->batch->terms;
    size_t offset = terms->size;
    if (keyword_fold(terms, &inversion->context->folder, value->text))
        return error_nomem(err);
    struct slice term = slice_after(buffer_slice(terms), offset);
    uint32_t position = inversion->own.position++;
    value->term = slice_of(of_offset(offset), term.size);
    return term.size ? inverter_add_keyword(inversion->context->inverter, inversion->doc,
                                            value->field, position, term, err)
                     : ST_OK;
}

static enum status end_field(struct inversion *inversion, uint16_t field, struct error *err) {
    struct doc_batch *batch = inversion->batch;
    uint32_t length = inversion->own.length;
    inversion->own = (struct token_count){0};
    if (!length)
        return ST_OK;
    struct field_length *lengths = array_reserve(batch->lengths, &batch->length_capacity,
                                                 batch->length_count + 1, sizeof *lengths);
    if (!lengths)
        return error_nomem(err);
    batch->lengths = lengths;
    lengths[batch->length_count++] = (struct field_length){field, length};
    inversion->entry->length_count++;
    return ST_OK;
}

/* Stores the values of text fields that are stored nowhere else: a name is in the id. */
static enum status store_values(struct doc_batch *batch, struct doc_batch_entry *entry) {
    const struct field_value *values = batch->values + entry->first_value;
    enum status status = ST_OK;
    entry->stored_offset = batch->stored.size;
    for (size_t i = 0; i < entry->value_count && !status; i++)
        if (values[i].type == FIELD_TYPE_TEXT && values[i].field != SCHEMA_TITLE &&
            values[i].field != SCHEMA_TEXT && values[i].field != SCHEMA_NAME)
            status = document_add_value(&batch->stored, entry->stored_offset, values[i].field,
                                        values[i].text);
    entry->stored_size = batch->stored.size - entry->stored_offset;
    return status;
}

/* Makes the document's language that of the analyzer, if it has it; else the first one. */
static void set_language(struct analyzer *analyzer, const struct doc_batch *batch, size_t i) {
    if (analyzer_language_count(analyzer) == 1)
        return;
    struct index_document document = doc_batch_document(batch, i);
    struct slice code = index_document_string(&document, SCHEMA_LANG);
    analyzer_set_language(analyzer, analyzer_find_language(analyzer, code));
}

enum status doc_batch_invert_values(struct token_count *all, struct doc_batch *batch, size_t i,
                                    struct thread_context *context, struct error *err) {
    struct doc_batch_entry *entry = &batch->entries[i];
    struct inversion inversion = {
        batch, entry, context, batch->first + (uint32_t)i, all, (struct token_count){0}};
    struct field_value *values = batch->values + entry->first_value;
    enum status status = store_values(batch, entry) ? error_nomem(err) : ST_OK;
    *all = (struct token_count){0};
    entry->first_length = batch->length_count;
    set_language(context->analyzer, batch, i);
    for (size_t k = 0; k < entry->value_count && !status; k++) {
        uint16_t field = values[k].field;
        if (values[k].type == FIELD_TYPE_TEXT && field != SCHEMA_TEXT)
            status = invert_text(&inversion, &values[k], err);
        else if (values[k].type == FIELD_TYPE_KEYWORD)
            status = invert_keyword(&inversion, &values[k], err);
        if (!status && (k + 1 == entry->value_count || values[k + 1].field != field))
            status = end_field(&inversion, field, err);
    }
    entry->record.text_position = all->position;
    return status;
}

void doc_batch_end_inverting(struct doc_batch *batch) {
    for (size_t i = 0; i < batch->value_count; i++)
        add_offset(&batch->values[i].term, batch->terms.data);
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
        struct index_document document = doc_batch_document(batch, i);
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

static void run(struct job *job, unsigned worker) {
    struct doc_batch *batch = (struct doc_batch *)job;
    struct thread_context *context = &batch->contexts[worker];
    enum status status = thread_context_prepare(context, &batch->err);
    doc_batch_end_adding(batch);
    for (size_t i = 0; i < batch->count && !status; i++) {
        struct index_document document = doc_batch_document(batch, i);
        struct token_count all;
        status = doc_batch_invert_values(&all, batch, i, context, &batch->err);
        if (!status)
            status = inverter_add_text(&all, context->inverter, context->analyzer,
                                       batch->first + (uint32_t)i,
                                       index_document_string(&document, SCHEMA_TEXT), &batch->err);
        batch->entries[i].record.length = all.length;
    }
    doc_batch_end_inverting(batch);
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
    batch->count = batch->value_count = batch->length_count = batch->block_count = 0;
    batch->posted_twice = 0;
    buffer_release(&batch->bytes);
    buffer_release(&batch->terms);
    buffer_release(&batch->stored);
    buffer_release(&batch->compressed);
    batch->status = ST_OK;
}
