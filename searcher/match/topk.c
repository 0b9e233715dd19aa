/* SPDX-License-Identifier: MIT */
/* A heap, or a buffer with a histogram. */
#include "searcher/match/topk.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAP_MAX = 32, /* up to here a heap is as fast, and raises the threshold sooner */
    BUCKET_BITS = 12,
    BUCKETS = 1 << BUCKET_BITS,
    BUCKET_SHIFT = 31 - BUCKET_BITS, /* scores are below 2^31 */
    RADIX_MIN = 64,                  /* from here on sorting by digits is faster */
};

enum status topk_init(struct topk *topk, size_t limit) {
    *topk = (struct topk){.limit = limit, .threshold = limit ? 0 : UINT32_MAX};
    topk->capacity = limit > HEAP_MAX ? 2 * limit : limit;
    topk->entries = malloc((topk->capacity + 1) * sizeof *topk->entries);
    if (limit > HEAP_MAX) {
        topk->scratch = malloc(topk->capacity * sizeof *topk->scratch);
        topk->histogram = calloc(BUCKETS, sizeof *topk->histogram);
    }
    if (topk->entries && ((topk->scratch && topk->histogram) || limit <= HEAP_MAX))
        return ST_OK;
    topk_release(topk);
    return ST_NOMEM;
}

enum status topk_expect(struct topk *topk, size_t count, uint32_t slack) {
    topk->expected = malloc((count + 1) * sizeof *topk->expected);
    if (!topk->expected)
        return ST_NOMEM;
    topk->expected_limit = count;
    topk->slack = slack;
    return ST_OK;
}

void topk_release(struct topk *topk) {
    free(topk->expected);
    free(topk->entries);
    free(topk->scratch);
    free(topk->histogram);
    *topk = (struct topk){0};
}

static bool is_worse(const struct topk_entry *a, const struct topk_entry *b) {
    if (a->score != b->score)
        return a->score < b->score;
    if (a->segment != b->segment)
        return a->segment > b->segment;
    return a->doc > b->doc;
}

static void sift_up(struct topk_entry *entries, size_t at) {
    struct topk_entry moving = entries[at];
    while (at && is_worse(&moving, &entries[(at - 1) / 2])) {
        entries[at] = entries[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    entries[at] = moving;
}

static void sift_down(struct topk_entry *entries, size_t count) {
    struct topk_entry moving = entries[0];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_worse(&entries[child + 1], &entries[child]))
            child++;
        if (!is_worse(&entries[child], &moving))
            break;
        entries[at] = entries[child];
    }
    entries[at] = moving;
}

static void raise_threshold(struct topk *topk, uint32_t threshold) {
    if (threshold > topk->threshold)
        topk->threshold = threshold;
}

static void push_heap(struct topk *topk, const struct topk_entry *entry) {
    if (topk->count < topk->limit) {
        topk->entries[topk->count] = *entry;
        sift_up(topk->entries, topk->count++);
    } else {
        topk->entries[0] = *entry;
        sift_down(topk->entries, topk->count);
    }
    if (topk->count == topk->limit)
        raise_threshold(topk, topk->entries[0].score + 1);
}

/* The value with this rank, 0 being the highest. Counts values in up to 4,096 buckets of equal
 * width, finds the bucket that contains the rank, and continues with its values. Unlike a selection
 * by comparisons it has no unpredictable branches. Overwrites the values. */
static uint32_t select_rank(uint32_t *values, size_t count, size_t rank) {
    for (;;) {
        uint32_t low = UINT32_MAX, high = 0;
        for (size_t i = 0; i < count; i++) {
            low = values[i] < low ? values[i] : low;
            high = values[i] > high ? values[i] : high;
        }
        if (low == high)
            return low;
        unsigned bits = 32 - (unsigned)__builtin_clz(high - low);
        unsigned shift = bits > BUCKET_BITS ? bits - BUCKET_BITS : 0;
        uint32_t histogram[BUCKETS] = {0};
        for (size_t i = 0; i < count; i++)
            histogram[(values[i] - low) >> shift]++;
        uint32_t bucket = (high - low) >> shift;
        for (; histogram[bucket] <= rank; bucket--)
            rank -= histogram[bucket];
        size_t kept = 0;
        for (size_t i = 0; i < count; i++) {
            uint32_t value = values[i];
            values[kept] = value;
            kept += (value - low) >> shift == bucket;
        }
        count = kept;
    }
}

/* Drops the entries in lower buckets. The others stay in document order. */
static void drop_low_buckets(struct topk *topk) {
    uint32_t threshold = topk->kth_bucket << BUCKET_SHIFT;
    size_t kept = 0;
    for (size_t i = 0; i < topk->count; i++) {
        struct topk_entry entry = topk->entries[i];
        topk->entries[kept] = entry;
        kept += entry.score >= threshold; /* no branch, as it would be unpredictable */
    }
    topk->count = kept;
}

