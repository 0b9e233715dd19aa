/* SPDX-License-Identifier: MIT */
/* Decodes blocks of postings, and intersects them with documents. */
#include "common/segment/postings.h"

#include "common/simd/cpu.h"

#ifdef CPU_CLONES_X86
#include <immintrin.h>
#endif

/* Decodes a short list, or a tail after its `positions`. */
static bool decode_varints(struct postings_block *block, struct reader *reader,
                           uint32_t previous_doc) {
    uint64_t next = (uint32_t)(previous_doc + 1), heads = 0;
    for (uint32_t i = 0; i < block->count; i++) {
        uint64_t head = reader_varint(reader);
        heads |= head;
        next += head >> 1;
        block->docs[i] = (uint32_t)next++;
        block->frequencies[i] = head & 1 ? 1 : reader_varint32(reader) + 2;
    }
    for (uint32_t i = block->count; i < POSTINGS_BLOCK; i++) {
        block->docs[i] = UINT32_MAX;
        block->frequencies[i] = 0;
    }
    block->undecoded = NULL;
    return !reader->bad && heads >> 33 == 0 && next <= UINT32_MAX;
}

/* The bytes at an address: at most `max_size`, and only to the end of the chunk. */
static const uint8_t *fetch_block(uint32_t *size, struct chunk_reader *chunks, uint64_t address,
                                  uint32_t max_size) {
    uint32_t left = chunk_bytes_left(chunks, STREAM_POSTINGS, address);
    *size = left < max_size ? left : max_size;
    const uint8_t *in = *size ? chunk_read(chunks, STREAM_POSTINGS, address, *size) : NULL;
    if (!in)
        chunk_reader_damaged(chunks, "postings");
    return in;
}

bool postings_block_load_at(struct postings_block *block, struct chunk_reader *chunks,
                            const struct term_entry *entry, const uint8_t *skip, uint32_t count,
                            uint32_t previous_doc) {
    uint64_t address = chunk_advance(entry->postings, postings_skip_distance(skip));
    uint32_t size;
    block->count = count;
    if (count < POSTINGS_BLOCK) {
        const uint8_t *in = fetch_block(&size, chunks, address, 4 + count * 2 * VARINT_MAX);
        if (!in)
            return false;
        struct reader reader = reader_of(in, size);
        block->positions = chunk_advance(entry->positions, reader_u32(&reader));
        return (decode_varints(block, &reader, previous_doc) &&
                block->docs[count - 1] == postings_skip_last_doc(skip)) ||
               chunk_reader_damaged(chunks, "postings");
    }
    const uint8_t *in = fetch_block(&size, chunks, address, POSTINGS_BLOCK_MAX);
    if (!in)
        return false;
    size_t gaps =
        size > 4 ? rice_decode_prefix_sums(block->docs, in + 4, size - 4, previous_doc) : 0;
    if (!gaps || block->docs[POSTINGS_BLOCK - 1] != postings_skip_last_doc(skip))
        return chunk_reader_damaged(chunks, "postings");
    block->positions = chunk_advance(entry->positions, get_u32(in));
    gaps += 4;
    block->undecoded = in + gaps;
    block->undecoded_size = size - gaps;
    return true;
}

const uint8_t *postings_block_bitmap(struct chunk_reader *chunks, const struct term_entry *entry,
                                     const uint8_t *skip, uint32_t previous_doc) {
    uint32_t size, last = postings_skip_last_doc(skip) - previous_doc - 1;
    const uint8_t *in =
        fetch_block(&size, chunks, chunk_advance(entry->postings, postings_skip_distance(skip)),
                    POSTINGS_BLOCK_MAX);
    /* Gaps with k = 0 have a unary part only: a one for each document, zeros between. */
    bool is_bitmap = in && size > 5 && in[4] == 0 && last / 8 < size - 5;
    return is_bitmap && (in[5 + last / 8] >> last % 8 & 1) ? in + 5 : NULL;
}

