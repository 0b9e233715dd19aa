/* SPDX-License-Identifier: MIT */
/* The document numbers of a segment after a merge.
 *
 * Live documents keep their order and are numbered from a base on. The map takes a bit and a
 * quarter per document, or nothing if none is deleted.
 *
 * Threads: once initialised, any number may read it. */
#ifndef QUERN_INDEXER_COMMIT_DOC_MAP_H
#define QUERN_INDEXER_COMMIT_DOC_MAP_H

#include "common/segment/segment.h"

enum { DOC_MAP_DELETED = -1 }; /* as a document number */

struct doc_map {
    uint32_t base;
    struct doc_map_block *blocks; /* NULL: no document is deleted */
};

/* Documents [256 * i, 256 * (i + 1)) of the segment. */
struct doc_map_block {
    uint64_t kept[4];  /* bit d % 64 of word d / 64: document d of the block is live */
    uint32_t before;   /* the number of the first live one */
    uint8_t within[4]; /* how many are live before each word */
};

/* Start with {0}; release it after a failure, too. ST_CORRUPT: a bitmap of deleted documents is
 * damaged. ST_NOMEM. */
enum status doc_map_init(struct doc_map *map, struct segment *segment, uint32_t base,
                         struct error *err);
void doc_map_release(struct doc_map *map);

/* Counts the set bits. There is an instruction for it, but not on every x86-64. */
static inline uint32_t doc_map_count(uint64_t word) {
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(word * UINT64_C(0x0101010101010101) >> 56);
}

/* The new number of a document of the segment, or DOC_MAP_DELETED. */
static inline uint32_t doc_map_number(const struct doc_map *map, uint32_t doc) {
    if (!map->blocks)
        return map->base + doc;
    const struct doc_map_block *block = &map->blocks[doc / 256];
    uint64_t word = block->kept[doc / 64 % 4], bit = UINT64_C(1) << doc % 64;
    if (!(word & bit))
        return (uint32_t)DOC_MAP_DELETED;
    return block->before + block->within[doc / 64 % 4] + doc_map_count(word & (bit - 1));
}

#endif
