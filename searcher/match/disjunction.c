/* SPDX-License-Identifier: MIT */
/* Finds the k best documents by MaxScore (Turtle and Flood, "Query evaluation: strategies and
 * optimizations", 1995), a block of postings at a time.
 *
 * Clauses are ordered by their bounds. The first ones, whose bounds together do not reach the
 * threshold, are not essential: a document that matches only these cannot be among the best. So the
 * essential clauses alone make candidates, and the other clauses complete them (completion.h).
 *
 *   - While several clauses are essential, documents are taken in windows that have about 2,000
 *     postings of these clauses. Bounds are those of the blocks in the window, and the scores of
 *     the essential clauses are accumulated in an array, list by list, so that no branch depends on
 *     which list has the next document. Windows and their bounds follow Lucene's
 *     MaxScoreBulkScorer.
 *   - Once only a single term is essential in all remaining documents, its blocks are the candidates
 *     and no array is needed. Half of all queries soon reach this state.
 *   - A filter that lets few documents pass, in comparison with the postings of the essential
 *     clauses, makes the candidates itself, and all clauses complete them. Any other filter is asked
 *     before postings are scored. */
#include "searcher/match/disjunction.h"

#include <stdlib.h>
#include <string.h>

#include "searcher/match/initial_threshold.h"
#include "searcher/match/sparse_union.h"

enum {
    WINDOW_MIN = 1024,
    WINDOW_MAX = SCRATCH_DOCS,
    WINDOW_POSTINGS = 2048, /* of essential clauses in a window, on average */
    WINDOW_FIRST = 256,     /* the same while there is no threshold */
    /* Completing a document that passes the filter costs as much as scoring about this number of
     * postings. */
    FILTER_COST = 8,
};

struct disjunction {
    struct match *match;
    struct search_scratch *scratch;
    struct bounded_clause *clauses; /* by rising bound; owned */
    size_t count;
    size_t nonessential_count; /* of clauses, from the first on */
    uint32_t remaining_bound;  /* the sum of their bounds */
    uint32_t from, end;        /* the window */
    const uint8_t *norms;      /* of document `from` and those after it */
    const uint64_t *passing;   /* bits of all documents, valid in the window; NULL: no filter */
    unsigned found_count;      /* of scratch->found */
};

/* bm25_scores() reads whole vectors of frequencies, beginning with any posting. */
_Static_assert((int)POSTINGS_PADDING >= (int)BM25_LANES,
               "a block's frequencies have room past its last posting");

/* Sets 1 / K of documents of the window. */
static inline void read_inverses(float *inverses, const struct disjunction *state,
                                 const struct scorer *scorer, const uint32_t *docs,
                                 uint32_t count) {
    const uint8_t *norms = state->norms;
    const float *inverse_k = scorer->bm25->inverse_k;
    uint32_t from = state->from;
    if (scorer->owns_lengths || scorer->bm25->field_count)
        lengths_inverses(inverses, scorer->lengths, docs, count);
    else
        for (uint32_t k = 0; k < count; k++)
            inverses[k] = inverse_k[norms[docs[k] - from]];
}

/* Sets 1 / K of the candidates, which are in the window, for clauses that complete them. */
static void set_inverses(struct disjunction *state, size_t clauses) {
    struct candidates *candidates = &state->scratch->candidates;
    struct lengths *lengths = &state->match->lengths;
    if (!clauses)
        return;
    if (lengths->bm25->field_count) {
        lengths_inverses(candidates->inverses, lengths, candidates->docs, candidates->count);
        return;
    }
    for (unsigned i = 0; i < candidates->count; i++)
        candidates->inverses[i] =
            lengths->bm25->inverse_k[state->norms[candidates->docs[i] - state->from]];
}

/* Adds the scores of `count` postings: the hot loop of unions. The frequencies have room for
 * BM25_LANES more. */
static void add_postings(struct disjunction *state, const struct scorer *scorer,
                         const uint32_t *docs, const uint32_t *frequencies, uint32_t count) {
    float inverses[POSTINGS_BLOCK + BM25_LANES];
    uint32_t scores[POSTINGS_BLOCK + BM25_LANES];
    uint32_t from = state->from;
    read_inverses(inverses, state, scorer, docs, count);
    for (uint32_t k = count; k % BM25_LANES; k++)
        inverses[k] = 0;
    bm25_scores(scores, scorer->weight, inverses, frequencies, count);
    struct search_scratch *scratch = state->scratch;
    unsigned found = state->found_count;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t at = docs[k] - from, before = scratch->scores[at];
        scratch->scores[at] = before + scores[k] + !before;
        scratch->found[found] = (uint16_t)at;
        found += !before;
    }
    state->found_count = found;
}

