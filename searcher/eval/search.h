/* SPDX-License-Identifier: MIT */
/* Searches one or more indexes as if they were one.
 *
 * The score of a document is the sum of its clauses' BM25 scores (bm25.h):
 *
 *     idf · tf / (tf + k1 · (1 − b + b · length / average))
 *     idf = ln(1 + (N − df + 0.5) / (df + 0.5))
 *
 * N, df and the average are those of all indexes together. The length is that of the document's
 * norm (norm.h). A phrase counts as a term whose tf is the number of its occurrences and whose idf
 * is the sum of its words' idfs. To the best 100 is added how near the query's words are in them
 * (nearness.h). Sums are fixed-point numbers, so scores do not depend on the order
 * of evaluation, on pruning, on segments or on the order in which documents were added. */
#ifndef QUERN_SEARCHER_EVAL_SEARCH_H
#define QUERN_SEARCHER_EVAL_SEARCH_H

#include <stdbool.h>

#include "searcher/eval/facet.h"
#include "searcher/eval/sort.h"
#include "searcher/match/search_scratch.h"
#include "searcher/plan/plan.h"

struct search_options {
    enum query_mode mode;
    uint32_t limit;  /* hits to return */
    uint32_t offset; /* better hits to skip before these */
    struct ranking ranking;
    bool count;      /* compute the exact total */
    bool exhaustive; /* no pruning, to check that it changes nothing */
    struct sort_order sort;
    const struct facet_request *facets; /* borrowed */
    size_t facet_count;
};

struct hit {
    double score;     /* 0 in the order of a field */
    uint32_t index;   /* of the snapshot among those searched */
    uint32_t segment; /* of the segment in its snapshot */
    uint32_t ordinal; /* of the segment among those of all snapshots (plan.h) */
    uint32_t doc;     /* number of the document in its segment */
    uint32_t part;    /* that it is in, and so which plan found it */
    bool is_near;     /* the score includes how near its words are */
    bool has_value;   /* of the field that they are sorted by */
    int64_t value;    /* its key; of a keyword, the ordinal in the segment (value_table.h) */
};

enum { RESULT_PARTS = 2 };

struct results {
    /* Part by part, and in each best first; equal scores in document order. In the order of a field
     * (sort.h) there is one part: the documents with all words or, if QUERY_BEST finds none, those
     * with some. Owned. */
    struct hit *hits;
    size_t count;
    uint64_t total; /* documents that match, in the parts searched; a lower bound unless `exact` */
    bool exact;
    /* With QUERY_BEST and few words, part 0 has the documents with all of them. Where these are
     * fewer than limit + offset, part 1 has the best of those with some. Otherwise part 0 is all. */
    bool all_first;
    uint32_t part_count;
    uint64_t with_all;    /* if there are two parts: documents in part 0 */
    struct facet *facets; /* as requested; in the arena */
    size_t facet_count;
    struct arena arena;
    /* The last member. Of the search that found each part; they borrow the snapshots and the query. */
    struct plan plans[RESULT_PARTS];
};

/* Searches `count` snapshots, which must have the same analyzer options; this is not checked. With
 * limit 0 it only counts, if options->count: the documents with all words or, if QUERY_BEST finds none,
 * those with some. Snapshots and query must outlive the results. The
 * snapshots and the scratch belong to the calling thread. Errors: those of reading the indexes,
 * ST_NOMEM. */
enum status search_run(struct results *results, struct search_scratch *scratch,
                       struct snapshot *const *snapshots, size_t count, const struct query *query,
                       const struct search_options *options, struct error *err);
void results_release(struct results *results);

#endif
