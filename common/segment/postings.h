/* The postings of a term in one segment: which documents have it, how often, and where.
 *
 *     list      := block{df / 128} tail?            df >= 128; tail when df % 128 > 0
 *                | short                            1 < df < 128
 *                                                   (df == 1 stands in the dictionary)
 *     block     := positions(u32) gaps frequencies
 *     gaps      := rice of 128 values (rice.h), document - the one before - 1; before the first
 *                  document of a list stands -1
 *     frequencies := rice of 128 values, frequency - 1
 *                | 128 + n(u8) index(u8){n}        all are 1, but one more for each time that the
 *                                                  posting's index stands here; n <= 15
 *     tail      := positions(u32) short
 *     short     := posting{df % 128}
 *     posting   := varint((gap - 1) << 1 | (frequency == 1)) [varint(frequency - 2)]
 *
 * Each block and tail of a list of df >= 128 has an entry of 14 bytes in STREAM_SKIPS; a list's
 * entries are numbered one after the other, 4,675 to a chunk:
 *
 *     skip      := last document(u32) block(u32) impact{3}
 *     impact    := frequency(u8) norm(u8)
 *
 * `block` is how far the block lies behind the list's first one. The positions of a block's
 * postings are a run of their own (positions.h), `positions` behind the list's first run. The
 * dictionary says where the first ones are. Lists are written by postings_writer.h. */
#ifndef QUERN_COMMON_SEGMENT_POSTINGS_H
#define QUERN_COMMON_SEGMENT_POSTINGS_H

#include "common/base/codec.h"
#include "common/segment/term_entry.h"
#include "common/simd/rice.h"
#include "common/store/chunk.h"

enum {
    POSTINGS_PADDING = 8,
    POSTINGS_SPARSE = 128,    /* the head of frequencies that are 1 but for a few */
    POSTINGS_SPARSE_MAX = 15, /* by how much they are more than 1 together, at most */
    SKIP_SIZE = 14,
    SKIPS_PER_CHUNK = CHUNK_DATA_SIZE / SKIP_SIZE,
    POSTINGS_BLOCK_MAX = 4 + 2 * RICE_MAX,         /* bytes of a block */
    POSTINGS_BYTES_MAX = 4 + 128 * 2 * VARINT_MAX, /* of a block, tail or short list */
};

/* Where skip entry `number` lies. */
static inline uint64_t skip_address(uint64_t number) {
    return chunk_address((uint32_t)(number / SKIPS_PER_CHUNK),
                         CHUNK_HEADER_SIZE + SKIP_SIZE * (uint32_t)(number % SKIPS_PER_CHUNK));
}

static inline uint32_t skip_last_doc(const uint8_t *skip) {
    return get_u32(skip);
}

static inline uint32_t skip_distance(const uint8_t *skip) {
    return get_u32(skip + 4);
}

static inline void skip_impacts(struct impact impacts[IMPACT_COUNT], const uint8_t *skip) {
    for (unsigned i = 0; i < IMPACT_COUNT; i++)
        impacts[i] = (struct impact){.frequency = skip[8 + 2 * i], .norm = skip[9 + 2 * i]};
}

/* A list is read by blocks, numbered from 0; a list of df < 128 is one block. */
struct postings_block {
    uint32_t docs[POSTINGS_BLOCK]; /* those past `count` are UINT32_MAX */
    /* Valid after postings_block_frequencies(). The last POSTINGS_PADDING are padding: loops that take
     * eight at a time may read them, and drop what comes of it. */
    uint32_t frequencies[POSTINGS_BLOCK + POSTINGS_PADDING];
    uint32_t count;
    const uint8_t *undecoded; /* frequencies that are not decoded yet, or NULL */
    size_t undecoded_size;
    uint64_t positions; /* where its run of positions begins */
};

/* How many blocks a list has. */
static inline uint32_t postings_block_count(const struct term_entry *entry) {
    return entry->documents < POSTINGS_BLOCK ? 1 : skip_count(entry->documents);
}

/* Decodes the documents of block `number`. False when it is damaged, or does not end where its skip
 * entry says: chunks->status. */
bool postings_block_load(struct postings_block *block, struct chunk_reader *chunks,
                         const struct term_entry *entry, uint32_t number);

/* The same of a list of df >= 128, when the caller has the block's skip entry and knows how many
 * postings it has and which document comes before it. */
bool postings_block_load_at(struct postings_block *block, struct chunk_reader *chunks,
                            const struct term_entry *entry, const uint8_t *skip, uint32_t count,
                            uint32_t previous_doc);

/* The index of the first posting with a document >= target; the last one's document is. Which half
 * it is in cannot be predicted: the compiler is told so, or it makes branches of the choice. */
static inline uint32_t postings_block_search(const struct postings_block *block, uint32_t target) {
    const uint32_t *docs = block->docs;
#pragma GCC unroll 7
    for (unsigned half = POSTINGS_BLOCK / 2; half > 0; half /= 2)
        docs += __builtin_expect_with_probability(docs[half - 1] < target, 1, 0.5) ? half : 0;
    return (uint32_t)(docs - block->docs);
}

/* Which of `count` ascending documents, the greatest not above the block's last one, are in the
 * block: the i-th that is is number found[i] of them and posting at[i]. count <= 128; returns how
 * many there are. Nothing branches on whether one is found, so that searches overlap. */
unsigned postings_block_match(uint8_t *found, uint8_t *at, const struct postings_block *block,
                              const uint32_t *docs, unsigned count);

/* Dense blocks are bitmaps as they lie there: if block `skip` of a list of df >= 128 is one,
 * returns its bytes, else NULL. Bit i is set when document before + 1 + i is in it; the last one is
 * bit last - before - 1, and there are bytes of something else behind it. */
const uint8_t *postings_block_bitmap(struct chunk_reader *chunks, const struct term_entry *entry,
                                     const uint8_t *skip, uint32_t previous_doc);

/* Decodes its frequencies, unless that was done. */
bool postings_block_decode_frequencies(struct postings_block *block, struct chunk_reader *chunks);

static inline bool postings_block_frequencies(struct postings_block *block,
                                              struct chunk_reader *chunks) {
    return !block->undecoded || postings_block_decode_frequencies(block, chunks);
}

#endif
