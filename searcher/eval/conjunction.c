/* Documents that all required clauses have: the words of all of them are intersected; phrases among
 * them then look at positions, and optional clauses add to the score of what is left.
 *
 * When documents cannot get in any more without one of the optional words, it is required from then
 * on: of `+norway gas`, the rarer word leads after a few hits. (The idea of MaxScore, for clauses
 * that need not match.) */
#include <stdlib.h>

#include "searcher/eval/completion.h"
#include "searcher/eval/intersect.h"

struct all {
    struct ranking ranking; /* topk == NULL: documents are counted only */
    struct intersection intersection;
    bool phrases;             /* there are some among the required clauses */
    struct bounded *optional; /* by rising bound */
    uint32_t optional_rest;   /* what these add at most */
    struct candidates candidates;
};

/* Stands all cursors on a document that they have in common. */
static void stand(const struct intersection *intersection, unsigned slot) {
    uint32_t doc = intersection_doc(intersection, slot);
    for (size_t i = 0; i < intersection->count; i++) {
        struct level *level = &intersection->levels[i];
        level->cursor->index = level->at[slot];
        level->cursor->doc = doc;
    }
}

/* Adds what the required phrases score. False when the document lacks one, or cannot reach `least`:
 * each is asked how much it may score before the first one reads positions. */
static bool add_phrases(struct match *match, uint8_t norm, uint32_t least, uint32_t *score) {
    uint32_t rest = 0;
    for (size_t i = 0; i < match->required_count && least; i++)
        if (match->required[i].count > 1)
            rest += scorer_most(&match->required[i], norm);
    for (size_t i = 0; i < match->required_count; i++) {
        struct scorer *scorer = &match->required[i];
        if (scorer->count == 1)
            continue;
        if (*score + rest < least) {
            match->pruned = true;
            return false;
        }
        if (least)
            rest -= scorer_most(scorer, norm);
        if (!scorer_match_phrase(scorer))
            return false;
        *score += bm25_score(scorer->weight, scorer->bm25->inverse[norm], scorer->frequency);
    }
    return true;
}

static void finish(struct all *all) {
    candidates_finish(&all->candidates, &all->ranking, all->optional,
                      all->ranking.match->optional_count, all->optional_rest);
}

static void rank(struct intersection *intersection, const uint8_t *slots, unsigned count) {
    struct all *all = intersection->context;
    struct match *match = all->ranking.match;
    for (unsigned i = 0; i < count; i++) {
        uint32_t score = intersection->scores[slots[i]];
        uint32_t doc = intersection_doc(intersection, slots[i]);
        uint8_t norm = norm_reader_norm(&match->norms, doc);
        if (all->phrases) {
            uint32_t least = ranking_least(&all->ranking);
            stand(intersection, slots[i]);
            if (!add_phrases(match, norm, needed_less(least, all->optional_rest), &score))
                continue;
        }
        candidates_add(&all->candidates, doc, score, norm);
        if (all->phrases)
            finish(all); /* a higher threshold spares the next ones their positions */
    }
    finish(all);
    if (match->optional_count)
        match_tell_phrases(match->scorers, match->required_count + match->optional_count,
                           ranking_least(&all->ranking));
}

static void count(struct intersection *intersection, const uint8_t *slots, unsigned found) {
    const struct all *all = intersection->context;
    struct match *match = all->ranking.match;
    if (!all->phrases && !match->excluded_count && !match->segment->info.deleted) {
        match->matched += found;
        return;
    }
    for (unsigned i = 0; i < found; i++) {
        uint32_t score = 0;
        if (all->phrases)
            stand(intersection, slots[i]);
        if (add_phrases(match, 0, 0, &score) &&
            !match_refuses(match, intersection_doc(intersection, slots[i])))
            match->matched++;
    }
}

static int compare_levels(const void *a, const void *b) {
    const struct level *x = a, *y = b;
    uint32_t m = x->cursor->entry.documents, n = y->cursor->entry.documents;
    return m < n ? -1 : m > n;
}

