#include "common/segment/postings.h"
#include "common/simd/cpu.h"

static unsigned match_portable(const struct postings_block *block, const uint32_t *docs,
                               unsigned count, uint8_t *found, uint8_t *at) {
    unsigned hits = 0;
    for (unsigned i = 0; i < count; i++) {
        uint32_t index = postings_block_search(block, docs[i]);
        found[hits] = (uint8_t)i;
        at[hits] = (uint8_t)index;
        hits += block->docs[index] == docs[i];
    }
    return hits;
}

#ifdef CPU_CLONES_X86

#include <immintrin.h>

/* In two steps instead of seven: 8 documents, each the last of 16, say in which 16 to look. */
__attribute__((target("avx2,popcnt"))) static unsigned
match_avx2(const struct postings_block *block, const uint32_t *docs, unsigned count, uint8_t *found,
           uint8_t *at) {
    const __m256i sign = _mm256_set1_epi32(INT32_MIN); /* comparisons are of signed integers */
    const __m256i every16th = _mm256_setr_epi32(15, 31, 47, 63, 79, 95, 111, 127);
    const __m256i lasts =
        _mm256_xor_si256(_mm256_i32gather_epi32((const int *)block->docs, every16th, 4), sign);
    unsigned hits = 0;
    for (unsigned i = 0; i < count; i++) {
        const __m256i target = _mm256_xor_si256(_mm256_set1_epi32((int)docs[i]), sign);
        __m256i less = _mm256_cmpgt_epi32(target, lasts);
        unsigned row =
            (unsigned)__builtin_popcount((unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(less)));
        const __m256i *rows = (const __m256i *)(block->docs + 16 * row);
        __m256i a = _mm256_xor_si256(_mm256_loadu_si256(rows), sign);
        __m256i b = _mm256_xor_si256(_mm256_loadu_si256(rows + 1), sign);
        unsigned before =
            (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(target, a))) |
            (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(target, b))) << 8;
        uint32_t index = 16 * row + (unsigned)__builtin_popcount(before);
        found[hits] = (uint8_t)i;
        at[hits] = (uint8_t)index;
        hits += block->docs[index] == docs[i];
    }
    return hits;
}

unsigned postings_block_match(const struct postings_block *block, const uint32_t *docs,
                              unsigned count, uint8_t *found, uint8_t *at) {
    if (__builtin_cpu_supports("avx2"))
        return match_avx2(block, docs, count, found, at);
    return match_portable(block, docs, count, found, at);
}

#else

unsigned postings_block_match(const struct postings_block *block, const uint32_t *docs,
                              unsigned count, uint8_t *found, uint8_t *at) {
    return match_portable(block, docs, count, found, at);
}

#endif
