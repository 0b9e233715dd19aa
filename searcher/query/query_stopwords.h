/* SPDX-License-Identifier: MIT */
/* Leaves stop words out of queries: what, is and the of `what is the boiling point`. They are in the
 * index, so phrases have them, and whoever wants one finds it. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_STOPWORDS_H
#define QUERN_SEARCHER_QUERY_QUERY_STOPWORDS_H

#include "searcher/query/query.h"

/* Removes the clauses of lists that are stop words of the analyzer's language. Kept are words with a
 * sign, beside an operator, in quotes or in a compound; an abbreviation, that is, a word in capitals among others that are not
 * (IT security), except AND, OR and NOT; and all of them if nothing else is to be found. ST_NOMEM. */
enum status query_remove_stopwords(struct query *query, struct analyzer *analyzer,
                                   struct error *err);

#endif
