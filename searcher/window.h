/* The stretches of a document that show best why it was found, chosen by the positions of words.
 *
 * Of all windows of at most `span` words the one wins whose distinct clauses weigh most, a clause
 * weighing its idf: so more clauses beat fewer, and rare ones beat frequent ones. A phrase weighs
 * the idfs of its words and takes part where it occurs as a whole. A tie goes to the window with
 * the fewest words between those of the query, then to the first. A phrase longer than `span` is a
 * window all the same. Each further window weighs clauses that another one has at a quarter, and
 * keeps a span away from all others.
 *
 * Time: the number of occurrences times the number of clauses, for each window. */
#ifndef QUERN_SEARCHER_WINDOW_H
#define QUERN_SEARCHER_WINDOW_H

#include "searcher/occurrences.h"

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

/* Fills windows[0 .. max - 1] as far as there are some, in the order of the text, and returns how
 * many. `clauses` and `recent` are scratch for as many elements as there are lists. */
size_t windows_choose(struct window *windows, size_t max, const struct occurrences *occurrences,
                      uint32_t span, struct window_clause *clauses, size_t *recent);

#endif
