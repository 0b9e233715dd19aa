/* SPDX-License-Identifier: MIT */
/* Counts words. */
#include "searcher/query/query_clause.h"

#include <stdlib.h>

size_t query_word_count(const struct query *query) {
    size_t words = 0;
    for (size_t i = 0; i < query->count; i++)
        if (query->clauses[i].occur != OCCUR_MUST_NOT && query->clauses[i].kind != CLAUSE_FILTER)
            words += query->clauses[i].quoted ? 1 : query->clauses[i].count;
    return words;
}

bool query_has_few_words(const struct query *query) {
    size_t clauses = 0;
    bool optional = false;
    for (size_t i = 0; i < query->count; i++) {
        if (query->clauses[i].kind == CLAUSE_FILTER)
            continue;
        clauses += query->clauses[i].occur != OCCUR_MUST_NOT;
        optional |= query->clauses[i].occur == OCCUR_DEFAULT;
    }
    return optional && clauses <= QUERY_FEW_CLAUSES && query_word_count(query) > 1;
}

void query_release(struct query *query) {
    free(query->clauses);
    arena_release(&query->arena);
    *query = (struct query){0};
}
