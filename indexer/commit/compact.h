/* SPDX-License-Identifier: MIT */
/* Rewrites a whole index as one segment, or as few as the limits allow, without deleted documents, in a
 * new store. */
#ifndef QUERN_INDEXER_COMMIT_COMPACT_H
#define QUERN_INDEXER_COMMIT_COMPACT_H

#include <signal.h>

#include "indexer/commit/merge.h"
#include "indexer/commit/merge_policy.h"

/* Creates a store at `path`, which must not exist, with everything that the snapshot shows. It is
 * on disk when this returns. *bytes is how many were written for the segments. After a failure the caller removes what was created. ST_INTERRUPTED: *stop became nonzero. */
enum status compact_write(uint64_t *bytes, const char *path, struct snapshot *snapshot,
                          const struct merge_limits *limits, const struct merge_options *options,
                          const volatile sig_atomic_t *stop, struct error *err);

#endif
