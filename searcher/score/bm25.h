/* BM25 as Lucene 8 and later write it (Robertson and Zaragoza, "The Probabilistic Relevance
 * Framework", 2009, without the constant factor k1 + 1):
 *
 *     score = idf · tf / (tf + k1 · (1 − b + b · length / average))
 *           = idf − idf / (1 + tf · inverse_k),   inverse_k = 1 / (k1 · (1 − b + b · length / average))
 *     idf   = ln(1 + (N − df + 0.5) / (df + 0.5))
 *
 * The second form costs one division, and rounding keeps it monotone: it never falls when tf grows
 * or the length shrinks. So the same function gives a posting's score and, from an impact, a bound.
 *
 * Scores are fixed-point numbers: an idf is scaled by 2^exponent, and a posting's score is cut to an
 * integer. Sums of integers do not depend on their order, so pruning, segments and threads cannot
 * change a bit of a result. The exponent is chosen so that no sum of a query's clauses reaches 2^31;
 * it leaves more bits than a float's 24. */
#ifndef QUERN_SEARCHER_SCORE_BM25_H
#define QUERN_SEARCHER_SCORE_BM25_H

#include <stdint.h>

#include "common/segment/impact.h"

struct bm25 {
    float inverse_k[256]; /* by norm */
};

/* k1 >= 0, 0 <= b <= 1. `average` is the average length in words. */
void bm25_init(struct bm25 *bm25, double k1, double b, double average);

double bm25_idf(uint64_t documents, uint64_t with_term);

/* The greatest exponent for which idfs that sum to `sum`, each rounded to a float, stay below 2^31 in
 * sum; 0 for a sum of 0. */
int bm25_scale_exponent(double sum);

/* The score of a posting; weight = idf · 2^exponent < 2^31. */
static inline uint32_t bm25_score(float weight, float inverse_k, uint32_t frequency) {
    return (uint32_t)(weight - weight / (1.0f + (float)frequency * inverse_k));
}

enum { BM25_LANES = 8 }; /* what bm25_scores() handles at a time */

/* The scores of `count` postings, each as by bm25_score(). All arrays have room for the next
 * multiple of BM25_LANES, and what is there of `inverses` is a number. */
void bm25_scores(uint32_t *scores, float weight, const float *inverses, const uint32_t *frequencies,
                 unsigned count);

/* What a partial score has to reach when `remaining_bound` may still be added to it. */
static inline uint32_t bm25_partial_threshold(uint32_t threshold, uint32_t remaining_bound) {
    return threshold > remaining_bound ? threshold - remaining_bound : 0;
}

/* What no posting that these impacts bound scores above. */
static inline uint32_t bm25_bound(const struct bm25 *bm25, float weight,
                                  const struct impact impacts[IMPACT_COUNT]) {
    uint32_t bound = 0;
    for (unsigned i = 0; i < IMPACT_COUNT; i++) {
        uint32_t score =
            impacts[i].frequency == IMPACT_FREQUENCY_MAX
                ? (uint32_t)weight
                : bm25_score(weight, bm25->inverse_k[impacts[i].norm], impacts[i].frequency);
        if (score > bound)
            bound = score;
    }
    return bound;
}

#endif
