/* SPDX-License-Identifier: MIT */
/* Documents that any of several clauses has. */
#ifndef QUERN_SEARCHER_EVAL_DISJUNCTION_H
#define QUERN_SEARCHER_EVAL_DISJUNCTION_H

#include "searcher/eval/match.h"
#include "searcher/eval/search_scratch.h"

/* Offers the best of them to match->topk. The match has optional clauses, no required one, and is
 * used up. */
void disjunction_rank(struct match *match, struct search_scratch *scratch);

#endif
