/* SPDX-License-Identifier: MIT */
/* Blocks of 128 integers packed in as few bits as the widest one needs.
 *
 * The integers form 32 rows of 4 columns. Each column is a lane of 32-bit little-endian words in
 * which every integer takes `width` bits, the low ones first, and may run over into the lane's next
 * word ("vertical" layout, after Lemire and Boytsov, "Decoding billions of integers per second
 * through vectorization", 2015). GNU C vectors (vec.h) make one source serve SSE2 and NEON and
 * compile to plain code elsewhere. */
#ifndef QUERN_COMMON_SIMD_BITPACK_H
#define QUERN_COMMON_SIMD_BITPACK_H

#include <stdint.h>

enum { BITPACK_BLOCK = 128 }; /* integers in a block */

/* Packs 128 values of at most `width` bits into 16 * width bytes. */
void bitpack_encode(uint8_t *out, const uint32_t values[BITPACK_BLOCK], unsigned width);
/* Unpacks 128 values from 16 * width bytes; width <= 32. */
void bitpack_decode(uint32_t values[BITPACK_BLOCK], const uint8_t *in, unsigned width);

#endif
