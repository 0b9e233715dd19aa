/* The stretches of a document that show best why it was found, chosen by the positions of words.
 *
 * Of all windows of at most `span` words the one wins whose distinct clauses weigh most, a clause
 * weighing its idf: so more clauses beat fewer, and rare ones beat frequent ones. A phrase weighs
 * the idfs of its words and takes part where it occurs as a whole. A tie goes to the window with
 * the fewest words other_words those of the query, then to the first. A phrase longer than `span` is a
 * window all the same. Each further window weighs clauses that another one has at a quarter, and
 * keeps a span away from all others.
 *
 *     struct window_chooser chooser;
 *     window_chooser_init(&chooser, &occurrences, &err);
 *     size_t count = window_choose(windows, max, &chooser, span);         for each document
 *     window_chooser_release(&chooser);
 *
 * Time, for each window: the number of occurrences times that of clauses within a span or the
 * longest phrase. */
#ifndef QUERN_SEARCHER_SHOW_WINDOW_H
#define QUERN_SEARCHER_SHOW_WINDOW_H

#include "searcher/show/occurrences.h"

/* Positions [first, last]. Both are of words of the query. */
struct window {
    uint32_t first, last;
};

/* What is known of a clause while windows are chosen. */
struct window_clause {
    uint64_t weight;
    size_t next;          /* of its occurrences, the one that comes next */
    uint32_t first, last; /* words of the one that came last */
};

struct window_chooser {
    const struct occurrences *occurrences; /* borrowed */
    struct window_clause *clauses;         /* of each list; owned */
    size_t *queue; /* lists with occurrences to come, a heap by the ends of the next ones; owned */
    size_t queue_count;
    size_t *recent; /* lists whose occurrences came, the one that came last first; owned */
    size_t recent_count;
    uint32_t span, max_width; /* words of a window: at most, and with the longest phrase */
};

/* The number of the lists stays the same for the chooser's life. */
enum status window_chooser_init(struct window_chooser *chooser,
                                const struct occurrences *occurrences, struct error *err);
void window_chooser_release(struct window_chooser *chooser);

/* Fills windows[0 .. max - 1] as far as there are some, in the order of the text, and returns how
 * many. */
size_t window_choose(struct window *windows, size_t max, struct window_chooser *chooser,
                     uint32_t span);

#endif
