/* SPDX-License-Identifier: MIT */
/* The best documents of a segment. */
#ifndef QUERN_SEARCHER_EVAL_RANK_H
#define QUERN_SEARCHER_EVAL_RANK_H

#include "searcher/eval/match.h"
#include "searcher/eval/search_scratch.h"

/* Offers the segment's documents to *topk, whose earlier offers came from segments before this one.
 * Adds to match->matched, and sets match->pruned when not all were seen. The match is used up. */
void rank_matches(struct match *match, struct topk *topk, bool exhaustive,
                  struct search_scratch *scratch);

#endif
