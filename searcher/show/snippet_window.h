/* SPDX-License-Identifier: MIT */
/* Chooses the windows of a document that show best why it was found, by the positions of words.
 *
 * A window has at most `span` words. The best window is the one whose distinct clauses have the
 * greatest sum of weights. The weight of a clause is its idf, so more clauses beat fewer and rare
 * ones beat frequent ones. A phrase has the idfs of its words together, and counts where it occurs
 * as a whole; one that is longer than `span` is a window nevertheless. Ties go to the window with
 * the fewest words between those of the query, then to the first. For each further window, clauses
 * that an earlier one shows have a quarter of their weight; windows are at least `span` apart.
 *
 *     struct snippet_window_chooser chooser;
 *     snippet_window_chooser_init(&chooser, &occurrences, &err);
 *     size_t count = snippet_window_choose(windows, max, &chooser, span);         // for each document
 *     snippet_window_chooser_release(&chooser);
 *
 * Time, for each window: the number of occurrences times that of clauses within a span or the
 * longest phrase. */
#ifndef QUERN_SEARCHER_SHOW_SNIPPET_WINDOW_H
#define QUERN_SEARCHER_SHOW_SNIPPET_WINDOW_H

#include "searcher/show/occurrences.h"

/* Positions [first, last], both of words of the query. */
struct snippet_window {
    uint32_t first, last;
};

/* The state of a clause while windows are chosen. */
struct snippet_window_clause {
    uint64_t weight;
    size_t next;          /* index of its next occurrence */
    uint32_t first, last; /* positions of the previous one */
};

struct snippet_window_chooser {
    const struct occurrences *occurrences; /* borrowed */
    struct snippet_window_clause *clauses; /* of each list; owned */
    size_t *queue; /* lists with occurrences left, a heap by the end of the next one; owned */
    size_t queue_count;
    size_t *recent; /* lists with a previous occurrence, the most recent first; owned */
    size_t recent_count;
    uint32_t span, max_width; /* in words: of a window; of a window or a phrase */
};

/* The number of lists must not change during the chooser's life. */
enum status snippet_window_chooser_init(struct snippet_window_chooser *chooser,
                                        const struct occurrences *occurrences, struct error *err);
void snippet_window_chooser_release(struct snippet_window_chooser *chooser);

/* Fills up to `max` windows in the order of the text and returns how many there are. */
size_t snippet_window_choose(struct snippet_window *windows, size_t max,
                             struct snippet_window_chooser *chooser, uint32_t span);

#endif
