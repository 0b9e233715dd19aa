/* SPDX-License-Identifier: MIT */
/* Expands patterns and fuzzy words. */
#include "searcher/expand/query_expand.h"

#include <stdio.h>

#include "common/text/unicode.h"
#include "searcher/expand/form_terms.h"
#include "searcher/expand/term_matches.h"

static size_t count_characters(struct slice text) {
    size_t count = 0;
    for (size_t at = 0; at < text.size; count++)
        at += unicode_decode(text.data + at, text.size - at).size;
    return count;
}

static enum status make_matcher(struct form_matcher *matcher, const struct query_clause *clause) {
    *matcher = (struct form_matcher){0};
    if (clause->kind == CLAUSE_PATTERN)
        return pattern_new(&matcher->pattern, clause->pattern);
    bool is_short = count_characters(clause->pattern) <= QUERY_EXPAND_SHORT_MAX;
    return edit_automaton_new(&matcher->automaton, clause->pattern,
                              is_short ? 0 : clause->distance);
}

struct expansion {
    struct query *query;
    struct snapshot *const *snapshots;
    size_t snapshot_count;
    size_t clauses, terms; /* so far */
};

/* Tells of the first clause to which this happens. */
static enum status warn(struct query *query, const struct query_clause *clause, const char *what) {
    enum { SHOWN_MAX = 80 };
    char sentence[SHOWN_MAX + 80];
    struct slice shown = unicode_cut(clause->typed, SHOWN_MAX);
    if (query->warning)
        return ST_OK;
    int size = snprintf(sentence, sizeof sentence, "%.*s: %s", (int)shown.size,
                        (const char *)shown.data, what);
    query->warning = arena_copy(&query->arena, sentence, (size_t)size);
    return query->warning ? ST_OK : ST_NOMEM;
}

static enum status take_terms(struct expansion *expansion, struct query_clause *clause,
                              struct form_terms *terms) {
    struct arena *arena = &expansion->query->arena;
    form_terms_finish(terms);
    clause->terms = arena_alloc(arena, (terms->count + 1) * sizeof *clause->terms);
    if (!clause->terms)
        return ST_NOMEM;
    for (; clause->count < terms->count; clause->count++) {
        struct slice term = terms->items[clause->count].term;
        char *copy = arena_copy(arena, term.data, term.size);
        if (!copy)
            return ST_NOMEM;
        clause->terms[clause->count] =
            (struct query_term){.term = slice_of(copy, term.size), .typed = clause->typed};
    }
    expansion->terms += terms->count;
    return terms->dropped
               ? warn(expansion->query, clause, "matches too many words; the rarest are left out")
               : ST_OK;
}

static enum status find_terms(struct form_terms *terms, const struct form_matcher *matcher,
                              const struct query_clause *clause, const struct expansion *expansion,
                              struct error *err) {
    if (matcher->pattern && term_matches_needs(clause->pattern))
        return term_matches(&terms->visitor, matcher->pattern, expansion->snapshots,
                            expansion->snapshot_count, err);
    return form_matches(&terms->visitor, matcher, expansion->snapshots, expansion->snapshot_count,
                        err);
}

static enum status expand_clause(struct expansion *expansion, struct query_clause *clause,
                                 struct error *err) {
    struct form_matcher matcher;
    struct form_terms terms;
    clause->count = 0;
    if (expansion->clauses == QUERY_EXPAND_CLAUSES_MAX)
        return warn(expansion->query, clause, "left out, as are all patterns after the first 64")
                   ? error_nomem(err)
                   : ST_OK;
    expansion->clauses++;
    enum status status = make_matcher(&matcher, clause);
    if (status)
        return status == ST_LIMIT ? ST_OK : error_nomem(err);
    size_t left = QUERY_EXPAND_TERMS_MAX - expansion->terms;
    form_terms_init(&terms, left < FORM_TERMS_MAX ? left : FORM_TERMS_MAX);
    status = find_terms(&terms, &matcher, clause, expansion, err);
    if (status == ST_LIMIT) {
        form_terms_count(&terms);
        status = find_terms(&terms, &matcher, clause, expansion, err);
    }
    if (!status && take_terms(expansion, clause, &terms))
        status = error_nomem(err);
    form_terms_release(&terms);
    pattern_free(matcher.pattern);
    edit_automaton_free(matcher.automaton);
    return status;
}

/* The depth of a query is bounded. */
static enum status expand_clauses(struct expansion *expansion, struct query_clause *clauses,
                                  size_t count, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < count && !status; i++) {
        struct query_clause *clause = &clauses[i];
        if (clause->kind == CLAUSE_PATTERN || clause->kind == CLAUSE_FUZZY)
            status = expand_clause(expansion, clause, err);
        else
            status = expand_clauses(expansion, clause->children, clause->child_count, err);
    }
    return status;
}

enum status query_expand(struct query *query, struct snapshot *const *snapshots, size_t count,
                         struct error *err) {
    struct expansion expansion = {.query = query, .snapshots = snapshots, .snapshot_count = count};
    query->warning = NULL;
    return expand_clauses(&expansion, query->clauses, query->count, err);
}
