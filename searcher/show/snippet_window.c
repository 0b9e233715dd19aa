/* SPDX-License-Identifier: MIT */
/* Chooses windows by one pass over the occurrences of all clauses, in the order of their ends. */
#include "searcher/show/snippet_window.h"

#include <math.h>
#include <stdlib.h>

enum status snippet_window_chooser_init(struct snippet_window_chooser *chooser,
                                        const struct occurrences *occurrences, struct error *err) {
    size_t count = occurrences->count + 1;
    *chooser = (struct snippet_window_chooser){.occurrences = occurrences};
    chooser->clauses = calloc(count, sizeof *chooser->clauses);
    chooser->queue = calloc(count, sizeof *chooser->queue);
    chooser->recent = calloc(count, sizeof *chooser->recent);
    if (chooser->clauses && chooser->queue && chooser->recent)
        return ST_OK;
    snippet_window_chooser_release(chooser);
    return error_nomem(err);
}

void snippet_window_chooser_release(struct snippet_window_chooser *chooser) {
    free(chooser->clauses);
    free(chooser->queue);
    free(chooser->recent);
    *chooser = (struct snippet_window_chooser){0};
}

/* The last position of the next occurrence of a list. */
static uint32_t next_end(const struct snippet_window_chooser *chooser, size_t list) {
    const struct occurrence_list *here = &chooser->occurrences->lists[list];
    return occurrences_last(here, chooser->clauses[list].next);
}

/* Restores the order of the heap below `at`. */
static void sift_down(struct snippet_window_chooser *chooser, size_t at) {
    size_t *queue = chooser->queue, list = queue[at];
    for (size_t child; (child = 2 * at + 1) < chooser->queue_count; at = child) {
        if (child + 1 < chooser->queue_count &&
            next_end(chooser, queue[child + 1]) < next_end(chooser, queue[child]))
            child++;
        if (next_end(chooser, list) <= next_end(chooser, queue[child]))
            break;
        queue[at] = queue[child];
    }
    queue[at] = list;
}

static void rewind_lists(struct snippet_window_chooser *chooser) {
    chooser->queue_count = chooser->recent_count = 0;
    for (size_t i = 0; i < chooser->occurrences->count; i++) {
        chooser->clauses[i].next = 0;
        if (chooser->occurrences->lists[i].count)
            chooser->queue[chooser->queue_count++] = i;
    }
    for (size_t i = chooser->queue_count / 2; i-- > 0;)
        sift_down(chooser, i);
}

/* Takes the occurrence that ends next; *list is the list that has it. False: none is left. */
static bool take_next(size_t *list, struct snippet_window_chooser *chooser) {
    if (!chooser->queue_count)
        return false;
    *list = chooser->queue[0];
    const struct occurrence_list *here = &chooser->occurrences->lists[*list];
    struct snippet_window_clause *clause = &chooser->clauses[*list];
    clause->first = occurrences_first(here, clause->next);
    clause->last = occurrences_last(here, clause->next++);
    if (clause->next == here->count)
        chooser->queue[0] = chooser->queue[--chooser->queue_count];
    if (chooser->queue_count)
        sift_down(chooser, 0);
    return true;
}

/* Whether the clause's occurrence is within a span of a window that was chosen before. */
static bool is_near_chosen(const struct snippet_window_chooser *chooser,
                           const struct snippet_window_clause *clause,
                           const struct snippet_window *windows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct snippet_window *taken = &windows[i];
        if ((uint64_t)clause->last + chooser->span >= taken->first &&
            clause->first <= (uint64_t)taken->last + chooser->span)
            return true;
    }
    return false;
}

static void move_to_front(struct snippet_window_chooser *chooser, size_t list) {
    size_t at = 0;
    while (at < chooser->recent_count && chooser->recent[at] != list)
        at++;
    if (at == chooser->recent_count)
        chooser->recent_count++;
    for (; at > 0; at--)
        chooser->recent[at] = chooser->recent[at - 1];
    chooser->recent[0] = list;
}

