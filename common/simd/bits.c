/* SPDX-License-Identifier: MIT */
/* The table of bits.h: the positions of the ones of every byte. */
#include "common/simd/bits.h"

/* clang-format off */
#define BIT_POSITION(byte, i)                                                                      \
    ((byte) >> (i) & 1 ? UINT64_C(i) << 8 * __builtin_popcount((byte) & ((1 << (i)) - 1)) : 0)
#define POSITIONS_1(byte)                                                                          \
    (BIT_POSITION(byte, 0) | BIT_POSITION(byte, 1) | BIT_POSITION(byte, 2) |                       \
     BIT_POSITION(byte, 3) | BIT_POSITION(byte, 4) | BIT_POSITION(byte, 5) |                       \
     BIT_POSITION(byte, 6) | BIT_POSITION(byte, 7))
#define POSITIONS_4(byte)                                                                          \
    POSITIONS_1(byte), POSITIONS_1((byte) + 1), POSITIONS_1((byte) + 2), POSITIONS_1((byte) + 3)
#define POSITIONS_16(byte)                                                                         \
    POSITIONS_4(byte), POSITIONS_4((byte) + 4), POSITIONS_4((byte) + 8), POSITIONS_4((byte) + 12)
#define POSITIONS_64(byte)                                                                         \
    POSITIONS_16(byte), POSITIONS_16((byte) + 16), POSITIONS_16((byte) + 32),                      \
    POSITIONS_16((byte) + 48)
const uint64_t bits_byte_positions[256] = {
    POSITIONS_64(0), POSITIONS_64(64), POSITIONS_64(128), POSITIONS_64(192)};
/* clang-format on */
