/* SPDX-License-Identifier: MIT */
/* Opens a segment, and finds its terms, documents and texts. */
#include "common/segment/segment.h"

#include <stdlib.h>

#include "common/base/codec.h"
#include "common/field/schema.h"
#include "common/segment/id_index.h"
#include "common/segment/term_entry.h"
#include "common/store/keys.h"

void segment_open(struct segment *segment, struct store_txn *txn,
                  struct block_store_decompressor *decompressor, const struct segment_info *info) {
    *segment = (struct segment){.txn = txn,
                                .decompressor = decompressor,
                                .info = *info,
                                .record_block_number = UINT32_MAX,
                                .text_block_number = UINT32_MAX};
    chunk_reader_init(&segment->chunks, txn, info->id, info->chunks);
    segment_column(&segment->sizes, segment, SCHEMA_SIZE, FIELD_TYPE_NUMBER);
}

void segment_close(struct segment *segment) {
    column_reader_release(&segment->sizes);
    chunk_reader_release(&segment->chunks);
    free(segment->deletes);
    segment->deletes = NULL;
    buffer_release(&segment->record_block);
    buffer_release(&segment->text_block);
}

enum status segment_status(const struct segment *segment, struct error *err) {
    if (segment->chunks.status && err)
        *err = segment->chunks.error;
    return segment->chunks.status;
}

void segment_fail(struct segment *segment, const struct error *failure) {
    chunk_reader_fail(&segment->chunks, failure);
}

void segment_fail_nomem(struct segment *segment) {
    chunk_reader_fail_nomem(&segment->chunks);
}

static enum status damaged(const struct segment *segment, uint32_t doc, struct error *err) {
    return error_set(err, ST_CORRUPT, 0, "segment %u, document %u: damaged record",
                     segment->info.id, doc);
}

struct norm_source segment_norms(const struct segment *segment, uint16_t field) {
    if (field == SCHEMA_ALL)
        return (struct norm_source){NORM_OF_DOCUMENT, 0};
    const struct segment_field *info = segment_info_field(&segment->info, field);
    return info && info->has_norms ? (struct norm_source){NORM_OF_FIELD, info->norms_chunk}
                                   : (struct norm_source){NORM_ONE, 0};
}

enum status segment_find_term(struct term_entry *entry, struct segment *segment, uint16_t field,
                              struct slice term, struct error *err) {
    uint8_t bytes[FIELD_TERM_MAX];
    if (term.size > TERM_MAX)
        return ST_NOT_FOUND;
    enum status status = dictionary_find(entry, segment->txn, segment->info.id,
                                         field_term_join(bytes, field, term), err);
    if (!status)
        entry->norms = segment_norms(segment, field);
    return status;
}

enum status segment_terms_open(struct segment_terms *terms, struct segment *segment, uint16_t field,
                               struct error *err) {
    *terms = (struct segment_terms){
        .segment = segment, .field = field, .norms = segment_norms(segment, field)};
    return dictionary_cursor_open(&terms->cursor, segment->txn, segment->info.id, err);
}

void segment_terms_close(struct segment_terms *terms) {
    dictionary_cursor_close(&terms->cursor);
}

enum status segment_terms_find(struct term_entry *entry, struct segment_terms *terms,
                               struct slice term, struct error *err) {
    uint8_t bytes[FIELD_TERM_MAX];
    if (term.size > TERM_MAX)
        return ST_NOT_FOUND;
    enum status status =
        dictionary_cursor_find(&terms->cursor, field_term_join(bytes, terms->field, term), err);
    if (status)
        return status;
    *entry = terms->cursor.entry;
    entry->norms = terms->norms;
    return ST_OK;
}

enum status segment_find_id(uint32_t *doc, struct document *document, struct segment *segment,
                            struct slice id, struct error *err) {
    struct id_index_match match;
    uint64_t hash = id_index_hash(segment->info.hash_seed, id);
    if (!id_index_find(&match, &segment->chunks, segment->info.documents, hash)) {
        enum status status = segment_status(segment, err);
        return status ? status : ST_NOT_FOUND;
    }
    while (id_index_next(doc, &match)) {
        if (segment_is_deleted(segment, *doc))
            continue;
        enum status status = segment_document(document, segment, *doc, err);
        if (status)
            return status;
        if (slice_equal(document->id, id))
            return segment_status(segment, err); /* the deletes may be damaged */
    }
    return ST_NOT_FOUND;
}

static const struct column_info *column_of(const struct segment *segment, uint16_t field) {
    static const struct column_info none;
    const struct segment_field *found = segment_info_field(&segment->info, field);
    return found ? &found->column : &none;
}

bool segment_column(struct column_reader *column, struct segment *segment, uint16_t field,
                    enum field_type type) {
    column_reader_init(column, &segment->chunks, column_of(segment, field), type,
                       segment->info.documents);
    return column->info.entries > 0;
}

bool segment_values(struct value_table *values, struct segment *segment, uint16_t field) {
    value_table_open(values, &segment->chunks, column_of(segment, field));
    return values->count > 0;
}

/* Stands for a missing record, so that each one is looked up once. */
static const uint8_t no_deletes[SEGMENT_DELETES_SIZE];

