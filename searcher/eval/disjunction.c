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
    WINDOW_LEAST = 1024,
    WINDOW_MAX = 16384,
    WINDOW_POSTINGS = 2048, /* of essential clauses, on average */
    WINDOW_FIRST = 256,     /* the same as long as there is no threshold */
};

struct any {
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
_Static_assert((int)POSTINGS_PADDING >= (int)BM25_ROOM,
               "a block's frequencies have room past its last posting");

/* Adds up the postings [i, end) of a decoded block: the hot loop of unions. */
static void add_postings(struct any *any, struct scorer *scorer, uint32_t i, uint32_t end) {
    const struct postings_block *block = &scorer->cursors->block;
    const uint32_t *docs = block->docs;
    const float *inverse = scorer->bm25->inverse;
    float inverses[POSTINGS_BLOCK + BM25_ROOM];
    uint32_t scores[POSTINGS_BLOCK + BM25_ROOM];
    uint32_t count = end - i;
    for (uint32_t k = 0; k < count; k++)
        inverses[k] = inverse[any->norms[docs[i + k] - any->from]];
    for (uint32_t k = count; k % BM25_ROOM; k++)
        inverses[k] = 0;
    bm25_scores(scores, scorer->weight, inverses, block->frequencies + i, count);
    unsigned found = any->found_count;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t at = docs[i + k] - any->from, before = any->scores[at];
        any->scores[at] = before + scores[k] + !before;
        any->found[found] = (uint16_t)at;
        found += !before;
    }
    any->found_count = found;
}

static void add_term(struct any *any, struct scorer *scorer) {
    struct cursor *cursor = scorer->cursors;
    uint32_t doc = cursor_seek(cursor, any->from);
    while (doc < any->end) {
        if (!cursor_unpack(cursor)) {
            doc = DOC_END;
            break;
        }
        uint32_t begin = cursor->index, stop = cursor->block.count;
        if (cursor->last >= any->end)
            stop = postings_block_search(&cursor->block, any->end);
        add_postings(any, scorer, begin, stop);
        if (stop < cursor->block.count) {
            cursor->index = stop;
            doc = cursor->doc = cursor->block.docs[stop];
            break;
        }
        doc = cursor_next_block(cursor);
    }
    scorer->doc = doc;
}

static void add_phrase(struct any *any, struct scorer *scorer) {
    for (uint32_t doc = scorer_seek(scorer, any->from); doc < any->end;
         doc = scorer_seek(scorer, doc + 1)) {
        uint32_t at = doc - any->from;
        uint32_t before = any->scores[at];
        any->scores[at] = before + scorer_score(scorer, any->norms[at]) + !before;
        any->found[any->found_count] = (uint16_t)at;
        any->found_count += !before;
    }
}

/* Completes the candidates with the first `others` clauses, which add `rest` at most. */
static void finish(struct any *any, size_t others, uint32_t rest) {
    candidates_finish(&any->candidates, &any->ranking, any->clauses, others, rest);
}

/* Marks the documents found that have the score that is needed, and clears the scores of others. */
static void choose(struct any *any, uint32_t needed) {
    for (unsigned i = 0; i < any->found_count; i++) {
        uint32_t at = any->found[i];
        if (any->scores[at] <= needed) { /* it is 1 more */
            any->scores[at] = 0;
            continue;
        }
        any->bits[at / 64] |= UINT64_C(1) << at % 64;
        any->words[at / 64 / 64] |= UINT64_C(1) << at / 64 % 64;
    }
    any->found_count = 0;
}

/* Takes the documents found in the window that can reach the threshold with the first `others`
 * clauses, which add `rest` at most. They were found list by list; bits put them in order, and
 * mostly few are left to be. */
static void collect(struct any *any, size_t others, uint32_t rest) {
    choose(any, needed_less(ranking_least(&any->ranking), rest));
    for (uint32_t i = 0; i < WINDOW_MAX / 64 / 64; i++) {
        for (; any->words[i]; any->words[i] &= any->words[i] - 1) {
            uint32_t word = 64 * i + (uint32_t)__builtin_ctzll(any->words[i]);
            for (; any->bits[word]; any->bits[word] &= any->bits[word] - 1) {
                uint32_t at = 64 * word + (uint32_t)__builtin_ctzll(any->bits[word]);
                if (any->candidates.count == CANDIDATES_MAX)
                    finish(any, others, rest);
                candidates_add(&any->candidates, any->from + at, any->scores[at] - 1,
                               any->norms[at]);
                any->scores[at] = 0;
            }
        }
    }
    finish(any, others, rest);
}

/* How many clauses, from the first on, are not essential, and what they score at most together. */
static size_t count_others(const struct any *any, uint32_t *rest) {
    size_t others = 0;
    *rest = 0;
    while (others < any->ranking.match->optional_count &&
           *rest + (uint64_t)any->clauses[others].bound < ranking_least(&any->ranking))
        *rest += any->clauses[others++].bound;
    return others;
}

/* Orders the clauses by their bounds anywhere. */
static void bound_all(struct any *any) {
    for (size_t i = 0; i < any->ranking.match->optional_count; i++)
        any->clauses[i] = (struct bounded){.scorer = &any->ranking.match->optional[i],
                                           .bound = any->ranking.match->optional[i].bound};
}

/* Orders them by their bounds in the window, of which document `first` is the first of interest. */
static void bound_window(struct any *any, uint32_t first) {
    bound_all(any);
    if (!ranking_least(&any->ranking))
        return;
    for (size_t i = 0; i < any->ranking.match->optional_count; i++) {
        struct scorer *scorer = any->clauses[i].scorer;
        any->clauses[i].bound = scorer->doc >= any->end ? 0 : scorer_bound(scorer, first, any->end);
    }
    qsort(any->clauses, any->ranking.match->optional_count, sizeof *any->clauses, bounded_compare);
}

