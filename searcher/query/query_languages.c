/* SPDX-License-Identifier: MIT */
/* Analyzes each word again. */
#include "searcher/query/query_languages.h"

/* Sets the term to that of its word in the analyzer's language. What is no term in that language, as it
 * is a stop word there, stays as it is. *differs: it is another term. */
static enum status read_term(bool *differs, struct query_term *term, struct query *query,
                             struct analyzer *analyzer) {
    struct token token;
    analyzer_begin(analyzer, term->typed, 0);
    bool found = analyzer_next(&token, 1, analyzer) && token.start == 0;
    if (analyzer_status(analyzer) || !found || slice_equal(token.term, term->term))
        return analyzer_status(analyzer);
    const char *copy = arena_copy(&query->arena, token.term.data, token.term.size);
    if (!copy)
        return ST_NOMEM;
    term->term = slice_of(copy, token.term.size);
    *differs = true;
    return ST_OK;
}

static enum status read_words(struct query_clause *clause, struct query *query,
                              struct analyzer *analyzer) {
    size_t count = analyzer_language_count(analyzer) - 1;
    struct query_reading *readings = arena_alloc(&query->arena, count * sizeof *readings);
    if (!readings)
        return ST_NOMEM;
    bool differs = false;
    for (size_t language = 1; language <= count; language++) {
        struct query_term *terms = arena_alloc(&query->arena, clause->count * sizeof *terms);
        if (!terms)
            return ST_NOMEM;
        memcpy(terms, clause->terms, clause->count * sizeof *terms);
        analyzer_set_language(analyzer, language);
        for (size_t i = 0; i < clause->count; i++) {
            enum status status = read_term(&differs, &terms[i], query, analyzer);
            if (status)
                return status;
        }
        readings[language - 1] = (struct query_reading){terms, clause->count};
    }
    clause->languages = readings;
    clause->language_count = differs ? count : 0;
    return ST_OK;
}

static enum status read_clauses(struct query_clause *clauses, size_t count, struct query *query,
                                struct analyzer *analyzer) {
    enum status status = ST_OK;
    for (size_t i = 0; i < count && !status; i++)
        if (clauses[i].kind == CLAUSE_WORDS || clauses[i].kind == CLAUSE_EXACT)
            status = read_words(&clauses[i], query, analyzer);
        else
            status = read_clauses(clauses[i].children, clauses[i].child_count, query, analyzer);
    return status;
}

enum status query_read_languages(struct query *query, struct analyzer *analyzer) {
    if (analyzer_language_count(analyzer) == 1)
        return ST_OK;
    enum status status = read_clauses(query->clauses, query->count, query, analyzer);
    analyzer_set_language(analyzer, 0);
    return status;
}
