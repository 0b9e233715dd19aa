/* SPDX-License-Identifier: MIT */
/* A block of a column: the values of 1,024 documents, as keys.
 *
 * The keys of numbers and dates are those of field_value.h; the key of a keyword is its ordinal in
 * the value table (value_table.h). A document may have no value or several; these keep their order,
 * and no value comes twice.
 *
 *     block    = kind:u8 exponent:u8 unit:varint documents? counts? values
 *     kind     = 0 | 1 | 2           ; every document has values, or some as a bitmap or a list says
 *              + 4                   ; some have several: there are counts
 *     documents = byte*((n + 7) / 8) ; kind 1: bit i & 7 of byte i >> 3 is set if document i of the
 *                                    ; n of the block has values
 *               | count:u16 document:u16*count      ; kind 2: these have, in ascending order
 *     counts   = width:u8 packed     ; values - 1 of each document that has any
 *     values   = packed              ; width bits of (max - min) / unit: (value - min) / unit each
 *     packed   = group* rest         ; a group for every 128 numbers
 *     group    = low:byte*(16 * min(width, 32)) high:byte*(16 * (width - 32))?
 *                                    ; packed as remainders are (bitpack.h): the low 32 bits of
 *                                    ; each number, then those above, if any
 *     rest     = byte*               ; the other numbers, `width` bits each, the low ones first;
 *                                    ; zero bits fill up the last byte
 *
 * The least and the greatest key, min and max, are in the block's index entry. With exponent 255,
 * the values are keys. With a smaller one, at most 15, which only numbers have, they are integers
 * below 2^53, and the number is value / 10^exponent, rounded as IEEE 754 does: sizes and prices
 * take as many bits as they have digits. `unit` divides all differences: days as seconds take no
 * more bits than days.
 *
 * (Frame of reference: Goldstein, Ramakrishnan and Shaft, "Compressing relations and indexes",
 * 1998. The greatest common divisor is that of Lucene's doc values.)
 *
 * Threads: no state. */
#ifndef QUERN_COMMON_COLUMN_COLUMN_BLOCK_H
#define QUERN_COMMON_COLUMN_COLUMN_BLOCK_H

#include "common/base/bytes.h"
#include "common/field/field_value.h"

enum {
    COLUMN_BLOCK_DOCS = 1024,
    COLUMN_BLOCK_VALUES_MAX = COLUMN_BLOCK_DOCS * FIELD_VALUES_MAX,
};

/* A decoded block. Owns its arrays. Starts as {0}. */
struct column_block {
    uint32_t first; /* number of the block's first document */
    uint32_t docs;  /* of the segment in this block, with or without values */
    uint32_t count; /* values of all of them */
    bool dense;     /* each document has exactly one value: document first + i has keys[i] */
    int64_t min, max;
    int64_t *keys;     /* `count`; document first + i has those in [offsets[i], offsets[i + 1]) */
    uint32_t *offsets; /* docs + 1 */
    size_t key_capacity;
};

void column_block_release(struct column_block *block);

/* The values of a document of the block; their number. */
static inline size_t column_block_values(const int64_t **values, const struct column_block *block,
                                         uint32_t doc) {
    uint32_t at = doc - block->first;
    *values = block->keys + block->offsets[at];
    return block->offsets[at + 1] - block->offsets[at];
}

/* What is known of an encoded block. */
struct column_block_source {
    struct slice bytes; /* empty: every document has the value min, which is max */
    enum field_type type;
    uint32_t first, docs; /* as in struct column_block */
    int64_t min, max;
};

/* Decodes a block. ST_CORRUPT: it contradicts its grammar, or a key is not in [min, max]. ST_NOMEM.
 */
enum status column_block_decode(struct column_block *block,
                                const struct column_block_source *source);

/* Sets *key to the value of a document of the block without decoding the others. ST_NOT_FOUND: it
 * has none. ST_SKIPPED: some documents have several, so the block has to be decoded. ST_CORRUPT. */
enum status column_block_single(int64_t *key, const struct column_block_source *source,
                                uint32_t doc);

/* Sets bit i of `bits`, which has 16 words, for each document first + i that has a value, and
 * clears the others. ST_CORRUPT. */
enum status column_block_present(uint64_t *bits, const struct column_block_source *source);

/* Sets bit i of `bits`, which has 16 words, for each document first + i that has a value in [min,
 * max], and clears the others. *scratch is used where that needs the decoded block. Fails as
 * column_block_decode() does. */
enum status column_block_range(uint64_t *bits, struct column_block *scratch,
                               const struct column_block_source *source, int64_t min, int64_t max);

/* Values to be encoded, in order of documents. */
struct column_block_values {
    enum field_type type;
    uint32_t docs;           /* documents of the segment in this block */
    uint32_t count;          /* > 0 */
    const int64_t *keys;     /* `count` */
    const uint16_t *indexes; /* of each, that of its document in the block */
};

/* Appends the block to *bytes, or nothing if no bytes are needed, and sets its bounds. ST_NOMEM. */
enum status column_block_encode(struct buffer *bytes, int64_t *min, int64_t *max,
                                const struct column_block_values *values);

#endif
