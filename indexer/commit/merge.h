/* Several segments to one.
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

/* A segment to be merged. */
struct merge_input {
    struct snapshot *snapshot; /* borrowed, and used by the calling thread only */
    size_t segment;            /* its number in the snapshot's list */
};

/* Writes the segments, in this order, as the one with the id info->id, and describes it in *info.
 * They may be of different stores; two live documents never have the same id. The other threads of
 * the pool read through snapshots of their own, of the same states: no catalog of these stores may
 * be written meanwhile. The sink's transaction stays open.
 * ST_INTERRUPTED: the sink was told to stop. */
enum status merge_write(struct segment_info *info, struct chunk_sink *sink,
                        const struct merge_input *inputs, size_t count,
                        const struct merge_options *options, struct error *err);

/* The same of the `count` segments of a snapshot from number `first` on. */
enum status merge_adjacent(struct segment_info *info, struct chunk_sink *sink,
                           struct snapshot *snapshot, size_t first, size_t count,
                           const struct merge_options *options, struct error *err);

#endif
