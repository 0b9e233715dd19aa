/* A threshold to begin with. */
#ifndef QUERN_SEARCHER_EVAL_THRESHOLD_H
#define QUERN_SEARCHER_EVAL_THRESHOLD_H

#include "searcher/eval/match.h"

/* Before the first of the match's optional clauses is evaluated: raises topk->threshold to what a
 * document must score in any case, if that is cheap to find and saves work. What a document scores
 * for one word is at most what it scores for all, so when k documents score so much for one word,
 * the k-th best of all does not score less. That holds to the bit: scores are sums of integers. (In
 * the spirit of the thresholds that PISA estimates, but exact.) */
void threshold_set_initial(struct match *match, struct topk *topk);

#endif
