/* SPDX-License-Identifier: MIT */
/* Counts the values of fields in all documents that match.
 *
 * A keyword has a count for each of its values, told apart by their terms, whichever segment or
 * index they are in; a date has one for each year. A document with several values counts once for
 * each. */
#ifndef QUERN_SEARCHER_EVAL_FACET_H
#define QUERN_SEARCHER_EVAL_FACET_H

#include "searcher/plan/plan.h"
#include "searcher/query/field_options.h"

struct facet_value {
    struct slice term;  /* by which it is compared; of a date its year, four digits */
    struct slice shown; /* as the first document with it has it */
    uint64_t count;
};

struct facet {
    struct facet_value *values; /* the most frequent first, equal ones by term; in the arena */
    size_t count;
};

/* Counts for `count` requests, in as many facets. *matched: how many documents match. What the
 * facets point to is in the arena. Errors: those of reading the indexes, ST_NOMEM. */
enum status facets_count(struct facet *facets, uint64_t *matched, struct arena *arena,
                         const struct plan *plan, const struct facet_request *requests,
                         size_t count, struct error *err);

#endif
