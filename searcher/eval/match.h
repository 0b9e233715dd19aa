/* The clauses of a plan in one segment, ready to be evaluated once.
 *
 *     match_init(&match, &plan, ordinal, &err);
 *     rank_matches(&match, &topk, exhaustive, scratch);      or count_matches(&match)
 *     match_release(&match);
 *
 * Results do not depend on pruning: a document is left out unscored only when a bound says that it
 * cannot get into the k best. */
#ifndef QUERN_SEARCHER_EVAL_MATCH_H
#define QUERN_SEARCHER_EVAL_MATCH_H

#include "searcher/eval/topk.h"
#include "searcher/query/plan.h"
#include "searcher/score/scorer.h"

struct match {
    struct segment *segment;
    uint32_t ordinal; /* of the segment, for topk */
    uint32_t documents;
    bool impossible; /* a required clause has no document here */
    /* Clauses by what they do, each owned. Required ones stand nowhere yet, the others on
     * their first document. */
    struct scorer *scorers; /* all of them, required, then optional, then excluded */
    struct scorer *required, *optional, *excluded;
    size_t required_count, optional_count, excluded_count;
    struct norm_reader norms;
    struct topk *topk; /* takes the documents that match; NULL: they are only counted */
    bool exhaustive;   /* nothing may be left out */
    uint64_t matched;  /* documents found to match */
    bool pruned;       /* there may be more */
};

/* Whether the segment has all words of the clause. */
bool match_has_clause(const struct plan_clause *clause, size_t ordinal);
/* Opens the scorer of a clause that the segment has. ST_NOMEM. */
enum status match_init_scorer(struct scorer *scorer, const struct plan *plan,
                              const struct plan_clause *clause, size_t ordinal);

enum status match_init(struct match *match, const struct plan *plan, size_t ordinal,
                       struct error *err);
void match_release(struct match *match);

/* Tells the phrases among `count` clauses what a document has to score by now: `threshold` less what
 * the other clauses can add. */
void match_set_phrase_thresholds(struct scorer *scorers, size_t count, uint32_t threshold);

/* What a document has to score. */
static inline uint32_t match_threshold(const struct match *match) {
    return match->exhaustive ? 0 : match->topk->threshold;
}

/* Whether the document is excluded or removed. Documents must be asked in order. */
static inline bool match_is_excluded(struct match *match, uint32_t doc) {
    for (size_t i = 0; i < match->excluded_count; i++)
        if (scorer_seek(&match->excluded[i], doc) == doc)
            return true;
    return segment_is_deleted(match->segment, doc);
}

#endif
