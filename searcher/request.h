/* SPDX-License-Identifier: MIT */
/* The options of a search that name fields, read with the schema of the indexes. All queries of a
 * batch share one request.
 *
 * Threads: once made, it is not changed, so any number of threads may use it. */
#ifndef QUERN_SEARCHER_REQUEST_H
#define QUERN_SEARCHER_REQUEST_H

#include "common/field/field_boosts.h"
#include "searcher/expand/synonyms.h"
#include "searcher/options.h"
#include "searcher/plan/plan.h"
#include "searcher/query/field_options.h"

struct request {
    struct query_context context; /* without an analyzer */
    struct sort_order sort;
    struct facet_request *facets; /* owned */
    size_t facet_count;
    const struct synonyms *synonyms; /* borrowed; NULL: there are none */
    struct ranking ranking; /* the options, else the settings of the first index, else defaults */
    struct field_boosts boosts; /* that `ranking` borrows */
    /* Private: what the context borrows. */
    struct arena arena;
    struct query_filter filters[RESTRICTION_FILTERS_MAX + 1]; /* and a test */
};

/* `catalog` is that of the first index. The schema and the options outlive the request. `now`: seconds since 1970. After any failure there
 * is nothing to release. ST_INVALID: an option is wrong, and the sentence says why. ST_LIMIT,
 * ST_NOT_FOUND: those of the options. ST_NOMEM. */
enum status request_init(struct request *request, const struct query_options *options,
                         const struct schema *schema, const struct catalog *catalog, int64_t now,
                         struct error *err);
/* Restricts the search to documents whose ids pass the test, which has the context. Once at most. */
void request_add_test(struct request *request, bool (*test)(const void *context, struct slice id),
                      const void *context);
void request_release(struct request *request);

#endif
