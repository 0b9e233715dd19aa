/* The lists of a segment, made by ranges of terms: ranges are encoded side by side and placed one
 * after the other, so that what is written does not depend on how many threads there are. */
#ifndef QUERN_INDEXER_BUILD_TERM_RANGES_H
#define QUERN_INDEXER_BUILD_TERM_RANGES_H

#include "common/base/pool.h"
#include "common/segment/segment_writer.h"

/* Encodes range `number`, all of it: what is encoded leaves memory meanwhile (postings_writer.h).
 * Ranges run side by side, each by one `worker` (pool.h) at a time. */
struct term_ranges {
    size_t count;
    enum status (*encode)(void *context, size_t number, struct postings_encoder *encoder,
                          unsigned worker, struct error *err);
    void *context;
    uint64_t memory; /* bytes for encoded lists that wait to be placed, about */
};

/* Encodes and places all of them. The writer has the documents already. */
enum status term_ranges_write(const struct term_ranges *ranges, struct pool *pool,
                              struct segment_writer *writer, struct error *err);

#endif
