/* SPDX-License-Identifier: MIT */
/* Packs and unpacks groups of 128 in vectors, and the others bit by bit. */
#include "common/column/packed.h"

#include <string.h>

#include "common/base/codec.h"

enum { REST_SIZE_MAX = BITPACK_BLOCK * 8 };

static unsigned low_width(unsigned width) {
    return width < 32 ? width : 32;
}

static void encode_rest(uint8_t *out, const uint64_t *numbers, uint32_t count, unsigned width) {
    size_t size = ((size_t)count * width + 7) / 8;
    uint8_t bytes[REST_SIZE_MAX + 8], *next = bytes;
    uint64_t word = 0;
    unsigned used = 0;
    for (uint32_t i = 0; i < count; i++) {
        word |= numbers[i] << used;
        used += width;
        if (used < 64)
            continue;
        put_u64(next, word);
        next += 8;
        used -= 64;
        word = used ? numbers[i] >> (width - used) : 0;
    }
    put_u64(next, word);
    memcpy(out, bytes, size);
}

void packed_encode(uint8_t *out, const uint64_t *numbers, uint32_t count, unsigned width) {
    if (!width)
        return;
    for (; count >= BITPACK_BLOCK; count -= BITPACK_BLOCK, numbers += BITPACK_BLOCK) {
        uint32_t low[BITPACK_BLOCK], high[BITPACK_BLOCK];
        for (unsigned i = 0; i < BITPACK_BLOCK; i++) {
            low[i] = (uint32_t)numbers[i];
            high[i] = (uint32_t)(numbers[i] >> 32);
        }
        bitpack_encode(out, low, low_width(width));
        bitpack_encode(out + 16 * low_width(width), high, width - low_width(width));
        out += (size_t)16 * width;
    }
    encode_rest(out, numbers, count, width);
}

/* The number that begins at a bit; 9 bytes can be read from there. */
static uint64_t number_at(const uint8_t *bytes, size_t bit, unsigned width) {
    const uint8_t *in = bytes + bit / 8;
    unsigned shift = bit % 8;
    uint64_t number = get_u64(in) >> shift;
    if (shift)
        number |= (uint64_t)in[8] << (64 - shift);
    return width < 64 ? number & ((UINT64_C(1) << width) - 1) : number;
}

/* Copies the bytes, so that reading may pass their end. */
static void copy_rest(uint8_t bytes[REST_SIZE_MAX + 9], const uint8_t *in, uint32_t count,
                      unsigned width) {
    size_t size = ((size_t)count * width + 7) / 8;
    if (size)
        memcpy(bytes, in, size);
    memset(bytes + size, 0, 9);
}

void packed_decode(uint64_t *numbers, const uint8_t *in, uint32_t count, unsigned width) {
    if (!width) {
        memset(numbers, 0, count * sizeof *numbers);
        return;
    }
    const unsigned low_bits = low_width(width);
    for (; count >= BITPACK_BLOCK; count -= BITPACK_BLOCK, numbers += BITPACK_BLOCK) {
        uint32_t low[BITPACK_BLOCK], high[BITPACK_BLOCK];
        bitpack_decode(low, in, low_bits);
        for (unsigned i = 0; i < BITPACK_BLOCK; i++)
            numbers[i] = low[i];
        if (width > low_bits) {
            bitpack_decode(high, in + 16 * low_bits, width - low_bits);
            for (unsigned i = 0; i < BITPACK_BLOCK; i++)
                numbers[i] |= (uint64_t)high[i] << 32;
        }
        in += (size_t)16 * width;
    }
    uint8_t rest[REST_SIZE_MAX + 9];
    copy_rest(rest, in, count, width);
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = number_at(rest, (size_t)i * width, width);
}

void packed_decode_u32(uint32_t *numbers, const uint8_t *in, uint32_t count, unsigned width) {
    if (!width) {
        memset(numbers, 0, count * sizeof *numbers);
        return;
    }
    for (; count >= BITPACK_BLOCK; count -= BITPACK_BLOCK, numbers += BITPACK_BLOCK) {
        bitpack_decode(numbers, in, width);
        in += (size_t)16 * width;
    }
    uint8_t rest[REST_SIZE_MAX + 9];
    copy_rest(rest, in, count, width);
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = (uint32_t)number_at(rest, (size_t)i * width, width);
}

/* The number at `index` of a block that bitpack_encode() made. */
static uint32_t number_in_group(const uint8_t *in, unsigned width, uint32_t index) {
    if (!width)
        return 0;
    unsigned lane = index % 4, bit = index / 4 * width, shift = bit % 32;
    const uint8_t *word = in + 16 * (bit / 32) + 4 * lane;
    uint64_t bits = get_u32(word);
    if (shift + width > 32)
        bits |= (uint64_t)get_u32(word + 16) << 32;
    return (uint32_t)(bits >> shift & (UINT64_MAX >> (64 - width)));
}

uint64_t packed_number(const uint8_t *in, uint32_t count, unsigned width, uint32_t index) {
    uint32_t groups = count / BITPACK_BLOCK;
    if (!width)
        return 0;
    if (index / BITPACK_BLOCK < groups) {
        const uint8_t *group = in + (size_t)(index / BITPACK_BLOCK) * 16 * width;
        unsigned low = low_width(width);
        index %= BITPACK_BLOCK;
        return number_in_group(group, low, index) |
               (uint64_t)number_in_group(group + 16 * low, width - low, index) << 32;
    }
    uint8_t bytes[9] = {0};
    const uint8_t *rest = in + (size_t)groups * 16 * width;
    size_t bit = (size_t)(index % BITPACK_BLOCK) * width, first = bit / 8;
    size_t size = ((size_t)(count % BITPACK_BLOCK) * width + 7) / 8 - first;
    memcpy(bytes, rest + first, size < sizeof bytes ? size : sizeof bytes);
    return number_at(bytes, bit % 8, width);
}
