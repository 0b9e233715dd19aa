/* SPDX-License-Identifier: MIT */
/* Growth of arrays. */
#include "common/base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 16 };

void *array_grow(void *items, size_t *capacity, size_t count, size_t item_size) {
    size_t wanted = *capacity > SIZE_MAX / 2 ? SIZE_MAX : 2 * *capacity;
    if (wanted < FIRST_CAPACITY)
        wanted = FIRST_CAPACITY;
    if (wanted < count)
        wanted = count;
    if (wanted > SIZE_MAX / item_size)
        return NULL;
    void *larger = realloc(items, wanted * item_size);
    if (larger)
        *capacity = wanted;
    return larger;
}
