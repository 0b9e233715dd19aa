#include "searcher/eval/completion.h"

int bounded_compare(const void *a, const void *b) {
    const struct bounded *x = a, *y = b;
    return x->bound < y->bound ? -1 : x->bound > y->bound;
}

unsigned candidates_keep(struct candidates *candidates, unsigned kept, unsigned from, unsigned end,
                         uint32_t needed) {
    for (unsigned i = from; i < end; i++) {
        uint32_t score = candidates->scores[i];
        candidates->docs[kept] = candidates->docs[i];
        candidates->norms[kept] = candidates->norms[i];
        candidates->scores[kept] = score;
        kept += score >= needed;
    }
    return kept;
}

/* Adds to candidates [from, end) what the word scores in the block that its cursor found. */
static void add_block(struct candidates *candidates, unsigned from, unsigned end,
                      struct scorer *scorer) {
    struct cursor *cursor = scorer->cursors;
    uint8_t found[POSTINGS_BLOCK], at[POSTINGS_BLOCK];
    for (unsigned count; from < end; from += count) {
        count = end - from < POSTINGS_BLOCK ? end - from : POSTINGS_BLOCK;
        unsigned hits =
            postings_block_match(&cursor->block, candidates->docs + from, count, found, at);
        if (hits && !cursor_unpack(cursor))
            return;
        for (unsigned i = 0; i < hits; i++) {
            unsigned k = from + found[i];
            candidates->scores[k] +=
                bm25_score(scorer->weight, scorer->bm25->inverse[candidates->norms[k]],
                           cursor->block.frequencies[at[i]]);
        }
    }
}

/* Completes the candidates with a word: those that then reach `needed` stay. `bound` is what the
 * word scores at most. */
static void complete_term(struct candidates *candidates, struct scorer *scorer, uint32_t bound,
                          uint32_t needed) {
    struct cursor *cursor = scorer->cursors;
    unsigned count = candidates->count, kept = 0;
    for (unsigned i = 0; i < count;) {
        if (!cursor_find(cursor, candidates->docs[i])) {
            kept = candidates_keep(candidates, kept, i, count, needed);
            break;
        }
        unsigned end = i + 1;
        while (end < count && candidates->docs[end] <= cursor->ahead_last)
            end++;
        uint32_t here = cursor_bound_ahead(cursor, scorer->bm25, scorer->weight);
        if (here > bound)
            here = bound;
        unsigned chosen = candidates_keep(candidates, kept, i, end, needed_less(needed, here));
        if (chosen > kept && cursor_load(cursor)) {
            add_block(candidates, kept, chosen, scorer);
            chosen = candidates_keep(candidates, kept, kept, chosen, needed);
        }
        kept = chosen;
        i = end;
    }
    candidates->count = kept;
    scorer->doc = cursor->doc;
}

static void complete_phrase(struct candidates *candidates, struct scorer *scorer, uint32_t needed) {
    for (unsigned i = 0; i < candidates->count; i++)
        if (scorer_seek(scorer, candidates->docs[i]) == candidates->docs[i])
            candidates->scores[i] += scorer_score(scorer, candidates->norms[i]);
    candidates->count = candidates_keep(candidates, 0, 0, candidates->count, needed);
}

void candidates_finish(struct candidates *candidates, const struct ranking *ranking,
                       const struct bounded *clauses, size_t count, uint32_t rest) {
    struct match *match = ranking->match;
    while (count > 0 && candidates->count) {
        const struct bounded *clause = &clauses[--count];
        unsigned before = candidates->count;
        rest -= clause->bound;
        uint32_t needed = needed_less(ranking_least(ranking), rest);
        if (clause->scorer->count == 1)
            complete_term(candidates, clause->scorer, clause->bound, needed);
        else
            complete_phrase(candidates, clause->scorer, needed);
        match->pruned |= candidates->count < before;
    }
    for (unsigned i = 0; i < candidates->count; i++) {
        if (candidates->scores[i] < ranking_least(ranking)) {
            match->pruned = true;
        } else if (!match_refuses(match, candidates->docs[i])) {
            match->matched++;
            topk_push(ranking->topk, candidates->scores[i], match->ordinal, candidates->docs[i]);
        }
    }
    candidates->count = 0;
}