/* Adds those of the postings whose documents pass the filter. */
static void add_passing(struct disjunction *state, const struct scorer *scorer,
                        const uint32_t *docs, const uint32_t *frequencies, uint32_t count) {
    uint32_t passing_docs[POSTINGS_BLOCK], passing_frequencies[POSTINGS_BLOCK + BM25_LANES];
    uint8_t passing[POSTINGS_BLOCK];
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        passing[found] = (uint8_t)i;
        found += filter_bit(state->passing, docs[i]);
    }
    for (uint32_t i = 0; i < found; i++) {
        passing_docs[i] = docs[passing[i]];
        passing_frequencies[i] = frequencies[passing[i]];
    }
    memset(passing_frequencies + found, 0, BM25_LANES * sizeof *passing_frequencies);
    add_postings(state, scorer, passing_docs, passing_frequencies, found);
}

static void add_term(struct disjunction *state, struct scorer *scorer) {
    struct cursor *cursor = scorer->cursors;
    uint32_t doc = cursor_seek(cursor, state->from);
    while (doc < state->end) {
        if (!cursor_decode_frequencies(cursor)) {
            doc = DOC_END;
            break;
        }
        uint32_t begin = cursor->block_index, stop = cursor->block.count;
        if (cursor->decoded_last >= state->end)
            stop = postings_block_search(&cursor->block, state->end);
        (state->passing ? add_passing : add_postings)(state, scorer, cursor->block.docs + begin,
                                                      cursor->block.frequencies + begin,
                                                      stop - begin);
        if (stop < cursor->block.count) {
            cursor->block_index = stop;
            doc = cursor->doc = cursor->block.docs[stop];
            break;
        }
        doc = cursor_next_block(cursor);
    }
    scorer->doc = doc;
}

static void add_phrase(struct disjunction *state, struct scorer *scorer) {
    struct search_scratch *scratch = state->scratch;
    for (uint32_t doc = scorer_seek(scorer, state->from); doc < state->end;
         doc = scorer_seek(scorer, doc + 1)) {
        uint32_t at = doc - state->from, before = scratch->scores[at];
        scratch->scores[at] = before + scorer_score(scorer, doc) + !before;
        scratch->found[state->found_count] = (uint16_t)at;
        state->found_count += !before;
    }
}

/* Completes the candidates with the clauses that are not essential. */
static void complete(struct disjunction *state) {
    completion_run(&state->scratch->candidates, state->match, state->clauses,
                   state->nonessential_count, state->remaining_bound);
}

/* Completes the documents found in the window that can still reach the threshold. They were found
 * list by list; a bit set puts those that remain, usually few, in order. */
static void take_found(struct disjunction *state) {
    struct search_scratch *scratch = state->scratch;
    uint32_t threshold =
        bm25_partial_threshold(match_threshold(state->match), state->remaining_bound);
    for (unsigned i = 0; i < state->found_count; i++) {
        uint32_t at = scratch->found[i];
        if (scratch->scores[at] <= threshold) { /* the entry is 1 more than the score */
            scratch->scores[at] = 0;
            continue;
        }
        scratch->doc_bits[at / 64] |= UINT64_C(1) << at % 64;
        scratch->word_bits[at / 64 / 64] |= UINT64_C(1) << at / 64 % 64;
    }
    state->found_count = 0;
    for (uint32_t i = 0; i < WINDOW_MAX / 64 / 64; i++) {
        for (; scratch->word_bits[i]; scratch->word_bits[i] &= scratch->word_bits[i] - 1) {
            uint32_t word = 64 * i + (uint32_t)__builtin_ctzll(scratch->word_bits[i]);
            for (; scratch->doc_bits[word];
                 scratch->doc_bits[word] &= scratch->doc_bits[word] - 1) {
                uint32_t at = 64 * word + (uint32_t)__builtin_ctzll(scratch->doc_bits[word]);
                if (scratch->candidates.count == CANDIDATES_MAX) {
                    set_inverses(state, state->nonessential_count);
                    complete(state);
                }
                completion_add(&scratch->candidates, state->from + at, scratch->scores[at] - 1, 0);
                scratch->scores[at] = 0;
            }
        }
    }
    set_inverses(state, state->nonessential_count);
    complete(state);
}

