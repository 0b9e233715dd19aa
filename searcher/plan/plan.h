/* SPDX-License-Identifier: MIT */
/* Prepares a query for the indexes that it is put to: looks every term up in every segment, which
 * gives the statistics of all of them together, and from these the weights.
 *
 * The leaves of the query tree become a flat list of clauses with roles. This loses nothing: a tree
 * has no ANY_OF beside required clauses, and below an OPTIONAL it means the same as its children.
 *
 * Threads: a plan belongs to the thread of its snapshots. */
#ifndef QUERN_SEARCHER_PLAN_PLAN_H
#define QUERN_SEARCHER_PLAN_PLAN_H

#include "common/field/field_boosts.h"
#include "common/index/snapshot.h"
#include "searcher/plan/query_tree.h"
#include "searcher/score/bm25.h"

struct plan_term {
    uint64_t documents;         /* df, over all segments */
    struct term_entry *entries; /* by segment; 0 documents: the segment does not have the term */
};

enum plan_role {
    PLAN_REQUIRED,
    PLAN_OPTIONAL, /* if nothing is required, a document must match at least one */
    PLAN_EXCLUDED,
};

/* The statistics of a text field, by which its terms are scored. */
struct plan_field {
    uint16_t number;    /* in the schema of the query, or SCHEMA_ALL */
    uint64_t documents; /* N: that have the field, deleted ones included (catalog.h) */
    double average_length;
    struct bm25 bm25;
};

struct plan_clause {
    const struct query_node *node; /* a TERM or a PHRASE */
    enum plan_role role;
    /* Of the list that `terms` are in: SCHEMA_ALL if the node is in no field, or in SCHEMA_TEXT,
     * which has no lists of its own. */
    const struct plan_field *field;
    struct plan_term *terms; /* node->term_count of them */
    uint32_t *offsets;       /* of the terms from the first one */
    /* If the node is in SCHEMA_TEXT: the terms in the lists of every other searched field, one field
     * after the other. A document has the clause as often in its text as in SCHEMA_ALL without
     * these. */
    struct plan_term *others;
    size_t other_count; /* of these fields */
    /* If the node is in no field: the terms in the lists of each of plan->weights, one after the
     * other. */
    struct plan_term *weighted;
    double idf;
    float weight; /* idf · 2^scale_exponent */
    /* Number of equal phrases that are scored as this one, itself included; 0: an earlier one
     * scores for it. Terms are cheap to score and always have 1. */
    uint32_t multiplicity;
};

/* A condition that documents must meet, and that adds nothing to their scores. */
struct plan_filter {
    const struct query_node *node;    /* a FILTER, which has the range or the patterns */
    const struct schema_field *field; /* in the schema of the query; NULL: of a filter of IDs */
    bool excluded;                    /* they must not meet it */
    /* Of QUERY_FILTER_VALUES: they have at least one of these terms. */
    struct plan_term *terms;
    size_t term_count;
};

/* Two words that are neighbours in the query. A document that has them close to each other scores
 * more (eval/nearness.h). */
struct plan_pair {
    uint32_t first, second; /* of plan->near_terms */
    struct slice first_typed, second_typed;
    double idf;   /* of the more frequent one */
    float weight; /* idf · nearness · 2^scale_exponent */
};

enum { PLAN_PAIRS_MAX = 64 }; /* so that the time for a document is bounded */

/* What measurement found best (bench/relevance.py). */
#define RANKING_K1       1.35
#define RANKING_B        0.7
#define RANKING_NEARNESS 0.1
enum { RANKING_TITLE = 2 * FIELD_BOOST_ONE };

/* How documents are ranked. */
struct ranking {
    double k1, b;
    double nearness; /* weight of each way of being near; 0: does not count */
    /* Weights of fields of the query's schema, borrowed for the time of plan_init(); NULL: all are
     * 1. */
    const struct field_boosts *boosts;
};

/* A field whose words count more or less than those of the text, and that some document has. */
struct plan_weight {
    uint16_t number; /* in the schema of the query */
    int32_t delta;   /* weight - 1, in units of 1 / FIELD_BOOST_ONE */
};

/* A segment of one of the snapshots. Its ordinal is its index in plan->segments, counted through
 * all snapshots; documents are ordered by ordinal, then by number. */
struct plan_segment {
    struct segment *segment;
    uint32_t index;  /* of the snapshot */
    uint32_t number; /* of the segment in its snapshot */
};

struct plan {
    struct snapshot *const *snapshots; /* borrowed */
    struct arena arena;                /* holds everything below */
    struct plan_segment *segments;
    size_t segment_count;
    const struct schema *schema; /* of the query; NULL: it has no fields */
    struct query_node root;
    struct plan_clause *clauses; /* the leaves of the tree that score, in order */
    size_t count;
    struct plan_filter *filters; /* its filters, in order */
    size_t filter_count;
    struct plan_field *fields; /* of the clauses; the first is SCHEMA_ALL */
    size_t field_count;
    uint64_t documents;                  /* N of SCHEMA_ALL: all documents */
    const struct plan_term **near_terms; /* different ones, each in some pair */
    size_t near_term_count;
    struct plan_pair *pairs; /* different ones, in the order of the query */
    size_t pair_count;
    uint32_t nearness_bound; /* of what all pairs together add to a score */
    double average_length;   /* weighted */
    struct ranking ranking;
    struct plan_weight *weights;
    size_t weight_count;
    int scale_exponent;
    double inverse_scale; /* 2^-scale_exponent */
    double score_bound;   /* no score is higher: the sum of the weights */
    struct bm25 bm25;     /* of SCHEMA_ALL, with the weights */
};

/* The query and the snapshots must outlive the plan. Errors: those of reading the index,
 * ST_NOMEM; then there is nothing to release. */
enum status plan_init(struct plan *plan, struct snapshot *const *snapshots, size_t count,
                      const struct query *query, enum query_mode mode,
                      const struct ranking *ranking, struct error *err);
void plan_release(struct plan *plan);

/* The number in the index of this segment of a field of the query's schema, or SCHEMA_NONE. */
uint16_t plan_field_number(const struct plan *plan, size_t ordinal, uint16_t field);

/* Converts a fixed-point score. */
double plan_score(const struct plan *plan, uint64_t fixed_score);

#endif
