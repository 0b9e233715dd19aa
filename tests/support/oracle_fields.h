/* SPDX-License-Identifier: MIT */
/* The right order of hits by a field, and the right facets, computed naively from the values that
 * oracle_set_values() gave to the documents. */
#ifndef QUERN_TESTS_SUPPORT_ORACLE_FIELDS_H
#define QUERN_TESTS_SUPPORT_ORACLE_FIELDS_H

#include "tests/support/oracle.h"

/* Puts the hits in the order of a field, those without it last; with QUERY_BEST, only the documents
 * with all words, if there are any. */
void oracle_sort(struct oracle_answer *answer, const struct oracle *oracle,
                 const struct sort_order *order);
/* Asserts that the engine's results, in this order, are exactly these. */
void oracle_check_sorted(const struct oracle_answer *answer, const struct results *results,
                         const struct search_options *options, struct snapshot *const *snapshots);
/* Asserts that the facet has the values of the hits of oracle_sort(), whatever their order. */
void oracle_check_facet(const struct oracle_answer *answer, const struct oracle *oracle,
                        const struct facet *facet, const struct facet_request *request);

#endif
