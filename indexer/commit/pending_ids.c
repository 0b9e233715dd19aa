/* SPDX-License-Identifier: MIT */
/* Keeps the ids of a batch in a list with a hash index. */
#include "indexer/commit/pending_ids.h"

#include <stdlib.h>

#include "common/base/array.h"

enum { ITEMS_INITIAL = 1024 }; /* a power of two */

void pending_ids_release(struct pending_ids *pending) {
    free(pending->items);
    free(pending->index.slots);
    buffer_release(&pending->ids);
    *pending = (struct pending_ids){0};
}

static size_t slot_count(const struct pending_ids *pending) {
    return pending->index.slots ? pending->index.mask + 1 : 0;
}

uint64_t pending_ids_memory(const struct pending_ids *pending) {
    return pending->capacity * sizeof *pending->items + pending->ids.capacity +
           slot_count(pending) * sizeof *pending->index.slots;
}

struct pending_id *pending_ids_find(struct pending_ids *pending, uint64_t hash, struct slice id) {
    uint32_t number;
    size_t slot;
    if (!pending->index.slots)
        return NULL;
    for (bool more = hash_index_first(&number, &slot, &pending->index, hash); more;
         more = hash_index_next(&number, &slot, &pending->index)) {
        struct pending_id *item = &pending->items[number];
        if (item->hash == hash &&
            slice_equal(slice_of(pending->ids.data + item->id_offset, item->id_size), id))
            return item;
    }
    return NULL;
}

/* Makes room for twice as many items, and doubles the slots. */
static enum status grow(struct pending_ids *pending) {
    size_t count = pending->count ? 2 * pending->count : ITEMS_INITIAL;
    struct pending_id *items =
        array_reserve(pending->items, &pending->capacity, count, sizeof *items);
    if (!items)
        return ST_NOMEM;
    pending->items = items;
    struct hash_index larger = {.mask = 2 * count - 1};
    larger.slots = calloc(2 * count, sizeof *larger.slots);
    if (!larger.slots)
        return ST_NOMEM;
    for (size_t i = 0; i < pending->count; i++)
        hash_index_insert(&larger, items[i].hash, (uint32_t)i);
    free(pending->index.slots);
    pending->index = larger;
    return ST_OK;
}

enum status pending_ids_add(struct pending_ids *pending, uint64_t hash, struct slice id,
                            uint32_t doc, uint64_t content_hash) {
    if (2 * pending->count == slot_count(pending) && grow(pending))
        return ST_NOMEM;
    size_t offset = pending->ids.size;
    if (buffer_append_slice(&pending->ids, id))
        return ST_NOMEM;
    hash_index_insert(&pending->index, hash, (uint32_t)pending->count);
    pending->items[pending->count++] = (struct pending_id){.hash = hash,
                                                           .content_hash = content_hash,
                                                           .id_offset = offset,
                                                           .id_size = (uint32_t)id.size,
                                                           .doc = doc};
    return ST_OK;
}
