/* term -> where its postings are: front-coded blocks of sorted terms, each one value of TABLE_DICT.
 *
 *     key       := segment(u32, big-endian) first term
 *     value     := skips(varint) postings(u48) positions(u48) payload entry* checksum(u32)
 *     entry     := shared(u8) more(u8) suffix payload       of the term: bytes shared with the one
 * before, bytes behind them; the first term is the key's payload   := varint(df << 1 | (cf == df))
 * [varint(cf - df - 1)] rest rest      := doc(varint) position(varint)             df == 1, cf == 1
 *                | doc(varint) positions(delta)             df == 1, cf > 1
 *                | postings(delta) positions(delta)         1 < df < 128
 *                | impact{3} postings(delta) positions(delta)      df >= 128
 *     delta     := varint, the address less the one before it in the block (the block's own at
 * first)
 *
 * Skip entries of successive terms follow each other, so only the block's first number is stored. A
 * block with its key has at most 2,024 bytes, so that two fit one page of LMDB without overflow.
 * The checksum covers the value before it, seeded with the key. */
#ifndef QUERN_COMMON_SEGMENT_DICTIONARY_H
#define QUERN_COMMON_SEGMENT_DICTIONARY_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/segment/term_entry.h"
#include "common/store/chunk.h"
#include "common/store/store.h"

enum {
    DICTIONARY_TERM_MAX = 255, /* bytes that the format can hold; the analyzer's TERM_MAX is less */
    DICTIONARY_BLOCK_MAX = 2024, /* key and value */
};

/* Writing: terms in order of their bytes. */
struct dictionary_writer {
    struct chunk_sink *sink;
    uint32_t segment;
    uint64_t term_count;
    struct buffer key, value;
    struct buffer last;           /* the last term */
    uint64_t postings, positions; /* the last addresses written */
};

void dictionary_writer_init(struct dictionary_writer *writer, struct chunk_sink *sink,
                            uint32_t segment);
void dictionary_writer_release(struct dictionary_writer *writer);
/* Every entry, whatever its df, says in `skips` how many skip entries the terms before it have; its
 * addresses are not less than those of the terms before. */
enum status dictionary_writer_add(struct dictionary_writer *writer, struct slice term,
                                  const struct term_entry *entry, struct error *err);
enum status dictionary_writer_flush(struct dictionary_writer *writer, struct error *err);

/* Looks a term up; ST_NOT_FOUND. */
enum status dictionary_find(struct term_entry *entry, struct store_txn *txn, uint32_t segment,
                            struct slice term, struct error *err);

/* Where to divide the terms of a segment evenly: puts the first terms of its blocks into the empty
 * buffer, as strings (codec.h), and counts them. Of more blocks than `most`, an even number, it
 * takes each second one, or each fourth and so on. */
enum status dictionary_sample(struct buffer *terms, size_t *count, size_t max_count,
                              struct store_txn *txn, uint32_t segment, struct error *err);

/* Reading all terms of a segment in order. */
struct dictionary_cursor {
    struct store_txn *txn;
    struct store_cursor *cursor;
    uint32_t segment;
    struct slice key;       /* of the block at hand */
    struct slice remaining; /* what is left of it */
    bool at_first_term;     /* its first term is still to come */
    bool positioned;        /* dictionary_cursor_seek() has read the next term already */
    uint64_t skips, postings, positions;
    struct term_entry entry;
    uint8_t term[DICTIONARY_TERM_MAX];
    size_t term_size;
};

enum status dictionary_cursor_open(struct dictionary_cursor *cursor, struct store_txn *txn,
                                   uint32_t segment, struct error *err);
void dictionary_cursor_close(struct dictionary_cursor *cursor);
/* A new cursor then begins at the first term that is not less than `term`. */
enum status dictionary_cursor_seek(struct dictionary_cursor *cursor, struct slice term,
                                   struct error *err);
/* The next term, in cursor->term and cursor->entry; ST_END behind the last. */
enum status dictionary_cursor_next(struct dictionary_cursor *cursor, struct error *err);

#endif
