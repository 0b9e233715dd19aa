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

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/store/chunk.h"

enum {
    POSITIONS_PIECE_VALUES = 128, /* of an overflow piece */
    POSITIONS_SIZE_MAX = 3,       /* bytes of a block's first number, which is below 2^16 */
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

#endif
