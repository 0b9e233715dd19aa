/* SPDX-License-Identifier: MIT */
/* Clauses of a plan: what all segments have of their words. For planner.c alone. */
#ifndef QUERN_SEARCHER_PLAN_PLAN_CLAUSE_H
#define QUERN_SEARCHER_PLAN_PLAN_CLAUSE_H

#include "searcher/plan/plan.h"

/* Looks a term of a field up in all segments. Errors: those of reading the index, ST_NOMEM. */
enum status plan_look_up(struct plan_term *term, struct plan *plan, uint16_t field,
                         struct slice bytes, struct error *err);

/* The statistics of a field of the query's schema; the plan has room for them. */
const struct plan_field *plan_require_field(struct plan *plan, uint16_t number);

/* How many documents have a field, and how long it is in all of them together. */
void plan_add_up_field(uint64_t *documents, uint64_t *length, const struct plan *plan,
                       uint16_t number);

/* Makes the clause of a TERM, PHRASE, NEAR or EXPANSION, without a weight. Errors: likewise. */
enum status plan_clause_init(struct plan_clause *clause, struct plan *plan,
                             const struct query_node *node, enum plan_role role, double boost,
                             struct error *err);

/* Makes a condition of a FILTER or an EXACT. Errors: likewise; ST_INVALID. */
enum status plan_filter_add(struct plan *plan, const struct query_node *node, bool excluded,
                            bool nested, struct error *err);

/* Makes clause->expansion, and sets its idf. Errors: likewise. */
enum status plan_expansion_init(struct plan_clause *clause, struct plan *plan, struct error *err);

#endif