/* Completes all documents of the window that pass the filter. */
static void take_passing(struct disjunction *state) {
    struct candidates *candidates = &state->scratch->candidates;
    struct filter *filter = &state->match->filter;
    uint32_t bound = 0;
    for (size_t i = 0; i < state->count; i++)
        bound += state->clauses[i].bound;
    for (uint32_t from = state->from; from < state->end;) {
        candidates->count =
            filter_list(candidates->docs, CANDIDATES_MAX, &from, state->end, filter);
        candidates->bias = 1;
        memset(candidates->scores, 0, candidates->count * sizeof *candidates->scores);
        set_inverses(state, state->count);
        completion_run(candidates, state->match, state->clauses, state->count, bound);
    }
}

/* Finds the clauses that are not essential. */
static void split_clauses(struct disjunction *state) {
    uint32_t threshold = match_threshold(state->match);
    state->nonessential_count = state->remaining_bound = 0;
    while (state->nonessential_count < state->count &&
           state->remaining_bound + (uint64_t)state->clauses[state->nonessential_count].bound <
               threshold)
        state->remaining_bound += state->clauses[state->nonessential_count++].bound;
}

/* How many postings the essential clauses have. */
static uint64_t count_postings(const struct disjunction *state) {
    uint64_t postings = 0;
    for (size_t i = state->nonessential_count; i < state->count; i++)
        postings += state->clauses[i].scorer->cursors->entry.documents;
    return postings;
}

/* The end of the window that begins with document `from`, which lies in one chunk of norms. With
 * too many postings in a window its bounds are loose; with too few they cost more than they
 * save. */
static uint32_t window_end(const struct disjunction *state, uint32_t from, uint64_t postings) {
    const struct match *match = state->match;
    uint64_t wanted = match_threshold(match) ? WINDOW_POSTINGS : WINDOW_FIRST;
    uint64_t width = match->documents * wanted / (postings + 1);
    width = width < WINDOW_MIN ? WINDOW_MIN : width > WINDOW_MAX ? WINDOW_MAX : width;
    uint64_t chunk_end = ((uint64_t)from | (NORM_CHUNK - 1)) + 1;
    uint64_t end = from + width < chunk_end ? from + width : chunk_end;
    return end < match->documents ? (uint32_t)end : match->documents;
}

/* Drops candidates, which are in [from, end), that do not pass the filter. */
static void keep_passing(struct candidates *candidates, struct filter *filter, uint32_t from,
                         uint32_t end) {
    const uint64_t *passing = filter_bits(filter, from, end);
    unsigned kept = 0;
    for (unsigned i = 0; i < candidates->count; i++) {
        uint32_t doc = candidates->docs[i];
        candidates->docs[kept] = doc;
        candidates->inverses[kept] = candidates->inverses[i];
        candidates->scores[kept] = candidates->scores[i];
        kept += filter_bit(passing, doc);
    }
    candidates->count = kept;
}

/* Evaluates all documents from `from` on when only the last clause, a term, is essential. */
static void take_blocks(struct disjunction *state, uint32_t from) {
    struct match *match = state->match;
    struct candidates *candidates = &state->scratch->candidates;
    struct scorer *scorer = state->clauses[state->count - 1].scorer;
    struct cursor *cursor = scorer->cursors;
    bool bits = match->filtered && filter_is_worth_bits(&match->filter, cursor->entry.documents);
    match->pruned = true;
    while (cursor_advance_shallow(cursor, from)) {
        if (scorer->bound + (uint64_t)state->remaining_bound < match_threshold(match))
            return;
        uint32_t last = cursor->shallow_last,
                 threshold = bm25_partial_threshold(match_threshold(match), state->remaining_bound);
        if (cursor_block_bound(cursor, scorer->bm25, scorer->weight) >= threshold &&
            (!bits || filter_has_any(&match->filter, from, last + 1))) {
            if (!cursor_decode_block(cursor) || !cursor_decode_frequencies(cursor))
                return;
            match_set_phrase_thresholds(match->optional, match->optional_count,
                                        match_threshold(match));
            const struct postings_block *block = &cursor->block;
            cursor_score_block(candidates->inverses, candidates->scores, cursor, scorer->weight,
                               scorer->lengths);
            if (scorer->owns_lengths)
                lengths_inverses(candidates->inverses, &match->lengths, block->docs, block->count);
            memcpy(candidates->docs, block->docs, block->count * sizeof *block->docs);
            uint32_t first = postings_block_search(block, from);
            candidates->count = completion_filter(candidates, 0, first, block->count, threshold);
            if (bits)
                keep_passing(candidates, &match->filter, from, last + 1);
            complete(state);
        }
        if (last >= match->documents - 1)
            return;
        from = last + 1;
    }
}