/* A window and its rank among others. */
struct candidate {
    struct snippet_window window;
    uint64_t weight;
    uint32_t other_words; /* words in it that are not the query's */
};

/* The window that ends with the most recent occurrence. Of each clause, the most recent occurrence
 * makes it narrowest. Drops lists whose occurrences no later window can reach. */
static struct candidate measure(struct snippet_window_chooser *chooser) {
    const struct snippet_window_clause *end = &chooser->clauses[chooser->recent[0]];
    struct candidate candidate = {.window = {end->first, end->last}};
    uint32_t words = 0;
    for (size_t i = 0; i < chooser->recent_count; i++) {
        size_t list = chooser->recent[i];
        const struct snippet_window_clause *clause = &chooser->clauses[list];
        if (clause->last < end->first && end->last - clause->last >= chooser->span) {
            if (end->last - clause->last >= chooser->max_width)
                chooser->recent_count = i; /* the lists after it are older */
            break;
        }
        if (clause->first < candidate.window.first) {
            if (end->last - clause->first >= chooser->span)
                continue;
            candidate.window.first = clause->first;
        }
        candidate.weight += clause->weight;
        words += clause->last - clause->first + 1;
    }
    uint32_t size = candidate.window.last - candidate.window.first + 1;
    candidate.other_words = size > words ? size - words : 0;
    return candidate;
}

/* The best window apart from those chosen before; false if there is none. */
static bool choose(struct snippet_window *window, struct snippet_window_chooser *chooser,
                   const struct snippet_window *windows, size_t count) {
    struct candidate best = {.weight = 0};
    uint64_t all = 0;
    rewind_lists(chooser);
    for (size_t i = 0; i < chooser->queue_count; i++)
        all += chooser->clauses[chooser->queue[i]].weight;
    for (size_t list; take_next(&list, chooser);) {
        if (is_near_chosen(chooser, &chooser->clauses[list], windows, count)) {
            chooser->recent_count = 0; /* no window extends across another one */
            continue;
        }
        move_to_front(chooser, list);
        struct candidate candidate = measure(chooser);
        if (candidate.weight > best.weight ||
            (candidate.weight == best.weight && candidate.other_words < best.other_words))
            best = candidate;
        if (best.weight == all && !best.other_words)
            break; /* nothing can be better */
    }
    *window = best.window;
    return best.weight > 0;
}

static uint64_t weight_of(const struct occurrence_list *list) {
    return (uint64_t)ldexp(list->clause->idf, 40) + 1;
}

/* Reduces the weights of the clauses that the window shows to a quarter. */
static void discount(struct snippet_window_chooser *chooser, const struct snippet_window *window) {
    for (size_t i = 0; i < chooser->occurrences->count; i++) {
        const struct occurrence_list *list = &chooser->occurrences->lists[i];
        size_t at = occurrences_lower_bound(list, window->first);
        if (at < list->count && occurrences_last(list, at) <= window->last)
            chooser->clauses[i].weight = (chooser->clauses[i].weight + 3) / 4;
    }
}

size_t snippet_window_choose(struct snippet_window *windows, size_t max,
                             struct snippet_window_chooser *chooser, uint32_t span) {
    size_t count = 0;
    chooser->span = chooser->max_width = span;
    for (size_t i = 0; i < chooser->occurrences->count; i++) {
        const struct occurrence_list *list = &chooser->occurrences->lists[i];
        chooser->clauses[i].weight = weight_of(list);
        if (list->width > chooser->max_width)
            chooser->max_width = list->width;
    }
    while (count < max) {
        struct snippet_window window;
        if (!choose(&window, chooser, windows, count))
            break;
        discount(chooser, &window);
        size_t at = count++;
        for (; at > 0 && windows[at - 1].first > window.first; at--)
            windows[at] = windows[at - 1];
        windows[at] = window;
    }
    return count;
}
