/* Several segments to one, and when.
 *
 * Merging keeps the order of documents, leaves removed ones out, and concatenates postings:
 * documents get new numbers in the order of the segments, so a merged index scores and ranks as
 * before (but for what removed documents weighed). */
#ifndef QUERN_INDEXER_MERGE_H
#define QUERN_INDEXER_MERGE_H

#include "common/segment_writer.h"
#include "common/snapshot.h"
#include "indexer/pool.h"

/* Writes the `count` segments from number `first` on, in this order, as one. The caller opens and
 * finishes the writer. The threads of the pool read through snapshots of their own, of the same
 * state: nobody may publish meanwhile. */
enum status merge_segments(struct segment_writer *writer, struct snapshot *snapshot, size_t first,
                           size_t count, struct pool *pool, struct error *err);

/* Which segments to merge next: the adjacent ones [*first, *first + *count). False: none.
 *
 * A tiered policy over neighbours (after Lucene's LogMergePolicy): a segment's tier is how many
 * times 4 MERGE_FLOOR goes into its live bytes; MERGE_WIDTH of one tier, with only lower ones
 * between them, become one of the next. So a posting is written once a tier, about log4 of the
 * index over the size of a batch, and a small batch leaves large segments alone. Batches of like
 * size leave at most MERGE_WIDTH - 1 segments a tier; whatever their sizes there are never more
 * than MERGE_MOST, as the smallest neighbours are merged then. A segment of which a quarter is
 * removed is rewritten alone. */
enum {
    MERGE_FLOOR = 1 << 20, /* bytes: all smaller segments are of the lowest tier */
    MERGE_WIDTH = 4,
    MERGE_MOST = 30, /* segments that an index has after a commit, at most */
};
bool merge_choose(const struct catalog *catalog, size_t *first, size_t *count);

#endif
