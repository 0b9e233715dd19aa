#include "indexer/commit/pending_ids.h"

#include <stdlib.h>

void batch_release(struct batch *batch) {
    free(batch->items);
    free(batch->table);
    buffer_release(&batch->ids);
    *batch = (struct batch){0};
}

uint64_t batch_memory(const struct batch *batch) {
    return batch->capacity * sizeof *batch->items + batch->ids.capacity +
           (batch->table ? (batch->mask + 1) * sizeof *batch->table : 0);
}

struct batch_item *batch_find(struct batch *batch, uint64_t hash, struct slice id) {
    if (!batch->table)
        return NULL;
    for (size_t at = hash & batch->mask; batch->table[at]; at = (at + 1) & batch->mask) {
        struct batch_item *item = &batch->items[batch->table[at] - 1];
        if (item->hash == hash &&
            slice_equal(slice_of(batch->ids.data + item->id, item->id_size), id))
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

static enum status grow(struct batch *batch) {
    size_t capacity = batch->capacity ? 2 * batch->capacity : 1024;
    struct batch_item *items = realloc(batch->items, capacity * sizeof *items);
    if (!items)
        return ST_NOMEM;
    batch->items = items;
    uint32_t *table = calloc(2 * capacity, sizeof *table);
    if (!table)
        return ST_NOMEM;
    for (size_t i = 0; i < batch->count; i++)
        insert(table, 2 * capacity - 1, items[i].hash, (uint32_t)i + 1);
    free(batch->table);
    batch->table = table;
    batch->mask = 2 * capacity - 1;
    batch->capacity = capacity;
    return ST_OK;
}

enum status batch_put(struct batch *batch, uint64_t hash, struct slice id, uint32_t doc,
                      uint64_t content_hash) {
    if (batch->count == batch->capacity && grow(batch))
        return ST_NOMEM;
    size_t place = batch->ids.size;
    if (buffer_append_slice(&batch->ids, id))
        return ST_NOMEM;
    batch->items[batch->count] = (struct batch_item){.hash = hash,
                                                     .content_hash = content_hash,
                                                     .id = place,
                                                     .id_size = (uint32_t)id.size,
                                                     .doc = doc};
    insert(batch->table, batch->mask, hash, (uint32_t)++batch->count);
    return ST_OK;
}
