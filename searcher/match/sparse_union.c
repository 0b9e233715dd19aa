/* SPDX-License-Identifier: MIT */
/* Adds lists to the documents found. */
#include "searcher/match/sparse_union.h"

#include <stdlib.h>

#include "common/base/array.h"

enum {
    RANGE = 1 << 20, /* documents at a time, which bounds the memory for those found */
    /* Documents per document that passes, at least: with fewer of them, too many are found. */
    SPARSE_MIN = 16,
    /* Passing documents per posting, at most: with more of them, computing the bits costs more than
     * asking about each document found. */
    PASSING_MAX = 8,
    /* Where only a sample shows that few documents pass, all values of a column must be read: documents
     * per posting, at most, and per document that passes, at least, for that to be worth it. */
    SAMPLE_MIN = 64,
    SAMPLED_MIN = 30,
};

struct found {
    uint32_t doc, score;
};

struct sparse_union {
    struct match *match;
    struct bounded_clause *clauses; /* by rising bound */
    size_t count;
    uint32_t from, end;   /* the range of documents */
    struct found *found;  /* by document; owned */
    struct found *merged; /* the same with the list that is being read; owned */
    size_t found_count, merged_count, found_capacity, merged_capacity;
    struct topk best; /* of the sums of merged documents: as many as count for the threshold */
};

bool sparse_union_is_faster(struct match *match) {
    struct filter *filter = &match->filter;
    uint64_t postings = 0, passing = filter->estimate;
    for (size_t i = 0; i < match->optional_count; i++)
        postings += match->optional[i].cursors->entry.documents;
    if (!match->filtered || filter->predicate_count || match->excluded_count)
        return false;
    if (passing * SPARSE_MIN > match->documents && postings * SAMPLE_MIN > match->documents)
        return filter_sample(filter) * SAMPLED_MIN <= match->documents;
    return passing * SPARSE_MIN <= match->documents && passing <= postings * PASSING_MAX;
}

/* Makes room for `more` merged documents. */
static bool reserve(struct sparse_union *state, size_t more) {
    struct found *larger = array_reserve(state->merged, &state->merged_capacity,
                                         state->merged_count + more, sizeof *larger);
    if (larger)
        state->merged = larger;
    else
        segment_fail_nomem(state->match->segment);
    return larger;
}

static inline void keep(struct sparse_union *state, struct found found) {
    state->merged[state->merged_count++] = found;
    if (found.score >= state->best.threshold)
        topk_offer(&state->best, found.score, 0, found.doc);
}

/* Raises the threshold to the k-th best of the sums so far. */
static void raise_threshold(struct sparse_union *state) {
    struct topk *topk = state->match->topk;
    uint32_t kth = state->best.threshold; /* 1 more than it is; 0: there are fewer */
    if (kth > topk->slack + UINT64_C(1) && kth - 1 - topk->slack > topk->threshold &&
        !state->match->exhaustive)
        topk->threshold = kth - 1 - topk->slack;
}

/* Merges the documents found before `doc`, from the index *at on, then `doc` with this score. */
static inline void merge(struct sparse_union *state, size_t *at, uint32_t doc, uint32_t score) {
    while (*at < state->found_count && state->found[*at].doc < doc)
        keep(state, state->found[(*at)++]);
    if (*at < state->found_count && state->found[*at].doc == doc)
        score += state->found[(*at)++].score;
    keep(state, (struct found){.doc = doc, .score = score});
}

/* Merges the postings of the decoded block that are in the range and pass. */
static bool merge_block(struct sparse_union *state, struct scorer *scorer, size_t *at) {
    struct cursor *cursor = scorer->cursors;
    const struct postings_block *block = &cursor->block;
    uint32_t begin = block->docs[0] < state->from ? postings_block_search(block, state->from) : 0;
    uint32_t end = block->count;
    if (cursor->decoded_last >= state->end)
        end = postings_block_search(block, state->end);
    if (begin == end)
        return true;
    const uint64_t *passing =
        filter_bits(&state->match->filter, block->docs[begin], block->docs[end - 1] + 1);
    uint8_t found[POSTINGS_BLOCK];
    unsigned hits = filter_find(found, passing, block->docs, begin, end);
    if (!hits)
        return true;
    if (!cursor_decode_frequencies(cursor))
        return false;
    for (unsigned i = 0; i < hits; i++) {
        uint32_t doc = block->docs[found[i]];
        merge(state, at, doc,
              bm25_score(scorer->weight, lengths_inverse_k(scorer->lengths, doc),
                         block->frequencies[found[i]]));
    }
    return true;
}

/* Whether the block advanced to may bring in a document, or complete one of those found, of which
 * `best` is the highest score in its range. */
static bool is_worth_decoding(struct sparse_union *state, const struct scorer *scorer,
                              uint32_t from, uint32_t best, uint32_t remaining_bound) {
    struct cursor *cursor = scorer->cursors;
    uint32_t end = cursor->shallow_last < state->end ? cursor->shallow_last + 1 : state->end;
    uint64_t threshold = bm25_partial_threshold(match_threshold(state->match), remaining_bound);
    if (threshold &&
        best + (uint64_t)cursor_block_bound(cursor, scorer->bm25, scorer->weight) < threshold) {
        state->match->pruned = true;
        return false;
    }
    return filter_has_any(&state->match->filter, from, end);
}

