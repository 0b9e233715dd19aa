/* Where the ones of a word of 64 bits are: unary codes are read by these.
 *
 * How many ones a byte has cannot be predicted, so nothing here branches on it. (Vigna, "Broadword
 * implementation of rank/select queries", 2008, for sums of bytes and for the choice of one.) */
#ifndef QUERN_COMMON_ONES_H
#define QUERN_COMMON_ONES_H

#include <stdint.h>

/* The places of a byte's ones, lowest first, each a byte of the entry. */
extern const uint64_t ones_places[256];

/* Counts the ones by bytes: byte i of the result says how many there are in bytes 0 to i. */
static inline uint64_t ones_sums(uint64_t word) {
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return word * UINT64_C(0x0101010101010101);
}

/* The place of the `rank`-th one, counted from 0; the word has more than `rank` ones. */
static inline unsigned ones_select(uint64_t word, unsigned rank) {
    const uint64_t each = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t sums = ones_sums(word);
    /* The first byte whose sum is more than `rank`: sums are at most 64, so no byte borrows. */
    unsigned shift = (unsigned)__builtin_ctzll(((sums | tops) - (rank + 1) * each) & tops) & ~7u;
    unsigned before = (unsigned)(sums << 8 >> shift) & 255;
    return shift + (unsigned)(ones_places[word >> shift & 255] >> 8 * (rank - before) & 255);
}

#endif
