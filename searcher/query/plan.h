/* A query against the indexes it is put to: each term looked up in each segment, and what follows
 * from that for all of them together: document frequencies, idf, weights.
 *
 * The tree's leaves become a flat list of clauses, each with its role. That is all that evaluation
 * needs, as a tree has its ANY_OF at the top or nothing required beside it. */
#ifndef QUERN_SEARCHER_QUERY_PLAN_H
#define QUERN_SEARCHER_QUERY_PLAN_H

#include "common/index/snapshot.h"
#include "searcher/query/query_tree.h"
#include "searcher/score/bm25.h"

struct plan_term {
    uint64_t documents;         /* df, over all segments */
    struct term_entry *entries; /* by segment; documents == 0: it does not have the term */
};

enum plan_role {
    PLAN_REQUIRED,
    PLAN_OPTIONAL, /* when nothing is required, a document must match one of these */
    PLAN_EXCLUDED,
};

struct plan_clause {
    const struct query_node *node; /* a TERM or a PHRASE */
    enum plan_role role;
    struct plan_term *terms; /* node->term_count of them */
    uint32_t *offsets;       /* of the terms from the first */
    double idf;
    float weight; /* idf · 2^scale_exponent */
    /* How many equal clauses, this one included, are scored as one; 0: an earlier one scores for
     * this one. Terms are not merged, which are cheap to score. */
    uint32_t multiplicity;
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
    struct query_node root;
    struct plan_clause *clauses; /* the tree's leaves, in order */
    size_t count;
    uint64_t documents; /* N */
    double average_length;
    double k1, b;
    int scale_exponent;
    double inverse_scale; /* 2^-scale_exponent */
    struct bm25 bm25;
};

/* The query and the snapshots must outlive the plan. */
enum status plan_init(struct plan *plan, struct snapshot *const *snapshots, size_t count,
                      const struct query *query, enum query_mode mode, double k1, double b,
                      struct error *err);
void plan_release(struct plan *plan);

/* Fixed point to a score. */
double plan_score(const struct plan *plan, uint64_t fixed_score);

#endif
