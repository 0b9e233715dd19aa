/* MaxScore by blocks: the k best documents that any of the clauses has.
 *
 * Clauses stand in order of what they score at most. The first ones, whose bounds together do not
 * reach the k-th best score, are not essential: a document that only they have cannot get in.
 * (Turtle and Flood, "Query evaluation: strategies and optimizations", 1995.) Documents become
 * candidates by the essential clauses, and are completed by the others, the strongest first, as
 * long as they can still get in:
 *
 *   - While several clauses are essential, documents are taken in windows, wide enough to have
 *     about 2,000 postings of these clauses. Bounds are those of the blocks in the window, and the
 *     postings of its essential clauses are added up in an array, list by list, so that nothing
 *     branches on which list comes next. (Windows and bounds as in Lucene's MaxScoreBulkScorer.)
 *   - Once a single word is essential anywhere, its blocks are candidates as they are, and no array
 *     is needed. Half of all queries come to this soon.
 *
 * Candidates are completed all at once, clause by clause and block by block: a block that no
 * candidate needs, or whose bound leaves none a chance, is not decoded. */
#include "searcher/eval/completion.h"

#include <stdlib.h>

#include "searcher/eval/threshold.h"

enum {
    WINDOW_MIN = 1024,
    WINDOW_MAX = 16384,
    WINDOW_POSTINGS = 2048, /* of essential clauses, on average */
    WINDOW_FIRST = 256,     /* the same as long as there is no threshold */
};

struct disjunction {
    struct ranking ranking;
    struct bounded *clauses; /* by rising bound, as far as they are known */
    uint32_t from, end;      /* the window */
    const uint8_t *norms;    /* of document `from` and those behind it */
    unsigned found_count;
    uint16_t found[WINDOW_MAX + 1];       /* documents of the window that have a score, as found */
    uint64_t bits[WINDOW_MAX / 64];       /* those that are to be candidates */
    uint64_t words[WINDOW_MAX / 64 / 64]; /* words of the bits that are not 0 */
    struct candidates candidates;
    uint32_t scores[WINDOW_MAX]; /* 1 more than the score, or 0: not found */
};

/* What bm25_scores() may read of the frequencies, from any posting on. */
_Static_assert((int)POSTINGS_PADDING >= (int)BM25_LANES,
               "a block's frequencies have room past its last posting");

/* Adds up the postings [i, end) of a decoded block: the hot loop of unions. */
static void add_postings(struct disjunction *disjunction, struct scorer *scorer, uint32_t i,
                         uint32_t end) {
    const struct postings_block *block = &scorer->cursors->block;
    const uint32_t *docs = block->docs;
    const float *inverse_k = scorer->bm25->inverse_k;
    float inverses[POSTINGS_BLOCK + BM25_LANES];
    uint32_t scores[POSTINGS_BLOCK + BM25_LANES];
    uint32_t count = end - i;
    for (uint32_t k = 0; k < count; k++)
        inverses[k] = inverse_k[disjunction->norms[docs[i + k] - disjunction->from]];
    for (uint32_t k = count; k % BM25_LANES; k++)
        inverses[k] = 0;
    bm25_scores(scores, scorer->weight, inverses, block->frequencies + i, count);
    unsigned found = disjunction->found_count;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t at = docs[i + k] - disjunction->from, before = disjunction->scores[at];
        disjunction->scores[at] = before + scores[k] + !before;
        disjunction->found[found] = (uint16_t)at;
        found += !before;
    }
    disjunction->found_count = found;
}