/* Merges the documents that have a term. Those are left out that cannot reach the threshold. */
static void merge_term(struct sparse_union *state, struct scorer *scorer,
                       uint32_t remaining_bound) {
    struct cursor *cursor = scorer->cursors;
    size_t at = 0;
    for (uint32_t from = state->from; from < state->end && cursor_advance_shallow(cursor, from);
         from = cursor->shallow_last + 1) {
        size_t stop = at;
        uint32_t best = 0, last = cursor->shallow_last;
        for (; stop < state->found_count && state->found[stop].doc <= last; stop++)
            best = state->found[stop].score > best ? state->found[stop].score : best;
        if (!is_worth_decoding(state, scorer, from, best, remaining_bound)) {
            at = stop;
            continue;
        }
        if (!cursor_decode_block(cursor) || !reserve(state, stop - at + POSTINGS_BLOCK) ||
            !merge_block(state, scorer, &at))
            break;
        while (at < stop)
            keep(state, state->found[at++]);
        raise_threshold(state);
    }
    if (reserve(state, state->found_count - at))
        while (at < state->found_count)
            keep(state, state->found[at++]);
    scorer->doc = cursor->doc;
}

static void merge_phrase(struct sparse_union *state, struct scorer *scorer) {
    size_t at = 0;
    for (uint32_t doc = scorer_seek(scorer, state->from); doc < state->end;
         doc = scorer_seek(scorer, doc + 1)) {
        if (!filter_bit(filter_bits(&state->match->filter, doc, doc + 1), doc))
            continue;
        if (!reserve(state, state->found_count - at + 1))
            return;
        merge(state, &at, doc, scorer_score(scorer, doc));
    }
    if (reserve(state, state->found_count - at))
        while (at < state->found_count)
            keep(state, state->found[at++]);
}

static bool begin_list(struct sparse_union *state) {
    const struct topk *topk = state->match->topk;
    if (!topk_init(&state->best, topk->expected_limit ? topk->expected_limit : topk->limit))
        return true;
    segment_fail_nomem(state->match->segment);
    return false;
}

static void end_list(struct sparse_union *state) {
    struct found *found = state->found;
    size_t capacity = state->found_capacity;
    state->found = state->merged;
    state->found_count = state->merged_count;
    state->found_capacity = state->merged_capacity;
    state->merged = found;
    state->merged_count = 0;
    state->merged_capacity = capacity;
    raise_threshold(state);
    topk_release(&state->best);
}

/* Completes the documents found that can still reach the threshold with the first `count` clauses,
 * and offers them. */
static void complete(struct sparse_union *state, struct candidates *candidates, size_t count,
                     uint32_t remaining_bound) {
    struct match *match = state->match;
    for (size_t i = 0; i < state->found_count;) {
        uint32_t threshold = bm25_partial_threshold(match_threshold(match), remaining_bound);
        for (; i < state->found_count && candidates->count < CANDIDATES_MAX; i++)
            if (state->found[i].score >= threshold)
                completion_add(candidates, state->found[i].doc, state->found[i].score, 0);
            else
                match->pruned = true;
        if (count)
            lengths_inverses(candidates->inverses, &match->lengths, candidates->docs,
                             candidates->count);
        completion_run(candidates, match, state->clauses, count, remaining_bound);
    }
}

static void rank_range(struct sparse_union *state, struct candidates *candidates) {
    struct match *match = state->match;
    size_t left = state->count;
    uint32_t remaining_bound = 0;
    for (size_t i = 0; i < left; i++)
        remaining_bound += state->clauses[i].bound;
    state->found_count = 0;
    while (left && remaining_bound >= match_threshold(match)) {
        struct scorer *scorer = state->clauses[left - 1].scorer;
        remaining_bound -= state->clauses[--left].bound;
        match_set_phrase_thresholds(match->optional, match->optional_count, match_threshold(match));
        if (!begin_list(state))
            return;
        switch (scorer->kind) {
        case SCORER_TERM:
            merge_term(state, scorer, remaining_bound);
            break;
        case SCORER_PHRASE:
            merge_phrase(state, scorer);
            break;
        }
        end_list(state);
    }
    match->pruned |= left > 0;
    complete(state, candidates, left, remaining_bound);
}

void sparse_union_rank(struct match *match, struct bounded_clause *clauses,
                       struct candidates *candidates) {
    struct sparse_union state = {
        .match = match, .clauses = clauses, .count = match->optional_count};
    for (size_t i = 0; i < state.count; i++)
        clauses[i] = (struct bounded_clause){.scorer = &match->optional[i],
                                             .bound = match->optional[i].bound};
    qsort(clauses, state.count, sizeof *clauses, completion_compare);
    state.end = match->filter.first;
    while (state.end < match->filter.end && !segment_status(match->segment, NULL)) {
        uint32_t left = match->filter.end - state.end;
        state.from = state.end;
        state.end += left < RANGE ? left : RANGE;
        rank_range(&state, candidates);
    }
    free(state.found);
    free(state.merged);
}
