/* Impacts: what bounds the score of a set of postings, whatever k1, b and the average length are.
 *
 * A posting's score grows with its frequency and falls with its document's length, so a set of
 * postings is bounded by its (frequency, norm) pairs that no other pair beats in both. Stored are
 * at most IMPACT_COUNT pairs that together beat all of them: neighbours of the exact frontier are
 * joined (greater frequency, smaller norm) where that loosens it least. Nothing stored is a score,
 * so merging segments or changing statistics leaves bounds exact. (Block-max indexes: Ding and
 * Suel, "Faster top-k document retrieval using block-max indexes", 2011; pairs instead of scores as
 * in Lucene 8.) */
#ifndef QUERN_COMMON_SEGMENT_IMPACT_H
#define QUERN_COMMON_SEGMENT_IMPACT_H

#include <stdint.h>

enum {
    IMPACT_COUNT = 3,
    IMPACT_FREQUENCY_MAX = 255, /* a frequency of 255 or more: as if infinite */
};

/* By falling frequency; unused ones repeat the last. */
struct impact {
    uint8_t frequency;
    uint8_t norm;
};

/* Collects postings. Start it with impact_set_clear(). */
struct impact_set {
    uint8_t min_norm[256]; /* by frequency: the smallest norm seen */
    uint8_t seen[256];
    uint32_t max_frequency; /* the greatest frequency seen, 0: none */
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

/* The bound of what was collected; of nothing: pairs of 0. */
void impact_set_bound(struct impact impacts[IMPACT_COUNT], const struct impact_set *set);

#endif
