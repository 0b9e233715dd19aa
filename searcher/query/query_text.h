/* SPDX-License-Identifier: MIT */
/* Writes queries. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_TEXT_H
#define QUERN_SEARCHER_QUERY_QUERY_TEXT_H

#include "searcher/query/query_clause.h"

/* Appends a query in the user's words that is read, with the same context, as these clauses: the same
 * tree, and nothing to note except on what no query can find. `""`, or `*:""`, if there are none. Text that is not
 * UTF-8 becomes U+FFFD, as which it is read, and control characters become blanks. ST_NOMEM. */
enum status query_text_append(struct buffer *out, const struct query_context *context,
                              const struct query_clause *clauses, size_t count);

#endif
