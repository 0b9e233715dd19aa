/* An immutable part of the index: dictionary, postings, positions, lengths, stored documents.
 *
 * Documents of a segment are numbered from 0. Its bytes lie in chunks of TABLE_CHUNK (see chunk.h)
 * and dictionary blocks of TABLE_DICT; each page of them is checked against its checksum when it is
 * first touched. Removal is kept apart, in TABLE_DELETES.
 *
 * A segment that meets damaged bytes keeps the failure: functions without a status return "nothing"
 * and segment_status() tells. Threads: as the snapshot it belongs to. */
#ifndef QUERN_COMMON_SEGMENT_SEGMENT_H
#define QUERN_COMMON_SEGMENT_SEGMENT_H

#include "common/segment/dictionary.h"
#include "common/segment/doc_store.h"
#include "common/segment/document.h"
#include "common/segment/norm.h"
#include "common/segment/segment_info.h"
#include "common/store/chunk.h"
#include "common/store/store.h"

enum {
    SEGMENT_DELETES_BITS = 13, /* a record of TABLE_DELETES is the bitmap of 2^13 documents */
    SEGMENT_DELETES_SIZE = (1 << SEGMENT_DELETES_BITS) / 8,
};

struct segment {
    struct store_txn *txn;
    struct block_store_decompressor *decompressor; /* shared by the segments of a snapshot */
    struct segment_info info;
    struct chunk_reader chunks;
    const uint8_t *
        *deletes; /* bitmaps of 8,192 documents, loaded when needed; NULL: none removed */
    struct buffer record_block; /* the decompressed block of document records that was used last */
    struct slice record_hashes; /* its tail */
    uint32_t record_block_number;          /* which block it is, UINT32_MAX: none */
    struct doc_store_reader record_reader; /* reads it */
    uint32_t next_record;                  /* the document whose record comes next */
    struct buffer text_block;              /* the decompressed block of text that was used last */
    uint32_t text_block_number;            /* which block it is, UINT32_MAX: none */
};

/* Costs nothing: its parts are looked up when they are touched. The decompressor outlives it. */
void segment_open(struct segment *segment, struct store_txn *txn,
                  struct block_store_decompressor *decompressor, const struct segment_info *info);
void segment_close(struct segment *segment);
enum status segment_status(const struct segment *segment, struct error *err);

/* Where the postings of a term are; ST_NOT_FOUND when no document has it. */
enum status segment_find_term(struct term_entry *entry, struct segment *segment, struct slice term,
                              struct error *err);

/* The live document with this id, its number and its record; ST_NOT_FOUND. */
enum status segment_find_id(uint32_t *doc, struct document *document, struct segment *segment,
                            struct slice id, struct error *err);

/* The bitmap of removed documents among [number << 13, (number + 1) << 13), bit i & 7 of byte i >>
 * 3 for the i-th; NULL: there are no such documents, or memory is out. A damaged one says that none
 * is removed. segment_status() tells of both. */
const uint8_t *segment_deletes(struct segment *segment, uint32_t number);

static inline bool segment_is_deleted(struct segment *segment, uint32_t doc) {
    if (!segment->info.deleted)
        return false;
    const uint8_t *bitmap = segment_deletes(segment, doc >> SEGMENT_DELETES_BITS);
    uint32_t bit = doc & ((1u << SEGMENT_DELETES_BITS) - 1);
    return bitmap && (bitmap[bit >> 3] >> (bit & 7) & 1);
}

/* What is stored of document `doc`, without its text. Slices are valid until the next call on this
 * segment. */
enum status segment_document(struct document *document, struct segment *segment, uint32_t doc,
                             struct error *err);
/* The same, and where its text is. */
enum status segment_record(struct document *document, struct text_location *text,
                           struct segment *segment, uint32_t doc, struct error *err);
/* The next part of the text that is there: sets *part, valid until the next call on this segment,
 * and moves *where past it. where->size > 0. */
enum status segment_text_part(struct slice *part, struct segment *segment,
                              struct text_location *location, struct error *err);
/* Appends the text that is there to *text. */
enum status segment_text_at(struct buffer *text, struct segment *segment,
                            struct text_location location, struct error *err);
/* Appends the stored text of `doc` to *text (nothing when none is kept). */
enum status segment_text(struct buffer *text, struct segment *segment, uint32_t doc,
                         struct error *err);

#endif
