/* Windowed MaxScore: the k best documents that any of the clauses has.
 *
 * Documents are taken in windows of 4,096. In each window clauses are put in order of what they can
 * score there at most; the leading ones, whose bounds together do not reach the k-th best score,
 * are not essential: a document that only they have cannot get in. The postings of the essential
 * clauses are added up in an array, posting list by posting list, which decodes whole blocks and
 * has no branch on which list comes next; then the documents found look the other clauses up, the
 * strongest first, as long as they can still get in. (Turtle and Flood, "Query evaluation:
 * strategies and optimizations", 1995; windows and block bounds as in Lucene's MaxScoreBulkScorer.)
 */
#include "searcher/match.h"

#include <stdlib.h>

/* A clause and what it scores at most in the window at hand. */
struct candidate {
    struct scorer *scorer;
    uint32_t bound;
};

struct window {
    uint32_t from, end;
    const uint8_t *norms; /* of document `from` and those behind it */
    uint64_t bits[WINDOW / 64];
    uint32_t scores[WINDOW];
};

static int compare_bounds(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    return x->bound < y->bound ? -1 : x->bound > y->bound;
}

/* Adds up a term's postings in the window: the hot loop of unions. Scores of a decoded block are
 * independent of each other, so the divisions overlap. */
static void add_term(struct window *window, struct scorer *scorer) {
    struct cursor *cursor = scorer->cursors;
    const float *inverse = scorer->bm25->inverse;
    const float weight = scorer->weight;
    uint32_t doc = cursor_seek(cursor, window->from);
    while (doc < window->end) {
        if (!postings_block_frequencies(&cursor->block, &cursor->segment->chunks)) {
            doc = DOC_END;
            break;
        }
        const uint32_t *docs = cursor->block.docs;
        const uint32_t *frequencies = cursor->block.frequencies;
        uint32_t i = cursor->index, count = cursor->block.count;
        for (; i < count && docs[i] < window->end; i++) {
            uint32_t at = docs[i] - window->from;
            window->bits[at / 64] |= UINT64_C(1) << at % 64;
            window->scores[at] += bm25_score(weight, inverse[window->norms[at]], frequencies[i]);
        }
        if (i < count) {
            cursor->index = i;
            doc = cursor->doc = docs[i];
            break;
        }
        doc = cursor_next_block(cursor);
    }
    scorer->doc = doc;
}

static void add_clause(struct window *window, struct scorer *scorer) {
    if (scorer->count == 1) {
        add_term(window, scorer);
        return;
    }
    for (uint32_t doc = scorer_seek(scorer, window->from); doc < window->end;
         doc = scorer_seek(scorer, doc + 1)) {
        uint32_t at = doc - window->from;
        window->bits[at / 64] |= UINT64_C(1) << at % 64;
        window->scores[at] += scorer_score(scorer, window->norms[at]);
    }
}

/* Completes the score of a document with the clauses that are not essential; `rest` is what they
 * can add at most. Stops early when it cannot reach `least`. */
static uint32_t complete(const struct candidate *candidates, size_t count, uint64_t rest,
                         uint32_t least, uint32_t doc, uint8_t norm, uint32_t score) {
    while (count-- > 0 && score + rest >= least) {
        struct scorer *scorer = candidates[count].scorer;
        rest -= candidates[count].bound;
        if (scorer_seek(scorer, doc) == doc)
            score += scorer_score(scorer, norm);
    }
    return score;
}

/* Offers the documents found in a window. */
static void offer(struct match *match, struct topk *topk, struct window *window,
                  const struct candidate *candidates, size_t others, uint64_t rest,
                  bool exhaustive) {
    for (unsigned word = 0; word < WINDOW / 64; word++) {
        uint64_t bits = window->bits[word];
        if (!bits)
            continue;
        window->bits[word] = 0;
        for (; bits; bits &= bits - 1) {
            uint32_t at = 64 * word + (uint32_t)__builtin_ctzll(bits);
            uint32_t doc = window->from + at;
            uint32_t score = window->scores[at];
            window->scores[at] = 0;
            uint32_t least = exhaustive ? 0 : topk->least;
            score = complete(candidates, others, rest, least, doc, window->norms[at], score);
            if (score < least) {
                match->pruned = true;
            } else if (!match_refuses(match, doc)) {
                match->matched++;
                topk_push(topk, score, match->ordinal, doc);
            }
        }
    }
}

/* Where the next document may be that can get in: behind `from`, at the least document of the
 * clauses that are not all together too weak for it anywhere. */
static uint32_t next_window(const struct match *match, uint32_t from, uint32_t least) {
    uint64_t weak = 0;
    uint32_t next = DOC_END;
    for (size_t i = 0; i < match->optional_count; i++) {
        struct scorer *scorer = &match->optional[i]; /* by rising bound */
        weak += scorer->bound;
        if (weak < least)
            continue;
        uint32_t doc = scorer_seek(scorer, from);
        if (doc < next)
            next = doc;
    }
    return next;
}

static int compare_scorers(const void *a, const void *b) {
    const struct scorer *x = a, *y = b;
    return x->bound < y->bound ? -1 : x->bound > y->bound;
}

void match_any(struct match *match, struct topk *topk, bool exhaustive) {
    size_t count = match->optional_count;
    struct candidate *candidates = malloc(count * sizeof *candidates);
    struct window *window = calloc(1, sizeof *window);
    if (!candidates || !window) {
        match->segment->chunks.status = error_nomem(&match->segment->chunks.error);
        count = 0;
    }
    qsort(match->optional, count, sizeof *match->optional, compare_scorers);
    uint32_t from = count ? next_window(match, 0, 0) : DOC_END;
    while (from != DOC_END) {
        uint32_t first = from;
        window->from = from / WINDOW * WINDOW;
        window->end = window->from + WINDOW;
        if (window->end > match->documents || window->end < window->from)
            window->end = match->documents;
        const uint8_t *norms = segment_norms(match->segment, from >> SEGMENT_NORM_BITS);
        if (!norms)
            break;
        window->norms = norms + (window->from & (SEGMENT_NORMS - 1));
        uint32_t least = exhaustive ? 0 : topk->least;
        size_t others = 0;
        uint64_t rest = 0;
        match_tell_phrases(match->optional, count, least);
        for (size_t i = 0; i < count; i++) {
            struct scorer *scorer = &match->optional[i];
            candidates[i] = (struct candidate){.scorer = scorer, .bound = scorer->bound};
            if (least)
                candidates[i].bound =
                    scorer->doc >= window->end ? 0 : scorer_bound(scorer, first, window->end);
        }
        if (least) {
            qsort(candidates, count, sizeof *candidates, compare_bounds);
            while (others < count && rest + candidates[others].bound < least)
                rest += candidates[others++].bound;
        }
        if (others)
            match->pruned = true;
        if (others < count) {
            for (size_t i = others; i < count; i++)
                add_clause(window, candidates[i].scorer);
            offer(match, topk, window, candidates, others, rest, exhaustive);
        }
        from = window->end >= match->documents
                   ? DOC_END
                   : next_window(match, window->end, exhaustive ? 0 : topk->least);
        if (from == DOC_END && topk->least)
            match->pruned = true;
    }
    free(candidates);
    free(window);
}
