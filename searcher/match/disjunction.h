/* SPDX-License-Identifier: MIT */
/* Evaluates queries of which any clause may match. */
#ifndef QUERN_SEARCHER_MATCH_DISJUNCTION_H
#define QUERN_SEARCHER_MATCH_DISJUNCTION_H

#include "searcher/match/match.h"
#include "searcher/match/search_scratch.h"

/* Offers the best documents that match at least one optional clause to match->topk. The match must
 * have optional clauses and no required one, and cannot be used again. */
void disjunction_rank(struct match *match, struct search_scratch *scratch);

#endif
