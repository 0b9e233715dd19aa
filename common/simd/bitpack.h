/* Blocks of 128 integers in as few bits as they need.
 *
 * Layout: the integers in 32 rows of 4, a lane of 32-bit words for each column, every integer in
 * `width` bits, low bits first, running over from one word of its lane into the next ("vertical"
 * layout, after Lemire and Boytsov, "Decoding billions of integers per second through
 * vectorization", 2015). Written with vectors of GNU C (vec.h), so one source serves SSE2 and
 * NEON and compiles to plain code elsewhere; words are little-endian.
 */
#ifndef QUERN_COMMON_SIMD_BITPACK_H
#define QUERN_COMMON_SIMD_BITPACK_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum {
    BITPACK_BLOCK = 128,
    BITPACK_MAX = 16 * 32, /* bytes of a packed block, at most */
};

/* Packs 128 values of at most `width` bits into 16 * width bytes. */
void bitpack_encode(uint8_t *out, const uint32_t values[BITPACK_BLOCK], unsigned width);
/* Reads 16 * width bytes. width <= 32. */
void bitpack_decode(uint32_t values[BITPACK_BLOCK], const uint8_t *in, unsigned width);

#endif
