/* SPDX-License-Identifier: MIT */
/* Why a hit has its score. */
#ifndef QUERN_SEARCHER_EVAL_EXPLAIN_H
#define QUERN_SEARCHER_EVAL_EXPLAIN_H

#include "searcher/eval/search.h"

/* How a clause of the query weighs in one document: the arithmetic behind a score. */
struct explanation {
    struct slice typed; /* as the user wrote it; borrowed from the query */
    double idf;
    uint32_t frequency;  /* 0: the document does not have it */
    double contribution; /* these sum to the score, exactly */
    uint64_t documents;  /* df; of a phrase: of its rarest word */
};

struct explanations {
    /* One for each clause of the query that is not excluded; when any word will do, a word that is
     * split has one for each of its parts. Owned. */
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
enum status explain_hit(struct explanations *explanations, const struct results *results,
                        const struct hit *hit, struct error *err);
void explain_release(struct explanations *explanations);

#endif
