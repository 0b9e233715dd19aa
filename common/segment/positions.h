/* SPDX-License-Identifier: MIT */
/* Where in its documents a term is: the positions of one block of postings, and their reader
 * (positions_writer.h encodes them).
 *
 * The values of a posting are its first position and then the differences of successive ones. Those
 * of a block are Rice codes (Golomb, "Run-length encodings", 1966; Rice and Plaunt, "Adaptive
 * variable-length coding", 1971) whose two parts are stored apart:
 *
 *     positions   = size:varint quotients remainders   ; one item; size > 0: bytes of the quotients
 *                 | overflow piece+                    ; if Rice codes exceed a chunk or the pieces
 *     quotients   = unary+                             ; one of each value
 *     unary       = zero*(value >> k) one              ; bits
 *     remainders  = (low k bits of the value)+         ; one of each value
 *     overflow    = 0:u8                               ; an item
 *     piece       = varint+                            ; an item: 128 values, the last 1 to 128
 *
 * Both parts are padded with zero bits to whole bytes; bits are numbered from the low end of each
 * byte. A piece follows the previous item, or begins the next chunk when it does not fit. A term
 * that is tf times in a document of `length` tokens is about length / (tf + 1) tokens apart, hence
 *
 *     k = floor(log2(length / (tf + 1))), at least 0
 *
 * for each posting, where length is the least one with the norm of the document, or of its field if
 * the list is that of a field. The values of a posting
 * are found by counting ones in the quotients and by adding up k for the remainders. So nothing is
 * decoded on the way to them, and no value has to wait for the one before it.
 *
 * Measured on an English Wikipedia extract of 47.4 million words: 55.8 MB. The best k for each
 * block instead of each posting takes 59 MB, 128 values as a patched frame 65.7 and varints 69.8.
 * Another k for each block, in quarters of an octave, saves 0.1 %.
 *
 * Threads: a reader belongs to the thread of its chunk_reader. */
#ifndef QUERN_COMMON_SEGMENT_POSITIONS_H
#define QUERN_COMMON_SEGMENT_POSITIONS_H

#include "common/segment/norm.h"
#include "common/segment/positions_writer.h"
#include "common/segment/term_entry.h"

struct postings_block;

/* Reads the positions of postings in ascending order of their indexes; others are skipped. */
struct positions_reader {
    struct chunk_reader *chunks;
    const struct postings_block *block;
    bool rice_coded, failed;
    uint32_t next; /* the first posting that may be read next */
    uint32_t done; /* how many of its values were read */
    /* A Rice-coded block. Of every posting the number of values before it; of the first `located`
     * ones k and the number of bits of remainders before it. */
    uint32_t first_value[POSTINGS_BLOCK], k[POSTINGS_BLOCK], remainder_bit[POSTINGS_BLOCK];
    uint32_t located;
    uint32_t next_remainder_bit; /* of posting `located` */
    struct norm_reader norms;
    const uint8_t *quotients, *remainders;
    uint32_t quotient_bits;                   /* size of the quotients in bits */
    uint32_t quotients_left, remainders_left; /* bytes from their starts to the end of the chunk */
    uint32_t quotient_values;                 /* values before quotient_bit */
    uint32_t quotient_bit;                    /* where the next value begins */
    uint64_t address;                         /* of the quotients, or of the next overflow piece */
    /* A block that overflows. */
    uint64_t overflow_left;                 /* values after the current piece */
    uint32_t piece_index, piece_count;      /* the next value of the piece, and their number */
    uint32_t piece[POSITIONS_PIECE_VALUES]; /* the current piece, decoded */
};

/* Begins with the first posting of a block. Its frequencies are decoded, and it outlives the
 * reader. entry->norms is set. */
void positions_reader_init(struct positions_reader *reader, struct chunk_reader *chunks,
                           const struct term_entry *entry, const struct postings_block *block);
/* Reads the positions of posting `index` in ascending order, as many as its frequency. No posting
 * is read twice, and none after a later one. False: they are damaged; chunks->status has the
 * failure. */
bool positions_reader_read(uint32_t *positions, struct positions_reader *reader, uint32_t index);
/* Reads the next `count` values of posting `index`, the first position and then differences: all of
 * them, or some at a time. It fails as positions_reader_read() does. */
bool positions_reader_read_values(uint32_t *values, struct positions_reader *reader, uint32_t index,
                                  uint32_t count);

#endif
