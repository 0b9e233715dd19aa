/* SPDX-License-Identifier: MIT */
/* Counts words. */
#include "searcher/query/query_clause.h"

#include <stdlib.h>

bool query_clause_is_condition(const struct query_clause *clause) {
    bool is_group =
        clause->kind == CLAUSE_LIST || clause->kind == CLAUSE_AND || clause->kind == CLAUSE_OR;
    for (size_t i = 0; i < clause->child_count; i++)
        if (!query_clause_is_condition(&clause->children[i]))
            return false;
    return is_group || clause->kind == CLAUSE_FILTER;
}

static size_t count_words(const struct query_clause *clauses, size_t count) {
    size_t words = 0;
    for (size_t i = 0; i < count; i++) {
        const struct query_clause *clause = &clauses[i];
        bool is_one = clause->quoted || clause->kind == CLAUSE_PATTERN ||
                      clause->kind == CLAUSE_FUZZY || clause->kind == CLAUSE_NEAR;
        if (clause->occur != OCCUR_MUST_NOT && clause->kind != CLAUSE_FILTER)
            words += is_one                ? 1
                     : clause->child_count ? count_words(clause->children, clause->child_count)
                                           : clause->count;
    }
    return words;
}

size_t query_word_count(const struct query *query) {
    return count_words(query->clauses, query->count);
}

/* Whether a clause matches more documents in QUERY_ANY than in QUERY_ALL. */
static bool depends_on_mode(const struct query_clause *clause, bool is_listed) {
    bool depends = is_listed && clause->kind == CLAUSE_WORDS && !clause->quoted &&
                   clause->count > 1 && clause->occur == OCCUR_DEFAULT;
    bool is_list = clause->kind == CLAUSE_LIST;
    for (size_t i = 0; i < clause->child_count && !depends && clause->kind != CLAUSE_NEAR; i++)
        depends =
            (is_list && clause->child_count > 1 && clause->children[i].occur == OCCUR_DEFAULT) ||
            depends_on_mode(&clause->children[i], is_list);
    return depends;
}

bool query_has_few_words(const struct query *query) {
    size_t clauses = 0;
    bool optional = false, depends = false;
    for (size_t i = 0; i < query->count; i++) {
        const struct query_clause *clause = &query->clauses[i];
        if (query_clause_is_condition(clause) || clause->occur == OCCUR_MUST_NOT)
            continue;
        clauses++;
        optional |= clause->occur == OCCUR_DEFAULT;
        depends |= depends_on_mode(clause, true);
    }
    depends |= optional && clauses > 1;
    return depends && clauses <= QUERY_FEW_CLAUSES && query_word_count(query) > 1;
}

void query_release(struct query *query) {
    free(query->clauses);
    arena_release(&query->arena);
    *query = (struct query){0};
}
