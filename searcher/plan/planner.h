/* SPDX-License-Identifier: MIT */
/* Makes plans. */
#ifndef QUERN_SEARCHER_PLAN_PLANNER_H
#define QUERN_SEARCHER_PLAN_PLANNER_H

#include "searcher/plan/plan.h"

/* The query and the snapshots must outlive the plan. Errors: those of reading the index, ST_NOMEM;
 * ST_INVALID: an EXACT needs texts, and an index has none. Then there is nothing to release. */
enum status plan_init(struct plan *plan, struct snapshot *const *snapshots, size_t count,
                      const struct query *query, enum query_mode mode,
                      const struct ranking *ranking, struct error *err);

#endif
