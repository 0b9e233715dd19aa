/* SPDX-License-Identifier: MIT */
/* Where the clauses of a query occur in a document, from the positions in the index alone: the text
 * is not read.
 *
 *     struct occurrences found;
 *     occurrences_init(&found, &results.plans[0], &err);
 *     occurrences_expect(&found, ordinal, docs, count, &err);    // the hits of a segment, if known
 *     occurrences_find(&found, ordinal, docs[0], &err);          // in document order
 *     use(found.lists, found.count);
 *     occurrences_release(&found);
 *
 * An expansion may have 65,536 words, so their lists are not kept open: each of them is passed once,
 * for all documents that are expected in a segment.
 *
 * Threads: as the snapshots of the plan. */
#ifndef QUERN_SEARCHER_SHOW_OCCURRENCES_H
#define QUERN_SEARCHER_SHOW_OCCURRENCES_H

#include "searcher/plan/plan.h"
#include "searcher/score/scorer.h"

enum { OCCURRENCES_MAX = 1000 * 1000 }; /* of a NEAR or an expansion in the expected documents */

/* An occurrence of a NEAR or an expansion, at positions [first, last]. */
struct occurrence_range {
    uint32_t doc, first, last;
};

/* A word in it. */
struct occurrence_word {
    uint32_t doc, position;
    bool whole; /* as in struct query_term */
};

/* What was found in the documents that are expected; by document, then by position. */
struct occurrence_store {
    struct occurrence_range *ranges; /* none has another one in it; owned */
    size_t count, capacity;
    struct occurrence_word *words; /* owned */
    size_t word_count, word_capacity;
};

/* The occurrences of a clause in the last document. */
struct occurrence_list {
    const struct plan_clause *clause;
    size_t count;
    uint32_t width; /* of the widest: positions from its first word to its last, both included */
    /* Of a TERM or a PHRASE: */
    const uint32_t *starts; /* positions of their first words, ascending; the scorer's, or `kept` */
    struct scorer scorer;   /* cursors NULL: the segment lacks one of the words */
    /* How its words have to stand in the text, for offsets_keep_exact(); NULL: in any form. */
    const struct exact_form *form;
    uint32_t *kept; /* owned */
    /* Of the others: */
    const struct occurrence_range *ranges; /* ascending; of the store */
    const struct occurrence_word *words;   /* likewise */
    size_t word_count;
    struct occurrence_store store;
};

struct occurrences {
    const struct plan *plan; /* borrowed */
    /* One for each clause that is not excluded and has lists without a field, by positions in the
     * document; after these, one for each clause in the title, by positions there. Owned. */
    struct occurrence_list *lists;
    size_t count;
    size_t title_count;
    size_t ordinal; /* the segment whose scorers are open; SIZE_MAX: none */
    bool has_stores;
    uint32_t *expected; /* documents of it that the stores have, ascending; owned */
    size_t expected_count;
    uint32_t *positions; /* of a word; owned */
    size_t position_capacity;
};

/* The plan must outlive them. ST_NOMEM. */
enum status occurrences_init(struct occurrences *occurrences, const struct plan *plan,
                             struct error *err);
void occurrences_release(struct occurrences *occurrences);

/* Prepares for documents of the plan's segment `ordinal`, in ascending order. It does not change what
 * is found, but the time for expansions. The same errors as those of the next function. */
enum status occurrences_expect(struct occurrences *occurrences, size_t ordinal,
                               const uint32_t *docs, size_t count, struct error *err);

/* Fills the lists with the occurrences in document `doc` of the plan's segment `ordinal`. Within a
 * segment, documents come in ascending order. Errors: those of reading the index, ST_NOMEM. */
enum status occurrences_find(struct occurrences *occurrences, size_t ordinal, uint32_t doc,
                             struct error *err);

/* Drops those that begin before position `from`, except those in the title. */
void occurrences_skip(struct occurrences *occurrences, uint32_t from);

/* Whether words at positions of the title may be in the list: its clause is not in another field. */
bool occurrences_may_be_in_title(const struct occurrence_list *list);

/* Whether the list has ranges, not starts. */
static inline bool occurrences_has_ranges(const struct occurrence_list *list) {
    return list->clause->expansion || list->clause->element_count;
}

/* The first and the last position of the i-th occurrence. */
static inline uint32_t occurrences_first(const struct occurrence_list *list, size_t i) {
    return list->ranges ? list->ranges[i].first : list->starts[i];
}

static inline uint32_t occurrences_last(const struct occurrence_list *list, size_t i) {
    return list->ranges ? list->ranges[i].last : list->starts[i] + list->width - 1;
}

/* Of a TERM or a PHRASE: the position of word `i` of an occurrence that begins at `start`. */
static inline uint32_t occurrences_word_position(const struct occurrence_list *list, uint32_t start,
                                                 size_t i) {
    return start + list->clause->offsets[i] - list->clause->offsets[0];
}

/* The first occurrence in the list that begins at `position` or later; list->count if none does. */
size_t occurrences_lower_bound(const struct occurrence_list *list, uint32_t position);

#endif
