#include "common/simd/bits.h"

/* clang-format off */
#define PLACE(byte, i)                                                                             \
    ((byte) >> (i) & 1 ? UINT64_C(i) << 8 * __builtin_popcount((byte) & ((1 << (i)) - 1)) : 0)
#define PLACES_1(byte)                                                                             \
    (PLACE(byte, 0) | PLACE(byte, 1) | PLACE(byte, 2) | PLACE(byte, 3) |                           \
     PLACE(byte, 4) | PLACE(byte, 5) | PLACE(byte, 6) | PLACE(byte, 7))
#define PLACES_4(byte)                                                                             \
    PLACES_1(byte), PLACES_1((byte) + 1), PLACES_1((byte) + 2), PLACES_1((byte) + 3)
#define PLACES_16(byte)                                                                            \
    PLACES_4(byte), PLACES_4((byte) + 4), PLACES_4((byte) + 8), PLACES_4((byte) + 12)
#define PLACES_64(byte)                                                                            \
    PLACES_16(byte), PLACES_16((byte) + 16), PLACES_16((byte) + 32), PLACES_16((byte) + 48)
const uint64_t bits_byte_positions[256] = {PLACES_64(0), PLACES_64(64), PLACES_64(128), PLACES_64(192)};
/* clang-format on */
