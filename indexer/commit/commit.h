/* SPDX-License-Identifier: MIT */
/* A commit: everything that makes a batch visible, in one transaction.
 *
 * Deletions, the records of the caller and the catalog go into the transaction in which the segment
 * of the batch ends. Nothing of the batch is visible before that transaction is on disk, and all of
 * it afterwards. */
#ifndef QUERN_INDEXER_COMMIT_COMMIT_H
#define QUERN_INDEXER_COMMIT_COMMIT_H

#include "common/index/catalog.h"
#include "common/store/chunk.h"
#include "indexer/commit/buffered_changes.h"

/* Commits: marks the deletions, counts them in the catalog and drops segments without live
 * documents from it; then writes the records and the catalog. Uses the open transaction of the
 * sink, if there is one, and ends it in any case. */
enum status commit_changes(struct chunk_sink *sink, struct catalog *catalog,
                           const struct buffered_changes *changes, struct error *err);

#endif
