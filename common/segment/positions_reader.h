/* Reads the positions of a block of postings. */
#ifndef QUERN_COMMON_SEGMENT_POSITIONS_READER_H
#define QUERN_COMMON_SEGMENT_POSITIONS_READER_H

#include "common/segment/norm.h"
#include "common/segment/positions.h"
#include "common/segment/term_entry.h"

struct postings_block;

/* Reads the postings of a block in ascending order. */
struct positions_reader {
    struct chunk_reader *chunks;
    const struct postings_block *block;
    bool rice_coded, failed;
    uint32_t next; /* posting whose values may come next */
    uint32_t done; /* how many of its values were read */
    /* A coded run. Of each posting how many values come before it; of the first `located` ones k
     * and how many bits of lows do. */
    uint32_t first_value[POSTINGS_BLOCK], k[POSTINGS_BLOCK], remainder_bit[POSTINGS_BLOCK];
    uint32_t located;
    uint32_t next_remainder_bit; /* bits */
    struct norm_reader norms;
    const uint8_t *unary, *remainders;
    uint32_t unary_bits;                  /* bits */
    uint32_t unary_left, remainders_left; /* bytes to the end of the chunk */
    uint32_t unary_values;                /* values that lie before bit `high` */
    uint32_t unary_bit;
    uint64_t address; /* of the highs, or of the next piece */
    /* A run in pieces. */
    uint64_t overflow_left; /* values behind the piece at hand */
    uint32_t piece_index, piece_count;
    uint32_t
        piece[POSITIONS_PIECE_VALUES]; /* the piece at hand: [index, count) are still to come */
};

/* Starts on a block whose frequencies are decoded, and which outlives the reader. */
void positions_reader_init(struct positions_reader *reader, struct chunk_reader *chunks,
                           const struct term_entry *entry, const struct postings_block *block);
/* The positions of posting `index`, ascending, as many as its frequency; no posting is read twice,
 * nor one before it later. False when they are damaged: chunks->status. */
bool positions_reader_read(uint32_t *positions, struct positions_reader *reader, uint32_t index);
/* The next `count` values of the run that are posting `index`'s: all of them, or some at a time. */
bool positions_reader_read_values(uint32_t *values, struct positions_reader *reader, uint32_t index,
                                  uint32_t count);

#endif
