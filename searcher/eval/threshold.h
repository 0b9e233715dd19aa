/* SPDX-License-Identifier: MIT */
/* Finds an initial threshold for unions. */
#ifndef QUERN_SEARCHER_EVAL_THRESHOLD_H
#define QUERN_SEARCHER_EVAL_THRESHOLD_H

#include "searcher/eval/match.h"

/* Raises topk->threshold to the k-th best score of a single term, if finding it costs less than it
 * saves. To be called before any clause is evaluated. The k-th best score of a sum is never lower
 * than that of one of its terms, and exactly so, because scores are sums of integers. PISA
 * estimates such thresholds. */
void threshold_set_initial(struct match *match, struct topk *topk);

#endif
