/* SPDX-License-Identifier: MIT */
/* Gives patterns and fuzzy words of a query the terms that the indexes have for them: those of all
 * surface forms whose keys match; patterns with digits and the like, which no form has, get the terms
 * that match themselves (term_matches.h). The forms are those of the default search, whatever field the words
 * are looked up in.
 *
 * Threads: that of the snapshots. */
#ifndef QUERN_SEARCHER_EXPAND_QUERY_EXPAND_H
#define QUERN_SEARCHER_EXPAND_QUERY_EXPAND_H

#include "common/index/snapshot.h"
#include "searcher/query/query_clause.h"

enum {
    QUERY_EXPAND_SHORT_MAX = 2,      /* characters of fuzzy words that are taken exactly */
    QUERY_EXPAND_TERMS_MAX = 131072, /* in all clauses of a query together, to bound memory */
    QUERY_EXPAND_CLAUSES_MAX = 64,   /* likewise, to bound time; further ones match nothing */
};

/* Sets the terms of all PATTERN and FUZZY clauses, in the arena of the query: at most FORM_TERMS_MAX
 * each, the most frequent ones, in ascending order; none if no form matches. Where there are more,
 * or more clauses than are expanded, query->warning says so. Expanding again replaces the terms.
 * ST_NOMEM; failures of reading the indexes. */
enum status query_expand(struct query *query, struct snapshot *const *snapshots, size_t count,
                         struct error *err);

#endif