/* Makes a level of each word of the required clauses, and lists the optional ones. */
static void arrange(struct all *all) {
    struct match *match = all->ranking.match;
    struct intersection *intersection = &all->intersection;
    intersection->count = 0;
    intersection->rest = all->optional_rest = 0;
    all->phrases = false;
    for (size_t i = 0; i < match->required_count; i++) {
        struct scorer *scorer = &match->required[i];
        intersection->bounds[i] = scorer->bound;
        intersection->rest += scorer->bound;
        all->phrases |= scorer->count > 1;
        for (size_t k = 0; k < scorer->count; k++) {
            struct level *level = &intersection->levels[intersection->count++];
            level->cursor = &scorer->cursors[k];
            level->clause = (uint32_t)i;
            level->weight = scorer->weight;
            level->scores = scorer->count == 1;
        }
    }
    qsort(intersection->levels, intersection->count, sizeof *intersection->levels, compare_levels);
    for (size_t i = 0; i < match->optional_count; i++) {
        struct scorer *scorer = &match->optional[i];
        all->optional[i] = (struct bounded){.scorer = scorer, .bound = scorer->bound};
        all->optional_rest += scorer->bound;
    }
    qsort(all->optional, match->optional_count, sizeof *all->optional, bounded_compare);
    intersection->rest += all->optional_rest;
}

/* The strongest optional word, or NULL. Phrases stay optional: what they have read of a document
 * they cannot read again. */
static struct scorer *strongest_word(const struct all *all) {
    for (size_t i = all->ranking.match->optional_count; i-- > 0;)
        if (all->optional[i].scorer->count == 1)
            return all->optional[i].scorer;
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

static void run(struct all *all) {
    struct match *match = all->ranking.match;
    for (uint32_t from = 0; from != DOC_END;) {
        arrange(all);
        struct scorer *word = strongest_word(all);
        uint32_t stop = UINT32_MAX;
        if (word && all->intersection.least)
            stop = all->intersection.rest - word->bound + 1;
        from = intersection_run(&all->intersection, from, stop);
        if (from != DOC_END && word) {
            match->pruned = true;
            require(match, word);
        }
    }
    match->pruned |= all->intersection.pruned;
}

static size_t count_words(const struct match *match) {
    size_t words = 0;
    for (size_t i = 0; i < match->required_count + match->optional_count; i++)
        words += match->scorers[i].count;
    return words;
}

/* Runs with `topk`, or counts without. */
static void open_and_run(struct match *match, struct topk *topk, bool exhaustive) {
    size_t clauses = match->required_count + match->optional_count;
    struct all *all = malloc(sizeof *all);
    struct level *levels = malloc(count_words(match) * sizeof *levels);
    uint32_t *bounds = malloc(clauses * sizeof *bounds);
    struct bounded *optional = malloc(clauses * sizeof *optional);
    if (all && levels && bounds && optional) {
        all->ranking = (struct ranking){.match = match, .topk = topk, .exhaustive = exhaustive};
        all->intersection.levels = levels;
        all->intersection.bm25 = topk ? match->required[0].bm25 : NULL;
        all->intersection.norms = &match->norms;
        all->intersection.least = topk && !exhaustive ? &topk->least : NULL;
        all->intersection.bounds = bounds;
        all->intersection.pruned = false;
        all->intersection.visit = topk ? rank : count;
        all->intersection.context = all;
        all->optional = optional;
        all->candidates.count = 0;
        run(all);
    } else {
        match->segment->chunks.status = error_nomem(&match->segment->chunks.error);
    }
    free(optional);
    free(bounds);
    free(levels);
    free(all);
}

void match_all(struct match *match, struct topk *topk, bool exhaustive) {
    if (!exhaustive)
        match_tell_phrases(match->scorers, match->required_count + match->optional_count,
                           topk->least);
    open_and_run(match, topk, exhaustive);
}

uint64_t match_count_all(struct match *match) {
    open_and_run(match, NULL, false);
    return match->matched;
}
