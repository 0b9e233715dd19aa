#include "searcher/window.h"

#include <math.h>

struct chooser {
    const struct occurrences *occurrences;
    struct window_clause *clauses; /* of each list */
    size_t *recent;                /* lists with an occurrence, the one that ended last first */
    size_t recent_count;
    uint32_t span;
    const struct window *taken; /* windows chosen before */
    size_t taken_count;
};

/* Among the occurrences not passed yet, the list of the one that ends first; SIZE_MAX: none is
 * left. */
static size_t next_list(const struct chooser *chooser) {
    const struct occurrences *occurrences = chooser->occurrences;
    size_t next = SIZE_MAX;
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < occurrences->count; i++) {
        const struct occurrence_list *list = &occurrences->lists[i];
        size_t at = chooser->clauses[i].next;
        if (at < list->count && list->starts[at] + list->words - 1 < least) {
            least = list->starts[at] + list->words - 1;
            next = i;
        }
    }
    return next;
}

static bool is_taken(const struct chooser *chooser, const struct window_clause *clause) {
    for (size_t i = 0; i < chooser->taken_count; i++) {
        const struct window *taken = &chooser->taken[i];
        if ((uint64_t)clause->last + chooser->span >= taken->first &&
            clause->first <= (uint64_t)taken->last + chooser->span)
            return true;
    }
    return false;
}

static void move_to_front(struct chooser *chooser, size_t list) {
    size_t at = 0;
    while (at < chooser->recent_count && chooser->recent[at] != list)
        at++;
    if (at == chooser->recent_count)
        chooser->recent_count++;
    for (; at > 0; at--)
        chooser->recent[at] = chooser->recent[at - 1];
    chooser->recent[0] = list;
}

/* A window, and what decides between it and others. */
struct candidate {
    struct window window;
    uint64_t weight;
    uint32_t between; /* words that are none of the query's */
};

/* The window that ends with the occurrence that came last. Each clause's last occurrence is the one
 * that makes it narrowest. */
static struct candidate measure(const struct chooser *chooser) {
    const struct window_clause *end = &chooser->clauses[chooser->recent[0]];
    struct candidate candidate = {.window = {end->first, end->last}};
    uint32_t words = 0;
    for (size_t i = 0; i < chooser->recent_count; i++) {
        size_t list = chooser->recent[i];
        const struct window_clause *clause = &chooser->clauses[list];
        if (clause->last < end->first && end->last - clause->last >= chooser->span)
            break;
        if (clause->first < candidate.window.first) {
            if (end->last - clause->first >= chooser->span)
                continue;
            candidate.window.first = clause->first;
        }
        candidate.weight += clause->weight;
        words += chooser->occurrences->lists[list].words;
    }
    uint32_t size = candidate.window.last - candidate.window.first + 1;
    candidate.between = size > words ? size - words : 0;
    return candidate;
}

/* False when nothing is left. */
static bool choose(struct window *window, struct chooser *chooser) {
    struct candidate best = {.weight = 0};
    uint64_t all = 0;
    chooser->recent_count = 0;
    for (size_t i = 0; i < chooser->occurrences->count; i++) {
        chooser->clauses[i].next = 0;
        all += chooser->occurrences->lists[i].count ? chooser->clauses[i].weight : 0;
    }
    for (size_t i; (i = next_list(chooser)) != SIZE_MAX;) {
        const struct occurrence_list *list = &chooser->occurrences->lists[i];
        struct window_clause *clause = &chooser->clauses[i];
        clause->first = list->starts[clause->next++];
        clause->last = clause->first + list->words - 1;
        if (is_taken(chooser, clause)) {
            chooser->recent_count = 0; /* no window reaches across another one */
            continue;
        }
        move_to_front(chooser, i);
        struct candidate candidate = measure(chooser);
        if (candidate.weight > best.weight ||
            (candidate.weight == best.weight && candidate.between < best.between))
            best = candidate;
        if (best.weight == all && !best.between)
            break; /* nothing can be better */
    }
    *window = best.window;
    return best.weight > 0;
}

static uint64_t weight_of(const struct occurrence_list *list) {
    return (uint64_t)ldexp(list->clause->idf, 40) + 1;
}

/* Quarters the weights of the clauses that the window shows. */
static void discount(struct chooser *chooser, const struct window *window) {
    for (size_t i = 0; i < chooser->occurrences->count; i++) {
        const struct occurrence_list *list = &chooser->occurrences->lists[i];
        size_t at = occurrence_from(list, window->first);
        if (at < list->count && list->starts[at] + list->words - 1 <= window->last)
            chooser->clauses[i].weight = (chooser->clauses[i].weight + 3) / 4;
    }
}

size_t windows_choose(struct window *windows, size_t max, const struct occurrences *occurrences,
                      uint32_t span, struct window_clause *clauses, size_t *recent) {
    struct chooser chooser = {.occurrences = occurrences,
                              .clauses = clauses,
                              .recent = recent,
                              .span = span,
                              .taken = windows};
    for (size_t i = 0; i < occurrences->count; i++)
        clauses[i].weight = weight_of(&occurrences->lists[i]);
    while (chooser.taken_count < max) {
        struct window window;
        if (!choose(&window, &chooser))
            break;
        discount(&chooser, &window);
        size_t at = chooser.taken_count++;
        for (; at > 0 && windows[at - 1].first > window.first; at--)
            windows[at] = windows[at - 1];
        windows[at] = window;
    }
    return chooser.taken_count;
}
