#include "indexer/ranges.h"

#include <stdlib.h>

/* A range on its way. */
struct range {
    struct job job;
    const struct ranges *ranges;
    size_t number;
    struct postings_encoder encoder;
    bool more;
    enum status status;
    struct error err;
};

static void encode(struct job *job, unsigned worker) {
    struct range *range = (struct range *)job;
    const struct ranges *ranges = range->ranges;
    buffer_clear(&range->encoder.lists);
    range->more = false;
    range->status = ranges->encode(ranges->context, range->number, &range->encoder, worker,
                                   &range->more, &range->err);
}

/* Places what the range has encoded, and the rest of it, here and now, when there is more. */
static enum status place(struct range *range, struct segment_writer *writer, struct error *err) {
    for (;;) {
        if (range->status) {
            *err = range->err;
            return range->status;
        }
        enum status status = segment_writer_lists(writer, buffer_slice(&range->encoder.lists), err);
        if (status || !range->more)
            return status;
        encode(&range->job, 0);
    }
}

enum status ranges_write(const struct ranges *ranges, struct pool *pool,
                         struct segment_writer *writer, struct error *err) {
    /* Twice as many as can be worked on: one waits to be placed while the next is encoded. */
    size_t slots = 2 * (size_t)pool_threads(pool);
    struct range *ring = calloc(slots, sizeof *ring);
    if (!ring)
        return error_nomem(err);
    enum status status = ST_OK;
    size_t submitted = 0;
    for (size_t placed = 0; placed < submitted || (!status && submitted < ranges->count);) {
        if (!status && submitted < ranges->count && submitted - placed < slots) {
            struct range *range = &ring[submitted % slots];
            range->job.run = encode;
            range->ranges = ranges;
            range->number = submitted++;
            range->encoder.norms = segment_writer_norms(writer);
            pool_submit(pool, &range->job);
            continue;
        }
        struct range *range = &ring[placed++ % slots];
        pool_wait(pool, &range->job);
        if (!status)
            status = place(range, writer, err);
    }
    for (size_t i = 0; i < slots; i++)
        postings_encoder_release(&ring[i].encoder);
    free(ring);
    return status;
}
