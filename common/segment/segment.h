/* SPDX-License-Identifier: MIT */
/* A segment: an immutable part of the index, with its dictionary, postings, positions, norms and
 * stored documents.
 *
 * Documents are numbered from 0. The bytes of a segment are in chunks of TABLE_CHUNK (chunk.h) and
 * dictionary blocks of TABLE_DICT; each page of a chunk is verified when it is first read. Which
 * documents are deleted is stored outside of the segment, in TABLE_DELETES.
 *
 * A segment remembers its first failure: functions that return no status then return nothing, and
 * segment_status() returns the failure. It belongs to one thread, as its snapshot does. */
#ifndef QUERN_COMMON_SEGMENT_SEGMENT_H
#define QUERN_COMMON_SEGMENT_SEGMENT_H

#include "common/column/column_reader.h"
#include "common/column/value_table.h"
#include "common/segment/dictionary.h"
#include "common/segment/doc_store.h"
#include "common/segment/document.h"
#include "common/segment/norm.h"
#include "common/segment/segment_info.h"
#include "common/store/chunk.h"
#include "common/store/store.h"

enum {
    SEGMENT_DELETES_BITS = 13, /* a record of TABLE_DELETES is a bitmap of 2^13 documents */
    SEGMENT_DELETES_SIZE = (1 << SEGMENT_DELETES_BITS) / 8,
};

struct segment {
    struct store_txn *txn;
    struct block_store_decompressor *decompressor; /* shared by the segments of a snapshot */
    struct segment_info info;
    struct chunk_reader chunks;
    const uint8_t **deletes; /* bitmaps of 8,192 documents, looked up on demand; NULL: none yet */
    struct buffer record_block;            /* the block of records used last, decompressed */
    struct slice record_hashes;            /* its tail */
    uint32_t record_block_number;          /* its number; UINT32_MAX: none */
    struct doc_store_reader record_reader; /* reads that block */
    uint32_t next_record;                  /* the document that it reads next */
    struct column_reader sizes;            /* of SCHEMA_SIZE, to which records refer */
    struct buffer text_block;              /* the block of texts used last, decompressed */
    uint32_t text_block_number;            /* its number; UINT32_MAX: none */
};

/* Opens a segment at no cost: its parts are looked up on demand. The decompressor outlives it. */
void segment_open(struct segment *segment, struct store_txn *txn,
                  struct block_store_decompressor *decompressor, const struct segment_info *info);
void segment_close(struct segment *segment);
/* The first failure, or ST_OK. */
enum status segment_status(const struct segment *segment, struct error *err);
/* Keep a failure that the caller met while it worked on the segment, unless there is one already.
 */
void segment_fail(struct segment *segment, const struct error *failure);
void segment_fail_nomem(struct segment *segment);

/* Looks a term of a field up, or a word of any searched text field (SCHEMA_ALL). ST_NOT_FOUND: no
 * document has it. */
enum status segment_find_term(struct term_entry *entry, struct segment *segment, uint16_t field,
                              struct slice term, struct error *err);
/* Looks up terms of a field in ascending order, which is fast where they are near each other
 * (dictionary_cursor_find()). A failure to open leaves nothing to close. */
struct segment_terms {
    struct segment *segment;
    uint16_t field;
    struct norm_source norms;
    struct dictionary_cursor cursor;
};
enum status segment_terms_open(struct segment_terms *terms, struct segment *segment, uint16_t field,
                               struct error *err);
void segment_terms_close(struct segment_terms *terms);
enum status segment_terms_find(struct term_entry *entry, struct segment_terms *terms,
                               struct slice term, struct error *err);
/* Where the norms of a field's lists are: what entry->norms of its terms has to be. */
struct norm_source segment_norms(const struct segment *segment, uint16_t field);

/* Opens the column of a field of this type for reading, which needs column_reader_release() in any
 * case. False: no document has a value, and nothing will be found in it. */
bool segment_column(struct column_reader *column, struct segment *segment, uint16_t field,
                    enum field_type type);
/* Opens the value table of a keyword field. False: it is empty. */
bool segment_values(struct value_table *values, struct segment *segment, uint16_t field);

/* Finds the document with this id that is not deleted. ST_NOT_FOUND: there is none. The slices of
 * *document are valid until the next call on the segment. */
enum status segment_find_id(uint32_t *doc, struct document *document, struct segment *segment,
                            struct slice id, struct error *err);

/* The bitmap of the deleted ones among documents [number << 13, (number + 1) << 13): bit i & 7 of
 * byte i >> 3 is the i-th. NULL: there are no such documents, or memory is out. A damaged bitmap
 * reads as empty. segment_status() has both failures. */
const uint8_t *segment_deletes(struct segment *segment, uint32_t number);

static inline bool segment_is_deleted(struct segment *segment, uint32_t doc) {
    if (!segment->info.deleted)
        return false;
    const uint8_t *bitmap = segment_deletes(segment, doc >> SEGMENT_DELETES_BITS);
    uint32_t bit = doc & ((1u << SEGMENT_DELETES_BITS) - 1);
    return bitmap && (bitmap[bit >> 3] >> (bit & 7) & 1);
}

/* Reads what is stored of a document, without its text. Slices are valid until the next call on the
 * segment. */
enum status segment_document(struct document *document, struct segment *segment, uint32_t doc,
                             struct error *err);
/* The same, and sets where its text is. */
enum status segment_record(struct document *document, struct text_location *text,
                           struct segment *segment, uint32_t doc, struct error *err);
/* Reads the next part of a text: sets *part, which is valid until the next call on the segment, and
 * moves *location past it. location->size > 0. */
enum status segment_text_part(struct slice *part, struct segment *segment,
                              struct text_location *location, struct error *err);
/* Appends the whole text at a location to *text. */
enum status segment_text_at(struct buffer *text, struct segment *segment,
                            struct text_location location, struct error *err);
/* Appends the text of document `doc` to *text; nothing if none is stored. */
enum status segment_text(struct buffer *text, struct segment *segment, uint32_t doc,
                         struct error *err);

#endif
