/* SPDX-License-Identifier: MIT */
/* Prefers documents that have words next to each other that are next to each other in the query.
 *
 * For each pair of neighbours a, b of the query (plan.h), a document scores, beyond its clauses,
 *
 *     nearness · idf · tf / (tf + K)       tf: how often b follows a immediately
 *     nearness · idf · tf / (tf + K)       tf: how many occurrences of a have a b at most 8 words away
 *
 * with the lower idf of the two words. Only the best 100 documents of a ranking are considered, and
 * change places among themselves, as positions are expensive to read. Those that are wanted are read
 * first; of the others, only those whose positions may bring them among the wanted ones. In the
 * words of the literature, this is a re-ranking by ordered and unordered windows, as in the
 * sequential dependence model (Metzler and Croft, 2005), with BM25 in the place of language models.
 */
#ifndef QUERN_SEARCHER_EVAL_NEARNESS_H
#define QUERN_SEARCHER_EVAL_NEARNESS_H

#include "searcher/match/topk.h"
#include "searcher/plan/plan.h"

enum {
    NEARNESS_BEST = 100, /* documents that are considered */
    NEARNESS_WINDOW = 8, /* words */
};

/* How often a document has the words of a pair near each other. */
struct nearness {
    uint32_t adjacent, near;
};

/* Re-ranks the first documents of a ranking of this plan, of which only the first `wanted` matter.
 * `exhaustive`: reads the positions of all that are considered. Errors: those of reading the index,
 * ST_NOMEM. */
enum status nearness_rank(struct topk_entry *entries, size_t count, size_t wanted, bool exhaustive,
                          const struct plan *plan, struct error *err);

/* Sets what each pair of the plan is in one document. Errors: likewise. */
enum status nearness_explain(struct nearness *pairs, const struct plan *plan, uint32_t ordinal,
                             uint32_t doc, struct error *err);

/* What a pair adds to the score of a document with this 1 / K. */
uint32_t nearness_score(const struct plan *plan, const struct plan_pair *pair,
                        struct nearness nearness, float inverse_k);

#endif
