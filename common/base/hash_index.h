/* SPDX-License-Identifier: MIT */
/* An open-addressing hash table of item numbers, with linear probing.
 *
 * The items, their hashes and their keys are the caller's: the table only maps a hash to the
 * numbers of the items that may have it.
 *
 *     size_t slot;
 *     uint32_t item;
 *     for (bool more = hash_index_first(&item, &slot, &index, hash); more;
 *          more = hash_index_next(&item, &slot, &index))
 *         if (items[item].hash == hash && equal(items[item], key))
 *             return &items[item];
 *     hash_index_put(&index, slot, count);             the slot where the search ended
 *
 * The caller keeps at least one slot free; above three quarters full, searches get long. */
#ifndef QUERN_COMMON_BASE_HASH_INDEX_H
#define QUERN_COMMON_BASE_HASH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `slots` is the caller's memory, 0 where a slot is free; mask + 1 of them, a power of two. */
struct hash_index {
    uint32_t *slots; /* an item number + 1, or 0 */
    size_t mask;
};

/* Reads a slot: false when it is free, else its item. */
static inline bool hash_index_item(uint32_t *item, const struct hash_index *index, size_t slot) {
    *item = index->slots[slot] - 1;
    return index->slots[slot] != 0;
}

/* Starts a search for a hash. False: no item has it, and *slot is the free slot for one. */
static inline bool hash_index_first(uint32_t *item, size_t *slot, const struct hash_index *index,
                                    uint64_t hash) {
    *slot = hash & index->mask;
    return hash_index_item(item, index, *slot);
}

/* The next candidate after *slot, as hash_index_first(). */
static inline bool hash_index_next(uint32_t *item, size_t *slot, const struct hash_index *index) {
    *slot = (*slot + 1) & index->mask;
    return hash_index_item(item, index, *slot);
}

/* Fills the free slot at which a search ended. */
static inline void hash_index_put(struct hash_index *index, size_t slot, uint32_t item) {
    index->slots[slot] = item + 1;
}

/* Adds an item that is not in the table: for filling a larger one. */
static inline void hash_index_insert(struct hash_index *index, uint64_t hash, uint32_t item) {
    size_t slot = hash & index->mask;
    while (index->slots[slot])
        slot = (slot + 1) & index->mask;
    hash_index_put(index, slot, item);
}

#endif
