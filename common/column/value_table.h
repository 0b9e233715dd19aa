/* SPDX-License-Identifier: MIT */
/* The value table of a keyword field: its distinct values in a segment, in ascending order of their
 * terms. The number of a value in the table is its ordinal, of which the field's column consists.
 *
 *     table   = block* index             ; in STREAM_VALUES
 *     block   = value*                   ; 32, the last one 1 to 32
 *     value   = shared:u8 size:u8 byte*size shown
 *                                        ; the term: `shared` bytes of the previous one in the
 *                                        ; block, then `size` bytes of its own
 *     shown   = size:varint byte*(size - 1)?      ; as documents have it; 0: as the term
 *     index   = entry*                   ; 8 bytes each; one for each block
 *     entry   = address:u48 size:u16     ; of the block
 *
 * The index begins at a multiple of 8 bytes in its chunk, zero bytes are before it, and it may go on
 * in the next chunks, which are full: entry i is 8 * i bytes of data after the first.
 *
 * The spelling that is shown is that of the first document with the value.
 *
 * Threads: a table belongs to the thread of its chunk_reader. */
#ifndef QUERN_COMMON_COLUMN_VALUE_TABLE_H
#define QUERN_COMMON_COLUMN_VALUE_TABLE_H

#include "common/column/column_info.h"
#include "common/store/chunk.h"
#include "common/text/analyzer.h"

enum {
    VALUE_TABLE_BLOCK = 32,
    VALUE_TABLE_ENTRY_SIZE = 8,
    VALUE_SHOWN_MAX = 1024, /* bytes; a longer spelling is cut at a code point */
    VALUE_SIZE_MAX = 2 + TERM_MAX + 2 + VALUE_SHOWN_MAX, /* of a value as it is stored */
};

struct value_table {
    struct chunk_reader *chunks; /* borrowed */
    uint64_t index;              /* address */
    uint32_t count;
    struct slice block; /* what remains of the block that is being read */
    uint32_t next;      /* the ordinal of the value that it begins with */
    struct slice shown; /* of the value before that */
    uint32_t term_size;
    uint8_t term[TERM_MAX]; /* of that value */
};

/* Opens the table at no cost. There is nothing to release. */
void value_table_open(struct value_table *table, struct chunk_reader *chunks,
                      const struct column_info *info);

/* Sets *term and *shown to those of a value; valid until the next call on the table. Ascending
 * ordinals are read the fastest. False: it is damaged (chunks->status), or ordinal >= count. */
bool value_table_value(struct slice *term, struct slice *shown, struct value_table *table,
                       uint32_t ordinal);

/* Sets *ordinal to the number of values whose term is less, and *found to whether the next one is
 * equal: then it is its ordinal. False: damaged. */
bool value_table_find(uint32_t *ordinal, bool *found, struct value_table *table, struct slice term);

#endif
