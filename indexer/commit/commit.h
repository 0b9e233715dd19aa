/* A commit: everything that makes a batch visible, in one transaction.
 *
 * Removals, the caller's records and the catalog go into the transaction in which the batch's
 * segment ends; before it is on disk nothing of the batch can be seen, and after it all of it. */
#ifndef QUERN_INDEXER_COMMIT_COMMIT_H
#define QUERN_INDEXER_COMMIT_COMMIT_H

#include "common/index/catalog.h"
#include "common/store/chunk.h"

/* Documents to be marked as removed, by segment id. */
struct deletion {
    uint32_t segment;
    uint32_t doc;
};

/* What waits for the next commit. Start it with {0}. */
struct buffered_changes {
    struct deletion *deletions;
    size_t deletion_count, deletion_capacity;
    struct buffer records; /* (table u8, key string, value string)*: an empty value deletes */
};

/* Leaves nothing pending. */
void buffered_changes_release(struct buffered_changes *changes);
enum status buffered_changes_delete(struct buffered_changes *changes, uint32_t segment,
                                    uint32_t doc);
enum status buffered_changes_put(struct buffered_changes *changes, enum store_table table,
                                 struct slice key, struct slice value);

/* Commits: marks the deletions (counting them in the catalog, and leaving out of it segments without
 * any document), writes the records and the catalog, through the sink's open transaction. */
enum status commit_changes(struct chunk_sink *sink, struct catalog *catalog,
                           const struct buffered_changes *changes, struct error *err);

#endif
