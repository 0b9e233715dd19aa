/* SPDX-License-Identifier: MIT */
/* Growth of arrays: one policy for every list that is appended to. */
#ifndef QUERN_COMMON_BASE_ARRAY_H
#define QUERN_COMMON_BASE_ARRAY_H

#include <stddef.h>

/* array_reserve() when there is no room. */
void *array_grow(void *items, size_t *capacity, size_t count, size_t item_size);

/* Makes room for `count` items of `item_size` bytes in an array from malloc() that has room for
 * *capacity, at least doubling it, so that appending costs constant time on average. Returns the
 * array, which may have moved, and updates *capacity. NULL: out of memory, and both are as before.
 *
 *     struct record *records = array_reserve(list->records, &list->capacity, list->count + 1,
 *                                            sizeof *records);
 *     if (!records)
 *         return error_nomem(err);
 *     list->records = records;
 *     list->records[list->count++] = record;
 *
 * An empty array is NULL with capacity 0. The caller frees it with free(). */
static inline void *array_reserve(void *items, size_t *capacity, size_t count, size_t item_size) {
    return items && count <= *capacity ? items : array_grow(items, capacity, count, item_size);
}

#endif
