#include "common/segment/segment.h"

#include <stdlib.h>

#include "common/base/codec.h"
#include "common/segment/id_index.h"
#include "common/store/keys.h"

void segment_open(struct segment *segment, struct store_txn *txn, struct blocks_unpacker *unpacker,
                  const struct segment_info *info) {
    *segment = (struct segment){.txn = txn,
                                .unpacker = unpacker,
                                .info = *info,
                                .block_number = UINT32_MAX,
                                .text_number = UINT32_MAX};
    chunk_reader_init(&segment->chunks, txn, info->id, info->chunks);
}

void segment_close(struct segment *segment) {
    chunk_reader_release(&segment->chunks);
    free(segment->removed);
    segment->removed = NULL;
    buffer_release(&segment->block);
    buffer_release(&segment->text);
}

enum status segment_status(const struct segment *segment, struct error *err) {
    if (segment->chunks.status && err)
        *err = segment->chunks.error;
    return segment->chunks.status;
}

static enum status damaged(const struct segment *segment, struct error *err, uint32_t doc) {
    return error_set(err, ST_CORRUPT, 0, "segment %u, document %u: damaged record",
                     segment->info.id, doc);
}

enum status segment_find_term(struct segment *segment, struct slice term, struct term_entry *entry,
                              struct error *err) {
    return dictionary_find(segment->txn, segment->info.id, term, entry, err);
}

enum status segment_find_id(struct segment *segment, struct slice id, uint32_t *doc,
                            struct document *document, struct error *err) {
    struct ids_match match;
    if (!ids_find(&match, &segment->chunks, segment->info.documents, ids_hash(id))) {
        enum status status = segment_status(segment, err);
        return status ? status : ST_NOT_FOUND;
    }
    while (ids_next(&match, doc)) {
        if (segment_is_removed(segment, *doc))
            continue;
        enum status status = segment_document(segment, *doc, document, err);
        if (status)
            return status;
        if (slice_equal(document->id, id))
            return segment_status(segment, err); /* is it known whether the document is removed? */
    }
    return ST_NOT_FOUND;
}

/* A bitmap that says "none", so that each record is looked up once. */
static const uint8_t none_removed[SEGMENT_LIVE_BYTES];

const uint8_t *segment_removed(struct segment *segment, uint32_t number) {
    uint32_t count = (segment->info.documents >> SEGMENT_LIVE_BITS) + 1;
    if (number >= count)
        return NULL;
    if (!segment->removed) {
        segment->removed = calloc(count, sizeof *segment->removed);
        if (!segment->removed) {
            segment->chunks.status = error_nomem(&segment->chunks.error);
            return NULL;
        }
    }
    if (segment->removed[number])
        return segment->removed[number];
    uint64_t key = keys_number(segment->info.id, number);
    struct slice bitmap;
    struct error err;
    enum status status = store_get_checksummed(segment->txn, TABLE_DELETES,
                                               slice_of(&key, sizeof key), &bitmap, &err);
    if (!status && bitmap.size != SEGMENT_LIVE_BYTES)
        status = error_set(&err, ST_CORRUPT, 0, "segment %u: damaged bitmap of removed documents",
                           segment->info.id);
    if (status < 0 && !segment->chunks.status) {
        segment->chunks.status = status;
        segment->chunks.error = err;
    }
    segment->removed[number] = status ? none_removed : bitmap.data;
    return segment->removed[number];
}

/* Makes the record of `doc` the next one to be read: documents are often asked for in order, and
 * then each block is unpacked once and nothing is read twice. */
static enum status seek_record(struct segment *segment, uint32_t doc, struct error *err) {
    struct blocks_entry entry;
    uint32_t number;
    if (doc >= segment->info.documents)
        return damaged(segment, err, doc);
    if (segment->block_number != UINT32_MAX && doc == segment->record_next && segment->records.left)
        return ST_OK;
    if (!blocks_find(&segment->chunks, STREAM_DOC_INDEX, doc, &number, &entry)) {
        enum status status = segment_status(segment, err);
        return status ? status : damaged(segment, err, doc);
    }
    if (number != segment->block_number) {
        segment->block_number = UINT32_MAX;
        enum status status = blocks_load(segment->unpacker, &segment->chunks, STREAM_DOCS, &entry,
                                         &segment->block, &segment->hashes, err);
        if (status)
            return status;
        segment->block_number = number;
        segment->record_next = UINT32_MAX;
    }
    if (segment->record_next == UINT32_MAX || doc < segment->record_next) {
        docs_reader_init(&segment->records, buffer_slice(&segment->block), segment->hashes);
        segment->record_next = entry.first;
    }
    struct document skipped;
    struct docs_text text;
    while (segment->record_next < doc && !segment->records.bad) {
        docs_reader_next(&segment->records, &skipped, &text);
        segment->record_next++;
    }
    return segment->records.bad ? damaged(segment, err, doc) : ST_OK;
}

enum status segment_record(struct segment *segment, uint32_t doc, struct document *document,
                           struct docs_text *text, struct error *err) {
    enum status status = seek_record(segment, doc, err);
    if (status)
        return status;
    docs_reader_next(&segment->records, document, text);
    segment->record_next = doc + 1;
    return segment->records.bad ? damaged(segment, err, doc) : ST_OK;
}

enum status segment_document(struct segment *segment, uint32_t doc, struct document *document,
                             struct error *err) {
    struct docs_text text;
    return segment_record(segment, doc, document, &text, err);
}

/* A block holds the texts of many short documents: it is unpacked once for neighbours. */
static enum status load_text(struct segment *segment, uint32_t number, struct error *err) {
    struct blocks_entry entry;
    if (number == segment->text_number && number != UINT32_MAX)
        return ST_OK;
    segment->text_number = UINT32_MAX;
    if (!blocks_entry(&segment->chunks, STREAM_TEXT_INDEX, number, &entry))
        return segment_status(segment, err);
    struct slice tail;
    enum status status = blocks_load(segment->unpacker, &segment->chunks, STREAM_TEXT, &entry,
                                     &segment->text, &tail, err);
    if (!status && tail.size)
        status = error_set(err, ST_CORRUPT, 0, "segment %u: damaged text", segment->info.id);
    if (!status)
        segment->text_number = number;
    return status;
}

enum status segment_text_part(struct segment *segment, struct docs_text *where, struct slice *part,
                              struct error *err) {
    enum status status = load_text(segment, where->block, err);
    if (status)
        return status;
    if (where->offset >= segment->text.size)
        return error_set(err, ST_CORRUPT, 0, "segment %u: damaged text", segment->info.id);
    *part = slice_of(segment->text.data + where->offset, segment->text.size - where->offset);
    if (part->size > where->size)
        part->size = (size_t)where->size;
    where->size -= part->size;
    where->block++;
    where->offset = 0;
    return ST_OK;
}

enum status segment_text_at(struct segment *segment, struct docs_text where, struct buffer *text,
                            struct error *err) {
    while (where.size) {
        struct slice part;
        enum status status = segment_text_part(segment, &where, &part, err);
        if (status)
            return status;
        if (buffer_append_slice(text, part))
            return error_nomem(err);
    }
    return ST_OK;
}

enum status segment_text(struct segment *segment, uint32_t doc, struct buffer *text,
                         struct error *err) {
    struct document document;
    struct docs_text where;
    enum status status = segment_record(segment, doc, &document, &where, err);
    return status || !where.kept ? status : segment_text_at(segment, where, text, err);
}
