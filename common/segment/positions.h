/* Where in its documents a term is: the positions of one block of postings, a run.
 *
 * A posting's values are its first position as it is and each other one less the one before it.
 *
 *     run       := size(varint) highs{size} lows          one item
 *                | 0(u8) piece*                           one too large for a chunk, or larger
 *     highs     := unary of all values                    value >> k zero bits, a one bit
 *     lows      := the low k bits of all values
 *     piece     := varint{128} | varint{rest}             an item of its own
 *
 * A piece stands behind the one before, or at the start of the next chunk when it does not fit.
 * Highs and lows are filled up with zero bits to whole bytes; bits are taken from the low end of
 * each byte first. A term that is tf times in a document of `length` words is about
 * length / (tf + 1) words apart, so that is what its values are measured by:
 *
 *     k         := floor(log2(length / (tf + 1))), at least 0
 *
 * where length is the least that the document's norm stands for. These are Rice codes (Golomb,
 * "Run-length encodings", 1966; Rice and Plaunt, "Adaptive variable-length coding", 1971) whose two
 * parts lie apart: where the values of a posting begin follows from counting ones in the highs and
 * from adding up k in the lows, so that nothing needs to be decoded on the way to it, and its
 * values do not wait for each other.
 *
 * Measured on an English Wikipedia extract of 47.4 million words: 55.8 MB, where the best k for
 * each block instead of each posting takes 59, 128 values packed as a patched frame 65.7 and
 * varints 69.8. To choose another k for each block, in quarters of an octave, saves 0.1 %. */
#ifndef QUERN_COMMON_SEGMENT_POSITIONS_H
#define QUERN_COMMON_SEGMENT_POSITIONS_H

#include "common/segment/norm_reader.h"

struct term_entry;
struct postings_block;

enum {
    POSITIONS_BLOCK = 128,        /* postings of a run, at most */
    POSITIONS_GROUP = 32,         /* postings that are located together */
    POSITIONS_PIECE_VALUES = 128, /* values */
};

/* Appends the run of `count` postings, whose values follow each other, to *out, as items: each
 * size(u16) bytes{size}. norms[i] is that of posting i's document; *scratch is overwritten.
 * ST_NOMEM. */
enum status positions_encode(struct buffer *out, struct buffer *scratch,
                             const uint32_t *frequencies, const uint8_t *norms, uint32_t count,
                             const uint32_t *values);

/* A run of this many values or more is in pieces: it can be encoded before it is complete. */
enum { POSITIONS_RICE_MAX = 8 * CHUNK_DATA_SIZE };
_Static_assert(POSITIONS_RICE_MAX % POSITIONS_PIECE_VALUES == 0, "whole pieces, so far");

/* Appends the item that a run in pieces begins with; the pieces of `count` values: a multiple of
 * POSITIONS_PIECE_VALUES, but for the last ones of the run. ST_NOMEM. */
enum status positions_encode_overflow_marker(struct buffer *out);
enum status positions_encode_overflow(struct buffer *out, const uint32_t *values, uint64_t count);

/* Reads the postings of a block in ascending order. */
struct positions_reader {
    struct chunk_reader *chunks;
    const struct postings_block *block;
    bool rice_coded, failed;
    uint32_t next; /* posting whose values may come next */
    uint32_t done; /* how many of its values were read */
    /* A coded run. Of each posting how many values come before it; of the first `located` ones k
     * and how many bits of lows do. */
    uint32_t first_value[POSITIONS_BLOCK], k[POSITIONS_BLOCK], remainder_bit[POSITIONS_BLOCK];
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