static void add_term(struct disjunction *disjunction, struct scorer *scorer) {
    struct cursor *cursor = scorer->cursors;
    uint32_t doc = cursor_seek(cursor, disjunction->from);
    while (doc < disjunction->end) {
        if (!cursor_decode_frequencies(cursor)) {
            doc = DOC_END;
            break;
        }
        uint32_t begin = cursor->block_index, stop = cursor->block.count;
        if (cursor->decoded_last >= disjunction->end)
            stop = postings_block_search(&cursor->block, disjunction->end);
        add_postings(disjunction, scorer, begin, stop);
        if (stop < cursor->block.count) {
            cursor->block_index = stop;
            doc = cursor->doc = cursor->block.docs[stop];
            break;
        }
        doc = cursor_next_block(cursor);
    }
    scorer->doc = doc;
}

static void add_phrase(struct disjunction *disjunction, struct scorer *scorer) {
    for (uint32_t doc = scorer_seek(scorer, disjunction->from); doc < disjunction->end;
         doc = scorer_seek(scorer, doc + 1)) {
        uint32_t at = doc - disjunction->from;
        uint32_t before = disjunction->scores[at];
        disjunction->scores[at] = before + scorer_score(scorer, disjunction->norms[at]) + !before;
        disjunction->found[disjunction->found_count] = (uint16_t)at;
        disjunction->found_count += !before;
    }
}

/* Completes the candidates with the first `nonessential_count` clauses, which add `remaining_bound` at most. */
static void complete(struct disjunction *disjunction, size_t nonessential_count,
                     uint32_t remaining_bound) {
    completion_run(&disjunction->candidates, &disjunction->ranking, disjunction->clauses,
                   nonessential_count, remaining_bound);
}

/* Marks the documents found that have the score that is needed, and clears the scores of others. */
static void choose(struct disjunction *disjunction, uint32_t threshold) {
    for (unsigned i = 0; i < disjunction->found_count; i++) {
        uint32_t at = disjunction->found[i];
        if (disjunction->scores[at] <= threshold) { /* it is 1 more */
            disjunction->scores[at] = 0;
            continue;
        }
        disjunction->bits[at / 64] |= UINT64_C(1) << at % 64;
        disjunction->words[at / 64 / 64] |= UINT64_C(1) << at / 64 % 64;
    }
    disjunction->found_count = 0;
}

/* Takes the documents found in the window that can reach the threshold with the first `nonessential_count`
 * clauses, which add `remaining_bound` at most. They were found list by list; bits put them in order, and
 * mostly few are left to be. */
static void collect(struct disjunction *disjunction, size_t nonessential_count,
                    uint32_t remaining_bound) {
    choose(disjunction,
           bm25_partial_threshold(ranking_threshold(&disjunction->ranking), remaining_bound));
    for (uint32_t i = 0; i < WINDOW_MAX / 64 / 64; i++) {
        for (; disjunction->words[i]; disjunction->words[i] &= disjunction->words[i] - 1) {
            uint32_t word = 64 * i + (uint32_t)__builtin_ctzll(disjunction->words[i]);
            for (; disjunction->bits[word];
                 disjunction->bits[word] &= disjunction->bits[word] - 1) {
                uint32_t at = 64 * word + (uint32_t)__builtin_ctzll(disjunction->bits[word]);
                if (disjunction->candidates.count == CANDIDATES_MAX)
                    complete(disjunction, nonessential_count, remaining_bound);
                completion_add(&disjunction->candidates, disjunction->from + at,
                               disjunction->scores[at] - 1, disjunction->norms[at]);
                disjunction->scores[at] = 0;
            }
        }
    }
    complete(disjunction, nonessential_count, remaining_bound);
}

/* How many clauses, from the first on, are not essential, and what they score at most together. */
static size_t count_nonessential(const struct disjunction *disjunction, uint32_t *remaining_bound) {
    size_t nonessential_count = 0;
    *remaining_bound = 0;
    while (nonessential_count < disjunction->ranking.match->optional_count &&
           *remaining_bound + (uint64_t)disjunction->clauses[nonessential_count].bound <
               ranking_threshold(&disjunction->ranking))
        *remaining_bound += disjunction->clauses[nonessential_count++].bound;
    return nonessential_count;
}