static int compare_scorers(const void *a, const void *b) {
    const struct scorer *x = a, *y = b;
    return x->bound < y->bound ? -1 : x->bound > y->bound;
}

static void run(struct disjunction *state) {
    struct match *match = state->match;
    qsort(match->optional, state->count, sizeof *match->optional, compare_scorers);
    for (uint32_t from = 0; from != DOC_END;) {
        /* Phase 1: find the clauses that are essential in all remaining documents. */
        for (size_t i = 0; i < state->count; i++)
            state->clauses[i] = (struct bounded_clause){.scorer = &match->optional[i],
                                                        .bound = match->optional[i].bound};
        split_clauses(state);
        if (state->nonessential_count == state->count) {
            match->pruned = true;
            return;
        }
        uint32_t threshold = match_threshold(match);
        uint64_t postings = count_postings(state);
        bool filter_leads =
            match->filtered && (uint64_t)match->filter.estimate * FILTER_COST < postings;
        if (state->nonessential_count + 1 == state->count && threshold && !filter_leads &&
            match->optional[state->nonessential_count].kind == SCORER_TERM) {
            take_blocks(state, from);
            return;
        }

        /* Phase 2: begin a window with the next document of one of these clauses, or of the
         * filter. */
        state->from = filter_leads ? filter_next(&match->filter, from) : DOC_END;
        for (size_t i = state->nonessential_count; i < state->count && !filter_leads; i++) {
            uint32_t doc = scorer_seek(state->clauses[i].scorer, from);
            if (doc < state->from)
                state->from = doc;
        }
        if (state->from == DOC_END) {
            match->pruned |= state->nonessential_count > 0;
            return;
        }
        state->end =
            window_end(state, state->from, filter_leads ? match->filter.estimate : postings);
        state->norms = norm_reader_range(&match->segment->chunks, state->from, state->end);
        if (!state->norms)
            return;
        state->passing = NULL;
        if (match->filtered && (filter_leads || filter_is_worth_bits(&match->filter, postings)))
            state->passing = filter_bits(&match->filter, state->from, state->end);

        /* Phase 3: bounds are lower in the window, so fewer clauses may be essential there. */
        match_set_phrase_thresholds(match->optional, match->optional_count, threshold);
        for (size_t i = 0; i < state->count && threshold && !filter_leads; i++) {
            struct scorer *scorer = state->clauses[i].scorer;
            state->clauses[i].bound =
                scorer->doc >= state->end ? 0 : scorer_range_bound(scorer, state->from, state->end);
        }
        if (threshold) {
            qsort(state->clauses, state->count, sizeof *state->clauses, completion_compare);
            split_clauses(state);
        }
        match->pruned |= state->nonessential_count > 0;

        /* Phase 4: accumulate these, list by list, then complete the candidates. */
        bool any_essential = state->nonessential_count < state->count;
        for (size_t i = state->nonessential_count; i < state->count && !filter_leads; i++) {
            struct scorer *scorer = state->clauses[i].scorer;
            switch (scorer->kind) {
            case SCORER_TERM:
                add_term(state, scorer);
                break;
            case SCORER_PHRASE:
                add_phrase(state, scorer);
                break;
            }
        }
        if (any_essential) {
            match->pruned |= threshold > 0;
            (filter_leads ? take_passing : take_found)(state);
        }
        from = state->end >= match->documents ? DOC_END : state->end;
    }
}

void disjunction_rank(struct match *match, struct search_scratch *scratch) {
    struct disjunction state = {.match = match, .scratch = scratch, .count = match->optional_count};
    state.clauses = malloc(state.count * sizeof *state.clauses);
    if (state.clauses && sparse_union_is_faster(match)) {
        sparse_union_rank(match, state.clauses, &scratch->candidates);
    } else if (state.clauses) {
        if (!match->exhaustive)
            initial_threshold_set(match, match->topk);
        run(&state);
    } else {
        segment_fail_nomem(match->segment);
    }
    free(state.clauses);
    if (segment_status(match->segment, NULL)) /* it may have stopped half-way */
        search_scratch_clear(scratch);
}
