/* SPDX-License-Identifier: MIT */
/* The meaning of a query in one mode: a tree of the conditions that a document has to meet.
 *
 *     gas multi-agent -leak    all    ALL_OF(TERM gas, PHRASE multi agent, NOT(TERM leak))
 *                              any    ALL_OF(ANY_OF(TERM gas, ANY_OF(TERM multi, TERM agent)),
 *                                            NOT(TERM leak))
 *     +norway gas              any    ALL_OF(TERM norway, OPTIONAL(TERM gas))
 *     gas -ext:pdf             any    ALL_OF(ANY_OF(TERM gas), NOT(FILTER ext:pdf))
 *     ext:pdf -gas             any    ALL_OF(FILTER ext:pdf, NOT(TERM gas))
 *     (gas oil) norway         all    ALL_OF(ALL_OF(TERM gas, TERM oil), TERM norway)
 *     gas OR NOT oil           any    ALL_OF(ANY_OF(ANY_OF(TERM gas, NOT(TERM oil))))
 *
 * The root is an ALL_OF. If no word is required, its first child is an ANY_OF of the optional ones,
 * except where there are filters alone. An ANY_OF without children matches nothing, so a query that
 * only excludes words does not match. Lists in parentheses are built alike; one that only excludes
 * matches all other documents. */
#ifndef QUERN_SEARCHER_PLAN_QUERY_TREE_H
#define QUERN_SEARCHER_PLAN_QUERY_TREE_H

#include "searcher/query/query.h"

enum query_kind {
    QUERY_TERM,      /* documents that have the term */
    QUERY_PHRASE,    /* documents that have the terms at their offsets from each other */
    QUERY_NEAR,      /* documents that have all children close together; see below */
    QUERY_EXPANSION, /* documents that match any child, which together count as one word */
    QUERY_EXACT,  /* documents that match the child, a TERM, PHRASE or EXPANSION of these, and have
                      * its words as they were typed (exact_form.h) */
    QUERY_ANY_OF, /* documents that match any child; scores of children add up */
    QUERY_ALL_OF, /* documents that match every child; scores of children add up */
    QUERY_OPTIONAL, /* every document, with the child's score if that matches */
    QUERY_NOT,      /* documents that do not match the child; adds no score */
    QUERY_FILTER,   /* documents that pass the filter; adds no score */
};

/* The children of a NEAR are TERMs and PHRASEs in one field. An occurrence of it is a range of
 * positions that has one occurrence of each child, equal children having different ones, and in
 * which at most `distance` positions are left over: it is no longer than the children together and
 * these. How often a document has a NEAR is the greatest number of occurrences no two of which share
 * a position. So `gas NEAR/1 oil` occurs twice in `oil or gas oil gas`, and once in `gas oil gas`.
 *
 * The children of an EXPANSION are TERMs, PHRASEs and NEARs in one field. A document has it as often
 * as all of them together, and its idf is the lowest of theirs, so that of the most frequent one.
 *
 * The score of a document is the sum of the scores of those TERMs, PHRASEs, NEARs and EXPANSIONs
 * that it matches, and all of whose ancestors it matches, none of them a NOT. Each is weighted by its
 * own boost times those of its ancestors. */
struct query_node {
    enum query_kind kind;
    /* Of the leaves, and of NEAR, EXPANSION and EXACT; borrowed from the query, except `typed` of a
     * part of a split word. */
    struct slice typed;
    /* Of TERM and PHRASE, and of the nodes that they make up. */
    uint16_t field;                 /* SCHEMA_ALL, or a text field in the schema of the query */
    const struct query_term *terms; /* a TERM has one */
    size_t term_count;
    /* That it counts as: a quoted phrase as one, a split word as its parts, one that feedback added
     * as none. */
    size_t word_count;
    uint32_t distance;                 /* of NEAR: positions left over; UINT32_MAX: any number */
    const struct query_filter *filter; /* of FILTER */
    double boost;                      /* of everything below, > 0; 0 is the same as 1 */
    /* Of the others; OPTIONAL, NOT and EXACT have one child. */
    struct query_node *children;
    size_t child_count;
};

/* Builds the tree in the arena. The query must outlive it. A word or phrase that has other terms in
 * other languages of the index, or synonyms, is an EXPANSION of them; a NEAR of such words is one of a
 * NEAR for each language. In QUERY_ANY a clause without a sign is
 * optional, and so is each part of a word that the analyzer splits. In the other modes such a
 * clause is required, and a split word is the phrase of its parts. Filters are required in every
 * mode, if they are not excluded, and so are groups of nothing but filters. Inside of what is excluded,
 * the mode is QUERY_ANY. ST_NOMEM. */
enum status query_tree_build(struct query_node *root, struct arena *arena,
                             const struct query *query, enum query_mode mode);

/* The number of TERMs, PHRASEs, NEARs and EXPANSIONs, not counting what these are made of; or else of
 * FILTERs and EXACTs. */
size_t query_tree_leaf_count(const struct query_node *node, bool conditions);

#endif
