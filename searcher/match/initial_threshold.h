/* SPDX-License-Identifier: MIT */
/* Finds an initial threshold for unions. */
#ifndef QUERN_SEARCHER_MATCH_INITIAL_THRESHOLD_H
#define QUERN_SEARCHER_MATCH_INITIAL_THRESHOLD_H

#include "searcher/match/match.h"

/* Raises topk->threshold to the k-th best score of a single term, if finding it costs less than it
 * saves. To be called before any clause is evaluated. A document's score is never lower than that of
 * one of its terms, so neither is the k-th best score; this is exact, because scores are sums of
 * integers. PISA starts from such thresholds, too, but estimates them. */
void initial_threshold_set(struct match *match, struct topk *topk);

#endif
