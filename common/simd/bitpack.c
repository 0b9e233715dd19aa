/* SPDX-License-Identifier: MIT */
/* Packs and unpacks blocks with one loop for each width. */
#include "common/simd/bitpack.h"

#include "common/simd/vec.h"

enum { ROWS = BITPACK_BLOCK / 4 };

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "packed blocks are read in place and need a little-endian machine"
#endif

/* A constant width makes each row's shifts constant and unrolls the loop: a switch over 32 such
 * bodies decodes 3 to 4 times as fast as one loop over a variable width. */
static inline __attribute__((always_inline)) void unpack(uint32_t *values, const uint8_t *in,
                                                         const unsigned width) {
    const uint32_t low_bits = width == 32 ? UINT32_MAX : (1u << width) - 1;
    const u32x4 mask = {low_bits, low_bits, low_bits, low_bits};
    u32x4 word = vec_load(in);
    unsigned used = 0;
#pragma GCC unroll 32
    for (unsigned row = 0; row < ROWS; row++) {
        u32x4 value = word >> used;
        used += width;
        if (used >= 32) {
            used -= 32;
            in += 16;
            if (row + 1 < ROWS)
                word = vec_load(in);
            if (used)
                value |= word << (width - used);
        }
        vec_store(values + 4 * row, value & mask);
    }
}

static inline __attribute__((always_inline)) void pack(uint8_t *out, const uint32_t *values,
                                                       const unsigned width) {
    u32x4 word = {0, 0, 0, 0};
    unsigned used = 0;
#pragma GCC unroll 32
    for (unsigned row = 0; row < ROWS; row++) {
        u32x4 value = vec_load(values + 4 * row);
        word |= value << used;
        used += width;
        if (used >= 32) {
            vec_store(out, word);
            out += 16;
            used -= 32;
            if (used)
                word = value >> (width - used);
            else
                word = (u32x4){0, 0, 0, 0};
        }
    }
}

/* clang-format off */
#define EACH_WIDTH(CASE) \
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) \
    CASE(9) CASE(10) CASE(11) CASE(12) CASE(13) CASE(14) CASE(15) CASE(16) \
    CASE(17) CASE(18) CASE(19) CASE(20) CASE(21) CASE(22) CASE(23) CASE(24) \
    CASE(25) CASE(26) CASE(27) CASE(28) CASE(29) CASE(30) CASE(31) CASE(32)
/* clang-format on */

void bitpack_encode(uint8_t *out, const uint32_t values[BITPACK_BLOCK], unsigned width) {
    switch (width) {
#define ENCODE(N)                                                                                  \
    case N:                                                                                        \
        pack(out, values, N);                                                                      \
        break;
        EACH_WIDTH(ENCODE)
    default:
        break;
    }
}

void bitpack_decode(uint32_t values[BITPACK_BLOCK], const uint8_t *in, unsigned width) {
    switch (width) {
#define DECODE(N)                                                                                  \
    case N:                                                                                        \
        unpack(values, in, N);                                                                     \
        break;
        EACH_WIDTH(DECODE)
    default:
        memset(values, 0, BITPACK_BLOCK * sizeof *values);
        break;
    }
}
