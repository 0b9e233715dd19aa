/* SPDX-License-Identifier: MIT */
/* Runs one query: searches, measures the time, and loads what will be shown. */
#ifndef QUERN_SEARCHER_RUN_H
#define QUERN_SEARCHER_RUN_H

#include "searcher/indexes.h"
#include "searcher/options.h"
#include "searcher/request.h"
#include "searcher/show/result_set.h"

/* With --strict, fails for a query that the reader had to guess at. ST_INVALID: the sentence is the note
 * on it. */
enum status run_check(const struct query *query, const struct query_options *options,
                      struct error *err);

/* Prepares a query that was read: without stop words, unless they are wanted, and with synonyms.
 * ST_NOMEM. */
enum status run_prepare(struct query *query, const struct indexes *indexes,
                        const struct query_options *options, const struct request *request,
                        struct error *err);

/* Expands `query` and runs it. results->milliseconds is the time of this alone; with
 * options->timing_file, the shortest of options->repeat runs after one more to warm up. After a failure there is nothing
 * to release. */
enum status run_query(struct result_set *results, struct query *query,
                      const struct indexes *indexes, const struct query_options *options,
                      const struct request *request, struct error *err);

enum { RUN_SENTENCE_MAX = 320 }; /* bytes, with its NUL */

/* Writes a sentence about words that the query excludes, for a search that found nothing: in `rm -rf`
 * the user may have meant them as text. False: there are none. */
bool run_describe_excluded(char sentence[RUN_SENTENCE_MAX], const struct query *query);

/* Whether anything was found: decides between exit codes 0 and 1. */
bool run_found(const struct result_set *results, const struct query_options *options);

/* Whether a prepared query finds any document, whatever limit and offset. */
enum status run_finds(bool *found, struct query *query, const struct indexes *indexes,
                      const struct query_options *options, const struct request *request,
                      struct error *err);

#endif
