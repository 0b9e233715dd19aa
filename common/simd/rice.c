/* SPDX-License-Identifier: MIT */
/* Encodes and decodes Rice codes a block at a time. */
#include "common/simd/rice.h"

#include "common/base/codec.h"
#include "common/simd/bits.h"
#include "common/simd/cpu.h"
#include "common/simd/vec.h"

enum { ROWS = BITPACK_BLOCK / 4 };

/* Positions of ones in the quotients, extracted from 64 bits at a time. */
struct bit_positions {
    uint32_t at[BITPACK_BLOCK + 64 + BITS_EXTRACT_OVERRUN];
};

static size_t encoded_size(const uint32_t values[BITPACK_BLOCK], unsigned k) {
    uint64_t ones = BITPACK_BLOCK;
    for (unsigned i = 0; i < BITPACK_BLOCK; i++)
        ones += values[i] >> k;
    return 1 + 16 * (size_t)k + (size_t)((ones + 7) / 8);
}

/* The best k is near the logarithm of the mean: from there to the nearest minimum. */
static unsigned choose_k(const uint32_t values[BITPACK_BLOCK]) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < BITPACK_BLOCK; i++)
        sum += values[i];
    uint32_t mean = (uint32_t)(sum / BITPACK_BLOCK);
    unsigned k = mean ? 31 - (unsigned)__builtin_clz(mean) : 0;
    size_t best_size = encoded_size(values, k);
    bool decreased = false;
    for (size_t size; k > 0 && (size = encoded_size(values, k - 1)) < best_size; best_size = size) {
        decreased = true;
        k--;
    }
    for (size_t size;
         !decreased && k < RICE_K_MAX && (size = encoded_size(values, k + 1)) < best_size;
         best_size = size)
        k++;
    return k;
}

size_t rice_encode(uint8_t *out, const uint32_t values[BITPACK_BLOCK]) {
    unsigned k = choose_k(values);
    uint32_t remainders[BITPACK_BLOCK];
    for (unsigned i = 0; i < BITPACK_BLOCK; i++)
        remainders[i] = values[i] & ((1u << k) - 1);
    *out++ = (uint8_t)k;
    bitpack_encode(out, remainders, k);
    out += 16 * (size_t)k;
    uint8_t *next = out;
    uint64_t word = 0;
    unsigned used = 0;
    for (unsigned i = 0; i < BITPACK_BLOCK; i++) {
        uint32_t zeros = values[i] >> k;
        for (used += zeros; used >= 8; used -= 8) {
            *next++ = (uint8_t)word;
            word >>= 8;
        }
        word |= 1u << used++;
    }
    for (; used > 0; used = used > 8 ? used - 8 : 0) {
        *next++ = (uint8_t)word;
        word >>= 8;
    }
    return 1 + 16 * (size_t)k + (size_t)(next - out);
}

/* Finds the first 128 ones of the bytes; returns the size up to the last one, or 0 if there are
 * fewer. */
static inline size_t find_one_bits(struct bit_positions *positions, const uint8_t *in,
                                   size_t size) {
    uint32_t count = 0;
    for (size_t at = 0; at < size; at += 8) {
        uint64_t word = 0;
        if (size - at >= 8)
            word = get_u64(in + at);
        else
            memcpy(&word, in + at, size - at);
        count += bits_extract(positions->at + count, word, 8 * (uint32_t)at);
        if (count >= BITPACK_BLOCK)
            return positions->at[BITPACK_BLOCK - 1] / 8 + 1;
    }
    return 0;
}

/* Decodes the remainders, if there are any, and finds the ones; returns the block's size, or 0. */
static inline size_t decode_parts(uint32_t remainders[BITPACK_BLOCK],
                                  struct bit_positions *positions, unsigned *k, const uint8_t *in,
                                  size_t size) {
    if (size < 1)
        return 0;
    *k = in[0];
    size_t header_size = 1 + 16 * (size_t)*k;
    if (*k > RICE_K_MAX || header_size > size)
        return 0;
    if (*k)
        bitpack_decode(remainders, in + 1, *k);
    size_t max_size =
        RICE_MAX - header_size < size - header_size ? RICE_MAX - header_size : size - header_size;
    size_t unary_size = find_one_bits(positions, in + header_size, max_size);
    return unary_size ? header_size + unary_size : 0;
}

CPU_CLONES size_t rice_decode(uint32_t values[BITPACK_BLOCK], const uint8_t *in, size_t size) {
    struct bit_positions positions;
    unsigned k;
    size_t used = decode_parts(values, &positions, &k, in, size);
    if (!used)
        return 0;
    u32x4 before = {UINT32_MAX, positions.at[0], positions.at[1], positions.at[2]};
    for (unsigned row = 0; row < ROWS; row++) {
        u32x4 position = vec_load(positions.at + 4 * row);
        if (row)
            before = vec_load(positions.at + 4 * row - 1);
        u32x4 value = (position - before - 1) << k;
        if (k)
            value |= vec_load(values + 4 * row);
        vec_store(values + 4 * row, value);
    }
    return used;
}

CPU_CLONES size_t rice_decode_prefix_sums(uint32_t values[BITPACK_BLOCK], const uint8_t *in,
                                          size_t size, uint32_t before) {
    struct bit_positions positions;
    unsigned k;
    size_t used = decode_parts(values, &positions, &k, in, size);
    if (!used)
        return 0;
    u32x4 sum = {before + 1, before + 1, before + 1, before + 1};
    if (!k) {
        for (unsigned row = 0; row < ROWS; row++)
            vec_store(values + 4 * row, vec_load(positions.at + 4 * row) + sum);
        return used;
    }
    const u32x4 zero = {0, 0, 0, 0};
    u32x4 index = {0, 1, 2, 3};
    for (unsigned row = 0; row < ROWS; row++) {
        u32x4 remainder = vec_load(values + 4 * row);
        remainder += __builtin_shufflevector(zero, remainder, 3, 4, 5, 6);
        remainder += __builtin_shufflevector(zero, remainder, 2, 3, 4, 5);
        /* Prefix sums within the row are independent of other rows; only `sum` links them. */
        u32x4 quotient = (vec_load(positions.at + 4 * row) - index) << k;
        vec_store(values + 4 * row, remainder + sum + quotient + index);
        sum += __builtin_shufflevector(remainder, remainder, 3, 3, 3, 3);
        index += 4;
    }
    return used;
}
