/* SPDX-License-Identifier: MIT */
/* Impacts: what bounds the scores of a set of postings for any k1, b and average length.
 *
 * The score of a posting grows with its frequency and falls with the length of its document, so a
 * set of postings is bounded by those of its (frequency, norm) pairs that no other pair dominates.
 * At most IMPACT_COUNT pairs are stored, which together dominate all others: where the exact
 * frontier is longer, the neighbours are merged (greater frequency, smaller norm) that loosen the
 * bound least. No score is stored, so bounds remain exact when segments are merged or statistics
 * change. (Block-max indexes: Ding and Suel, "Faster top-k document retrieval using block-max
 * indexes", 2011; pairs instead of scores as in Lucene 8.) */
#ifndef QUERN_COMMON_SEGMENT_IMPACT_H
#define QUERN_COMMON_SEGMENT_IMPACT_H

#include <stdint.h>

enum {
    IMPACT_COUNT = 3,
    IMPACT_FREQUENCY_MAX = 255, /* stands for every greater frequency, too */
};

/* Impacts are stored in descending order of frequency; unused ones repeat the last. */
struct impact {
    uint8_t frequency;
    uint8_t norm;
};

/* Collects postings. impact_set_clear() makes it ready. */
struct impact_set {
    uint8_t min_norm[256]; /* by frequency */
    uint8_t seen[256];
    uint32_t max_frequency; /* 0: no posting was added */
};

void impact_set_clear(struct impact_set *set);

static inline void impact_set_add(struct impact_set *set, uint32_t frequency, uint8_t norm) {
    if (frequency > IMPACT_FREQUENCY_MAX)
        frequency = IMPACT_FREQUENCY_MAX;
    if (!set->seen[frequency] || norm < set->min_norm[frequency]) {
        set->seen[frequency] = 1;
        set->min_norm[frequency] = norm;
    }
    if (frequency > set->max_frequency)
        set->max_frequency = frequency;
}

/* Sets *impacts to the bound of the postings added; without any, to pairs of 0. */
void impact_set_bound(struct impact impacts[IMPACT_COUNT], const struct impact_set *set);

#endif
