/* SPDX-License-Identifier: MIT */
/* The tree of a plan. Flat queries need none: their clauses have roles. For planner.c alone. */
#ifndef QUERN_SEARCHER_PLAN_PLAN_TREE_H
#define QUERN_SEARCHER_PLAN_PLAN_TREE_H

#include "searcher/plan/plan_clause.h"

/* Whether roles of clauses say all: required ones, with optional ones beside them, or else one group
 * of which any may match; excluded ones; and conditions for the whole query. If a group of one word
 * is beside others, *any_is_required is set: the word is required. */
bool plan_tree_is_flat(bool *any_is_required, const struct query_node *root);

/* Makes the clauses, the conditions and, of a query that is not flat, the tree. Errors: those of
 * reading the index, ST_NOMEM. */
enum status plan_tree_build(struct plan *plan, struct error *err);

#endif