/* Makes a window that begins with document `first`, as wide as suits all but the first `others`
 * clauses, within a chunk of norms. Many postings in a window make its bounds loose, few do not pay
 * for it. */
static void place_window(struct any *any, uint32_t first, size_t others) {
    const struct match *match = any->ranking.match;
    uint64_t postings = 1;
    for (size_t i = others; i < match->optional_count; i++)
        postings += match->optional[i].cursors->entry.documents;
    uint64_t wanted = ranking_least(&any->ranking) ? WINDOW_POSTINGS : WINDOW_FIRST;
    uint64_t width = match->documents * wanted / postings;
    width = width < WINDOW_LEAST ? WINDOW_LEAST : width > WINDOW_MAX ? WINDOW_MAX : width;
    uint64_t chunk_end = ((uint64_t)first | (NORM_CHUNK - 1)) + 1;
    uint64_t end = first + width < chunk_end ? first + width : chunk_end;
    any->from = first;
    any->end = end < match->documents ? (uint32_t)end : match->documents;
}

/* Takes one window; false when its norms are damaged. */
static bool take_window(struct any *any) {
    struct match *match = any->ranking.match;
    uint32_t first = any->from;
    any->norms = norm_reader_range(&match->segment->chunks, any->from, any->end);
    if (!any->norms)
        return false;
    uint32_t rest, needed = ranking_least(&any->ranking);
    match_tell_phrases(match->optional, match->optional_count, needed);
    bound_window(any, first);
    size_t others = count_others(any, &rest);
    match->pruned |= others > 0;
    if (others == match->optional_count)
        return true;
    for (size_t i = others; i < match->optional_count; i++) {
        if (any->clauses[i].scorer->count == 1)
            add_term(any, any->clauses[i].scorer);
        else
            add_phrase(any, any->clauses[i].scorer);
    }
    match->pruned |= needed > 0;
    collect(any, others, rest);
    return true;
}

/* Where the next document may be that can get in: behind `from`, at the least document of the
 * clauses that are essential. */
static uint32_t next_document(const struct any *any, uint32_t from, size_t others) {
    uint32_t next = DOC_END;
    for (size_t i = others; i < any->ranking.match->optional_count; i++) {
        uint32_t doc = scorer_seek(&any->ranking.match->optional[i], from);
        if (doc < next)
            next = doc;
    }
    return next;
}

/* Makes candidates of the postings from `from` on in the block that the cursor found. */
static void collect_block(struct any *any, struct scorer *scorer, uint32_t from, uint32_t needed) {
    const struct postings_block *block = &scorer->cursors->block;
    struct candidates *candidates = &any->candidates;
    cursor_score_block(scorer->cursors, scorer->bm25, scorer->weight, &any->ranking.match->norms,
                       candidates->norms, candidates->scores);
    memcpy(candidates->docs, block->docs, block->count * sizeof *block->docs);
    uint32_t first = postings_block_search(block, from);
    candidates->count = candidates_keep(candidates, 0, first, block->count, needed);
}

/* Takes the rest of the documents, from `from` on, when a word alone is essential: the last clause;
 * the others add at most `rest`. */
static void take_word(struct any *any, uint32_t from, uint32_t rest) {
    struct match *match = any->ranking.match;
    size_t others = match->optional_count - 1;
    struct scorer *scorer = any->clauses[others].scorer;
    struct cursor *cursor = scorer->cursors;
    match->pruned = true;
    while (cursor_find(cursor, from)) {
        if (scorer->bound + (uint64_t)rest < ranking_least(&any->ranking))
            return;
        uint32_t last = cursor->ahead_last,
                 needed = needed_less(ranking_least(&any->ranking), rest);
        if (cursor_bound_ahead(cursor, scorer->bm25, scorer->weight) >= needed) {
            if (!cursor_load(cursor) || !cursor_unpack(cursor))
                return;
            match_tell_phrases(match->optional, match->optional_count,
                               ranking_least(&any->ranking));
            collect_block(any, scorer, from, needed);
            finish(any, others, rest);
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

static void run(struct any *any) {
    struct match *match = any->ranking.match;
    size_t count = match->optional_count;
    qsort(match->optional, count, sizeof *match->optional, compare_scorers);
    for (uint32_t from = 0; from != DOC_END;) {
        uint32_t rest;
        bound_all(any);
        size_t others = count_others(any, &rest);
        if (others == count) {
            match->pruned = true;
            return;
        }
        if (others + 1 == count && ranking_least(&any->ranking) &&
            match->optional[others].count == 1) {
            take_word(any, from, rest);
            return;
        }
        from = next_document(any, from, others);
        if (from == DOC_END) {
            match->pruned |= others > 0;
            return;
        }
        place_window(any, from, others);
        if (!take_window(any))
            return;
        from = any->end >= match->documents ? DOC_END : any->end;
    }
}

/* Every thread has its own, whose arrays are 0 between calls, so that a query need not clear what
 * it will hardly use. */
static _Thread_local struct any scratch;

void match_any(struct match *match, struct topk *topk, bool exhaustive) {
    struct any *any = &scratch;
    any->ranking = (struct ranking){.match = match, .topk = topk, .exhaustive = exhaustive};
    any->clauses = malloc(match->optional_count * sizeof *any->clauses);
    if (any->clauses) {
        if (!exhaustive)
            seed_least(match, topk);
        run(any);
    } else {
        match->segment->chunks.status = error_nomem(&match->segment->chunks.error);
    }
    free(any->clauses);
    if (match->segment->chunks.status) /* it may have stopped anywhere */
        memset(any, 0, sizeof *any);
}
