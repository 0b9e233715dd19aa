#include "indexer/commit/pending_ids.h"

#include <stdlib.h>

void pending_ids_release(struct pending_ids *pending) {
    free(pending->items);
    free(pending->table);
    buffer_release(&pending->ids);
    *pending = (struct pending_ids){0};
}

uint64_t pending_ids_memory(const struct pending_ids *pending) {
    return pending->capacity * sizeof *pending->items + pending->ids.capacity +
           (pending->table ? (pending->mask + 1) * sizeof *pending->table : 0);
}

struct pending_id *pending_ids_find(struct pending_ids *pending, uint64_t hash, struct slice id) {
    if (!pending->table)
        return NULL;
    for (size_t at = hash & pending->mask; pending->table[at]; at = (at + 1) & pending->mask) {
        struct pending_id *item = &pending->items[pending->table[at] - 1];
        if (item->hash == hash &&
            slice_equal(slice_of(pending->ids.data + item->id_offset, item->id_size), id))
            return item;
    }
    return NULL;
}

static void insert(uint32_t *table, size_t mask, uint64_t hash, uint32_t number) {
    size_t at = hash & mask;
    while (table[at])
        at = (at + 1) & mask;
    table[at] = number;
}

static enum status grow(struct pending_ids *pending) {
    size_t capacity = pending->capacity ? 2 * pending->capacity : 1024;
    struct pending_id *items = realloc(pending->items, capacity * sizeof *items);
    if (!items)
        return ST_NOMEM;
    pending->items = items;
    uint32_t *table = calloc(2 * capacity, sizeof *table);
    if (!table)
        return ST_NOMEM;
    for (size_t i = 0; i < pending->count; i++)
        insert(table, 2 * capacity - 1, items[i].hash, (uint32_t)i + 1);
    free(pending->table);
    pending->table = table;
    pending->mask = 2 * capacity - 1;
    pending->capacity = capacity;
    return ST_OK;
}

enum status pending_ids_add(struct pending_ids *pending, uint64_t hash, struct slice id,
                            uint32_t doc, uint64_t content_hash) {
    if (pending->count == pending->capacity && grow(pending))
        return ST_NOMEM;
    size_t offset = pending->ids.size;
    if (buffer_append_slice(&pending->ids, id))
        return ST_NOMEM;
    pending->items[pending->count] = (struct pending_id){.hash = hash,
                                                         .content_hash = content_hash,
                                                         .id_offset = offset,
                                                         .id_size = (uint32_t)id.size,
                                                         .doc = doc};
    insert(pending->table, pending->mask, hash, (uint32_t)++pending->count);
    return ST_OK;
}
