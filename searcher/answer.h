/* SPDX-License-Identifier: MIT */
/* The answer to a query: what the indexes have for it, or for what feedback makes of it.
 *
 *     struct answer answer;
 *     answer_find(&answer, query, indexes, &options, &search, &err);
 *     use(&answer.results);
 *     answer_release(&answer);
 *
 * Threads: that of the indexes. */
#ifndef QUERN_SEARCHER_ANSWER_H
#define QUERN_SEARCHER_ANSWER_H

#include "searcher/indexes.h"
#include "searcher/options.h"

struct answer {
    struct results results; /* borrow the query, or `made` */
    struct query made;      /* what feedback made of it; without clauses: nothing */
};

/* Expands the query and searches for it; with options->expand twice, and with options->like for documents
 * like that one. The query outlives the answer. Errors: those of search_run(), feedback_expand() and
 * lookup_document(); then there is nothing to release. */
enum status answer_find(struct answer *answer, struct query *query, const struct indexes *indexes,
                        const struct query_options *options, const struct search_options *search,
                        struct error *err);
void answer_release(struct answer *answer);

#endif
