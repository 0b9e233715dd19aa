/* Blocks of 128 integers in as few bits as they need.
 *
 * Layout: the integers in 32 rows of 4, a lane of 32-bit words for each column, every integer in
 * `width` bits, low bits first, running over from one word of its lane into the next ("vertical"
 * layout, after Lemire and Boytsov, "Decoding billions of integers per second through
 * vectorization", 2015). Written with GNU C vectors, so one source serves SSE2 and NEON and
 * compiles to plain code elsewhere; words are little-endian.
 *
 *     pfor       := head exceptions(u8) 16*width bytes exception{exceptions}     (patched frame of
 * reference) head       := u8: width (0..32) in the low 6 bits, bytes of a high part less 1 above
 *     exception  := index(u8) high part(1..4 bytes, little-endian)
 *
 * An exception's low `width` bits stand in the block, the rest in its high part. */
#ifndef QUERN_COMMON_BITPACK_H
#define QUERN_COMMON_BITPACK_H

#include "common/bytes.h"
#include "common/status.h"

enum {
    BITPACK_BLOCK = 128,
    BITPACK_MAX = 16 * 32,                /* bytes of a packed block, at most */
    PFOR_MAX = 2 + BITPACK_MAX + 128 * 5, /* bytes of a pfor, more than at most */
};

/* Bits that the greatest of 128 values needs, 0 to 32. */
unsigned bitpack_width(const uint32_t values[BITPACK_BLOCK]);
/* Packs 128 values of at most `width` bits into 16 * width bytes. */
void bitpack_encode(uint8_t *out, const uint32_t values[BITPACK_BLOCK], unsigned width);
/* Reads 16 * width bytes. width <= 32. */
void bitpack_decode(uint32_t values[BITPACK_BLOCK], const uint8_t *in, unsigned width);

/* values[i] becomes base + (i + 1) + values[0] + ... + values[i]: gaps less 1 become numbers. */
void bitpack_undelta(uint32_t values[BITPACK_BLOCK], uint32_t base);

/* Writes a pfor with the width that makes it smallest; returns its size, <= PFOR_MAX. */
size_t pfor_encode(uint8_t *out, const uint32_t values[BITPACK_BLOCK]);
/* Reads the pfor at the start of the `size` bytes at `in`; returns its size, or 0 when it is
 * damaged. */
size_t pfor_decode(uint32_t values[BITPACK_BLOCK], const uint8_t *in, size_t size);
/* The size of the pfor at `in`, of which 2 bytes must be readable; more than PFOR_MAX: damaged. */
size_t pfor_size(const uint8_t *in);

#endif
