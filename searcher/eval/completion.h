/* Documents that may be among the best, before all clauses are asked. */
#ifndef QUERN_SEARCHER_EVAL_COMPLETION_H
#define QUERN_SEARCHER_EVAL_COMPLETION_H

#include "searcher/eval/match.h"

/* What is done with documents that match. */
struct ranking {
    struct match *match;
    struct topk *topk;
    bool exhaustive; /* nothing may be left out */
};

/* What a document has to score. */
static inline uint32_t ranking_threshold(const struct ranking *ranking) {
    return ranking->exhaustive ? 0 : ranking->topk->threshold;
}

/* A clause and what it scores at most where it is asked. */
struct bounded {
    struct scorer *scorer;
    uint32_t bound;
};

/* For qsort(): by rising bound. */
int bounded_compare(const void *a, const void *b);

enum { CANDIDATES_MAX = 4096 };

struct candidates {
    unsigned count;
    uint32_t docs[CANDIDATES_MAX];   /* ascending */
    uint32_t scores[CANDIDATES_MAX]; /* so far */
    uint8_t norms[CANDIDATES_MAX];
};

static inline void completion_add(struct candidates *candidates, uint32_t doc, uint32_t score,
                                  uint8_t norm) {
    candidates->docs[candidates->count] = doc;
    candidates->norms[candidates->count] = norm;
    candidates->scores[candidates->count++] = score;
}

/* Keeps the candidates [from, end) that have the score that is needed, behind the first `kept`;
 * returns how many are kept then. */
unsigned completion_filter(struct candidates *candidates, unsigned kept, unsigned from,
                           unsigned end, uint32_t threshold);

/* Completes the candidates with `count` clauses, which add `remaining_bound` at most together, and offers
 * them; none are left. Clauses are asked from the last on, all candidates at once and block by
 * block: a block that no candidate needs, or whose bound leaves none a chance, is not decoded.
 * Notes in match->pruned when a document was dropped. */
void completion_run(struct candidates *candidates, const struct ranking *ranking,
                    const struct bounded *clauses, size_t count, uint32_t remaining_bound);

#endif
