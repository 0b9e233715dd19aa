/* SPDX-License-Identifier: MIT */
/* Intersects the words of all required clauses, then checks the positions of phrases, then adds the
 * scores of optional clauses.
 *
 * A filter on a term that is rarer than all words takes part like one that adds nothing to the
 * score, so it leads. Any other filter drops candidates of the rarest word.
 *
 * As soon as no document can reach the threshold without one of the optional terms, that term is
 * required, too: in `+norway gas`, the rarer of the two leads after a few hits. This is the idea of
 * MaxScore, applied to clauses that need not match. */
#include "searcher/match/conjunction.h"

#include <stdlib.h>

#include "searcher/match/completion.h"
#include "searcher/match/intersection.h"

struct conjunction {
    struct match *match;
    struct intersection intersection;
    struct cursor *filter_term;      /* NULL: the filter is not one that can lead */
    bool has_phrases;                /* some required clauses are phrases */
    struct bounded_clause *optional; /* by rising bound */
    uint32_t optional_bound;         /* the sum of their bounds */
    struct candidates candidates;
};

/* Moves all cursors to a document that they have in common. */
static void move_cursors(const struct intersection *intersection, unsigned slot) {
    uint32_t doc = intersection_doc(intersection, slot);
    for (size_t i = 0; i < intersection->count; i++) {
        struct intersection_level *level = &intersection->levels[i];
        level->cursor->block_index = level->block_index[slot];
        level->cursor->doc = doc;
    }
}

/* Adds the scores of the required phrases. False: the document does not have one of them, or cannot
 * reach the threshold. Bounds of all phrases are known before the first one reads positions. */
static bool add_phrases(uint32_t *score, struct match *match, uint32_t doc, uint32_t threshold) {
    uint32_t remaining_bound = 0;
    for (size_t i = 0; i < match->required_count && threshold; i++)
        if (match->required[i].kind == SCORER_PHRASE)
            remaining_bound += scorer_doc_bound(&match->required[i], doc);
    for (size_t i = 0; i < match->required_count; i++) {
        struct scorer *scorer = &match->required[i];
        if (scorer->kind == SCORER_TERM)
            continue;
        if (*score + remaining_bound < threshold) {
            match->pruned = true;
            return false;
        }
        if (threshold)
            remaining_bound -= scorer_doc_bound(scorer, doc);
        if (!scorer_match_phrase(scorer))
            return false;
        *score += scorer_score(scorer, doc);
    }
    return true;
}

static void complete(struct conjunction *conjunction) {
    completion_run(&conjunction->candidates, conjunction->match, conjunction->optional,
                   conjunction->match->optional_count, conjunction->optional_bound);
}

static void rank(struct intersection *intersection, const uint8_t *slots, unsigned count) {
    struct conjunction *conjunction = intersection->context;
    struct match *match = conjunction->match;
    for (unsigned i = 0; i < count; i++) {
        uint32_t score = intersection->scores[slots[i]];
        uint32_t doc = intersection_doc(intersection, slots[i]);
        if (conjunction->has_phrases) {
            uint32_t threshold = match_threshold(match);
            move_cursors(intersection, slots[i]);
            if (!add_phrases(&score, match, doc,
                             bm25_partial_threshold(threshold, conjunction->optional_bound)))
                continue;
        }
        completion_add(&conjunction->candidates, doc, score,
                       lengths_inverse_k(&match->lengths, doc));
        if (conjunction->has_phrases)
            complete(conjunction); /* a higher threshold saves reading positions of later ones */
    }
    complete(conjunction);
    if (match->optional_count)
        match_set_phrase_thresholds(match->scorers, match->required_count + match->optional_count,
                                    match_threshold(match));
}

static void collect(struct intersection *intersection, const uint8_t *slots, unsigned found) {
    const struct conjunction *conjunction = intersection->context;
    struct match *match = conjunction->match;
    for (unsigned i = 0; i < found; i++) {
        uint32_t score = 0, doc = intersection_doc(intersection, slots[i]);
        if (conjunction->has_phrases)
            move_cursors(intersection, slots[i]);
        if (add_phrases(&score, match, doc, 0) && !match_is_excluded_by_terms(match, doc))
            match->found[doc / 64] |= UINT64_C(1) << doc % 64;
    }
}

static void count(struct intersection *intersection, const uint8_t *slots, unsigned found) {
    const struct conjunction *conjunction = intersection->context;
    struct match *match = conjunction->match;
    if (!conjunction->has_phrases && match_excludes_nothing(match)) {
        match->matched += found;
        return;
    }
    for (unsigned i = 0; i < found; i++) {
        uint32_t score = 0, doc = intersection_doc(intersection, slots[i]);
        if (conjunction->has_phrases)
            move_cursors(intersection, slots[i]);
        if (add_phrases(&score, match, doc, 0) &&
            !match_is_excluded(match, intersection_doc(intersection, slots[i])))
            match->matched++;
    }
}

static int compare_levels(const void *a, const void *b) {
    const struct intersection_level *x = a, *y = b;
    uint32_t m = x->cursor->entry.documents, n = y->cursor->entry.documents;
    return m < n ? -1 : m > n;
}

/* Puts the filter before the rarest word if it is rarer. */
static void arrange_filter(struct conjunction *conjunction) {
    struct match *match = conjunction->match;
    struct intersection *intersection = &conjunction->intersection;
    struct cursor *term = conjunction->filter_term, *rarest = intersection->levels[0].cursor;
    bool bits = match->filtered && filter_is_worth_bits(&match->filter, rarest->entry.documents);
    intersection->filter = bits ? &match->filter : NULL;
    if (!term || term->entry.documents >= rarest->entry.documents)
        return;
    intersection->filter = NULL;
    memmove(intersection->levels + 1, intersection->levels,
            intersection->count++ * sizeof *intersection->levels);
    struct intersection_level *lead = &intersection->levels[0];
    lead->cursor = term;
    lead->clause = (uint32_t)match->required_count; /* one more, whose bound is 0 */
    lead->weight = 0;
    lead->bm25 = match->lengths.bm25;
    lead->own_lengths = NULL;
    lead->multiplicity = 1;
    lead->is_term = false;
    intersection->bounds[lead->clause] = 0;
}