/* Orders the clauses by their bounds anywhere. */
static void bound_all(struct disjunction *disjunction) {
    for (size_t i = 0; i < disjunction->ranking.match->optional_count; i++)
        disjunction->clauses[i] =
            (struct bounded){.scorer = &disjunction->ranking.match->optional[i],
                             .bound = disjunction->ranking.match->optional[i].bound};
}

/* Orders them by their bounds in the window, of which document `first` is the first of interest. */
static void bound_window(struct disjunction *disjunction, uint32_t first) {
    bound_all(disjunction);
    if (!ranking_threshold(&disjunction->ranking))
        return;
    for (size_t i = 0; i < disjunction->ranking.match->optional_count; i++) {
        struct scorer *scorer = disjunction->clauses[i].scorer;
        disjunction->clauses[i].bound = scorer->doc >= disjunction->end
                                            ? 0
                                            : scorer_range_bound(scorer, first, disjunction->end);
    }
    qsort(disjunction->clauses, disjunction->ranking.match->optional_count,
          sizeof *disjunction->clauses, bounded_compare);
}

/* Makes a window that begins with document `first`, as wide as suits all but the first `nonessential_count`
 * clauses, within a chunk of norms. Many postings in a window make its bounds loose, few do not pay
 * for it. */
static void place_window(struct disjunction *disjunction, uint32_t first,
                         size_t nonessential_count) {
    const struct match *match = disjunction->ranking.match;
    uint64_t postings = 1;
    for (size_t i = nonessential_count; i < match->optional_count; i++)
        postings += match->optional[i].cursors->entry.documents;
    uint64_t wanted = ranking_threshold(&disjunction->ranking) ? WINDOW_POSTINGS : WINDOW_FIRST;
    uint64_t width = match->documents * wanted / postings;
    width = width < WINDOW_MIN ? WINDOW_MIN : width > WINDOW_MAX ? WINDOW_MAX : width;
    uint64_t chunk_end = ((uint64_t)first | (NORM_CHUNK - 1)) + 1;
    uint64_t end = first + width < chunk_end ? first + width : chunk_end;
    disjunction->from = first;
    disjunction->end = end < match->documents ? (uint32_t)end : match->documents;
}

/* Takes one window; false when its norms are damaged. */
static bool rank_window(struct disjunction *disjunction) {
    struct match *match = disjunction->ranking.match;
    uint32_t first = disjunction->from;
    disjunction->norms =
        norm_reader_range(&match->segment->chunks, disjunction->from, disjunction->end);
    if (!disjunction->norms)
        return false;
    uint32_t remaining_bound, threshold = ranking_threshold(&disjunction->ranking);
    match_set_phrase_thresholds(match->optional, match->optional_count, threshold);
    bound_window(disjunction, first);
    size_t nonessential_count = count_nonessential(disjunction, &remaining_bound);
    match->pruned |= nonessential_count > 0;
    if (nonessential_count == match->optional_count)
        return true;
    for (size_t i = nonessential_count; i < match->optional_count; i++) {
        if (disjunction->clauses[i].scorer->word_count == 1)
            add_term(disjunction, disjunction->clauses[i].scorer);
        else
            add_phrase(disjunction, disjunction->clauses[i].scorer);
    }
    match->pruned |= threshold > 0;
    collect(disjunction, nonessential_count, remaining_bound);
    return true;
}

/* Where the next document may be that can get in: behind `from`, at the least document of the
 * clauses that are essential. */
static uint32_t next_document(const struct disjunction *disjunction, uint32_t from,
                              size_t nonessential_count) {
    uint32_t next = DOC_END;
    for (size_t i = nonessential_count; i < disjunction->ranking.match->optional_count; i++) {
        uint32_t doc = scorer_seek(&disjunction->ranking.match->optional[i], from);
        if (doc < next)
            next = doc;
    }
    return next;
}

