/* One question from beginning to end: search, time it, load what will be shown. */
#ifndef QUERN_SEARCHER_RUN_H
#define QUERN_SEARCHER_RUN_H

#include "searcher/indexes.h"
#include "searcher/options.h"
#include "searcher/show/results.h"

/* Answers `query`. answer->milliseconds is the time of search_run() alone; with request->timing,
 * the best of request->repeat runs after one more to warm up. */
enum status ask_query(struct answer *answer, const struct query *query,
                      const struct indexes *indexes, const struct request *request,
                      struct error *err);

/* Whether there is what was asked for: what decides between exit codes 0 and 1. */
bool ask_found(const struct answer *answer, const struct request *request);

#endif
