/* SPDX-License-Identifier: MIT */
/* Collects the terms that matching forms stand for, each once.
 *
 *     struct form_terms terms;
 *     form_terms_init(&terms, max);
 *     status = form_matches(&terms.visitor, &matcher, snapshots, count, &err);
 *     if (status == ST_LIMIT) {                    there are more; which of them are frequent?
 *         form_terms_count(&terms);
 *         status = form_matches(&terms.visitor, &matcher, snapshots, count, &err);
 *     }
 *     form_terms_finish(&terms);
 *     use(terms.items, terms.count);
 *     form_terms_release(&terms);
 *
 * Threads: one. */
#ifndef QUERN_SEARCHER_EXPAND_FORM_TERMS_H
#define QUERN_SEARCHER_EXPAND_FORM_TERMS_H

#include "common/base/hash_index.h"
#include "searcher/expand/form_matches.h"

enum {
    FORM_TERMS_MAX = 65536, /* that are kept, at most */
    /* So many are collected before the rarest are dropped, to bound memory. From then on, a term that
     * was dropped and occurs again lacks its former occurrences. */
    FORM_TERMS_COLLECTED_MAX = 8 * FORM_TERMS_MAX,
};

struct form_term {
    struct slice term;
    uint64_t count; /* of occurrences of the forms; 0: they were not counted */
    uint64_t hash;
};

struct form_terms {
    struct form_visitor visitor;
    struct form_term *items; /* owned */
    size_t count, capacity;
    size_t max;         /* terms to keep */
    size_t limit;       /* FORM_TERMS_COLLECTED_MAX; less in tests */
    bool dropped;       /* there were more than were kept */
    struct arena arena; /* of the terms */
    uint32_t *slots;    /* owned */
    struct hash_index index;
};

/* To collect at most `max` <= FORM_TERMS_MAX terms. The search ends with ST_LIMIT when there are more. */
void form_terms_init(struct form_terms *terms, size_t max);
void form_terms_release(struct form_terms *terms);

/* Begins anew, with occurrences, of which the search collects all terms. */
void form_terms_count(struct form_terms *terms);

/* Keeps the most frequent terms, those that sort first among equally frequent ones, and sorts them by
 * their bytes. */
void form_terms_finish(struct form_terms *terms);

#endif
