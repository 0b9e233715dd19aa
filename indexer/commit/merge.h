/* SPDX-License-Identifier: MIT */
/* Merges several segments into one.
 *
 * Documents keep their order, get new numbers in the order of the segments, and leave out deleted
 * ones; postings are concatenated. So a merged index scores and ranks as before, except that
 * deleted documents no longer count in its statistics. */
#ifndef QUERN_INDEXER_COMMIT_MERGE_H
#define QUERN_INDEXER_COMMIT_MERGE_H

#include "common/base/pool.h"
#include "common/index/snapshot.h"
#include "common/segment/segment_writer.h"

struct merge_options {
    struct pool *pool; /* borrowed */
    /* Bytes to use, besides the transaction of the sink: a quarter for what is held of documents
     * until the end, a quarter for sorting their ids, a quarter for lists that wait to be written,
     * and the remainder for buffers and the program. */
    uint64_t memory;
};

/* A segment to be merged. */
struct merge_input {
    struct snapshot *snapshot; /* borrowed; only the calling thread uses it */
    size_t segment;            /* its index in snapshot->segments */
};

/* Merges the segments, in this order, into one with the id and the hash seed of *info, and describes
 * it there.
 * They may be of different stores, but no two live documents have the same id. `count` is at least
 * 1. Threads other than the caller read through snapshots of their own, which must show the same:
 * no catalog of these stores is written in the meantime. The transaction of the sink stays open.
 * ST_INTERRUPTED: the sink was told to stop. */
enum status merge_write(struct segment_info *info, struct chunk_sink *sink,
                        const struct merge_input *inputs, size_t count,
                        const struct merge_options *options, struct error *err);

/* The same for `count` adjacent segments of a snapshot, from the one at index `first` on. */
enum status merge_adjacent(struct segment_info *info, struct chunk_sink *sink,
                           struct snapshot *snapshot, size_t first, size_t count,
                           const struct merge_options *options, struct error *err);

#endif
