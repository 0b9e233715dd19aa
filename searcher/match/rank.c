/* SPDX-License-Identifier: MIT */
/* Chooses the evaluation of a segment. */
#include "searcher/match/rank.h"

#include "searcher/match/conjunction.h"
#include "searcher/match/disjunction.h"
#include "searcher/match/tree.h"

/* Offers all documents that pass, in order: each has the score 0, so the first ones are the best. */
static void rank_passing(struct match *match) {
    uint32_t doc = filter_next(&match->filter, 0);
    for (; doc != DOC_END && !match_threshold(match); doc = filter_next(&match->filter, doc + 1))
        if (!match_is_excluded(match, doc)) {
            match->matched++;
            topk_offer(match->topk, 0, match->ordinal, doc);
        }
    match->pruned = doc != DOC_END;
}

void rank_matches(struct match *match, struct topk *topk, bool exhaustive,
                  struct search_scratch *scratch) {
    if (match->impossible || topk->threshold == UINT32_MAX)
        return;
    match->topk = topk;
    match->exhaustive = exhaustive;
    if (match->plan->tree)
        tree_rank(match, &scratch->frames);
    else if (match->required_count)
        conjunction_rank(match);
    else if (match->optional_count)
        disjunction_rank(match, scratch);
    else if (match->filters_only)
        rank_passing(match);
    for (size_t i = 0; i < match->required_count + match->optional_count; i++)
        match->pruned |= match->scorers[i].pruned;
}
