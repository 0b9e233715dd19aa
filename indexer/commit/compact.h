/* A whole index as one segment, without what was removed, in a store of its own. */
#ifndef QUERN_INDEXER_COMMIT_COMPACT_H
#define QUERN_INDEXER_COMMIT_COMPACT_H

#include <signal.h>

#include "indexer/commit/merge.h"

/* Makes a store at `path`, where nothing is yet, with all that the snapshot sees, on the disk when
 * it returns. *info tells of its one segment; zeros when there is none. After a failure what is
 * there is for the caller to remove. ST_INTERRUPTED: *stop became other than 0. */
enum status compact_write(struct segment_info *info, const char *path, struct snapshot *snapshot,
                          const struct merge_options *options, const volatile sig_atomic_t *stop,
                          struct error *err);

#endif
