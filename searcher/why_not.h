/* SPDX-License-Identifier: MIT */
/* Says of one document which clauses of a query it matches, and whether and where the query finds it.
 * Each clause is put to the indexes as a query of its own that only this document can answer, so the
 * answer is the search's own. */
#ifndef QUERN_SEARCHER_WHY_NOT_H
#define QUERN_SEARCHER_WHY_NOT_H

#include "searcher/indexes.h"
#include "searcher/options.h"
#include "searcher/request.h"

/* Appends the report, a line for each clause and a sentence, about the document that options->why_not
 * names. Sets *found to whether the query finds it. ST_NOT_FOUND: it is not in the index, with a
 * sentence. Errors: those of search_run(). */
enum status why_not_report(struct buffer *out, bool *found, struct query *query,
                           const struct indexes *indexes, const struct query_options *options,
                           const struct request *request, struct error *err);

#endif
