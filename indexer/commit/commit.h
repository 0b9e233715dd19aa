/* A commit: everything that makes a batch visible, in one transaction.
 *
 * Removals, the caller's records and the catalog go into the transaction in which the batch's
 * segment ends; before it is on disk nothing of the batch can be seen, and after it all of it. */
#ifndef QUERN_INDEXER_COMMIT_COMMIT_H
#define QUERN_INDEXER_COMMIT_COMMIT_H

#include "common/index/catalog.h"
#include "common/store/chunk.h"
#include "indexer/commit/buffered_changes.h"

/* Commits: marks the deletions (counting them in the catalog, and leaving out of it segments without
 * any document), writes the records and the catalog, through the sink's open transaction. */
enum status commit_changes(struct chunk_sink *sink, struct catalog *catalog,
                           const struct buffered_changes *changes, struct error *err);

#endif
