/* query -> ranked documents, over one or several indexes as if they were one.
 *
 * Scores are BM25 as Lucene 8 and later write it:
 *     idf · tf / (tf + k1 · (1 − b + b · length / average length)),  idf = ln(1 + (N − df + 0.5) /
 * (df + 0.5)) with N, df and the average over all indexes searched, lengths as their byte norms
 * (norm.h). A phrase counts as one term whose tf is how often it occurs and whose idf is the sum of
 * its words'. Scores are added in fixed point, so they do not depend on the order of evaluation, on
 * pruning, on how many segments there are or in which order documents were added. */
#ifndef QUERN_SEARCHER_EVAL_SEARCH_H
#define QUERN_SEARCHER_EVAL_SEARCH_H

#include <stdbool.h>

#include "searcher/query/plan.h"

struct search_options {
    enum query_mode mode;
    uint32_t limit;  /* hits wanted */
    uint32_t offset; /* of which so many are left out at the top */
    double k1;       /* 1.2 */
    double b;        /* 0.75 */
    bool count;      /* compute the exact total */
    bool exhaustive; /* no pruning: for checking */
};

struct hit {
    double score;
    uint32_t index;   /* which snapshot of those searched */
    uint32_t segment; /* which of its segments */
    uint32_t ordinal; /* the same segment, counted through all snapshots */
    uint32_t doc;     /* which document of that */
};

struct results {
    struct hit *hits; /* best first; equal scores in document order. Owned. */
    size_t count;
    uint64_t total; /* matching documents; a lower bound unless exact */
    bool exact;
    bool relaxed;     /* no document had all words; these have some */
    struct plan plan; /* of the search that found them; borrows the snapshots and the query */
};

/* Searches `count` snapshots as one. They must have the same analysis (searching does not check).
 * limit == 0 with options->count counts only. Snapshots and query must outlive the results. */
enum status search_run(struct results *results, struct snapshot *const *snapshots, size_t count,
                       const struct query *query, const struct search_options *options,
                       struct error *err);
void results_release(struct results *results);

/* How a clause of the query weighs in one document: the arithmetic behind a score. */
struct explanation {
    const struct query_clause *clause;
    double idf;
    uint32_t frequency;  /* 0: the document does not have it */
    double contribution; /* these sum to the score, exactly */
    uint64_t documents;  /* df; of a phrase: of its rarest word */
};

struct explanations {
    /* One for each clause of the query that is not excluded; when any word will do, a word that is
     * split has one for each of its parts. Owned; the clauses are the query's. */
    struct explanation *clauses;
    size_t count;
    double k1, b;
    double average_length;
    uint64_t documents; /* N */
    uint32_t length;    /* of the document, exact */
    double norm_length; /* the length that its byte norm stands for */
    double score;
};

/* Explains one of the results' hits. */
enum status search_explain(struct explanations *explanations, const struct results *results,
                           const struct hit *hit, struct error *err);
void explanations_release(struct explanations *explanations);

#endif
