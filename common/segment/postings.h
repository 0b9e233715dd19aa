/* SPDX-License-Identifier: MIT */
/* The postings of a term in one segment: which documents have it and how often.
 *
 *     list        = block+ tail?               ; df >= 128: df / 128 blocks; the tail has the
 *                                              ; remaining postings
 *                 | short                      ; 1 < df < 128; the dictionary has that of df == 1
 *     block       = positions:u32 gaps frequencies
 *     gaps        = rice                       ; 128 values: gap - 1
 *     frequencies = rice                       ; 128 values: frequency - 1
 *                 | sparse:u8 index:u8*n       ; sparse = 128 + n, n <= 15: all are 1, plus 1 for
 *                                              ; each time that a posting's index is listed
 *     tail        = positions:u32 short
 *     short       = posting+
 *     posting     = varint((gap - 1) << 1 | 1) ; frequency 1
 *                 | varint((gap - 1) << 1) varint(frequency - 2)
 *
 * A gap is a document minus the previous one in the list, which is -1 before the first. Rice codes
 * of 128 values are those of rice.h. Each block, and the tail, of a list of df >= 128 has an entry
 * of 14 bytes in STREAM_SKIPS. The entries of a list are consecutive, 4,675 to a chunk:
 *
 *     skip        = last_document:u32 distance:u32 impact*3
 *     impact      = frequency:u8 norm:u8
 *
 * `distance` is how far the block is from the list's first one, in bytes of data. The positions of
 * a block are a block of their own (positions.h), and `positions` is its distance from the list's
 * first one. The dictionary has the addresses of the first ones. postings_writer.h writes lists.
 *
 * Threads: reading uses a chunk_reader, and belongs to its thread. */
#ifndef QUERN_COMMON_SEGMENT_POSTINGS_H
#define QUERN_COMMON_SEGMENT_POSTINGS_H

#include "common/base/codec.h"
#include "common/segment/term_entry.h"
#include "common/simd/rice.h"
#include "common/store/chunk.h"

enum {
    POSTINGS_PADDING = 8,
    POSTINGS_SPARSE = 128,    /* first byte of frequencies that are 1 with few exceptions */
    POSTINGS_SPARSE_MAX = 15, /* of the sum of frequency - 1 in these */
    POSTINGS_SKIP_SIZE = 14,
    POSTINGS_SKIPS_PER_CHUNK = CHUNK_DATA_SIZE / POSTINGS_SKIP_SIZE,
    POSTINGS_BLOCK_MAX = 4 + 2 * RICE_MAX,         /* bytes of a full block */
    POSTINGS_BYTES_MAX = 4 + 128 * 2 * VARINT_MAX, /* of any block, tail or short list */
};

/* The address of skip entry `number`. */
static inline uint64_t postings_skip_address(uint64_t number) {
    return chunk_item_address(number, POSTINGS_SKIP_SIZE);
}

static inline uint32_t postings_skip_last_doc(const uint8_t *skip) {
    return get_u32(skip);
}

static inline uint32_t postings_skip_distance(const uint8_t *skip) {
    return get_u32(skip + 4);
}

static inline void postings_skip_impacts(struct impact impacts[IMPACT_COUNT], const uint8_t *skip) {
    for (unsigned i = 0; i < IMPACT_COUNT; i++)
        impacts[i] = (struct impact){.frequency = skip[8 + 2 * i], .norm = skip[9 + 2 * i]};
}

/* One block of a list. Blocks are numbered from 0; a list of df < 128 is one block. */
struct postings_block {
    uint32_t docs[POSTINGS_BLOCK]; /* UINT32_MAX from `count` on */
    /* Valid after postings_block_frequencies(). The last POSTINGS_PADDING are padding for loops
     * that take eight at a time: they may be read, and mean nothing. */
    uint32_t frequencies[POSTINGS_BLOCK + POSTINGS_PADDING];
    uint32_t count;
    const uint8_t *undecoded; /* the encoded frequencies; NULL once they are decoded */
    size_t undecoded_size;
    uint64_t positions; /* the address of its block of positions */
};

/* How many blocks a list has. */
static inline uint32_t postings_block_count(const struct term_entry *entry) {
    return entry->documents < POSTINGS_BLOCK ? 1 : term_entry_skip_count(entry->documents);
}

/* Decodes the documents of block `number`. False: it is damaged, or its last document is not the
 * one in its skip entry; chunks->status has the failure. */
bool postings_block_load(struct postings_block *block, struct chunk_reader *chunks,
                         const struct term_entry *entry, uint32_t number);

/* The same for a list of df >= 128 when the caller has the block's skip entry, the number of its
 * postings and the last document of the previous block (UINT32_MAX: there is none). */
bool postings_block_load_at(struct postings_block *block, struct chunk_reader *chunks,
                            const struct term_entry *entry, const uint8_t *skip, uint32_t count,
                            uint32_t previous_doc);

/* The index of the first posting with a document >= target, which is not above the last one's.
 * Which half has it is unpredictable; unless told so, the compiler makes branches of the choice. */
static inline uint32_t postings_block_search(const struct postings_block *block, uint32_t target) {
    const uint32_t *docs = block->docs;
#pragma GCC unroll 7
    for (unsigned half = POSTINGS_BLOCK / 2; half > 0; half /= 2)
        docs += __builtin_expect_with_probability(docs[half - 1] < target, 1, 0.5) ? half : 0;
    return (uint32_t)(docs - block->docs);
}

/* Intersects the block with `count` <= 128 ascending documents, none above the block's last one.
 * Returns how many are in both: the i-th is docs[found[i]] and posting at[i] of the block. No
 * branch depends on whether a document is found, so that searches overlap. */
unsigned postings_block_match(uint8_t *found, uint8_t *at, const struct postings_block *block,
                              const uint32_t *docs, unsigned count);

/* A dense block is a bitmap as it is stored: returns its bytes if the block that `skip` belongs to
 * is one, else NULL. Bit i is set if document previous_doc + 1 + i is in the block. The bits after
 * that of its last document mean nothing. The list has df >= 128. */
const uint8_t *postings_block_bitmap(struct chunk_reader *chunks, const struct term_entry *entry,
                                     const uint8_t *skip, uint32_t previous_doc);

/* The slow path of postings_block_frequencies(). */
bool postings_block_decode_frequencies(struct postings_block *block, struct chunk_reader *chunks);

/* Decodes the frequencies of a loaded block unless that was done. False: they are damaged. */
static inline bool postings_block_frequencies(struct postings_block *block,
                                              struct chunk_reader *chunks) {
    return !block->undecoded || postings_block_decode_frequencies(block, chunks);
}

#endif
