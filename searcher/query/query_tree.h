/* SPDX-License-Identifier: MIT */
/* A query as a tree of what documents match and score, for one mode.
 *
 *     gas multi-agent -leak    all    ALL_OF(TERM gas, PHRASE multi agent, NOT(TERM leak))
 *                              any    ALL_OF(ANY_OF(TERM gas, ANY_OF(TERM multi, TERM agent)),
 *                                            NOT(TERM leak))
 *     +norway gas              any    ALL_OF(TERM norway, OPTIONAL(TERM gas))
 *
 * The root is an ALL_OF. One without a required child has an ANY_OF as its first child, which may
 * have no children and then matches nothing: words to exclude alone match nothing. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_TREE_H
#define QUERN_SEARCHER_QUERY_QUERY_TREE_H

#include "searcher/query/query.h"

enum query_kind {
    QUERY_TERM,     /* documents that have the term */
    QUERY_PHRASE,   /* documents that have the terms at their offsets from each other */
    QUERY_ANY_OF,   /* documents that match any child; the children's scores are added */
    QUERY_ALL_OF,   /* documents that match every child; the children's scores are added */
    QUERY_OPTIONAL, /* below ALL_OF: nothing is required, but the child's score is added */
    QUERY_NOT,      /* below ALL_OF: documents that do not match the child; no score */
};

struct query_node {
    enum query_kind kind;
    /* Of TERM and PHRASE, the leaves; borrowed from the query. */
    struct slice typed;
    const struct query_term *terms; /* one of a TERM, more of a PHRASE */
    size_t term_count;
    /* Of the others: OPTIONAL and NOT have one child. */
    struct query_node *children;
    size_t child_count;
};

/* Makes the tree in the arena. The query must outlive it. In the modes other than QUERY_ANY every
 * clause without a sign is required, and a word that the analyzer splits is the phrase of its
 * parts; in QUERY_ANY it is optional, and so is each part. ST_NOMEM. */
enum status query_tree_build(struct query_node *root, struct arena *arena,
                             const struct query *query, enum query_mode mode);

/* The number of leaves. */
size_t query_tree_leaf_count(const struct query_node *node);

#endif
