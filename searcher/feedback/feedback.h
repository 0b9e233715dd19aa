/* SPDX-License-Identifier: MIT */
/* Words that documents use become words of a query.
 *
 * feedback_expand() is RM3 (Abdul-Jaleel and others, "UMass at TREC 2004"): the terms that are most
 * probable in the best documents of a query are added to it. What each counts keeps the query's own
 * words at FEEDBACK_QUERY_WEIGHT of the whole. feedback_like() makes a query of the terms by which a
 * document differs from others.
 *
 * The words added are optional in every mode, so the query has to be put in QUERY_ANY.
 *
 * Threads: that of the snapshots and of the analyzer. */
#ifndef QUERN_SEARCHER_FEEDBACK_FEEDBACK_H
#define QUERN_SEARCHER_FEEDBACK_FEEDBACK_H

#include "searcher/eval/search.h"

enum {
    FEEDBACK_DOCUMENTS = 10,     /* that terms are taken from */
    FEEDBACK_TERMS = 20,         /* that are added */
    FEEDBACK_LIKE_TERMS = 25,    /* that stand for a document */
    FEEDBACK_TEXT_MAX = 1 << 20, /* bytes of a document that are read */
};
#define FEEDBACK_QUERY_WEIGHT 0.9

/* The indexes that a query is put to, as one. */
struct feedback_indexes {
    struct snapshot *const *snapshots; /* borrowed */
    size_t count;
    struct analyzer *analyzer; /* borrowed */
};

/* Makes a query of `query` and the terms of the first documents of its results, which must be in the
 * order of their scores. It borrows from `query`. With `required`, the words of `query` without a
 * sign get a "+". ST_SETTINGS: the index has no texts. Errors: those of reading the index,
 * ST_NOMEM; then there is nothing to release. */
enum status feedback_expand(struct query *expanded, const struct query *query, bool required,
                            const struct results *results, const struct feedback_indexes *indexes,
                            struct error *err);

/* Makes a query for documents like the one of this hit, which is excluded by its id. Words of `query`
 * without a sign get a "+". Else as above. */
enum status feedback_like(struct query *alike, const struct query *query, const struct hit *hit,
                          struct slice id, const struct feedback_indexes *indexes,
                          struct error *err);

#endif