/* Makes a level for each word of the required clauses, and lists the optional clauses. */
static void arrange(struct conjunction *conjunction) {
    struct match *match = conjunction->match;
    struct intersection *intersection = &conjunction->intersection;
    intersection->count = 0;
    intersection->remaining_bound = conjunction->optional_bound = 0;
    conjunction->has_phrases = false;
    for (size_t i = 0; i < match->required_count; i++) {
        struct scorer *scorer = &match->required[i];
        intersection->bounds[i] = scorer->bound;
        intersection->remaining_bound += scorer->bound;
        conjunction->has_phrases |= scorer->kind == SCORER_PHRASE;
        for (size_t k = 0; k < scorer->word_count; k++) {
            struct intersection_level *level = &intersection->levels[intersection->count++];
            level->cursor = &scorer->cursors[k];
            level->clause = (uint32_t)i;
            level->weight = scorer->weight;
            level->bm25 = scorer->bm25;
            level->own_lengths = scorer->owns_lengths ? scorer->lengths : NULL;
            level->multiplicity = scorer->multiplicity;
            level->is_term = scorer->kind == SCORER_TERM;
        }
    }
    qsort(intersection->levels, intersection->count, sizeof *intersection->levels, compare_levels);
    arrange_filter(conjunction);
    for (size_t i = 0; i < match->optional_count; i++) {
        struct scorer *scorer = &match->optional[i];
        conjunction->optional[i] =
            (struct bounded_clause){.scorer = scorer, .bound = scorer->bound};
        conjunction->optional_bound += scorer->bound;
    }
    qsort(conjunction->optional, match->optional_count, sizeof *conjunction->optional,
          completion_compare);
    intersection->remaining_bound += conjunction->optional_bound;
}

/* The optional term with the highest bound, or NULL. Phrases stay optional, because positions that
 * they have read cannot be read again. */
static struct scorer *strongest_term(const struct conjunction *conjunction) {
    for (size_t i = conjunction->match->optional_count; i-- > 0;)
        if (conjunction->optional[i].scorer->kind == SCORER_TERM)
            return conjunction->optional[i].scorer;
    return NULL;
}

/* Makes an optional clause a required one. */
static void require(struct match *match, struct scorer *scorer) {
    struct scorer moving = *scorer;
    *scorer = match->optional[0];
    match->optional[0] = moving;
    match->required_count++;
    match->optional++;
    match->optional_count--;
}

static void run(struct conjunction *conjunction) {
    struct match *match = conjunction->match;
    for (uint32_t from = 0; from != DOC_END;) {
        arrange(conjunction);
        struct scorer *word = strongest_term(conjunction);
        uint32_t stop_threshold = UINT32_MAX;
        if (word && conjunction->intersection.threshold)
            stop_threshold = conjunction->intersection.remaining_bound - word->bound + 1;
        from = intersection_run(&conjunction->intersection, from, stop_threshold);
        if (from != DOC_END && word) {
            match->pruned = true;
            require(match, word);
        }
    }
    match->pruned |= conjunction->intersection.pruned;
}

static size_t word_count(const struct match *match) {
    size_t words = 0;
    for (size_t i = 0; i < match->required_count + match->optional_count; i++)
        words += match->scorers[i].word_count;
    return words;
}

/* Ranks if there is a match->topk, else collects or counts. */
static void init_and_run(struct match *match) {
    size_t clauses = match->required_count + match->optional_count;
    struct conjunction *conjunction = malloc(sizeof *conjunction);
    struct intersection_level *levels = malloc((word_count(match) + 1) * sizeof *levels);
    uint32_t *bounds = malloc((clauses + 1) * sizeof *bounds);
    struct bounded_clause *optional = malloc(clauses * sizeof *optional);
    if (conjunction && levels && bounds && optional) {
        struct topk *topk = match->topk;
        struct cursor filter_term;
        const struct term_entry *entry = match->filtered ? filter_term_entry(&match->filter) : NULL;
        if (entry)
            cursor_init(&filter_term, match->segment, entry);
        conjunction->match = match;
        conjunction->filter_term = entry ? &filter_term : NULL;
        conjunction->intersection.levels = levels;
        conjunction->intersection.lengths = topk ? &match->lengths : NULL;
        conjunction->intersection.threshold = topk && !match->exhaustive ? &topk->threshold : NULL;
        conjunction->intersection.bounds = bounds;
        conjunction->intersection.end = DOC_END;
        conjunction->intersection.pruned = false;
        conjunction->intersection.visit = topk ? rank : match->found ? collect : count;
        conjunction->intersection.context = conjunction;
        conjunction->optional = optional;
        conjunction->candidates.count = conjunction->candidates.bias = 0;
        run(conjunction);
    } else {
        segment_fail_nomem(match->segment);
    }
    free(optional);
    free(bounds);
    free(levels);
    free(conjunction);
}

void conjunction_rank(struct match *match) {
    if (!match->exhaustive)
        match_set_phrase_thresholds(match->scorers, match->required_count + match->optional_count,
                                    match->topk->threshold);
    init_and_run(match);
}

void conjunction_collect(struct match *match, uint64_t *bits) {
    match->found = bits;
    init_and_run(match);
}

uint64_t conjunction_count(struct match *match) {
    init_and_run(match);
    return match->matched;
}
