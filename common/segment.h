/* An immutable part of the index: dictionary, postings, positions, lengths, stored documents.
 *
 * Documents of a segment are numbered from 0. Its bytes lie in chunks of TABLE_CHUNK (see chunk.h)
 * and dictionary blocks of TABLE_DICT; each page of them is checked against its checksum when it is
 * first touched. Removal is kept apart, in TABLE_LIVE.
 *
 * A segment that meets damaged bytes keeps the failure: functions without a status return "nothing"
 * and segment_status() tells. Threads: as the snapshot it belongs to. */
#ifndef QUERN_COMMON_SEGMENT_H
#define QUERN_COMMON_SEGMENT_H

#include "common/catalog.h"
#include "common/chunk.h"
#include "common/dictionary.h"
#include "common/document.h"
#include "common/store.h"

struct segment {
    struct store_txn *txn;
    struct catalog_segment info;
    struct chunk_reader chunks;
    const uint8_t *
        *removed;         /* bitmaps of 8,192 documents, loaded when needed; NULL: none removed */
    struct buffer block;  /* the decompressed block of document records that was used last */
    uint32_t block_first; /* its first document */
    uint32_t block_count; /* and how many it has; 0: none loaded */
    struct buffer text;   /* decompressed text */
    uint32_t text_block;  /* which block it is, UINT32_MAX: none */
};

enum status segment_open(struct segment *segment, struct store_txn *txn,
                         const struct catalog_segment *info, struct error *err);
void segment_close(struct segment *segment);
enum status segment_status(const struct segment *segment, struct error *err);

/* Where the postings of a term are; ST_NOT_FOUND when no document has it. */
enum status segment_find_term(struct segment *segment, struct slice term, struct term_entry *entry,
                              struct error *err);

/* The number of the live document with this id; ST_NOT_FOUND. */
enum status segment_find_id(struct segment *segment, struct slice id, uint32_t *doc,
                            struct error *err);

bool segment_is_removed(struct segment *segment, uint32_t doc);

/* What is stored of document `doc`, without its text. Slices are valid until the next call on this
 * segment. */
enum status segment_document(struct segment *segment, uint32_t doc, struct document *document,
                             struct error *err);
/* Appends the stored text of `doc` to *text (nothing when none is kept). */
enum status segment_text(struct segment *segment, uint32_t doc, struct buffer *text,
                         struct error *err);

#endif
