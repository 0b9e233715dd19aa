/* SPDX-License-Identifier: MIT */
/* Documents that all required clauses have. */
#ifndef QUERN_SEARCHER_EVAL_CONJUNCTION_H
#define QUERN_SEARCHER_EVAL_CONJUNCTION_H

#include "searcher/eval/match.h"

/* Offers them to match->topk, with what the optional clauses add to their scores. The match has a
 * required clause, and is used up. */
void conjunction_rank(struct match *match);

/* How many there are; likewise. */
uint64_t conjunction_count(struct match *match);

#endif
