/* SPDX-License-Identifier: MIT */
/* Chooses the adjacent segments that cost least to merge. */
#include "indexer/commit/merge_policy.h"

#include <math.h>

static uint64_t live_bytes(const struct segment_info *segment) {
    if (!segment->documents)
        return 0;
    return (uint64_t)((double)segment->bytes * (segment->documents - segment->deleted) /
                      segment->documents);
}

const struct merge_limits merge_policy_limits = {
    .documents = UINT64_C(1) << 31, .tokens = UINT64_C(1) << 32, .bytes = UINT64_C(1) << 43};

/* Adds up what counts for the limits. */
static void add_up(struct merge_limits *sum, const struct segment_info *segment) {
    uint64_t tokens = segment->length;
    for (size_t i = 0; i < segment->field_count; i++)
        if (segment->fields[i].length > tokens)
            tokens = segment->fields[i].length;
    sum->documents += segment->documents - segment->deleted;
    sum->tokens += tokens;
    sum->bytes += segment->bytes;
}

static bool is_within(const struct merge_limits *sum, const struct merge_limits *limits) {
    return sum->documents <= limits->documents && sum->tokens <= limits->tokens &&
           sum->bytes <= limits->bytes;
}

static bool is_full(const struct segment_info *segment, const struct merge_limits *limits) {
    struct merge_limits twice = {0};
    add_up(&twice, segment);
    add_up(&twice, segment);
    return !is_within(&twice, limits);
}

size_t merge_policy_fitting(const struct catalog *catalog, size_t first,
                            const struct merge_limits *limits) {
    struct merge_limits sum = {0};
    size_t end = first;
    for (; end < catalog->segment_count; end++) {
        add_up(&sum, &catalog->segments[end]);
        if (end > first && !is_within(&sum, limits))
            break;
    }
    return end - first;
}

/* Segments [begin, end) of a catalog, none of them full, and what applies to them. */
struct span {
    const struct segment_info *segments;
    size_t begin, end;
    const struct merge_limits *limits;
};

/* Finds the cheapest run of adjacent segments. The first and the last of a run have at least
 * `min_bytes` live bytes; of those between, only segments that large count as saved. */
static void choose_cheapest(size_t *first, size_t *count, const struct span *span,
                            uint64_t min_bytes) {
    double best = INFINITY;
    for (size_t i = span->begin; i < span->end; i++) {
        double bytes = (double)live_bytes(&span->segments[i]), largest = bytes;
        double saved = 0;
        if (bytes < (double)min_bytes)
            continue;
        struct merge_limits sum = {0};
        add_up(&sum, &span->segments[i]);
        for (size_t k = i + 1; k < span->end; k++) {
            add_up(&sum, &span->segments[k]);
            if (!is_within(&sum, span->limits))
                break;
            double more = (double)live_bytes(&span->segments[k]);
            bytes += more;
            if (more > largest)
                largest = more;
            if (more < (double)min_bytes)
                continue;
            saved++;
            double cost = (MERGE_POLICY_FLOOR + bytes) / saved * (bytes / (bytes - largest + 1));
            if (cost < best) {
                best = cost;
                *first = i;
                *count = k + 1 - i;
            }
        }
    }
}

static bool has_many_deleted(const struct segment_info *segment) {
    return segment->deleted && 4ull * segment->deleted >= segment->documents;
}

/* Chooses among the segments of a span. */
static void choose_in(size_t *first, size_t *count, const struct span *span) {
    uint64_t largest = 0;
    for (size_t i = span->begin; i < span->end; i++)
        if (live_bytes(&span->segments[i]) > largest)
            largest = live_bytes(&span->segments[i]);
    size_t large = 0;
    for (size_t i = span->begin; i < span->end; i++)
        large += live_bytes(&span->segments[i]) >= largest / MERGE_POLICY_RATIO;
    if (large > MERGE_POLICY_LARGE_MAX)
        choose_cheapest(first, count, span, largest / MERGE_POLICY_RATIO);
    else if (span->end - span->begin > MERGE_POLICY_SEGMENTS_MAX)
        choose_cheapest(first, count, span, 0);
}

bool merge_policy_choose(size_t *first, size_t *count, const struct catalog *catalog,
                         const struct merge_limits *limits) {
    struct span span = {.segments = catalog->segments, .limits = limits};
    *count = 0;
    for (; span.begin < catalog->segment_count && !*count; span.begin = span.end + 1) {
        span.end = span.begin;
        while (span.end < catalog->segment_count && !is_full(&catalog->segments[span.end], limits))
            span.end++;
        choose_in(first, count, &span);
    }
    for (size_t i = 0; i < catalog->segment_count && !*count; i++)
        if (has_many_deleted(&catalog->segments[i])) {
            *first = i;
            *count = 1;
        }
    return *count > 0;
}
