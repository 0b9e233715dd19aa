/* SPDX-License-Identifier: MIT */
/* Guesses what was meant by a query with misspelt words. */
#ifndef QUERN_SEARCHER_DID_YOU_MEAN_H
#define QUERN_SEARCHER_DID_YOU_MEAN_H

#include "searcher/indexes.h"
#include "searcher/options.h"
#include "searcher/request.h"

/* Replaces *better by the text of the query, in which misspelt words are corrected (query_correct.h), or by
 * nothing: there are none, or too many, or nothing would be found. `text` is all that was typed, and
 * was read as `query`. ST_NOMEM; failures of reading the indexes. */
enum status did_you_mean(struct buffer *better, struct query *query, struct slice text,
                         const struct indexes *indexes, const struct query_options *options,
                         const struct request *request, struct error *err);

/* Replaces *text by the arguments of a command line as one query: those that are phrases because they contain
 * spaces have quotes. ST_NOMEM. */
enum status did_you_mean_join(struct buffer *text, int count, char *const *arguments);

#endif
