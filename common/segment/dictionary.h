/* SPDX-License-Identifier: MIT */
/* The dictionary of a segment: from a term to where its postings are. Terms are sorted by their
 * bytes and front-coded in blocks, each one value of TABLE_DICT:
 *
 *     dict_key = segment:u32be first_term
 *     value    = skips:varint postings:u48 positions:u48 payload entry* checksum:u32
 *     entry    = shared:u8 size:u8 byte*size payload
 *                                              ; the next term: `shared` bytes of the previous one,
 *                                              ; then `size` bytes of its own
 *     payload  = counts lists                  ; of the entry's term; the first is that of the
 *                                              ; key's term
 *     counts   = varint(df << 1 | 1)           ; cf == df
 *              | varint(df << 1) varint(cf - df - 1)
 *     lists    = doc:varint position:varint    ; df == 1, cf == 1: the posting itself
 *              | doc:varint positions:delta    ; df == 1, cf > 1
 *              | postings:delta positions:delta            ; 1 < df < 128
 *              | impact*3 postings:delta positions:delta   ; df >= 128
 *     impact   = frequency:u8 norm:u8
 *     delta    = varint                        ; the address minus that of the previous list of
 *                                              ; its kind in the block, at first minus the
 *                                              ; value's `postings` or `positions`
 *
 * df is how many documents have the term, cf how often they have it. Skip entries of successive
 * terms follow each other, so only the number of the block's first one is stored. A block with its
 * key has at most 2,024 bytes, so that two fit one page of LMDB without overflow. The checksum
 * covers the value before it and is seeded with the key.
 *
 * Writing fails as chunk_sink_put() does, or with ST_NOMEM; reading with ST_CORRUPT for a damaged
 * block or tree.
 *
 * Threads: a writer or cursor belongs to one thread at a time, as its transaction does. */
#ifndef QUERN_COMMON_SEGMENT_DICTIONARY_H
#define QUERN_COMMON_SEGMENT_DICTIONARY_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/segment/term_entry.h"
#include "common/store/chunk.h"
#include "common/store/store.h"

enum {
    DICTIONARY_TERM_MAX = 255,   /* bytes the format can hold; the analyzer's TERM_MAX is less */
    DICTIONARY_BLOCK_MAX = 2024, /* bytes of key and value */
};

/* Writes terms in ascending order of their bytes. */
struct dictionary_writer {
    struct chunk_sink *sink;
    uint32_t segment;
    uint64_t term_count;
    struct buffer key, value;     /* of the block being filled */
    struct buffer last;           /* the last term added */
    uint64_t postings, positions; /* the last addresses written */
};

void dictionary_writer_init(struct dictionary_writer *writer, struct chunk_sink *sink,
                            uint32_t segment);
void dictionary_writer_release(struct dictionary_writer *writer);
/* Adds a term that is greater than the last one. entry->skips is the number of skip entries of all
 * terms before it, whatever its own df; addresses never decrease from term to term. */
enum status dictionary_writer_add(struct dictionary_writer *writer, struct slice term,
                                  const struct term_entry *entry, struct error *err);
/* Writes the last block. */
enum status dictionary_writer_flush(struct dictionary_writer *writer, struct error *err);

/* Looks a term up. ST_NOT_FOUND: no document of the segment has it. */
enum status dictionary_find(struct term_entry *entry, struct store_txn *txn, uint32_t segment,
                            struct slice term, struct error *err);

/* Appends terms that divide the dictionary evenly to *terms, which is empty, as strings (codec.h),
 * and sets *count to their number: the first term of every block or, when there are more than
 * `max_count` blocks, of every second, fourth, eighth ... one. max_count is even. */
enum status dictionary_sample(struct buffer *terms, size_t *count, size_t max_count,
                              struct store_txn *txn, uint32_t segment, struct error *err);

/* Reads the terms of a segment in order. */
struct dictionary_cursor {
    struct store_txn *txn;
    struct store_cursor *cursor;
    uint32_t segment;
    struct slice key;       /* of the current block */
    struct slice remaining; /* bytes of its value not read yet */
    bool at_first_term;     /* the term in the key comes next */
    bool positioned;        /* dictionary_cursor_seek() has read the next term already */
    uint64_t skips, postings, positions;
    struct term_entry entry;
    uint8_t term[DICTIONARY_TERM_MAX];
    size_t term_size;
};

/* Begins before the first term. */
enum status dictionary_cursor_open(struct dictionary_cursor *cursor, struct store_txn *txn,
                                   uint32_t segment, struct error *err);
void dictionary_cursor_close(struct dictionary_cursor *cursor);
/* Moves a cursor that has not read a term yet: the next one is the first that is >= `term`, which
 * has at most DICTIONARY_TERM_MAX bytes. */
enum status dictionary_cursor_seek(struct dictionary_cursor *cursor, struct slice term,
                                   struct error *err);
/* Reads the next term into cursor->term and cursor->entry. ST_END: there is none. */
enum status dictionary_cursor_next(struct dictionary_cursor *cursor, struct error *err);

/* Looks a term up that is not less than the last one, from which it goes on if that is near; so a run of
 * terms that follow each other costs a fraction of as many look-ups. Sets cursor->entry. ST_NOT_FOUND:
 * the segment does not have it. Not to be mixed with the functions above. */
enum status dictionary_cursor_find(struct dictionary_cursor *cursor, struct slice term,
                                   struct error *err);

#endif
