/* SPDX-License-Identifier: MIT */
/* Writes the lists of a segment by ranges of terms.
 *
 * Threads encode ranges in parallel. The first thread writes them in order, so the bytes written do
 * not depend on the number of threads. */
#ifndef QUERN_INDEXER_BUILD_TERM_RANGES_H
#define QUERN_INDEXER_BUILD_TERM_RANGES_H

#include "common/base/pool.h"
#include "common/segment/segment_writer.h"

struct term_ranges {
    size_t count;
    /* Encodes the range `number`. Lists may leave memory before it returns (postings_writer.h).
     * Ranges run in parallel, each on one thread; `worker` is the number of that thread
     * (pool.h). */
    enum status (*encode)(void *context, size_t number, struct postings_encoder *encoder,
                          unsigned worker, struct error *err);
    void *context;
    uint64_t memory; /* about how many bytes of encoded lists may wait to be written */
};

/* Encodes and writes all ranges. The writer already has the documents. After a failure, of encoding
 * or of writing, the remaining ranges are not written. */
enum status term_ranges_write(const struct term_ranges *ranges, struct pool *pool,
                              struct segment_writer *writer, struct error *err);

#endif
