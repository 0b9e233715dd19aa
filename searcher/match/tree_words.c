/* SPDX-License-Identifier: MIT */
/* Intersects the words of a group. */
#include "searcher/match/tree_node.h"

#include <stdlib.h>

#include "searcher/match/intersection.h"

struct tree_words {
    struct intersection intersection;
    struct tree_node *nodes; /* of the words; borrowed */
    struct tree_run *run;
    /* Of the current run: */
    struct tree_frame *frame;
    const uint64_t *within;
    uint32_t need;
};

static void visit(struct intersection *intersection, const uint8_t *slots, unsigned count) {
    struct tree_words *words = intersection->context;
    for (unsigned i = 0; i < count; i++) {
        uint32_t at = intersection_doc(intersection, slots[i]) - words->run->from;
        if (!words->within || tree_bit(words->within, at))
            tree_frame_set(words->frame, at,
                           intersection->lengths ? intersection->scores[slots[i]] : 0);
    }
}

static int compare_levels(const void *a, const void *b) {
    const struct intersection_level *x = a, *y = b;
    uint32_t m = x->cursor->entry.documents, n = y->cursor->entry.documents;
    return m < n ? -1 : m > n;
}

struct tree_words *tree_words_new(struct tree_node *nodes, size_t count, struct tree_run *run) {
    struct tree_words *words = calloc(1, sizeof *words);
    if (!words)
        return NULL;
    words->nodes = nodes;
    words->run = run;
    struct intersection *intersection = &words->intersection;
    *intersection = (struct intersection){.levels = malloc(count * sizeof *intersection->levels),
                                          .count = count,
                                          .threshold = &words->need,
                                          .bounds = calloc(count, sizeof *intersection->bounds),
                                          .visit = visit,
                                          .context = words};
    if (!intersection->levels || !intersection->bounds) {
        tree_words_free(words);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        struct scorer *scorer = &nodes[i].phrase.scorer;
        struct intersection_level *level = &intersection->levels[i];
        level->cursor = scorer->cursors;
        level->clause = (uint32_t)i;
        level->weight = scorer->weight;
        level->bm25 = scorer->bm25;
        level->own_lengths = scorer->owns_lengths ? scorer->lengths : NULL;
        level->multiplicity = 1;
        level->is_term = true;
    }
    qsort(intersection->levels, count, sizeof *intersection->levels, compare_levels);
    return words;
}

void tree_words_free(struct tree_words *words) {
    if (!words)
        return;
    free(words->intersection.levels);
    free(words->intersection.bounds);
    free(words);
}

void tree_words_add(struct tree_words *words, struct tree_run *run, struct tree_frame *frame,
                    const uint64_t *within, uint32_t need) {
    struct intersection *intersection = &words->intersection;
    words->frame = frame;
    words->within = within;
    words->need = need;
    intersection->lengths = run->scored && frame->is_scored ? &run->match->lengths : NULL;
    intersection->end = run->end;
    intersection->remaining_bound = 0;
    for (size_t i = 0; i < intersection->count; i++) {
        intersection->bounds[i] = words->nodes[i].bound;
        intersection->remaining_bound += words->nodes[i].bound;
    }
    intersection->pruned = false;
    intersection_run(intersection, run->from, UINT32_MAX);
    run->pruned |= intersection->pruned;
    frame->is_clear = false;
}