/* Drops all but the best `limit` entries; of those with the worst score the first ones stay. */
static void drop_worst(struct topk *topk) {
    if (topk->count <= topk->limit)
        return;
    for (size_t i = 0; i < topk->count; i++)
        topk->scratch[i] = topk->entries[i].score;
    uint32_t worst = select_rank(topk->scratch, topk->count, topk->limit - 1);
    size_t equal = topk->limit, kept = 0;
    for (size_t i = 0; i < topk->count; i++)
        equal -= topk->entries[i].score > worst;
    for (size_t i = 0; i < topk->count; i++) {
        uint32_t score = topk->entries[i].score;
        size_t ties = (size_t)(score == worst) & (equal > 0);
        topk->entries[kept] = topk->entries[i];
        kept += (size_t)(score > worst) | ties;
        equal -= ties;
    }
    topk->histogram[topk->kth_bucket] -= (uint32_t)(topk->kept_count - kept);
    topk->kept_count = topk->count = kept;
    raise_threshold(topk, worst + 1);
}

static void push_buffer(struct topk *topk, const struct topk_entry *entry) {
    topk->entries[topk->count++] = *entry;
    topk->histogram[entry->score >> BUCKET_SHIFT]++;
    topk->kept_count++;
    for (; topk->kept_count - topk->histogram[topk->kth_bucket] >= topk->limit; topk->kth_bucket++)
        topk->kept_count -= topk->histogram[topk->kth_bucket];
    raise_threshold(topk, topk->kth_bucket << BUCKET_SHIFT);
    if (topk->count < topk->capacity)
        return;
    drop_low_buckets(topk);
    if (topk->count > topk->limit + topk->limit / 2) /* many have nearly the same score */
        drop_worst(topk);
}

/* Puts a score into the heap of those that are expected, and raises the threshold. */
static void push_expected(struct topk *topk, uint32_t score) {
    uint32_t *heap = topk->expected;
    size_t at = 0, count = topk->expected_limit;
    if (topk->expected_count < count) {
        for (at = topk->expected_count++; at && heap[(at - 1) / 2] > score; at = (at - 1) / 2)
            heap[at] = heap[(at - 1) / 2];
    } else if (score > heap[0]) {
        for (size_t child; (child = 2 * at + 1) < count; at = child) {
            child += child + 1 < count && heap[child + 1] < heap[child];
            if (heap[child] >= score)
                break;
            heap[at] = heap[child];
        }
    } else {
        return;
    }
    heap[at] = score;
    if (topk->expected_count == count && heap[0] > topk->slack)
        raise_threshold(topk, heap[0] - topk->slack);
}

void topk_offer(struct topk *topk, uint32_t score, uint32_t segment, uint32_t doc) {
    if (score < topk->threshold)
        return;
    struct topk_entry entry = {.score = score, .segment = segment, .doc = doc};
    if (topk->histogram)
        push_buffer(topk, &entry);
    else
        push_heap(topk, &entry);
    if (topk->expected_limit)
        push_expected(topk, score);
}

static int compare(const void *a, const void *b) {
    return is_worse(a, b) ? 1 : is_worse(b, a) ? -1 : 0;
}

/* Sorts entries, which are in document order, by falling score: a radix sort from the lowest digit,
 * so equal scores stay in document order. */
static enum status sort_by_digits(struct topk *topk) {
    struct topk_entry *from = topk->entries;
    struct topk_entry *to = malloc(topk->count * sizeof *to);
    if (!to)
        return ST_NOMEM;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        size_t starts[256] = {0}, sum = 0;
        for (size_t i = 0; i < topk->count; i++)
            starts[~from[i].score >> shift & 255]++;
        for (unsigned digit = 0; digit < 256; digit++) {
            size_t here = starts[digit];
            starts[digit] = sum;
            sum += here;
        }
        for (size_t i = 0; i < topk->count; i++)
            to[starts[~from[i].score >> shift & 255]++] = from[i];
        struct topk_entry *sorted = to;
        to = from;
        from = sorted;
    }
    free(to);
    topk->entries = from; /* the same as before, after an even number of passes */
    return ST_OK;
}

enum status topk_sort(struct topk *topk) {
    if (topk->histogram) {
        drop_low_buckets(topk);
        drop_worst(topk);
        if (topk->count >= RADIX_MIN)
            return sort_by_digits(topk);
    }
    qsort(topk->entries, topk->count, sizeof *topk->entries, compare);
    return ST_OK;
}
