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

#include <stddef.h>
#include <stdint.h>

#include "common/segment/impact.h"

/* A field whose words count more or less than those of the text. */
struct bm25_field {
    int32_t delta; /* of an occurrence, in units: weight - 1 */
    float k[256];  /* what the length of the field adds to K, by its norm */
};

/* With weights of fields this is BM25F with one length for all fields (Robertson, Zaragoza and
 * Taylor, "Simple BM25 extension to multiple weighted fields", 2004): frequency and length are sums
 * over fields, times weights that are multiples of 1/16. Frequencies are counted in units of that,
 * so that they are integers, and so is K:
 *
 *     tf = unit * tf of all fields + Σ delta * tf of the field
 *     K  = k[norm] + Σ field.k[norm of the field], and at least k_min */
struct bm25 {
    float inverse_k
        [256];     /* 1 / K by norm; with weights, no document with this norm has a higher one */
    uint32_t unit; /* of frequencies: 1, or FIELD_BOOST_ONE if there are weights */
    const struct bm25_field *fields; /* borrowed */
    size_t field_count;
    /* The rest is set if there are weights. */
    float k[256];
    float k_min;
};

/* k1 >= 0, 0 <= b <= 1. `average` is the average length of a document in tokens. */
void bm25_init(struct bm25 *bm25, double k1, double b, double average);

/* The same with weights of fields: sets `k` of each of `fields`, whose deltas are multiples of
 * 1 / unit. `average` is that of the weighted lengths. */
void bm25_init_weighted(struct bm25 *bm25, double k1, double b, double average, uint32_t unit,
                        struct bm25_field *fields, size_t count);

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

/* An upper bound of the score of every posting that these impacts bound, if an occurrence counts
 * `most` units at most. */
static inline uint32_t bm25_bound(const struct bm25 *bm25, float weight, uint32_t most,
                                  const struct impact impacts[IMPACT_COUNT]) {
    uint32_t bound = 0;
    for (unsigned i = 0; i < IMPACT_COUNT; i++) {
        uint32_t score =
            impacts[i].frequency == IMPACT_FREQUENCY_MAX
                ? (uint32_t)weight
                : bm25_score(weight, bm25->inverse_k[impacts[i].norm], impacts[i].frequency * most);
        if (score > bound)
            bound = score;
    }
    return bound;
}

#endif
