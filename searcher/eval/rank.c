/* SPDX-License-Identifier: MIT */
/* Chooses the evaluation of a segment. */
#include "searcher/eval/rank.h"

#include "searcher/eval/conjunction.h"
#include "searcher/eval/disjunction.h"

void rank_matches(struct match *match, struct topk *topk, bool exhaustive,
                  struct search_scratch *scratch) {
    if (match->impossible || topk->threshold == UINT32_MAX)
        return;
    match->topk = topk;
    match->exhaustive = exhaustive;
    if (match->required_count)
        conjunction_rank(match);
    else if (match->optional_count)
        disjunction_rank(match, scratch);
    for (size_t i = 0; i < match->required_count + match->optional_count; i++)
        match->pruned |= match->scorers[i].pruned;
}
