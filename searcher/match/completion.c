/* SPDX-License-Identifier: MIT */
/* Adds clauses to candidates. */
#include "searcher/match/completion.h"

int completion_compare(const void *a, const void *b) {
    const struct bounded_clause *x = a, *y = b;
    return x->bound < y->bound ? -1 : x->bound > y->bound;
}

unsigned completion_filter(struct candidates *candidates, unsigned kept, unsigned from,
                           unsigned end, uint32_t threshold) {
    for (unsigned i = from; i < end; i++) {
        uint32_t score = candidates->scores[i];
        candidates->docs[kept] = candidates->docs[i];
        candidates->inverses[kept] = candidates->inverses[i];
        candidates->scores[kept] = score;
        kept += score >= threshold;
    }
    return kept;
}

static inline void add_score(struct candidates *candidates, unsigned i, uint32_t score) {
    candidates->scores[i] += score + (candidates->bias & !candidates->scores[i]);
}

/* Adds the scores of a term to the candidates [from, end), which lie in its decoded block. */
static void add_block(struct candidates *candidates, unsigned from, unsigned end,
                      struct scorer *scorer) {
    struct cursor *cursor = scorer->cursors;
    uint8_t found[POSTINGS_BLOCK], at[POSTINGS_BLOCK];
    for (unsigned count; from < end; from += count) {
        count = end - from < POSTINGS_BLOCK ? end - from : POSTINGS_BLOCK;
        unsigned hits =
            postings_block_match(found, at, &cursor->block, candidates->docs + from, count);
        if (hits && !cursor_decode_frequencies(cursor))
            return;
        for (unsigned i = 0; i < hits; i++) {
            unsigned k = from + found[i];
            float inverse_k = scorer->owns_lengths
                                  ? lengths_inverse_k(scorer->lengths, candidates->docs[k])
                                  : candidates->inverses[k];
            add_score(candidates, k,
                      bm25_score(scorer->weight, inverse_k, cursor->block.frequencies[at[i]]));
        }
    }
}

/* Adds the scores of a term, which has this bound, and keeps the candidates that reach the
 * threshold. */
static void complete_term(struct candidates *candidates, struct scorer *scorer, uint32_t bound,
                          uint32_t threshold) {
    struct cursor *cursor = scorer->cursors;
    unsigned count = candidates->count, kept = 0;
    for (unsigned i = 0; i < count;) {
        if (!cursor_advance_shallow(cursor, candidates->docs[i])) {
            kept = completion_filter(candidates, kept, i, count, threshold);
            break;
        }
        unsigned end = i + 1;
        while (end < count && candidates->docs[end] <= cursor->shallow_last)
            end++;
        uint32_t here = cursor_block_bound(cursor, scorer->bm25, scorer->weight);
        if (here > bound)
            here = bound;
        unsigned chosen =
            completion_filter(candidates, kept, i, end, bm25_partial_threshold(threshold, here));
        if (chosen > kept && cursor_decode_block(cursor)) {
            add_block(candidates, kept, chosen, scorer);
            chosen = completion_filter(candidates, kept, kept, chosen, threshold);
        }
        kept = chosen;
        i = end;
    }
    candidates->count = kept;
    scorer->doc = cursor->doc;
}

static void complete_phrase(struct candidates *candidates, struct scorer *scorer,
                            uint32_t threshold) {
    for (unsigned i = 0; i < candidates->count; i++)
        if (scorer_seek(scorer, candidates->docs[i]) == candidates->docs[i])
            add_score(candidates, i, scorer_score(scorer, candidates->docs[i]));
    candidates->count = completion_filter(candidates, 0, 0, candidates->count, threshold);
}

void completion_run(struct candidates *candidates, struct match *match,
                    const struct bounded_clause *clauses, size_t count, uint32_t remaining_bound) {
    while (count > 0 && candidates->count) {
        const struct bounded_clause *clause = &clauses[--count];
        unsigned before = candidates->count;
        remaining_bound -= clause->bound;
        uint32_t threshold = bm25_partial_threshold(match_threshold(match), remaining_bound);
        switch (clause->scorer->kind) {
        case SCORER_TERM:
            complete_term(candidates, clause->scorer, clause->bound, threshold);
            break;
        case SCORER_PHRASE:
            complete_phrase(candidates, clause->scorer, threshold);
            break;
        }
        match->pruned |= candidates->count < before;
    }
    for (unsigned i = 0; i < candidates->count; i++) {
        uint32_t score = candidates->scores[i] - candidates->bias;
        if (score == UINT32_MAX) /* it had the score 0, and the bias is 1 */
            continue;
        if (score < match_threshold(match)) {
            match->pruned = true;
        } else if (!match_is_excluded(match, candidates->docs[i])) {
            match->matched++;
            topk_offer(match->topk, score, match->ordinal, candidates->docs[i]);
        }
    }
    candidates->count = candidates->bias = 0;
}
