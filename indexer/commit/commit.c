/* SPDX-License-Identifier: MIT */
/* Writes deletions, records and the catalog in one transaction. */
#include "indexer/commit/commit.h"

#include <stdlib.h>

#include "common/base/codec.h"
#include "common/segment/segment.h"
#include "common/store/keys.h"

static struct segment_info *find_segment(struct catalog *catalog, uint32_t id) {
    for (size_t i = 0; i < catalog->segment_count; i++)
        if (catalog->segments[i].id == id)
            return &catalog->segments[i];
    return NULL;
}

static int compare_deletions(const void *a, const void *b) {
    const struct deletion *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

/* Sets the bits of deletions that share a bitmap; *marked is how many were not set before. */
static enum status mark_deleted(uint32_t *marked, struct store_txn *txn,
                                const struct deletion *deletions, size_t count, struct error *err) {
    uint64_t number = keys_deletes(deletions->segment, deletions->doc >> SEGMENT_DELETES_BITS);
    struct slice key = keys_of_number(&number), old;
    uint8_t bitmap[SEGMENT_DELETES_SIZE] = {0};
    enum status status = store_get_checksummed(&old, txn, TABLE_DELETES, key, err);
    if (status < 0)
        return status;
    if (!status && old.size == sizeof bitmap)
        memcpy(bitmap, old.data, sizeof bitmap);
    *marked = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bit = deletions[i].doc & ((1u << SEGMENT_DELETES_BITS) - 1);
        uint8_t mask = (uint8_t)(1u << (bit & 7));
        *marked += !(bitmap[bit >> 3] & mask);
        bitmap[bit >> 3] |= mask;
    }
    return store_put_checksummed(txn, TABLE_DELETES, key, slice_of(bitmap, sizeof bitmap), err);
}

static enum status apply_deletions(struct store_txn *txn, struct catalog *catalog,
                                   const struct buffered_changes *changes, struct error *err) {
    qsort(changes->deletions, changes->deletion_count, sizeof *changes->deletions,
          compare_deletions);
    for (size_t first = 0, next; first < changes->deletion_count; first = next) {
        const struct deletion *deletion = &changes->deletions[first];
        for (next = first + 1; next < changes->deletion_count; next++)
            if (changes->deletions[next].segment != deletion->segment ||
                changes->deletions[next].doc >> SEGMENT_DELETES_BITS !=
                    deletion->doc >> SEGMENT_DELETES_BITS)
                break;
        struct segment_info *segment = find_segment(catalog, deletion->segment);
        uint32_t marked;
        if (!segment)
            continue;
        enum status status = mark_deleted(&marked, txn, deletion, next - first, err);
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

enum status commit_changes(struct chunk_sink *sink, struct catalog *catalog,
                           const struct buffered_changes *changes, struct error *err) {
    enum status status = ST_OK;
    if (!sink->txn)
        status = store_begin(&sink->txn, sink->store, true, err);
    if (!status && changes->deletion_count)
        status = apply_deletions(sink->txn, catalog, changes, err);
    if (!status)
        status = apply_records(sink->txn, &changes->records, err);
    catalog_drop_empty_segments(catalog);
    if (!status)
        status = catalog_write(catalog, sink->txn, err);
    if (!status)
        return chunk_sink_commit(sink, err);
    chunk_sink_abort(sink);
    return status;
}
