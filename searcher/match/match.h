/* SPDX-License-Identifier: MIT */
/* The clauses of a plan in one segment, ready to be evaluated once.
 *
 *     match_init(&match, &plan, ordinal, &err);
 *     rank_matches(&match, &topk, exhaustive, scratch);      or count_matches(&match)
 *     match_release(&match);
 *
 * Pruning does not change results: a document is not scored only if a bound shows that it cannot be
 * among the k best. */
#ifndef QUERN_SEARCHER_MATCH_MATCH_H
#define QUERN_SEARCHER_MATCH_MATCH_H

#include "searcher/filter/filter.h"
#include "searcher/match/topk.h"
#include "searcher/plan/plan.h"
#include "searcher/score/scorer.h"

struct match {
    const struct plan *plan; /* borrowed */
    struct segment *segment;
    uint32_t ordinal; /* of the segment (plan.h) */
    uint32_t documents;
    bool impossible;   /* a required clause has a word that the segment does not have */
    bool filters_only; /* the query has no words: all documents that pass match, and score 0 */
    /* Clauses by role, if the plan is flat. Required ones are not started yet, the others are at their first document. A
     * sole optional clause counts as required. */
    struct scorer *scorers; /* all: required, then optional, then excluded; owned */
    struct scorer *required, *optional, *excluded;
    size_t required_count, optional_count, excluded_count;
    struct filter filter;
    bool filtered;          /* a document must pass the filter; if not, there is none */
    struct lengths lengths; /* of documents in SCHEMA_ALL */
    struct topk *topk;      /* receives the documents; NULL: they are only counted */
    bool exhaustive;        /* no pruning */
    uint64_t *found;        /* receives the documents as bits, if there is no topk; or NULL */
    uint64_t matched;       /* documents found to match */
    bool pruned;            /* there may be more that match */
};

/* Whether the segment has all words of the clause; of an expansion, any. */
bool match_has_clause(const struct plan_clause *clause, size_t ordinal);
/* The lengths by which clauses in no field are scored. ST_NOMEM: there is nothing to release. */
enum status match_init_lengths(struct lengths *lengths, const struct plan *plan, size_t ordinal);
/* Makes the scorer of a clause, not an expansion, whose words the segment has, with multiplicity 1. `lengths`, those of
 * match_init_lengths(), outlive it. ST_NOMEM: there is nothing to release. */
enum status match_init_scorer(struct scorer *scorer, struct lengths *lengths,
                              const struct plan *plan, const struct plan_clause *clause,
                              size_t ordinal);
/* The same without weights of fields, for scorer_starts(); its scores mean nothing. */
enum status match_init_counter(struct scorer *scorer, const struct plan *plan,
                               const struct plan_clause *clause, size_t ordinal);

/* What a segment has of a field of the query's schema; NULL: no document has it. */
const struct segment_field *match_field(const struct plan *plan, size_t ordinal,
                                        const struct schema_field *field);

/* Adds a condition to the filter of a segment, which is not started. ST_NOMEM. */
enum status match_add_condition(struct filter *filter, const struct plan *plan,
                                const struct plan_filter *condition, size_t ordinal);

/* Makes the scorers of the plan's segment `ordinal`. The plan must outlive the match. ST_NOMEM:
 * there is nothing to release. */
enum status match_init(struct match *match, const struct plan *plan, size_t ordinal,
                       struct error *err);
void match_release(struct match *match);

/* Sets the threshold of each scorer to what is missing when all others score their bounds. Only
 * phrases use theirs. */
void match_set_phrase_thresholds(struct scorer *scorers, size_t count, uint32_t threshold);

/* The lowest score that still gets in. */
static inline uint32_t match_threshold(const struct match *match) {
    return match->exhaustive ? 0 : match->topk->threshold;
}

/* Whether the document is deleted, matches an excluded clause or does not meet the conditions of
 * the filter, whose predicates are not asked. Documents must ascend from call to call. */
static inline bool match_is_excluded_by_terms(struct match *match, uint32_t doc) {
    for (size_t i = 0; i < match->excluded_count; i++)
        if (scorer_seek(&match->excluded[i], doc) == doc)
            return true;
    return match->filtered ? !filter_meets(&match->filter, doc)
                           : segment_is_deleted(match->segment, doc);
}

/* The same, and asks the predicates. */
static inline bool match_is_excluded(struct match *match, uint32_t doc) {
    return match_is_excluded_by_terms(match, doc) ||
           (match->filtered && !filter_ask_predicates(&match->filter, doc));
}

/* Whether each document that matches the clauses is a match. */
static inline bool match_excludes_nothing(const struct match *match) {
    return !match->excluded_count && !match->filtered && !match->segment->info.deleted;
}

#endif
