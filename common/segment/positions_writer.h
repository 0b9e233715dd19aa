/* SPDX-License-Identifier: MIT */
/* Where in its documents a term is: the positions of one block of postings, and their encoder,
 * which keeps no state.
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
 * for each posting, where length is the least one with the document's norm. The values of a posting
 * are found by counting ones in the quotients and by adding up k for the remainders. So nothing is
 * decoded on the way to them, and no value has to wait for the one before it.
 *
 * Measured on an English Wikipedia extract of 47.4 million words: 55.8 MB. The best k for each
 * block instead of each posting takes 59 MB, 128 values as a patched frame 65.7 and varints 69.8.
 * Another k for each block, in quarters of an octave, saves 0.1 %. */
#ifndef QUERN_COMMON_SEGMENT_POSITIONS_WRITER_H
#define QUERN_COMMON_SEGMENT_POSITIONS_WRITER_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/store/chunk.h"

enum {
    POSITIONS_PIECE_VALUES = 128, /* of an overflow piece, except the last */
    POSITIONS_SIZE_MAX = 3,       /* bytes of `size`, which is below 2^16 */
};

/* Appends the positions of `count` postings to *out as items, each size:u16 byte*size. `values` has
 * those of all postings in order, norms[i] is the norm of posting i's document; *scratch is
 * overwritten. ST_NOMEM. */
enum status positions_encode(struct buffer *out, struct buffer *scratch,
                             const uint32_t *frequencies, const uint8_t *norms, uint32_t count,
                             const uint32_t *values);

/* A block of this many values or more overflows, so it can be encoded before it is complete. */
enum { POSITIONS_RICE_MAX = 8 * CHUNK_DATA_SIZE };

/* Append the item that begins a block which overflows, and the pieces of its next `count` values,
 * as items as above. The count is a multiple of POSITIONS_PIECE_VALUES unless these are the block's
 * last values. ST_NOMEM. */
enum status positions_encode_overflow_marker(struct buffer *out);
enum status positions_encode_overflow(struct buffer *out, const uint32_t *values, uint64_t count);

#endif