/* Makes candidates of the postings from `from` on in the block that the cursor found. */
static void collect_block(struct disjunction *disjunction, struct scorer *scorer, uint32_t from,
                          uint32_t threshold) {
    const struct postings_block *block = &scorer->cursors->block;
    struct candidates *candidates = &disjunction->candidates;
    cursor_score_block(scorer->cursors, scorer->bm25, scorer->weight,
                       &disjunction->ranking.match->norms, candidates->norms, candidates->scores);
    memcpy(candidates->docs, block->docs, block->count * sizeof *block->docs);
    uint32_t first = postings_block_search(block, from);
    candidates->count = completion_filter(candidates, 0, first, block->count, threshold);
}

/* Takes the rest of the documents, from `from` on, when a word alone is essential: the last clause;
 * the others add at most `remaining_bound`. */
static void rank_single_term(struct disjunction *disjunction, uint32_t from,
                             uint32_t remaining_bound) {
    struct match *match = disjunction->ranking.match;
    size_t nonessential_count = match->optional_count - 1;
    struct scorer *scorer = disjunction->clauses[nonessential_count].scorer;
    struct cursor *cursor = scorer->cursors;
    match->pruned = true;
    while (cursor_advance_shallow(cursor, from)) {
        if (scorer->bound + (uint64_t)remaining_bound < ranking_threshold(&disjunction->ranking))
            return;
        uint32_t last = cursor->shallow_last,
                 threshold = bm25_partial_threshold(ranking_threshold(&disjunction->ranking),
                                                    remaining_bound);
        if (cursor_block_bound(cursor, scorer->bm25, scorer->weight) >= threshold) {
            if (!cursor_decode_block(cursor) || !cursor_decode_frequencies(cursor))
                return;
            match_set_phrase_thresholds(match->optional, match->optional_count,
                                        ranking_threshold(&disjunction->ranking));
            collect_block(disjunction, scorer, from, threshold);
            complete(disjunction, nonessential_count, remaining_bound);
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

static void run(struct disjunction *disjunction) {
    struct match *match = disjunction->ranking.match;
    size_t count = match->optional_count;
    qsort(match->optional, count, sizeof *match->optional, compare_scorers);
    for (uint32_t from = 0; from != DOC_END;) {
        uint32_t remaining_bound;
        bound_all(disjunction);
        size_t nonessential_count = count_nonessential(disjunction, &remaining_bound);
        if (nonessential_count == count) {
            match->pruned = true;
            return;
        }
        if (nonessential_count + 1 == count && ranking_threshold(&disjunction->ranking) &&
            match->optional[nonessential_count].word_count == 1) {
            rank_single_term(disjunction, from, remaining_bound);
            return;
        }
        from = next_document(disjunction, from, nonessential_count);
        if (from == DOC_END) {
            match->pruned |= nonessential_count > 0;
            return;
        }
        place_window(disjunction, from, nonessential_count);
        if (!rank_window(disjunction))
            return;
        from = disjunction->end >= match->documents ? DOC_END : disjunction->end;
    }
}

/* Every thread has its own, whose arrays are 0 between calls, so that a query need not clear what
 * it will hardly use. */
static _Thread_local struct disjunction scratch;

void disjunction_rank(struct match *match, struct topk *topk, bool exhaustive) {
    struct disjunction *disjunction = &scratch;
    disjunction->ranking = (struct ranking){.match = match, .topk = topk, .exhaustive = exhaustive};
    disjunction->clauses = malloc(match->optional_count * sizeof *disjunction->clauses);
    if (disjunction->clauses) {
        if (!exhaustive)
            threshold_set_initial(match, topk);
        run(disjunction);
    } else {
        segment_fail_nomem(match->segment);
    }
    free(disjunction->clauses);
    if (segment_status(match->segment, NULL)) /* it may have stopped anywhere */
        memset(disjunction, 0, sizeof *disjunction);
}
