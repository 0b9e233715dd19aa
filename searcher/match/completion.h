/* SPDX-License-Identifier: MIT */
/* Completes the scores of candidates: documents that some clauses have scored and that may still be
 * among the best when the remaining clauses have been added. */
#ifndef QUERN_SEARCHER_MATCH_COMPLETION_H
#define QUERN_SEARCHER_MATCH_COMPLETION_H

#include "searcher/match/match.h"

/* A clause, and an upper bound of its scores where it is evaluated. */
struct bounded_clause {
    struct scorer *scorer;
    uint32_t bound;
};

/* Compares for qsort(): by rising bound. */
int completion_compare(const void *a, const void *b);

enum { CANDIDATES_MAX = 4096 };

struct candidates {
    unsigned count;
    /* 1: scores are 1 more than they are, and 0 for a document that no clause has matched yet; such
     * a document is no match in the end. 0: all of them match already. */
    uint32_t bias;
    uint32_t docs[CANDIDATES_MAX];   /* ascending */
    uint32_t scores[CANDIDATES_MAX]; /* partial */
    float inverses[CANDIDATES_MAX];  /* 1 / K by match->lengths */
};

/* There must be fewer than CANDIDATES_MAX. */
static inline void completion_add(struct candidates *candidates, uint32_t doc, uint32_t score,
                                  float inverse_k) {
    candidates->docs[candidates->count] = doc;
    candidates->inverses[candidates->count] = inverse_k;
    candidates->scores[candidates->count++] = score;
}

/* Appends the candidates of [from, end) that have reached the threshold to the first `kept`.
 * Returns the new number of those kept. */
unsigned completion_filter(struct candidates *candidates, unsigned kept, unsigned from,
                           unsigned end, uint32_t threshold);

/* Adds the scores of `count` clauses, of which `remaining_bound` is the sum of bounds, offers the
 * documents to match->topk, and leaves no candidates. The last clause comes first. Each is
 * evaluated for all candidates at once, block by block: a block is decoded only if a candidate in
 * its range can still reach the threshold with the bound of the block. Sets match->pruned when a
 * document is dropped. */
void completion_run(struct candidates *candidates, struct match *match,
                    const struct bounded_clause *clauses, size_t count, uint32_t remaining_bound);

#endif
