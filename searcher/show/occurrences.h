/* SPDX-License-Identifier: MIT */
/* Where the clauses of a query occur in a document, from the positions in the index alone: the text
 * is not read.
 *
 *     struct occurrences found;
 *     occurrences_init(&found, &results.plans[0], &err);
 *     occurrences_find(&found, hit->ordinal, hit->doc, &err);                // in document order
 *     use(found.lists, found.count);
 *     occurrences_release(&found);
 *
 * Threads: as the snapshots of the plan. */
#ifndef QUERN_SEARCHER_SHOW_OCCURRENCES_H
#define QUERN_SEARCHER_SHOW_OCCURRENCES_H

#include "searcher/plan/plan.h"
#include "searcher/score/scorer.h"

/* The occurrences of a clause in the last document. */
struct occurrence_list {
    const struct plan_clause *clause;
    const uint32_t *starts; /* positions of their first words, ascending; the scorer's */
    size_t count;
    uint32_t width;       /* positions from the first word to the last, both included */
    struct scorer scorer; /* cursors NULL: the segment lacks one of the words */
};

struct occurrences {
    const struct plan *plan; /* borrowed */
    /* One for each clause that is not excluded and has lists without a field, by positions in the
     * document; after these, one for each clause in the title, by positions there. Owned. */
    struct occurrence_list *lists;
    size_t count;
    size_t title_count;
    size_t ordinal; /* the segment whose scorers are open; SIZE_MAX: none */
};

/* The plan must outlive them. ST_NOMEM. */
enum status occurrences_init(struct occurrences *occurrences, const struct plan *plan,
                             struct error *err);
void occurrences_release(struct occurrences *occurrences);

/* Fills the lists with the occurrences in document `doc` of the plan's segment `ordinal`. Within a
 * segment, documents come in ascending order. Errors: those of reading the index, ST_NOMEM. */
enum status occurrences_find(struct occurrences *occurrences, size_t ordinal, uint32_t doc,
                             struct error *err);

/* Drops those that begin before position `from`, except those in the title. */
void occurrences_skip(struct occurrences *occurrences, uint32_t from);

/* Whether words at positions of the title may be in the list: its clause is not in another field. */
bool occurrences_may_be_in_title(const struct occurrence_list *list);

/* The position of word `i` of an occurrence that begins at `start`. */
static inline uint32_t occurrences_word_position(const struct occurrence_list *list, uint32_t start,
                                                 size_t i) {
    return start + list->clause->offsets[i] - list->clause->offsets[0];
}

/* The first occurrence in the list that begins at `position` or later; list->count if none does. */
size_t occurrences_lower_bound(const struct occurrence_list *list, uint32_t position);

#endif
