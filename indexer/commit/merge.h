/* Several segments to one, and when.
 *
 * Merging keeps the order of documents, leaves removed ones out, and concatenates postings:
 * documents get new numbers in the order of the segments, so a merged index scores and ranks as
 * before (but for what removed documents weighed). */
#ifndef QUERN_INDEXER_COMMIT_MERGE_H
#define QUERN_INDEXER_COMMIT_MERGE_H

#include "common/base/pool.h"
#include "common/index/snapshot.h"
#include "common/segment/segment_writer.h"

struct merge_options {
    struct pool *pool; /* to work with; borrowed */
    /* Bytes to work in, beside the sink's transaction: a quarter for what is kept of documents
     * until the end, a quarter for sorting their ids, a quarter for lists that wait to be placed,
     * and what remains for buffers and the program. */
    uint64_t memory;
};

/* Writes the `count` segments from number `first` on, in this order, as the one with the id
 * info->id, and tells of it in *info. The threads of the pool read through snapshots of their own,
 * of the same state: nobody may publish meanwhile. The sink's transaction stays open.
 * ST_INTERRUPTED: the sink was told to stop. */
enum status merge_write(struct segment_info *info, struct chunk_sink *sink,
                        struct snapshot *snapshot, size_t first, size_t count,
                        const struct merge_options *options, struct error *err);

/* Which segments to merge next: the adjacent ones [*first, *first + *count). False: none.
 *
 * Nothing is merged before there are too many: an index of up to MERGE_POLICY_LARGE_MAX batches of like size
 * stays as it was written. Too many are more than MERGE_POLICY_SEGMENTS_MAX, or more than MERGE_POLICY_LARGE_MAX that have at
 * least a MERGE_POLICY_RATIO-th of the bytes of the largest: so some places are always left to what is
 * small, and a small batch need not wait for large segments to be merged. Then the stretch of
 * neighbours is taken that costs least,
 *
 *     (MERGE_POLICY_FLOOR + bytes) / places gained * bytes / (bytes - those of its largest segment)
 *
 * where bytes are those of documents that are not removed. The last factor is what is written for
 * each byte that comes into a segment of at least twice the size: such a merge can happen to a byte
 * log2(index / batch) times, and a large segment that is rewritten for a small one costs too much.
 * MERGE_POLICY_FLOOR stands for what a merge costs however little it writes, its commits: small segments
 * wait for each other. Over thousands of commits of many distributions of sizes, merging writes
 * less than log2(commits) times what was flushed (tests/unit/indexer/commit/test_merge.c): 2 times
 * for 100 equal batches, 6 for 5,000 small ones behind large ones.
 *
 * A segment of which a quarter is removed is rewritten alone. */
enum {
    MERGE_POLICY_SEGMENTS_MAX = 12, /* segments that an index has after a commit, at most */
    MERGE_POLICY_LARGE_MAX = 8,
    MERGE_POLICY_RATIO = 16,
    MERGE_POLICY_FLOOR = 8 << 20, /* bytes */
};
bool merge_policy_choose(const struct catalog *catalog, size_t *first, size_t *count);

#endif
