/* One consistent state of an index: the catalog as one commit left it, and its segments.
 *
 * Opening costs a few system calls and two look-ups; parts of segments are mapped when touched.
 * Close it before printing: an open snapshot keeps replaced pages from being reused.
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

/* Opens the index in the folder `path` for reading. ST_NOT_FOUND: no index there; see current.h for
 * what is said of one whose generation is not known. */
enum status snapshot_open(struct snapshot **out, const char *path, struct error *err);
/* The newest state of a store that is open already and outlives the snapshot. */
enum status snapshot_open_store(struct snapshot **out, struct store *store, struct error *err);
/* The state that `first` shows, for another thread, through a transaction of its own on the same
 * store; to be closed before `first`. ST_BUSY: a newer state was committed meanwhile, or there is
 * no place for a reader; begun anew with `first`, it may go well. */
enum status snapshot_open_same(struct snapshot **out, const struct snapshot *first,
                               struct error *err);
void snapshot_close(struct snapshot *snapshot);

/* Finds the live document with this id: where it is, and its record. ST_NOT_FOUND. */
enum status snapshot_find_id(uint32_t *segment, uint32_t *doc, struct document *document,
                             struct snapshot *snapshot, struct slice id, struct error *err);

#endif
