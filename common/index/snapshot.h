/* SPDX-License-Identifier: MIT */
/* One consistent state of an index: the catalog as one commit left it, and its segments. Read only.
 *
 * Opening takes a few system calls and two look-ups; parts of segments are mapped when they are
 * touched. Close a snapshot before printing: while it is open, replaced pages cannot be reused.
 *
 * Threads: a snapshot belongs to one thread. */
#ifndef QUERN_COMMON_INDEX_SNAPSHOT_H
#define QUERN_COMMON_INDEX_SNAPSHOT_H

#include "common/index/catalog.h"
#include "common/segment/document.h"
#include "common/segment/segment.h"
#include "common/store/store.h"

struct snapshot {
    struct store *store;
    struct store_txn *txn;
    struct catalog catalog;
    struct segment *segments; /* catalog.segment_count of them, in document order */
    struct block_store_decompressor decompressor;
    bool owns_txn, owns_store;
};

/* Opens the index in the folder `path`. ST_NOT_FOUND: there is no index; current.h has the other
 * failures of finding its generation. */
enum status snapshot_open(struct snapshot **out, const char *path, struct error *err);
/* The newest state of an open store, which outlives the snapshot. */
enum status snapshot_open_store(struct snapshot **out, struct store *store, struct error *err);
/* The state of `first` once more, for another thread: through a transaction of its own on the same
 * store. Close it before `first`. ST_BUSY: a newer state was committed meanwhile, or all reader
 * slots are taken; opening `first` again may help. */
enum status snapshot_open_same(struct snapshot **out, const struct snapshot *first,
                               struct error *err);
void snapshot_close(struct snapshot *snapshot);

/* Finds the document with this id that is not deleted: *segment is its index in
 * snapshot->segments. ST_NOT_FOUND: there is none. The slices of *document are valid until the next
 * call on the snapshot. */
enum status snapshot_find_id(uint32_t *segment, uint32_t *doc, struct document *document,
                             struct snapshot *snapshot, struct slice id, struct error *err);

#endif
