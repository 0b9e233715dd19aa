/* SPDX-License-Identifier: MIT */
/* Blocks of 128 integers in Rice codes, with the two parts of the codes stored apart.
 *
 *     rice       = k:u8 remainders quotients   ; k <= 31
 *     remainders = byte*(16 * k)               ; the low k bits of the values, packed (bitpack.h)
 *     quotients  = unary*128                   ; zero bits fill up the last byte
 *     unary      = zero*(value >> k) one       ; bits are taken from the low end of a byte first
 *
 * A Rice code (Rice and Plaunt, "Adaptive variable-length coding", 1971) is within 0.03 bits of the
 * optimal code for geometric values, such as gaps between documents, and adapts to blocks that mix
 * small and large values, where packing in the width of the largest one does not. With the parts
 * apart, remainders decode in vectors, and positions of ones are sums of quotients already: the
 * position of the i-th one is i plus the sum. Dense lists get k = 0, which makes the quotients a
 * bitmap of the documents.
 *
 * Measured on all blocks of an English Wikipedia extract (11.0 million gaps): 6.8 MB, where a
 * patched frame of reference takes 8.1 and packing in the largest width 9.4; for the same text in
 * short documents (34.4 million gaps) 31.6, 35.8 and 40.2 MB. */
#ifndef QUERN_COMMON_SIMD_RICE_H
#define QUERN_COMMON_SIMD_RICE_H

#include <stddef.h>

#include "common/simd/bitpack.h"

enum {
    RICE_K_MAX = 31,
    /* If k is the number of bits of the mean, the quotients take at most 32 bytes; the writer's
     * choice of k is no worse. */
    RICE_MAX = 1 + 16 * RICE_K_MAX + 32,
};

/* Writes 128 values with a k that makes them small; returns the size, at most RICE_MAX. */
size_t rice_encode(uint8_t *out, const uint32_t values[BITPACK_BLOCK]);

/* Reads the block at the start of the `size` bytes at `in`; returns its size, or 0 if it is damaged
 * or cut short. */
size_t rice_decode(uint32_t values[BITPACK_BLOCK], const uint8_t *in, size_t size);

/* The same for a block of gaps less 1, as ascending values: values[i] = before + (i + 1) + the sum
 * of the first i + 1 numbers. */
size_t rice_decode_prefix_sums(uint32_t values[BITPACK_BLOCK], const uint8_t *in, size_t size,
                               uint32_t before);

#endif
