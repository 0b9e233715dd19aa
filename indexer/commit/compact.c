/* SPDX-License-Identifier: MIT */
/* Merges all segments into a new store and copies the other records. */
#include "indexer/commit/compact.h"

#include "common/store/keys.h"
#include "indexer/commit/commit.h"

/* Copies the records of files and sources: all but the catalog and the transaction record. */
static enum status copy_table(struct snapshot *snapshot, struct chunk_sink *sink,
                              enum store_table table, struct error *err) {
    struct store_cursor *cursor;
    struct slice key, value;
    enum status status = store_cursor_open(&cursor, snapshot->txn, table, err);
    if (status)
        return status;
    status = store_cursor_seek(&key, &value, cursor, slice_of("", 1), err);
    while (!status) {
        if (table != TABLE_META ||
            (!slice_equal(key, keys_catalog()) && !slice_equal(key, keys_transaction())))
            status = chunk_sink_put(sink, table, key, value, err);
        if (!status)
            status = store_cursor_next(&key, &value, cursor, err);
    }
    store_cursor_close(cursor);
    return status == ST_END ? ST_OK : status;
}

/* Merges the segments that may become one, and then the next ones. */
static enum status merge_all(struct catalog *catalog, struct chunk_sink *sink,
                             struct snapshot *snapshot, const struct merge_limits *limits,
                             const struct merge_options *options, struct error *err) {
    catalog->next_segment = 1;
    for (size_t next = 0, done = 0; done < snapshot->catalog.segment_count; next++) {
        struct segment_info info = {.id = catalog->next_segment++, .hash_seed = catalog->hash_seed};
        size_t count = merge_policy_fitting(&snapshot->catalog, done, limits);
        enum status status = merge_adjacent(&info, sink, snapshot, done, count, options, err);
        if (!status && catalog_put_segment(catalog, next, count, &info))
            status = error_nomem(err);
        if (status)
            return status;
        done += count;
    }
    if (catalog->next_segment == 1) /* or it would look like what a killed creation leaves */
        catalog->next_segment = 2;
    return ST_OK;
}

/* The store is synced once, at the end, because no reader can see it before. */
enum status compact_write(uint64_t *bytes, const char *path, struct snapshot *snapshot,
                          const struct merge_limits *limits, const struct merge_options *options,
                          const volatile sig_atomic_t *stop, struct error *err) {
    static const struct buffered_changes no_changes;
    struct store *store = NULL;
    struct catalog catalog = {0};
    enum status status = store_create(path, err);
    if (!status)
        status = store_open(&store, path, STORE_WRITE_FRESH, err);
    struct chunk_sink sink = {.store = store, .stop = stop};
    if (!status && catalog_copy(&catalog, &snapshot->catalog))
        status = error_nomem(err);
    if (!status)
        status = merge_all(&catalog, &sink, snapshot, limits, options, err);
    *bytes = sink.bytes;
    if (!status)
        status = copy_table(snapshot, &sink, TABLE_FILE, err);
    if (!status)
        status = copy_table(snapshot, &sink, TABLE_META, err);
    if (!status)
        status = commit_changes(&sink, &catalog, &no_changes, err);
    if (!status)
        status = store_sync(store, err);
    chunk_sink_abort(&sink);
    catalog_release(&catalog);
    store_close(store);
    return status;
}
