/* SPDX-License-Identifier: MIT */
/* Encodes the positions of a block of postings (positions.h has the grammar). Keeps no state.
 *
 * Threads: any. */
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
