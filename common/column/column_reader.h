/* SPDX-License-Identifier: MIT */
/* Reads the column of a field: its values by document, and documents by value.
 *
 *     index   = entry*                    ; in STREAM_COLUMN_INDEX, by field, 30 bytes each, 2,181
 *                                         ; to a chunk
 *     entry   = block:u32 address:u48 size:u32 min:u64 max:u64
 *
 * An entry has the number of a block, where it is in STREAM_COLUMNS (column_block.h) and its least
 * and greatest key. Blocks without values have no entry; the others ascend. A block in which every
 * document has the same value has address 0 and size 0. A block that is larger than the data of a
 * chunk begins one and continues in the next ones.
 *
 *     struct column_reader column;
 *     column_reader_init(&column, &chunks, &info, FIELD_TYPE_DATE, documents);
 *     count = column_values(&values, &column, doc);
 *     column_reader_release(&column);
 *
 * The block used last stays decoded: reading documents in ascending order decodes each block once. A
 * block is not decoded for its first few documents, if none has several values.
 * Failures read as no values; chunk_reader keeps the first one.
 *
 * Threads: a reader belongs to the thread of its chunk_reader. */
#ifndef QUERN_COMMON_COLUMN_COLUMN_READER_H
#define QUERN_COMMON_COLUMN_COLUMN_READER_H

#include "common/column/column_block.h"
#include "common/column/column_info.h"
#include "common/store/chunk.h"

enum { COLUMN_ENTRY_SIZE = 30 };

struct column_entry {
    uint32_t block;
    uint32_t size;
    uint64_t address;
    int64_t min, max;
};

struct column_reader {
    struct chunk_reader *chunks; /* borrowed */
    struct column_info info;
    enum field_type type;
    uint32_t documents;        /* of the segment */
    struct column_entry entry; /* the one found last */
    uint32_t found;            /* the block for which it was looked up; UINT32_MAX: none */
    bool has_entry;            /* that block has values */
    uint32_t decoded;          /* the block that is decoded; UINT32_MAX: none */
    uint32_t sampled; /* the block of which single values were read last; UINT32_MAX: none */
    uint32_t samples; /* how many */
    int64_t single;   /* such a value */
    struct column_block block;
    struct column_block scratch; /* of column_range_to_bitset() */
    struct buffer bytes;         /* a block that is in several chunks */
};

/* Opens a column at no cost. The chunk_reader outlives it. */
void column_reader_init(struct column_reader *reader, struct chunk_reader *chunks,
                        const struct column_info *info, enum field_type type, uint32_t documents);
void column_reader_release(struct column_reader *reader);

/* Reads entry `number` < info.entries of the index. False: damaged. */
bool column_reader_entry(struct column_entry *entry, struct column_reader *reader, uint32_t number);

/* How many documents the blocks have at most whose keys may be in [min, max]; these documents are in
 * [*first, *end). */
uint64_t column_count_candidates(uint32_t *first, uint32_t *end, struct column_reader *reader,
                                 int64_t min, int64_t max);

/* The bounds of all keys of documents [number * 1,024, (number + 1) * 1,024). False: none of them
 * has a value, or the index is damaged. */
bool column_block_bounds(int64_t *min, int64_t *max, struct column_reader *reader, uint32_t number);

/* The block `number`, decoded; valid until the next call on the reader. NULL: no document of it has
 * a value, or it is damaged. */
const struct column_block *column_reader_block(struct column_reader *reader, uint32_t number);

/* The values of a document, in its order; returns their number. Valid until the next call on the
 * reader. 0 also if it is damaged. */
size_t column_values(const int64_t **values, struct column_reader *reader, uint32_t doc);

/* Which value of a document that has several. */
enum column_choice { COLUMN_FIRST, COLUMN_MIN, COLUMN_MAX };

/* Sets *key to a value of the document. False: it has none, or is damaged. */
bool column_value(int64_t *key, struct column_reader *reader, uint32_t doc,
                  enum column_choice which);

/* Whether the document has a value in [min, max]. */
bool column_matches(struct column_reader *reader, uint32_t doc, int64_t min, int64_t max);

/* Sets bit i of `bits` for each document from + i < end that has a value in [min, max], and clears
 * the others in its (end - from + 63) / 64 words. `from` is a multiple of 64, `end` at most the number
 * of documents. Of blocks whose bounds are outside of the range nothing is read, of those within
 * it only which documents have values. */
void column_range_to_bitset(uint64_t *bits, struct column_reader *reader, uint32_t from,
                            uint32_t end, int64_t min, int64_t max);

#endif
