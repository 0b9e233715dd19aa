/* SPDX-License-Identifier: MIT */
/* Prepares a query for the indexes that it is put to: looks every term up in every segment, which
 * gives the statistics of all of them together, and from these the weights.
 *
 * Words, phrases, NEARs and EXPANSIONs of the query tree become a list of clauses. Of most queries
 * their roles say all, as there is no ANY_OF beside required clauses; of the others, the plan has a
 * tree.
 *
 * Threads: a plan belongs to the thread of its snapshots. */
#ifndef QUERN_SEARCHER_PLAN_PLAN_H
#define QUERN_SEARCHER_PLAN_PLAN_H

#include "common/field/field_boosts.h"
#include "common/index/snapshot.h"
#include "searcher/plan/exact_form.h"
#include "searcher/plan/query_tree.h"
#include "searcher/score/bm25.h"

struct plan;

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

/* A word or a phrase that has to be near others. */
struct plan_element {
    size_t first_word, word_count; /* of the clause's terms */
    uint32_t needed;               /* how many equal ones there are */
};

enum { PLAN_ELEMENTS_MAX = 64 }; /* of a NEAR that are compared; later ones count as different */

/* A list of a word of an expansion in a segment. */
struct plan_list {
    struct term_entry entry;
    uint32_t child; /* that has the word */
    int32_t units;  /* that an occurrence counts (bm25.h) */
    bool matches;   /* its documents match; if not, it changes how often those of others do */
};

struct plan_lists {
    struct plan_list *items;
    size_t count;
};

/* Words and phrases that count as one word. */
struct plan_expansion {
    struct plan_lists *segments; /* the words of each segment, in the order of the children */
    struct plan_clause *phrases; /* PHRASEs and NEARs, weighted as the expansion */
    size_t phrase_count;
    uint64_t documents; /* df of the most frequent child; of a phrase, that of its rarest word */
    bool subtracts;     /* a document of which the lists leave nothing does not match */
};

struct plan_clause {
    const struct query_node *node; /* a TERM, a PHRASE, a NEAR or an EXPANSION of several */
    struct slice typed;            /* of an EXPANSION of one: as that was typed; else the node's */
    size_t word_count;             /* likewise */
    enum plan_role role;
    double boost;        /* its own times those of its ancestors */
    bool has_neighbours; /* a word or phrase typed in the query's list, not in a group */
    /* Of the list that `terms` are in: SCHEMA_ALL if the node is in no field, or in SCHEMA_TEXT,
     * which has no lists of its own. */
    const struct plan_field *field;
    const struct query_term **words; /* of the node and, of a NEAR, of its children */
    struct plan_term *terms;         /* of each word */
    uint32_t *offsets;               /* of each word, from the first one of its phrase */
    size_t term_count;
    struct plan_element *elements; /* of a NEAR */
    size_t element_count;
    struct plan_expansion *expansion; /* of an EXPANSION, which has no words; else NULL */
    /* If the node is in SCHEMA_TEXT: the terms in the lists of every other searched field, one field
     * after the other. A document has the clause as often in its text as in SCHEMA_ALL without
     * these. */
    struct plan_term *others;
    size_t other_count; /* of these fields */
    /* If the node is in no field: the terms in the lists of each of plan->weights, one after the
     * other. */
    struct plan_term *weighted;
    double idf;
    float weight; /* idf · boost · 2^scale_exponent; 0 if it is excluded */
    /* Number of equal phrases that are scored as this one, itself included; 0: an earlier one
     * scores for it. Terms are cheap to score and always have 1. */
    uint32_t multiplicity;
};

/* A condition that documents must meet, and that adds nothing to their scores. */
struct plan_filter {
    const struct query_node *node;    /* a FILTER, or an EXACT, whose child is a clause beside it */
    const struct schema_field *field; /* in the schema of the query; NULL: of IDs, or of EXACT */
    bool excluded;                    /* they must not meet it */
    bool nested;                      /* only the node of the tree that has it asks */
    struct exact_form form;           /* of EXACT */
    const struct plan *plan;
    /* Of QUERY_FILTER_VALUES: they have at least one of these terms. */
    struct plan_term *terms;
    size_t term_count;
};

/* A node of the tree. Groups have no group of their own kind in them. */
struct plan_node {
    enum query_kind kind;             /* TERM: any clause */
    const struct plan_clause *clause; /* of TERM */
    const struct plan_filter *filter; /* of FILTER and EXACT */
    struct plan_node *children;
    size_t child_count;
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
    struct plan_node *tree; /* an ALL_OF without the conditions of the whole query; NULL: flat */
    struct plan_clause *clauses; /* in the order of the query */
    size_t count;
    struct plan_filter *filters; /* in order */
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

void plan_release(struct plan *plan);

/* The number in the index of this segment of a field of the query's schema, or SCHEMA_NONE. */
uint16_t plan_field_number(const struct plan *plan, size_t ordinal, uint16_t field);

/* Whether words of the field are in SCHEMA_ALL and in lists of its own. */
bool plan_is_beside_text(const struct schema_field *field);

/* Converts a fixed-point score. */
double plan_score(const struct plan *plan, uint64_t fixed_score);

#endif
