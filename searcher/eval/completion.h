/* Documents that may be among the best, before all clauses are asked. */
#ifndef QUERN_SEARCHER_EVAL_COMPLETION_H
#define QUERN_SEARCHER_EVAL_COMPLETION_H

#include "searcher/eval/match.h"

/* A clause and the most that it scores where it is asked. */
struct bounded_clause {
    struct scorer *scorer;
    uint32_t bound;
};

/* For qsort(): by rising bound. */
int completion_compare(const void *a, const void *b);

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

/* Completes the candidates with `count` clauses, which add `remaining_bound` at most together, and
 * offers them to match->topk; no candidates remain. Clauses are asked from the last on, all
 * candidates at once and block by block: a block that no candidate needs, or whose bound leaves
 * none a chance, is not decoded. Sets match->pruned when a document is dropped. */
void completion_run(struct candidates *candidates, struct match *match,
                    const struct bounded_clause *clauses, size_t count, uint32_t remaining_bound);

#endif
