/* SPDX-License-Identifier: MIT */
/* Finds words of a query that are probably misspelt, because no document has them, or hardly any.
 *
 * Threads: that of the snapshots and the analyzer. */
#ifndef QUERN_SEARCHER_EXPAND_QUERY_CORRECT_H
#define QUERN_SEARCHER_EXPAND_QUERY_CORRECT_H

#include "common/index/snapshot.h"
#include "searcher/query/query_clause.h"

enum {
    QUERY_CORRECT_FEW = 2, /* documents with a word that may yet be misspelt, at most */
    QUERY_CORRECT_MAX = 3, /* different words that are corrected; of a query with more, none is */
};

struct query_correction {
    struct slice typed;  /* in the query */
    struct slice better; /* in its arena */
};

/* Lists the words of a query that correction_find() finds better ones for. Patterns, fuzzy and exact
 * words and what is excluded are not looked at. A query without rare words costs a look-up of each.
 * ST_NOMEM; failures of reading the indexes. */
enum status query_correct(struct query_correction corrections[QUERY_CORRECT_MAX], size_t *count,
                          struct query *query, struct analyzer *analyzer,
                          struct snapshot *const *snapshots, size_t snapshot_count,
                          struct error *err);

#endif
