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

/* Finds the cheapest run of adjacent segments. The first and the last of a run have at least
 * `min_bytes` live bytes; of those between, only segments that large count as saved. */
static void choose_cheapest(size_t *first, size_t *count, const struct catalog *catalog,
                            uint64_t min_bytes) {
    double best = INFINITY;
    for (size_t i = 0; i < catalog->segment_count; i++) {
        double bytes = (double)live_bytes(&catalog->segments[i]), largest = bytes;
        double saved = 0;
        if (bytes < (double)min_bytes)
            continue;
        for (size_t k = i + 1; k < catalog->segment_count; k++) {
            double more = (double)live_bytes(&catalog->segments[k]);
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

bool merge_policy_choose(size_t *first, size_t *count, const struct catalog *catalog) {
    uint64_t largest = 0;
    for (size_t i = 0; i < catalog->segment_count; i++)
        if (live_bytes(&catalog->segments[i]) > largest)
            largest = live_bytes(&catalog->segments[i]);
    size_t large = 0;
    for (size_t i = 0; i < catalog->segment_count; i++)
        large += live_bytes(&catalog->segments[i]) >= largest / MERGE_POLICY_RATIO;
    *count = 0;
    if (large > MERGE_POLICY_LARGE_MAX)
        choose_cheapest(first, count, catalog, largest / MERGE_POLICY_RATIO);
    else if (catalog->segment_count > MERGE_POLICY_SEGMENTS_MAX)
        choose_cheapest(first, count, catalog, 0);
    for (size_t i = 0; i < catalog->segment_count && !*count; i++)
        if (has_many_deleted(&catalog->segments[i])) {
            *first = i;
            *count = 1;
        }
    return *count > 0;
}
