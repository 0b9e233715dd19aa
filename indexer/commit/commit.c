#include "indexer/commit/commit.h"

#include <stdlib.h>

#include "common/base/codec.h"
#include "common/segment/segment.h"
#include "common/store/keys.h"

void pending_release(struct pending *pending) {
    free(pending->removals);
    buffer_release(&pending->records);
    *pending = (struct pending){0};
}

enum status pending_remove(struct pending *pending, uint32_t segment, uint32_t doc) {
    if (pending->count == pending->capacity) {
        size_t capacity = pending->capacity ? 2 * pending->capacity : 256;
        struct removal *removals = realloc(pending->removals, capacity * sizeof *removals);
        if (!removals)
            return ST_NOMEM;
        pending->removals = removals;
        pending->capacity = capacity;
    }
    pending->removals[pending->count++] = (struct removal){.segment = segment, .doc = doc};
    return ST_OK;
}

enum status pending_record(struct pending *pending, enum store_table table, struct slice key,
                           struct slice value) {
    size_t size = pending->records.size;
    if (buffer_append_byte(&pending->records, (uint8_t)table) ||
        buffer_append_string(&pending->records, key) ||
        buffer_append_string(&pending->records, value)) {
        pending->records.size = size;
        return ST_NOMEM;
    }
    return ST_OK;
}

static struct segment_info *find_segment(struct catalog *catalog, uint32_t id) {
    for (size_t i = 0; i < catalog->segment_count; i++)
        if (catalog->segments[i].id == id)
            return &catalog->segments[i];
    return NULL;
}

static int compare_removals(const void *a, const void *b) {
    const struct removal *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

/* Sets the bits of removals that share a bitmap; returns how many were new. */
static enum status mark(struct store_txn *txn, const struct removal *removals, size_t count,
                        uint32_t *marked, struct error *err) {
    uint64_t number = keys_number(removals->segment, removals->doc >> SEGMENT_DELETES_BITS);
    struct slice key = slice_of(&number, sizeof number), old;
    uint8_t bitmap[SEGMENT_DELETES_SIZE] = {0};
    enum status status = store_get_checksummed(txn, TABLE_DELETES, key, &old, err);
    if (status < 0)
        return status;
    if (!status && old.size == sizeof bitmap)
        memcpy(bitmap, old.data, sizeof bitmap);
    *marked = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bit = removals[i].doc & ((1u << SEGMENT_DELETES_BITS) - 1);
        uint8_t mask = (uint8_t)(1u << (bit & 7));
        *marked += !(bitmap[bit >> 3] & mask);
        bitmap[bit >> 3] |= mask;
    }
    return store_put_checksummed(txn, TABLE_DELETES, key, slice_of(bitmap, sizeof bitmap), err);
}

static enum status apply_removals(struct store_txn *txn, struct catalog *catalog,
                                  const struct pending *pending, struct error *err) {
    qsort(pending->removals, pending->count, sizeof *pending->removals, compare_removals);
    for (size_t first = 0, next; first < pending->count; first = next) {
        const struct removal *removal = &pending->removals[first];
        for (next = first + 1; next < pending->count; next++)
            if (pending->removals[next].segment != removal->segment ||
                pending->removals[next].doc >> SEGMENT_DELETES_BITS !=
                    removal->doc >> SEGMENT_DELETES_BITS)
                break;
        struct segment_info *segment = find_segment(catalog, removal->segment);
        uint32_t marked;
        if (!segment)
            continue;
        enum status status = mark(txn, removal, next - first, &marked, err);
        if (status)
            return status;
        segment->deleted += marked;
    }
    return ST_OK;
}

static enum status apply_records(struct store_txn *txn, const struct buffer *records,
                                 struct error *err) {
    struct reader reader = reader_of(records->data, records->size);
    while (reader_remaining(&reader)) {
        enum store_table table = (enum store_table)reader_u8(&reader);
        struct slice key = reader_string(&reader);
        struct slice value = reader_string(&reader);
        enum status status = value.size ? store_put_checksummed(txn, table, key, value, err)
                                        : store_delete(txn, table, key, err);
        if (status < 0)
            return status;
    }
    return ST_OK;
}

static void leave_out_empty(struct catalog *catalog) {
    size_t kept = 0;
    for (size_t i = 0; i < catalog->segment_count; i++)
        if (catalog->segments[i].deleted < catalog->segments[i].documents)
            catalog->segments[kept++] = catalog->segments[i];
    catalog->segment_count = kept;
}

enum status publish(struct chunk_sink *sink, struct catalog *catalog, const struct pending *pending,
                    struct error *err) {
    enum status status = ST_OK;
    if (!sink->txn)
        status = store_begin(&sink->txn, sink->store, true, err);
    if (!status && pending->count)
        status = apply_removals(sink->txn, catalog, pending, err);
    if (!status)
        status = apply_records(sink->txn, &pending->records, err);
    leave_out_empty(catalog);
    if (!status)
        status = catalog_write(catalog, sink->txn, err);
    if (!status)
        return chunk_sink_commit(sink, err);
    chunk_sink_abort(sink);
    return status;
}
