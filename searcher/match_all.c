/* Documents that all required clauses have: the words of all of them are intersected; phrases among
 * them then look at positions, and optional clauses add to the score. */
#include <stdlib.h>

#include "searcher/intersect.h"
#include "searcher/match.h"

/* What the visitors of an intersection work with. */
struct visitor {
    struct match *match;
    struct topk *topk; /* NULL: documents are counted only */
    bool exhaustive;
    bool phrases;           /* there are some among the required clauses */
    uint32_t optional_most; /* what the optional clauses add at most */
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
static bool add_phrases(struct match *match, uint8_t norm, uint32_t least, uint64_t *score) {
    uint64_t rest = 0;
    for (size_t i = 0; i < match->required_count && least; i++)
        if (match->required[i].count > 1)
            rest += scorer_most(&match->required[i], norm);
    for (size_t i = 0; i < match->required_count; i++) {
        struct scorer *scorer = &match->required[i];
        if (scorer->count == 1)
            continue;
        if (least && *score + rest < least) {
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

/* Adds what the optional clauses score, as long as the sum can still reach `least`. */
static void add_optional(const struct visitor *visitor, uint32_t doc, uint8_t norm, uint32_t least,
                         uint64_t *score) {
    struct match *match = visitor->match;
    uint64_t rest = visitor->optional_most;
    for (size_t i = 0; i < match->optional_count && *score + rest >= least; i++) {
        struct scorer *scorer = &match->optional[i];
        rest -= scorer->bound;
        if (scorer_seek(scorer, doc) == doc)
            *score += scorer_score(scorer, norm);
    }
}

/* Completes the score of a document that has all words, and offers it. */
static void offer(struct intersection *intersection, unsigned slot) {
    const struct visitor *visitor = intersection->context;
    struct match *match = visitor->match;
    struct topk *topk = visitor->topk;
    uint32_t doc = intersection_doc(intersection, slot);
    uint8_t norm = intersection->slot_norms[slot];
    uint64_t score = intersection->scores[slot];
    uint32_t least = visitor->exhaustive ? 0 : topk->least;
    if (visitor->phrases) {
        stand(intersection, slot);
        uint32_t required = least > visitor->optional_most ? least - visitor->optional_most : 0;
        if (!add_phrases(match, norm, required, &score))
            return;
    }
    add_optional(visitor, doc, norm, least, &score);
    if (score < least) {
        match->pruned = true;
    } else if (!match_refuses(match, doc)) {
        match->matched++;
        topk_push(topk, (uint32_t)score, match->ordinal, doc);
        if (!visitor->exhaustive)
            match_tell_phrases(match->scorers, match->required_count + match->optional_count,
                               topk->least);
    }
}

static void rank(struct intersection *intersection, const uint8_t *slots, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        offer(intersection, slots[i]);
}

static void count(struct intersection *intersection, const uint8_t *slots, unsigned found) {
    const struct visitor *visitor = intersection->context;
    struct match *match = visitor->match;
    if (!visitor->phrases && !match->excluded_count && !match->segment->info.removed) {
        match->matched += found;
        return;
    }
    for (unsigned i = 0; i < found; i++) {
        uint64_t score = 0;
        if (visitor->phrases)
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

/* Makes a level of each word of the required clauses. */
static enum status list_levels(struct intersection *intersection, struct match *match) {
    size_t words = 0;
    for (size_t i = 0; i < match->required_count; i++)
        words += match->required[i].count;
    intersection->levels = malloc(words * sizeof *intersection->levels);
    intersection->bounds = malloc(match->required_count * sizeof *intersection->bounds);
    if (!intersection->levels || !intersection->bounds)
        return error_nomem(&match->segment->chunks.error);
    for (size_t i = 0; i < match->required_count; i++) {
        struct scorer *scorer = &match->required[i];
        intersection->bounds[i] = scorer->bound;
        for (size_t k = 0; k < scorer->count; k++) {
            struct level *level = &intersection->levels[intersection->count++];
            level->cursor = &scorer->cursors[k];
            level->clause = (uint32_t)i;
            level->weight = scorer->weight;
            level->scores = scorer->count == 1;
        }
    }
    qsort(intersection->levels, words, sizeof *intersection->levels, compare_levels);
    return ST_OK;
}

static void run(struct visitor *visitor) {
    struct match *match = visitor->match;
    struct intersection intersection = {.bm25 = visitor->topk ? match->required[0].bm25 : NULL,
                                        .norms = &match->norms,
                                        .visit = visitor->topk ? rank : count,
                                        .context = visitor};
    for (size_t i = 0; i < match->required_count; i++) {
        intersection.rest += match->required[i].bound;
        visitor->phrases |= match->required[i].count > 1;
    }
    for (size_t i = 0; i < match->optional_count; i++)
        visitor->optional_most += match->optional[i].bound;
    intersection.rest += visitor->optional_most;
    if (visitor->topk && !visitor->exhaustive)
        intersection.least = &visitor->topk->least;
    if (list_levels(&intersection, match))
        match->segment->chunks.status = ST_NOMEM;
    else
        intersection_run(&intersection);
    match->pruned |= intersection.pruned;
    free(intersection.levels);
    free(intersection.bounds);
}

void match_all(struct match *match, struct topk *topk, bool exhaustive) {
    struct visitor visitor = {.match = match, .topk = topk, .exhaustive = exhaustive};
    if (!exhaustive)
        match_tell_phrases(match->scorers, match->required_count + match->optional_count,
                           topk->least);
    run(&visitor);
}

uint64_t match_count_all(struct match *match) {
    struct visitor visitor = {.match = match};
    run(&visitor);
    return match->matched;
}
