/* SPDX-License-Identifier: MIT */
/* Looks every word up in the list of the language. */
#include "searcher/query/query_stopwords.h"

#include <stdlib.h>

static bool has_small_letter(const struct query *query) {
    for (size_t i = 0; i < query->count; i++)
        for (size_t k = 0; k < query->clauses[i].count; k++) {
            struct slice typed = query->clauses[i].terms[k].typed;
            for (size_t at = 0; at < typed.size; at++)
                if (typed.data[at] >= 'a' && typed.data[at] <= 'z')
                    return true;
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

enum status query_remove_stopwords(struct query *query, struct analyzer *analyzer,
                                   struct error *err) {
    bool *is_stopword = calloc(query->count + 1, sizeof *is_stopword);
    if (!is_stopword)
        return error_nomem(err);
    bool capitals_count = has_small_letter(query), others = false;
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < query->count; i++) {
        const struct query_clause *clause = &query->clauses[i];
        status = check_clause(&is_stopword[i], clause, analyzer, capitals_count);
        others |=
            !is_stopword[i] && clause->kind != CLAUSE_FILTER && clause->occur != OCCUR_MUST_NOT;
    }
    size_t kept = 0;
    for (size_t i = 0; !status && others && i < query->count; i++)
        if (!is_stopword[i])
            query->clauses[kept++] = query->clauses[i];
    if (others && !status)
        query->count = kept;
    free(is_stopword);
    return status ? error_nomem(err) : ST_OK;
}