bool postings_block_decode_frequencies(struct postings_block *block, struct chunk_reader *chunks) {
    const uint8_t *in = block->undecoded;
    size_t size = block->undecoded_size;
    uint32_t *frequencies = block->frequencies;
    if (size && in[0] >= POSTINGS_SPARSE) {
        unsigned more = in[0] - POSTINGS_SPARSE;
        if (more > POSTINGS_SPARSE_MAX || more >= size)
            return chunk_reader_damaged(chunks, "frequencies");
        for (unsigned i = 0; i < POSTINGS_BLOCK; i++)
            frequencies[i] = 1;
        for (unsigned i = 1; i <= more; i++)
            frequencies[in[i] % POSTINGS_BLOCK]++;
    } else {
        if (!rice_decode(frequencies, in, size))
            return chunk_reader_damaged(chunks, "frequencies");
        for (unsigned i = 0; i < POSTINGS_BLOCK; i++)
            frequencies[i]++;
    }
    block->undecoded = NULL;
    return true;
}

bool postings_block_load(struct postings_block *block, struct chunk_reader *chunks,
                         const struct term_entry *entry, uint32_t number) {
    if (entry->documents == 1) {
        memset(block->docs, 0xff, sizeof block->docs);
        memset(block->frequencies, 0, sizeof block->frequencies);
        block->docs[0] = entry->doc;
        block->frequencies[0] = entry->frequency;
        block->count = 1;
        block->undecoded = NULL;
        block->positions = entry->positions;
        return true;
    }
    if (entry->documents < POSTINGS_BLOCK) {
        uint32_t size;
        block->count = entry->documents;
        const uint8_t *in =
            fetch_block(&size, chunks, entry->postings, block->count * 2 * VARINT_MAX);
        if (!in)
            return false;
        struct reader reader = reader_of(in, size);
        block->positions = entry->positions;
        return decode_varints(block, &reader, UINT32_MAX) ||
               chunk_reader_damaged(chunks, "postings");
    }
    uint32_t previous_doc = UINT32_MAX;
    if (number) {
        const uint8_t *skip =
            chunk_read(chunks, STREAM_SKIPS, postings_skip_address(entry->skips + number - 1),
                       POSTINGS_SKIP_SIZE);
        if (!skip)
            return false;
        previous_doc = postings_skip_last_doc(skip);
    }
    const uint8_t *skip = chunk_read(
        chunks, STREAM_SKIPS, postings_skip_address(entry->skips + number), POSTINGS_SKIP_SIZE);
    if (!skip)
        return false;
    uint32_t left = entry->documents - number * POSTINGS_BLOCK;
    return postings_block_load_at(block, chunks, entry, skip,
                                  left < POSTINGS_BLOCK ? left : (uint32_t)POSTINGS_BLOCK,
                                  previous_doc);
}

static unsigned match_portable(uint8_t *found, uint8_t *at, const struct postings_block *block,
                               const uint32_t *docs, unsigned count) {
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

/* Two steps instead of seven: the last documents of all 8 rows of 16 select the row to search. */
__attribute__((target("avx2,popcnt"))) static unsigned
match_avx2(uint8_t *found, uint8_t *at, const struct postings_block *block, const uint32_t *docs,
           unsigned count) {
    const __m256i sign = _mm256_set1_epi32(INT32_MIN); /* comparisons are signed */
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
        unsigned smaller =
            (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(target, a))) |
            (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(target, b))) << 8;
        uint32_t index = 16 * row + (unsigned)__builtin_popcount(smaller);
        found[hits] = (uint8_t)i;
        at[hits] = (uint8_t)index;
        hits += block->docs[index] == docs[i];
    }
    return hits;
}

unsigned postings_block_match(uint8_t *found, uint8_t *at, const struct postings_block *block,
                              const uint32_t *docs, unsigned count) {
    if (__builtin_cpu_supports("avx2"))
        return match_avx2(found, at, block, docs, count);
    return match_portable(found, at, block, docs, count);
}

#else

unsigned postings_block_match(uint8_t *found, uint8_t *at, const struct postings_block *block,
                              const uint32_t *docs, unsigned count) {
    return match_portable(found, at, block, docs, count);
}

#endif
