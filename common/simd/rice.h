/* Blocks of 128 integers as Rice codes whose two parts lie apart.
 *
 *     rice      := k(u8) lows highs                  k <= 31
 *     lows      := the low k bits of 128 values, packed (bitpack.h): 16 * k bytes
 *     highs     := unary{128}, filled up with zero bits to a whole byte
 *     unary     := value >> k zero bits, a one bit; bits are taken from the low end of a byte first
 *
 * A Rice code (Rice and Plaunt, "Adaptive variable-length coding", 1971) is within 0.03 bits of the
 * best code of geometric values, which is what gaps between documents are, and bends with blocks
 * that mix small and great ones, where packing all values in the width of the greatest does not.
 * With the parts apart lows decode by vectors, and the places of the ones in the highs are sums of
 * the high parts already: place of the i-th one - i. Dense lists come out with k = 0, where the
 * highs are a bitmap of the documents.
 *
 * Measured on all blocks of an English Wikipedia extract (11.0 million gaps): 6.8 MB, where a
 * patched frame of reference takes 8.1 and packing in the greatest width 9.4; of the same text in
 * short documents (34.4 million gaps): 31.6, 35.8 and 40.2 MB. */
#ifndef QUERN_COMMON_SIMD_RICE_H
#define QUERN_COMMON_SIMD_RICE_H

#include "common/simd/bitpack.h"

enum {
    RICE_K_MAX = 31,
    /* With k as many bits as the mean needs the highs take 32 bytes; the writer does no worse. */
    RICE_MAX = 1 + 16 * RICE_K_MAX + 32,
};

/* Writes 128 values with the k that makes them smallest; returns the size, <= RICE_MAX. */
size_t rice_encode(uint8_t *out, const uint32_t values[BITPACK_BLOCK]);

/* Reads a block at the start of the `size` bytes at `in`; returns its size, or 0 when it is damaged
 * or cut short. */
size_t rice_decode(uint32_t values[BITPACK_BLOCK], const uint8_t *in, size_t size);

/* The same for gaps less 1: values[i] = before + (i + 1) + the sum of the first i + 1 of them. */
size_t rice_decode_prefix_sums(uint32_t values[BITPACK_BLOCK], const uint8_t *in, size_t size,
                               uint32_t before);

#endif
