/* A query against the indexes it is put to: each term looked up in each segment, and what follows
 * from that for all of them together: document frequencies, idf, weights. */
#ifndef QUERN_SEARCHER_QUERY_PLAN_H
#define QUERN_SEARCHER_QUERY_PLAN_H

#include "common/index/snapshot.h"
#include "searcher/query/query.h"
#include "searcher/score/bm25.h"

struct plan_term {
    uint64_t documents;         /* df, over all segments */
    struct term_entry *entries; /* by segment; documents == 0: it does not have the term */
};

struct plan_clause {
    const struct query_clause *clause;
    struct plan_term *terms; /* clause->count of them */
    uint32_t *offsets;       /* of the terms from the first */
    double idf;
    float weight; /* idf · 2^scale_exponent */
};

/* A segment of one of the snapshots. They are counted through all snapshots: their order is the
 * order of documents. */
struct plan_segment {
    struct segment *segment;
    uint32_t index;  /* which snapshot */
    uint32_t number; /* which of its segments */
};

struct plan {
    struct arena arena; /* holds all of it */
    struct plan_segment *segments;
    size_t segment_count;
    struct plan_clause *clauses; /* as the query's, but for words split into their parts */
    size_t count;
    uint64_t documents; /* N */
    double average_length;
    double k1, b;
    int scale_exponent;
    double inverse_scale; /* 2^-scale_exponent: what a point is worth */
    struct bm25 bm25;
};

/* The query and the snapshots must outlive the plan. `mode`: when any word will do, so will any
 * part of a word that the analyzer splits; else its parts must stand side by side. */
enum status plan_init(struct plan *plan, struct snapshot *const *snapshots, size_t count,
                      const struct query *query, enum query_mode mode, double k1, double b,
                      struct error *err);
void plan_release(struct plan *plan);

/* Fixed point to a score. */
double plan_score(const struct plan *plan, uint64_t fixed_score);

#endif
