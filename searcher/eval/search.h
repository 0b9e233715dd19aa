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

#include "searcher/eval/search_scratch.h"
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
 * limit == 0 with options->count counts only. Snapshots and query must outlive the results; the
 * scratch need not, and must not be used by another thread meanwhile. */
enum status search_run(struct results *results, struct search_scratch *scratch,
                       struct snapshot *const *snapshots, size_t count, const struct query *query,
                       const struct search_options *options, struct error *err);
void results_release(struct results *results);

#endif
