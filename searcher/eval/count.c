/* SPDX-License-Identifier: MIT */
/* Counts with sets instead of scores. */
#include "searcher/eval/count.h"

#include <stdlib.h>

#include "common/simd/cpu.h"
#include "searcher/eval/match_set.h"
#include "searcher/match/conjunction.h"
#include "searcher/match/tree.h"

CPU_CLONES static uint64_t count_bits(const uint64_t *bits) {
    uint64_t total = 0;
    for (unsigned i = 0; i < MATCH_SET_WORDS; i++)
        total += (uint64_t)__builtin_popcountll(bits[i]);
    return total;
}

static uint64_t count_any(struct match *match) {
    uint64_t *bits = malloc(2 * (MATCH_SET_WORDS + 1) * sizeof *bits), total = 0;
    if (!bits) {
        segment_fail_nomem(match->segment);
        return 0;
    }
    for (uint64_t from = 0; from < match->documents; from += MATCH_SET_WINDOW) {
        uint64_t end =
            from + MATCH_SET_WINDOW < match->documents ? from + MATCH_SET_WINDOW : match->documents;
        match_set_range(bits, bits + MATCH_SET_WORDS + 1, match, (uint32_t)from, (uint32_t)end);
        if (match->filtered)
            filter_ask_about(bits, &match->filter, (uint32_t)from, (uint32_t)end);
        total += count_bits(bits);
    }
    free(bits);
    return total;
}

uint64_t count_matches(struct match *match) {
    if (match->impossible)
        return 0;
    if (match->plan->tree)
        return tree_count(match);
    size_t clauses = match->required_count + match->optional_count;
    if (match_excludes_nothing(match) && clauses == 1 && match->scorers[0].kind == SCORER_TERM)
        return match->scorers[0].cursors[0].entry.documents;
    if (!match->required_count)
        return match->optional_count || match->filters_only ? count_any(match) : 0;
    return conjunction_count(match);
}
