/* SPDX-License-Identifier: MIT */
/* Finds the first documents by the value of a field instead of by score.
 *
 * Numbers and dates are compared by value, keywords by their terms, whichever segment or index they
 * are in. Of several values of a document the least counts in ascending order and the greatest in
 * descending order. Documents without a value come last, and equal ones are in document order.
 *
 * A segment's blocks of 1,024 documents (common/column) are visited from the one with the best bound
 * on, and none that cannot have one of the first documents any more: the newest of a million
 * documents in the order of their dates are found in a block or two. */
#ifndef QUERN_SEARCHER_EVAL_SORT_H
#define QUERN_SEARCHER_EVAL_SORT_H

#include "searcher/plan/plan.h"
#include "searcher/query/field_options.h"

struct sorted_doc {
    bool missing;     /* it has no value */
    int64_t key;      /* its value; of a keyword, the ordinal in its segment */
    uint32_t ordinal; /* of the segment */
    uint32_t doc;
};

struct sorted_docs {
    struct sorted_doc *docs; /* in order; owned */
    size_t count;
    uint64_t matched; /* documents found to match */
    bool pruned;      /* there may be more that match */
};

/* Finds the first `limit` documents that match. `exhaustive`: no block is passed over. Errors: those
 * of reading the indexes, ST_NOMEM; then there is nothing to release. */
enum status sort_matches(struct sorted_docs *sorted, const struct plan *plan,
                         const struct sort_order *order, size_t limit, bool exhaustive,
                         struct error *err);
void sorted_docs_release(struct sorted_docs *sorted);

#endif
