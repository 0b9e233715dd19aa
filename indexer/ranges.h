/* The lists of a segment, made by ranges of terms: ranges are encoded side by side and placed one
 * after the other, so that what is written does not depend on how many threads there are. */
#ifndef QUERN_INDEXER_RANGES_H
#define QUERN_INDEXER_RANGES_H

#include "common/pool.h"
#include "common/segment_writer.h"

/* Encodes range `number`, some of it at least, and says in *more whether it is to be called again
 * for the rest. Ranges run side by side, each by one `worker` (pool.h) at a time. */
struct ranges {
    size_t count;
    enum status (*encode)(void *context, size_t number, struct postings_encoder *encoder,
                          unsigned worker, bool *more, struct error *err);
    void *context;
};

enum { RANGES_LISTS = 1 << 20 }; /* bytes of encoded lists after which to return for more */

/* Encodes and places all of them. The writer has the documents already. */
enum status ranges_write(const struct ranges *ranges, struct pool *pool,
                         struct segment_writer *writer, struct error *err);

#endif
