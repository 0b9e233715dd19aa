/* SPDX-License-Identifier: MIT */
/* Reads the words of a query in the other languages of the index, whose documents have other stems.
 *
 * Threads: that of the analyzer. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_LANGUAGES_H
#define QUERN_SEARCHER_QUERY_QUERY_LANGUAGES_H

#include "searcher/query/query_clause.h"

/* Sets clause->languages of all WORDS and EXACT clauses, if the analyzer has several. It made their
 * terms in its first language, and has that one again afterwards. ST_NOMEM. */
enum status query_read_languages(struct query *query, struct analyzer *analyzer);

#endif
