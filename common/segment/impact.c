/* SPDX-License-Identifier: MIT */
/* Bounds a set of postings by a few impacts. */
#include "common/segment/impact.h"

#include <string.h>

void impact_set_clear(struct impact_set *set) {
    memset(set->seen, 0, sizeof set->seen);
    set->max_frequency = 0;
}

/* How much merging two neighbours (f1, n1), (f2, n2) of the frontier into (f1, n2) loosens the
 * bound: the area between, where norms are a logarithmic scale of lengths. */
static unsigned merge_cost(struct impact above, struct impact below) {
    return (unsigned)(above.frequency - below.frequency) * (unsigned)(above.norm - below.norm);
}

void impact_set_bound(struct impact impacts[IMPACT_COUNT], const struct impact_set *set) {
    struct impact frontier[256];
    unsigned count = 0;
    for (uint32_t frequency = set->max_frequency; frequency > 0; frequency--) {
        if (!set->seen[frequency])
            continue;
        uint8_t norm = set->min_norm[frequency];
        if (count && frontier[count - 1].norm <= norm)
            continue;
        frontier[count++] = (struct impact){.frequency = (uint8_t)frequency, .norm = norm};
    }
    while (count > IMPACT_COUNT) {
        unsigned best = 0;
        for (unsigned i = 1; i + 1 < count; i++)
            if (merge_cost(frontier[i], frontier[i + 1]) <
                merge_cost(frontier[best], frontier[best + 1]))
                best = i;
        frontier[best].norm = frontier[best + 1].norm;
        memmove(frontier + best + 1, frontier + best + 2, (count - best - 2) * sizeof *frontier);
        count--;
    }
    for (unsigned i = 0; i < IMPACT_COUNT; i++)
        impacts[i] = count ? frontier[i < count ? i : count - 1] : (struct impact){0, 0};
}
