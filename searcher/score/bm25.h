/* SPDX-License-Identifier: MIT */
/* BM25 scores and upper bounds, in the form that Lucene has used since version 8: Robertson and
 * Zaragoza, "The Probabilistic Relevance Framework" (2009), without the constant factor k1 + 1.
 *
 *     score = idf · tf / (tf + K)
 *           = idf − idf / (1 + tf / K)
 *     K     = k1 · (1 − b + b · length / average)
 *     idf   = ln(1 + (N − df + 0.5) / (df + 0.5))
 *
 * The second form needs one division, and rounding keeps it monotone: it never falls when tf grows
 * or the length shrinks. The same function therefore gives the score of a posting and, from an
 * impact, an upper bound.
 *
 * Scores are fixed-point numbers: an idf is multiplied by 2^scale_exponent, and the score of a
 * posting is truncated to an integer. Sums of integers do not depend on their order, so neither
 * pruning nor segments nor threads change a bit of a result. The exponent keeps the sum of all
 * clauses below 2^31, which is more precise than the 24 bits of a float. */
#ifndef QUERN_SEARCHER_SCORE_BM25_H
#define QUERN_SEARCHER_SCORE_BM25_H

#include <stdint.h>

#include "common/segment/impact.h"

struct bm25 {
    float inverse_k[256]; /* 1 / K by norm */
};

/* k1 >= 0, 0 <= b <= 1. `average` is the average length of a document in tokens. */
void bm25_init(struct bm25 *bm25, double k1, double b, double average);

double bm25_idf(uint64_t documents, uint64_t with_term);

/* The greatest scale exponent that keeps idfs of this sum below 2^31 once each is scaled and
 * rounded to a float; 0 for a sum of 0. */
int bm25_scale_exponent(double sum);

/* The score of a posting; weight = idf · 2^scale_exponent < 2^31. */
static inline uint32_t bm25_score(float weight, float inverse_k, uint32_t frequency) {
    return (uint32_t)(weight - weight / (1.0f + (float)frequency * inverse_k));
}

enum { BM25_LANES = 8 }; /* postings that bm25_scores() handles at a time */

/* Sets the scores of `count` postings as bm25_score() does; `inverses` are 1 / K. All arrays extend
 * to the next multiple of BM25_LANES, and the padding of `inverses` is initialized. */
void bm25_scores(uint32_t *scores, float weight, const float *inverses, const uint32_t *frequencies,
                 unsigned count);

/* The score that a document must already have to reach the threshold when at most `remaining_bound`
 * is still to be added. */
static inline uint32_t bm25_partial_threshold(uint32_t threshold, uint32_t remaining_bound) {
    return threshold > remaining_bound ? threshold - remaining_bound : 0;
}

/* An upper bound of the score of every posting that these impacts bound. */
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
