/* SPDX-License-Identifier: MIT */
/* Opens one consistent state of an index. */
#include "common/index/snapshot.h"

#include <stdlib.h>

#include "common/index/current.h"

/* Loads the catalog and opens the segments that snapshot->txn sees. */
static enum status load(struct snapshot *snapshot, struct error *err) {
    enum status status = catalog_read(&snapshot->catalog, snapshot->txn, err);
    /* A generation becomes current only with a catalog. */
    if (status == ST_NOT_FOUND)
        return error_set(err, ST_CORRUPT, 0, "%s: the catalog is missing; rebuild the index",
                         store_txn_path(snapshot->txn));
    if (status)
        return status;
    snapshot->segments = calloc(snapshot->catalog.segment_count + 1, sizeof *snapshot->segments);
    if (!snapshot->segments)
        return error_nomem(err);
    for (size_t i = 0; i < snapshot->catalog.segment_count; i++)
        segment_open(&snapshot->segments[i], snapshot->txn, &snapshot->decompressor,
                     &snapshot->catalog.segments[i]);
    return ST_OK;
}

static void release(struct snapshot *snapshot) {
    for (size_t i = 0; snapshot->segments && i < snapshot->catalog.segment_count; i++)
        segment_close(&snapshot->segments[i]);
    free(snapshot->segments);
    block_store_decompressor_release(&snapshot->decompressor);
    catalog_release(&snapshot->catalog);
}

/* A snapshot of the state that an open transaction sees. The transaction stays the caller's. */
static enum status of_txn(struct snapshot **out, struct store *store, struct store_txn *txn,
                          struct error *err) {
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        return error_nomem(err);
    snapshot->store = store;
    snapshot->txn = txn;
    enum status status = load(snapshot, err);
    if (status) {
        release(snapshot);
        free(snapshot);
        return status;
    }
    *out = snapshot;
    return ST_OK;
}

enum status snapshot_open_store(struct snapshot **out, struct store *store, struct error *err) {
    struct store_txn *txn;
    enum status status = store_begin(&txn, store, false, err);
    if (status)
        return status;
    status = of_txn(out, store, txn, err);
    if (status)
        store_abort(txn);
    else
        (*out)->owns_txn = true;
    return status;
}

/* LMDB begins read transactions only in the newest state, so it may be another one. */
enum status snapshot_open_same(struct snapshot **out, const struct snapshot *first,
                               struct error *err) {
    struct snapshot *snapshot;
    enum status status = snapshot_open_store(&snapshot, first->store, err);
    if (status)
        return status;
    if (store_txn_id(snapshot->txn) != store_txn_id(first->txn)) {
        snapshot_close(snapshot);
        return error_set(err, ST_BUSY, 0, "%s: was written to while it was opened; run again",
                         store_txn_path(first->txn));
    }
    *out = snapshot;
    return ST_OK;
}

enum status snapshot_open(struct snapshot **out, const char *path, struct error *err) {
    char generation[PATH_MAX];
    struct store *store = NULL;
    enum status status;
    /* A compaction may remove the generation after its name was read and before it is opened. Then
     * CURRENT names another one. */
    for (unsigned attempt = 0;; attempt++) {
        status = current_generation(generation, path, err);
        if (status)
            return status;
        status = store_open(&store, generation, STORE_READ, err);
        if (status != ST_NOT_FOUND)
            break;
        if (attempt == 10)
            return current_missing(path, generation, err);
    }
    if (status)
        return status;
    status = snapshot_open_store(out, store, err);
    if (status)
        store_close(store);
    else
        (*out)->owns_store = true;
    return status;
}

void snapshot_close(struct snapshot *snapshot) {
    if (!snapshot)
        return;
    release(snapshot);
    if (snapshot->owns_txn)
        store_abort(snapshot->txn);
    if (snapshot->owns_store)
        store_close(snapshot->store);
    free(snapshot);
}

enum status snapshot_find_id(uint32_t *segment, uint32_t *doc, struct document *document,
                             struct snapshot *snapshot, struct slice id, struct error *err) {
    /* The newest segments first: documents that change often changed last. */
    for (size_t i = snapshot->catalog.segment_count; i-- > 0;) {
        enum status status = segment_find_id(doc, document, &snapshot->segments[i], id, err);
        if (status == ST_NOT_FOUND)
            continue;
        *segment = (uint32_t)i;
        return status;
    }
    return ST_NOT_FOUND;
}
