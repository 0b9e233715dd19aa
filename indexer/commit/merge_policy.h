/* SPDX-License-Identifier: MIT */
/* Decides which segments of an index are merged, and when.
 *
 * Nothing is merged before there are too many segments: an index of up to MERGE_POLICY_LARGE_MAX
 * batches of similar size stays as it was written. There are too many when there are more than
 * MERGE_POLICY_SEGMENTS_MAX, or more than MERGE_POLICY_LARGE_MAX with at least a
 * MERGE_POLICY_RATIO-th of the bytes of the largest. So some segments may always be small, and a
 * small batch need not wait for large segments to be merged. Then the run of adjacent segments is
 * merged that costs least:
 *
 *     cost = (MERGE_POLICY_FLOOR + bytes) / segments saved * bytes / (bytes - largest)
 *
 * where `bytes` are those of live documents and `largest` those of the largest segment of the run.
 * The last factor is what is written for each byte that comes into a segment of at least twice the
 * size. Such a merge can happen to a byte log2(index / batch) times, and rewriting a large segment
 * for a small one costs too much. MERGE_POLICY_FLOOR is the fixed cost of a merge, its commits, so
 * small segments wait for each other. Over thousands of commits of many distributions of sizes,
 * merging writes less than log2(commits) times what was flushed
 * (tests/unit/indexer/commit/test_merge_policy.c): 2 times for 100 equal batches, 6 times for 5,000
 * small ones after large ones.
 *
 * A segment of which a quarter of the documents is deleted is rewritten alone.
 *
 * No merge makes a segment beyond the limits, within which nothing of the format can overflow. A
 * segment beyond half of one is full: it stays as it is, and the segments before and after it are
 * treated like those of two indexes. */
#ifndef QUERN_INDEXER_COMMIT_MERGE_POLICY_H
#define QUERN_INDEXER_COMMIT_MERGE_POLICY_H

#include "common/index/catalog.h"

enum {
    MERGE_POLICY_SEGMENTS_MAX = 12, /* segments that an index may have after a commit */
    MERGE_POLICY_LARGE_MAX = 8,
    MERGE_POLICY_RATIO = 16,
    MERGE_POLICY_FLOOR = 8 << 20, /* bytes */
};

/* What a merged segment may have at most. */
struct merge_limits {
    uint64_t documents;
    uint64_t
        tokens;     /* of the lists of one field, so that no list passes 4 GiB (postings.h): a token
                      * takes about 2 bits in the list of a word that is everywhere, and all lists
                      * of a field together at most a few bytes */
    uint64_t bytes; /* of everything; a stream has room for 2^44 */
};
extern const struct merge_limits merge_policy_limits;

/* Chooses the adjacent segments [*first, *first + *count) to merge next. False: none. */
bool merge_policy_choose(size_t *first, size_t *count, const struct catalog *catalog,
                         const struct merge_limits *limits);
/* How many segments from number `first` on, at least 1, may become one. */
size_t merge_policy_fitting(const struct catalog *catalog, size_t first,
                            const struct merge_limits *limits);

#endif
