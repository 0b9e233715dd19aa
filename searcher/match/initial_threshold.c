/* SPDX-License-Identifier: MIT */
/* Scores one term ahead of the query. */
#include "searcher/match/initial_threshold.h"

#include <stdlib.h>

/* The part of the documents that pass the filter, as far as is known. */
static double passing_part(const struct match *match) {
    return match->filtered ? (double)match->filter.estimate / match->documents : 1;
}

/* Of the terms that at least k documents have, or are likely to have that pass the filter, the one
 * with the highest bound; NULL: there is none. */
static struct scorer *choose(const struct match *match, size_t k) {
    double wanted = match->filtered ? 2 * (double)k / passing_part(match) : (double)k;
    struct scorer *chosen = NULL;
    for (size_t i = 0; i < match->optional_count; i++) {
        struct scorer *scorer = &match->optional[i];
        if (scorer->kind == SCORER_TERM && scorer->cursors->entry.documents >= wanted &&
            (!chosen || scorer->bound > chosen->bound))
            chosen = scorer;
    }
    return chosen;
}

/* Without an initial threshold, all postings are scored until k documents with the term have been
 * seen, which is the fraction k / documents of all lists. With one, the term's postings are read
 * twice. A posting costs about the same in both. */
static bool is_worthwhile(const struct match *match, const struct scorer *scorer, size_t k) {
    double all = 0, documents = scorer->cursors->entry.documents;
    for (size_t i = 0; i < match->optional_count; i++)
        all += match->optional[i].cursors->entry.documents;
    return (all - documents) * (double)k / (documents * passing_part(match)) > documents;
}

static void offer_block(struct match *match, const struct scorer *scorer, struct cursor *cursor,
                        struct topk *topk) {
    const struct postings_block *block = &cursor->block;
    float inverses[POSTINGS_BLOCK];
    uint32_t scores[POSTINGS_BLOCK];
    cursor_score_block(inverses, scores, cursor, scorer->weight, scorer->lengths);
    for (uint32_t i = 0; i < block->count; i++)
        if (scores[i] >= topk->threshold && !match_is_excluded(match, block->docs[i]))
            topk_offer(topk, scores[i], 0, block->docs[i]);
}

void initial_threshold_set(struct match *match, struct topk *topk) {
    if (topk->threshold || topk->count || match->excluded_count || match->optional_count < 2 ||
        match->filter.predicate_count)
        return;
    size_t k = topk->expected_limit ? topk->expected_limit : topk->limit;
    const struct scorer *scorer = choose(match, k);
    struct topk best;
    if (!scorer || !is_worthwhile(match, scorer, k) || topk_init(&best, k))
        return; /* a search works without it, even if memory ran out */
    bool bits =
        match->filtered && filter_is_worth_bits(&match->filter, scorer->cursors->entry.documents);
    struct cursor cursor;
    cursor_init(&cursor, match->segment, &scorer->cursors->entry);
    struct cursor_weights *weights = scorer->weights ? cursor_weights_copy(scorer->weights) : NULL;
    if (scorer->weights && !weights) {
        topk_release(&best);
        return;
    }
    if (scorer->unit > 1)
        cursor_set_weights(&cursor, scorer->unit, weights);
    for (uint32_t from = 0; cursor_advance_shallow(&cursor, from); from = cursor.shallow_last + 1) {
        if (cursor_block_bound(&cursor, scorer->bm25, scorer->weight) >= best.threshold &&
            (!bits || filter_has_any(&match->filter, from, cursor.shallow_last + 1))) {
            if (!cursor_decode_block(&cursor) || !cursor_decode_frequencies(&cursor))
                break;
            offer_block(match, scorer, &cursor, &best);
        }
        if (cursor.shallow_last >= match->documents - 1)
            break;
    }
    if (!topk_sort(&best) && best.count == best.limit && best.entries[k - 1].score > topk->slack)
        topk->threshold = best.entries[k - 1].score - topk->slack;
    topk_release(&best);
    free(weights);
}
