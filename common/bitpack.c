#include "common/bitpack.h"

typedef uint32_t vec __attribute__((vector_size(16)));

enum { ROWS = BITPACK_BLOCK / 4 };

static inline vec load(const void *in) {
    vec word;
    memcpy(&word, in, sizeof word);
    return word;
}

static inline void store(void *out, vec word) {
    memcpy(out, &word, sizeof word);
}

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "packed blocks are read in place and need a little-endian machine"
#endif

/* With a constant width each row's shifts are constants and the loop unrolls to straight code: 33
 * such bodies behind a switch decode 3 to 4 times as fast as one loop over a variable width. */
static inline __attribute__((always_inline)) void unpack(uint32_t *values, const uint8_t *in,
                                                         const unsigned width) {
    const uint32_t ones = width == 32 ? UINT32_MAX : (1u << width) - 1;
    const vec mask = {ones, ones, ones, ones};
    vec word = load(in);
    unsigned used = 0;
#pragma GCC unroll 32
    for (unsigned row = 0; row < ROWS; row++) {
        vec value = word >> used;
        used += width;
        if (used >= 32) {
            used -= 32;
            in += 16;
            if (row + 1 < ROWS)
                word = load(in);
            if (used)
                value |= word << (width - used);
        }
        store(values + 4 * row, value & mask);
    }
}

static inline __attribute__((always_inline)) void pack(uint8_t *out, const uint32_t *values,
                                                       const unsigned width) {
    vec word = {0, 0, 0, 0};
    unsigned used = 0;
#pragma GCC unroll 32
    for (unsigned row = 0; row < ROWS; row++) {
        vec value = load(values + 4 * row);
        word |= value << used;
        used += width;
        if (used >= 32) {
            store(out, word);
            out += 16;
            used -= 32;
            if (used)
                word = value >> (width - used);
            else
                word = (vec){0, 0, 0, 0};
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

unsigned bitpack_width(const uint32_t values[BITPACK_BLOCK]) {
    vec all = {0, 0, 0, 0};
    for (unsigned row = 0; row < ROWS; row++)
        all |= load(values + 4 * row);
    uint32_t any = all[0] | all[1] | all[2] | all[3];
    return any ? 32 - (unsigned)__builtin_clz(any) : 0;
}

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

void bitpack_undelta(uint32_t values[BITPACK_BLOCK], uint32_t base) {
    const vec zero = {0, 0, 0, 0};
    const vec one = {1, 1, 1, 1};
    vec before = {base, base, base, base};
    for (unsigned row = 0; row < ROWS; row++) {
        vec sum = load(values + 4 * row) + one;
        sum += __builtin_shufflevector(zero, sum, 3, 4, 5, 6);
        sum += __builtin_shufflevector(zero, sum, 2, 3, 4, 5);
        sum += before;
        store(values + 4 * row, sum);
        before = __builtin_shufflevector(sum, sum, 3, 3, 3, 3);
    }
}

static unsigned bits_of(uint32_t value) {
    return value ? 32 - (unsigned)__builtin_clz(value) : 0;
}

size_t pfor_encode(uint8_t *out, const uint32_t values[BITPACK_BLOCK]) {
    unsigned of_bits[33] = {0};
    unsigned most = 0;
    for (unsigned i = 0; i < BITPACK_BLOCK; i++) {
        unsigned bits = bits_of(values[i]);
        of_bits[bits]++;
        if (bits > most)
            most = bits;
    }
    unsigned best = most;
    size_t best_size = 2 + 16 * (size_t)most;
    unsigned exceptions = 0;
    for (unsigned width = most; width-- > 0;) {
        exceptions += of_bits[width + 1];
        size_t size = 2 + 16 * (size_t)width + exceptions * (1 + (size_t)(most - width + 7) / 8);
        if (size < best_size) {
            best = width;
            best_size = size;
        }
    }
    uint32_t low[BITPACK_BLOCK];
    uint32_t mask = best == 32 ? UINT32_MAX : (1u << best) - 1;
    for (unsigned i = 0; i < BITPACK_BLOCK; i++)
        low[i] = values[i] & mask;
    bitpack_encode(out + 2, low, best);
    unsigned high_bytes = most > best ? (most - best + 7) / 8 : 1;
    uint8_t *next = out + 2 + 16 * (size_t)best;
    unsigned count = 0;
    if (best < most) {
        for (unsigned i = 0; i < BITPACK_BLOCK; i++) {
            uint32_t high = values[i] >> best;
            if (!high)
                continue;
            *next++ = (uint8_t)i;
            for (unsigned byte = 0; byte < high_bytes; byte++)
                *next++ = (uint8_t)(high >> (8 * byte));
            count++;
        }
    }
    out[0] = (uint8_t)(best | (high_bytes - 1) << 6);
    out[1] = (uint8_t)count;
    return (size_t)(next - out);
}

size_t pfor_size(const uint8_t *in) {
    unsigned width = in[0] & 0x3f;
    if (width > 32 || in[1] > BITPACK_BLOCK)
        return PFOR_MAX + 1;
    return 2 + 16 * (size_t)width + in[1] * (2 + (size_t)(in[0] >> 6));
}

size_t pfor_decode(uint32_t values[BITPACK_BLOCK], const uint8_t *in, size_t size) {
    if (size < 2)
        return 0;
    size_t need = pfor_size(in);
    if (need > size)
        return 0;
    unsigned width = in[0] & 0x3f;
    unsigned high_bytes = (in[0] >> 6) + 1u;
    bitpack_decode(values, in + 2, width);
    const uint8_t *next = in + 2 + 16 * (size_t)width;
    for (unsigned i = 0; i < in[1]; i++) {
        unsigned index = *next++;
        uint32_t high = 0;
        for (unsigned byte = 0; byte < high_bytes; byte++)
            high |= (uint32_t)*next++ << (8 * byte);
        if (index >= BITPACK_BLOCK || width >= 32)
            return 0;
        values[index] |= high << width;
    }
    return need;
}