const uint8_t *segment_deletes(struct segment *segment, uint32_t number) {
    uint32_t count = (segment->info.documents >> SEGMENT_DELETES_BITS) + 1;
    if (number >= count)
        return NULL;
    if (!segment->deletes) {
        segment->deletes = calloc(count, sizeof *segment->deletes);
        if (!segment->deletes) {
            segment_fail_nomem(segment);
            return NULL;
        }
    }
    if (segment->deletes[number])
        return segment->deletes[number];
    uint64_t key = keys_deletes(segment->info.id, number);
    struct slice bitmap;
    struct error err;
    enum status status =
        store_get_checksummed(&bitmap, segment->txn, TABLE_DELETES, keys_of_number(&key), &err);
    if (!status && bitmap.size != SEGMENT_DELETES_SIZE)
        status = error_set(&err, ST_CORRUPT, 0, "segment %u: damaged bitmap of deleted documents",
                           segment->info.id);
    if (status < 0)
        segment_fail(segment, &err);
    segment->deletes[number] = status ? no_deletes : bitmap.data;
    return segment->deletes[number];
}

/* Reads the record of document `doc`, the next one of record_reader. */
static void read_record(struct document *document, struct text_location *text,
                        struct segment *segment, uint32_t doc) {
    int64_t key;
    uint64_t size =
        column_value(&key, &segment->sizes, doc, COLUMN_FIRST) ? document_size_of_key(key) : 0;
    doc_store_reader_next(document, text, &segment->record_reader, size);
    segment->next_record = doc + 1;
}

/* Positions record_reader on `doc`. Documents are often read in order; then each block is
 * decompressed once and no record is read twice. */
static enum status seek_record(struct segment *segment, uint32_t doc, struct error *err) {
    struct block_store_entry entry;
    uint32_t number;
    if (doc >= segment->info.documents)
        return damaged(segment, doc, err);
    if (segment->record_block_number != UINT32_MAX && doc == segment->next_record &&
        segment->record_reader.left)
        return ST_OK;
    if (!block_store_find(&number, &entry, &segment->chunks, STREAM_DOC_INDEX, doc)) {
        enum status status = segment_status(segment, err);
        return status ? status : damaged(segment, doc, err);
    }
    if (number != segment->record_block_number) {
        segment->record_block_number = UINT32_MAX;
        enum status status =
            block_store_load(&segment->record_block, &segment->record_hashes, segment->decompressor,
                             &segment->chunks, STREAM_DOCS, &entry, err);
        if (status)
            return status;
        segment->record_block_number = number;
        segment->next_record = UINT32_MAX;
    }
    if (segment->next_record == UINT32_MAX || doc < segment->next_record) {
        doc_store_reader_init(&segment->record_reader, buffer_slice(&segment->record_block),
                              segment->record_hashes);
        segment->next_record = entry.first;
    }
    struct document skipped;
    struct text_location text;
    while (segment->next_record < doc && !segment->record_reader.bad)
        read_record(&skipped, &text, segment, segment->next_record);
    return segment->record_reader.bad ? damaged(segment, doc, err) : ST_OK;
}

enum status segment_record(struct document *document, struct text_location *text,
                           struct segment *segment, uint32_t doc, struct error *err) {
    enum status status = seek_record(segment, doc, err);
    if (status)
        return status;
    read_record(document, text, segment, doc);
    if (segment->chunks.status)
        return segment_status(segment, err);
    return segment->record_reader.bad ? damaged(segment, doc, err) : ST_OK;
}

enum status segment_document(struct document *document, struct segment *segment, uint32_t doc,
                             struct error *err) {
    struct text_location text;
    return segment_record(document, &text, segment, doc, err);
}

/* Decompresses a block of texts, unless it was the last one: it has the texts of many short
 * documents. */
static enum status load_text(struct segment *segment, uint32_t number, struct error *err) {
    struct block_store_entry entry;
    if (number == segment->text_block_number && number != UINT32_MAX)
        return ST_OK;
    segment->text_block_number = UINT32_MAX;
    if (!block_store_read_entry(&entry, &segment->chunks, STREAM_TEXT_INDEX, number))
        return segment_status(segment, err);
    struct slice tail;
    enum status status = block_store_load(&segment->text_block, &tail, segment->decompressor,
                                          &segment->chunks, STREAM_TEXT, &entry, err);
    if (!status && tail.size)
        status = error_set(err, ST_CORRUPT, 0, "segment %u: damaged text", segment->info.id);
    if (!status)
        segment->text_block_number = number;
    return status;
}

enum status segment_text_part(struct slice *part, struct segment *segment,
                              struct text_location *location, struct error *err) {
    enum status status = load_text(segment, location->block, err);
    if (status)
        return status;
    if (location->offset >= segment->text_block.size)
        return error_set(err, ST_CORRUPT, 0, "segment %u: damaged text", segment->info.id);
    *part = slice_of(segment->text_block.data + location->offset,
                     segment->text_block.size - location->offset);
    if (part->size > location->size)
        part->size = (size_t)location->size;
    location->size -= part->size;
    location->block++;
    location->offset = 0;
    return ST_OK;
}

enum status segment_text_at(struct buffer *text, struct segment *segment,
                            struct text_location location, struct error *err) {
    while (location.size) {
        struct slice part;
        enum status status = segment_text_part(&part, segment, &location, err);
        if (status)
            return status;
        if (buffer_append_slice(text, part))
            return error_nomem(err);
    }
    return ST_OK;
}

enum status segment_text(struct buffer *text, struct segment *segment, uint32_t doc,
                         struct error *err) {
    struct document document;
    struct text_location location;
    enum status status = segment_record(&document, &location, segment, doc, err);
    return status || !location.stored ? status : segment_text_at(text, segment, location, err);
}
