/* SPDX-License-Identifier: MIT */
/* Evaluates queries with required clauses. */
#ifndef QUERN_SEARCHER_MATCH_CONJUNCTION_H
#define QUERN_SEARCHER_MATCH_CONJUNCTION_H

#include "searcher/match/match.h"

/* Offers the documents that match all required clauses to match->topk, with the scores of optional
 * ones added. The match must have a required clause, and cannot be used again. */
void conjunction_rank(struct match *match);

/* Counts these documents; otherwise the same. */
uint64_t conjunction_count(struct match *match);

/* Sets their bits, bit doc & 63 of word doc >> 6, without asking the filter's predicates. */
void conjunction_collect(struct match *match, uint64_t *bits);

#endif
