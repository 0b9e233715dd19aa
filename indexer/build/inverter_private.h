/* SPDX-License-Identifier: MIT */
/* What the inverter*.c files share. No other file includes it. */
#ifndef QUERN_INDEXER_BUILD_INVERTER_PRIVATE_H
#define QUERN_INDEXER_BUILD_INVERTER_PRIVATE_H

#include "common/base/hash_index.h"
#include "indexer/build/inverter.h"

/* Extents double in size, so a rare term wastes little and a frequent one needs few links. Each
 * extent ends with the offset of the next one. */
static const uint32_t extent_sizes[] = {12,  20,   36,   68,   132,  260,
                                        516, 1028, 2052, 4100, 8196, 16388};
enum {
    EXTENT_LEVELS = sizeof extent_sizes / sizeof *extent_sizes,
    LINK_SIZE = 4,
};

struct term {
    uint32_t hash;
    uint32_t string_offset; /* of its bytes in `strings`, after a byte with their number */
    uint32_t doc;           /* of the last occurrence */
    uint32_t position;      /* of the last occurrence */
    uint32_t first;         /* offset of its first extent */
    uint32_t next;          /* offset of the next byte to write */
    uint32_t link;          /* offset of the link at the end of the current extent */
    uint16_t level;         /* of the current extent, in extent_sizes */
    uint16_t field;
};

struct inverter {
    uint8_t *extents;
    uint64_t extents_size, extents_used;
    struct term *terms;
    uint32_t term_count, term_capacity;
    struct hash_index index; /* of terms, by hash */
    uint8_t *strings;
    size_t strings_used, strings_size;
    struct sort_item *sorted; /* the terms in order, after inverter_sort() */
    bool large_pages;         /* use large pages */
};

/* The first bytes of a term, big-endian, decide nearly all comparisons. Terms of different fields
 * are not compared. */
struct sort_item {
    uint64_t prefix;
    uint32_t number;
    uint32_t string_offset; /* copied from its struct term, which is then not touched */
};

/* All memory is mapped, so that freeing returns it to the system. Most of it is touched in random
 * order, so it uses large pages where possible: with pages of 4 KiB each access would miss the TLB
 * as well as the cache. NULL: out of memory. */
void *inverter_map(size_t size, bool large_pages);
void inverter_unmap(void *memory, size_t size);

/* Makes room for as many terms again, or for as many bytes of them. ST_NOMEM. */
enum status inverter_grow(struct inverter *inverter);
enum status inverter_grow_strings(struct inverter *inverter);

/* Bytes of `sorted`. */
static inline size_t inverter_sorted_bytes(const struct inverter *inverter) {
    return (inverter->term_count + 1ul) * sizeof *inverter->sorted;
}

/* The terms are in no order any more. */
static inline void inverter_discard_order(struct inverter *inverter) {
    inverter_unmap(inverter->sorted, inverter_sorted_bytes(inverter));
    inverter->sorted = NULL;
}

/* The bytes of a term without its field, at an offset in `strings`. */
static inline struct slice inverter_string(const struct inverter *inverter, uint32_t offset) {
    const uint8_t *bytes = inverter->strings + offset;
    return slice_of(bytes + 1, bytes[0]);
}

#endif
