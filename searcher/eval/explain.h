/* SPDX-License-Identifier: MIT */
/* Explains the score of a hit. */
#ifndef QUERN_SEARCHER_EVAL_EXPLAIN_H
#define QUERN_SEARCHER_EVAL_EXPLAIN_H

#include "searcher/eval/search.h"

/* The contribution of one clause to the score of a document. */
struct explanation {
    struct slice typed; /* as the user wrote it; borrowed from the query */
    double idf, boost;
    bool matches;        /* the document has it, and all that it is in */
    double frequency;    /* times the weights of the fields */
    double contribution; /* contributions add up to exactly the score */
    uint64_t documents;  /* df; of a phrase, that of its rarest word; of a pattern, that of
                             * its most frequent one */
    /* Of the field that the clause is in: N, and lengths times the weights of the fields. */
    uint64_t collection;
    double length, average_length;
};

/* What two words add that are neighbours in the query. */
struct pair_explanation {
    struct slice first, second; /* as the user wrote them; borrowed from the query */
    double idf;
    uint32_t adjacent; /* how often one follows the other */
    uint32_t near;     /* how often one has the other near it */
    double contribution;
};

struct explanations {
    /* One for each clause of the plan that is not excluded. Owned. */
    struct explanation *clauses;
    size_t count;
    /* One for each pair of the plan, if nearness was added to the score. Owned. */
    struct pair_explanation *pairs;
    size_t pair_count;
    double nearness; /* its weight */
    double k1, b;
    double average_length;
    uint64_t documents; /* N */
    uint32_t length;    /* of the document, in tokens */
    double norm_length; /* the length that its norm represents, times the weights of the fields */
    double score;
};

/* The number of the query's words that a hit has (query_word_count()). Errors: those of reading the
 * index, ST_NOMEM. */
enum status explain_word_count(size_t *words, const struct results *results, const struct hit *hit,
                               struct error *err);

/* Explains one hit of the results. The query must outlive the explanations. Errors: those of
 * reading the index, ST_NOMEM; then there is nothing to release. */
enum status explain_hit(struct explanations *explanations, const struct results *results,
                        const struct hit *hit, struct error *err);
void explain_release(struct explanations *explanations);

#endif
