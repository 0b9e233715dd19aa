/* The length of a document in one byte.
 *
 * Lengths up to 31 words are kept as they are; above, a code is a range of lengths, 16 to each
 * doubling, up to 524,287 words; longer documents share the last code. A code stands for the middle
 * of its range, less than 1/32 (3.1 %) off. (Lucene's SmallFloat, whose idea this is, has 8 to each
 * doubling.) A longer document never has a smaller code, which bounds rely on. */
#ifndef QUERN_COMMON_SEGMENT_NORM_H
#define QUERN_COMMON_SEGMENT_NORM_H

#include <stdint.h>

static inline uint8_t norm_of_length(uint32_t length) {
    if (length < 32)
        return (uint8_t)length;
    unsigned bits = 31 - (unsigned)__builtin_clz(length); /* 5 and more */
    uint32_t code = 32 + (bits - 5) * 16 + ((length >> (bits - 4)) & 15);
    return code > 255 ? 255 : (uint8_t)code;
}

/* The least length that has this code. */
static inline uint32_t norm_min_length(uint8_t norm) {
    return norm < 32 ? norm : (16 + (norm - 32u) % 16) << ((norm - 32u) / 16 + 1);
}

/* The length, in words, that each code stands for. */
extern const float norm_lengths[256];

static inline double norm_length(uint8_t norm) {
    return norm_lengths[norm];
}

#endif
