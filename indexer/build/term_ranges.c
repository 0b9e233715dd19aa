#include "indexer/build/term_ranges.h"

#include <stddef.h>
#include <stdlib.h>

enum {
    /* Bytes of a range's encoded lists that wait to be placed. A thread that has so much pauses,
     * and the longest lists of a large index take megabytes: with 1 MiB, two threads took 1.3 times
     * as long to compact 36,000 articles as with 8 MiB, which leaves no pause there. */
    LISTS_LEAST = 1 << 16,
    LISTS_MOST = 8 << 20,
};

/* A range on its way. */
struct range {
    struct job job;
    struct placing *placing;
    size_t number;
    unsigned worker; /* which encodes it */
    struct postings_encoder encoder;
    enum status status;
    struct error err;
};

/* Ranges [placed, submitted) are on their way. All but the encoding belongs to the first thread;
 * `status` and `err` are read by others when they go on after a pause. */
struct placing {
    const struct ranges *ranges;
    struct pool *pool;
    struct segment_writer *writer;
    struct range *ring;
    size_t slots;
    size_t submitted, placed;
    enum status status; /* the first failure, after which nothing more is placed */
    struct error err;
};

static void place_lists(struct placing *placing, struct range *range) {
    struct buffer *lists = &range->encoder.lists;
    if (!placing->status)
        placing->status =
            segment_writer_add_lists(placing->writer, buffer_slice(lists), &placing->err);
    buffer_clear(lists);
}

/* Places what there is of the next range, as often as it has more, to its end. Waiting may run
 * another job, which may drain and so do all of this meanwhile. */
static void place_next(struct placing *placing, void (*wait)(struct pool *pool, struct job *job)) {
    size_t number = placing->placed;
    struct range *range = &placing->ring[number % placing->slots];
    for (;;) {
        wait(placing->pool, &range->job);
        if (placing->placed > number)
            return;
        if (range->job.done)
            break;
        place_lists(placing, range);
        pool_resume(placing->pool, &range->job);
    }
    if (range->status && !placing->status) {
        placing->status = range->status;
        placing->err = range->err;
    }
    place_lists(placing, range);
    placing->placed++;
}

/* Lists of a range leave memory before the range is complete: its turn comes after the ranges
 * before it. Each of those was taken by a thread earlier than this one, so it ends or pauses. */
static enum status drain(struct postings_encoder *encoder, struct error *err) {
    struct range *range =
        (struct range *)(void *)((uint8_t *)encoder - offsetof(struct range, encoder));
    struct placing *placing = range->placing;
    if (range->worker) {
        pool_pause(placing->pool, &range->job);
    } else {
        while (placing->placed < range->number)
            place_next(placing, pool_wait_blocking);
        place_lists(placing, range);
    }
    if (placing->status)
        *err = placing->err;
    return placing->status;
}

static void encode(struct job *job, unsigned worker) {
    struct range *range = (struct range *)job;
    const struct ranges *ranges = range->placing->ranges;
    range->worker = worker;
    range->status =
        ranges->encode(ranges->context, range->number, &range->encoder, worker, &range->err);
}

static void submit(struct placing *placing) {
    struct range *range = &placing->ring[placing->submitted % placing->slots];
    range->number = placing->submitted++;
    pool_submit(placing->pool, &range->job);
}

enum status ranges_write(const struct ranges *ranges, struct pool *pool,
                         struct segment_writer *writer, struct error *err) {
    /* Twice as many as can be worked on: one waits to be placed while the next is encoded. */
    struct placing placing = {.ranges = ranges,
                              .pool = pool,
                              .writer = writer,
                              .slots = 2 * (size_t)pool_thread_count(pool)};
    placing.ring = calloc(placing.slots, sizeof *placing.ring);
    if (!placing.ring)
        return error_nomem(err);
    const uint8_t *norms = NULL;
    placing.status = segment_writer_norms(&norms, writer, &placing.err);
    uint64_t most = ranges->memory / placing.slots;
    most = most < LISTS_LEAST ? LISTS_LEAST : most > LISTS_MOST ? LISTS_MOST : most;
    for (size_t i = 0; i < placing.slots; i++) {
        struct range *range = &placing.ring[i];
        range->job.run = encode;
        range->placing = &placing;
        range->encoder.norms = norms;
        range->encoder.drain = drain;
        range->encoder.drain_size = (size_t)most;
    }
    for (;;) {
        while (!placing.status && placing.submitted < ranges->count &&
               placing.submitted - placing.placed < placing.slots)
            submit(&placing);
        if (placing.placed == placing.submitted)
            break;
        place_next(&placing, pool_wait);
    }
    for (size_t i = 0; i < placing.slots; i++)
        postings_encoder_release(&placing.ring[i].encoder);
    free(placing.ring);
    if (placing.status)
        *err = placing.err;
    return placing.status;
}
