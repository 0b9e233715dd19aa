/* SPDX-License-Identifier: MIT */
/* Finds the best documents of a segment. */
#ifndef QUERN_SEARCHER_MATCH_RANK_H
#define QUERN_SEARCHER_MATCH_RANK_H

#include "searcher/match/match.h"
#include "searcher/match/search_scratch.h"

/* Offers documents of the segment to *topk; earlier offers must be of segments before this one.
 * Adds to match->matched, and sets match->pruned unless all documents that match were seen. The
 * match cannot be used again. */
void rank_matches(struct match *match, struct topk *topk, bool exhaustive,
                  struct search_scratch *scratch);

#endif
