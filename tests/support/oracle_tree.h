/* SPDX-License-Identifier: MIT */
/* The right answer to any query tree, computed naively from the stored texts: each clause as typed is
 * counted in every document, and what a group means is computed document by document, by the
 * definitions in query_clause.h and query_tree.h. Nearness of neighbours is left out.
 *
 * Fields are the title and the text, which the oracle knows apart. */
#ifndef QUERN_TESTS_SUPPORT_ORACLE_TREE_H
#define QUERN_TESTS_SUPPORT_ORACLE_TREE_H

#include "tests/support/searcher_fixture.h"

/* The stored texts of a searcher's documents, as words between spaces. */
struct oracle_forms;
struct oracle_forms *oracle_forms_new(struct searcher_fixture *searcher);
void oracle_forms_free(struct oracle_forms *forms);

void oracle_tree_search(struct oracle_answer *answer, const struct oracle *oracle,
                        const struct oracle_forms *forms, const struct query *query,
                        enum query_mode mode, const struct ranking *ranking);

#endif
