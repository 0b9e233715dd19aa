/* SPDX-License-Identifier: MIT */
/* Looks every word up in the list of the language. */
#include "searcher/query/query_stopwords.h"

#include <stdlib.h>

static bool has_small_letter(const struct query_clause *clauses, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (has_small_letter(clauses[i].children, clauses[i].child_count))
            return true;
        for (size_t k = 0; k < clauses[i].count; k++) {
            struct slice typed = clauses[i].terms[k].typed;
            for (size_t at = 0; at < typed.size; at++)
                if (typed.data[at] >= 'a' && typed.data[at] <= 'z')
                    return true;
        }
    }
    return false;
}

static bool is_operator(struct slice word) {
    return slice_equal(word, slice_of_string("AND")) || slice_equal(word, slice_of_string("OR")) ||
           slice_equal(word, slice_of_string("NOT"));
}

/* Whether the word is typed in capitals; `I` and `A` are no abbreviations. */
static bool is_in_capitals(struct slice word) {
    for (size_t i = 0; i < word.size; i++)
        if (word.data[i] < 'A' || word.data[i] > 'Z')
            return false;
    return word.size > 1 && !is_operator(word);
}

static enum status check_clause(bool *is_stopword, const struct query_clause *clause,
                                struct analyzer *analyzer, bool capitals_count) {
    *is_stopword = false;
    if (clause->kind != CLAUSE_WORDS || clause->occur != OCCUR_DEFAULT || clause->quoted ||
        clause->count != 1)
        return ST_OK;
    struct slice word = clause->terms[0].typed;
    if (capitals_count && is_in_capitals(word))
        return ST_OK;
    return analyzer_check_stopword(is_stopword, analyzer, word);
}

static enum status remove_from(struct query_clause *clauses, size_t *count,
                               struct analyzer *analyzer, bool capitals_count);

/* Removes stop words from the lists in a clause. */
static enum status remove_below(struct query_clause *clause, struct analyzer *analyzer,
                                bool capitals_count) {
    if (clause->kind == CLAUSE_LIST)
        return remove_from(clause->children, &clause->child_count, analyzer, capitals_count);
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < clause->child_count; i++)
        status = remove_below(&clause->children[i], analyzer, capitals_count);
    return status;
}

/* Removes stop words from a list, and from the lists in it. */
static enum status remove_from(struct query_clause *clauses, size_t *count,
                               struct analyzer *analyzer, bool capitals_count) {
    bool *is_stopword = calloc(*count + 1, sizeof *is_stopword), others = false;
    enum status status = is_stopword ? ST_OK : ST_NOMEM;
    for (size_t i = 0; !status && i < *count; i++) {
        struct query_clause *clause = &clauses[i];
        status = clause->child_count
                     ? remove_below(clause, analyzer, capitals_count)
                     : check_clause(&is_stopword[i], clause, analyzer, capitals_count);
        others |= !is_stopword[i] && !query_clause_is_condition(clause) &&
                  clause->occur != OCCUR_MUST_NOT;
    }
    size_t kept = 0;
    for (size_t i = 0; !status && others && i < *count; i++)
        if (!is_stopword[i])
            clauses[kept++] = clauses[i];
    if (others && !status)
        *count = kept;
    free(is_stopword);
    return status;
}

enum status query_remove_stopwords(struct query *query, struct analyzer *analyzer,
                                   struct error *err) {
    bool capitals_count = has_small_letter(query->clauses, query->count);
    enum status status = remove_from(query->clauses, &query->count, analyzer, capitals_count);
    return status ? error_nomem(err) : ST_OK;
}
