/* SPDX-License-Identifier: MIT */
/* Looks for rare words. */
#include "searcher/expand/query_correct.h"

#include "common/text/unicode.h"
#include "searcher/expand/correction.h"

struct correction {
    struct query *query;
    struct analyzer *analyzer;
    struct snapshot *const *snapshots;
    size_t snapshot_count;
    struct query_correction *found;
    size_t count, tried; /* found; words for which a better one was looked for */
};

/* In how many documents a term is, as far as it matters. */
static enum status count_documents(uint64_t *documents, const struct correction *correction,
                                   struct slice term, struct error *err) {
    *documents = 0;
    for (size_t i = 0; i < correction->snapshot_count; i++) {
        struct snapshot *snapshot = correction->snapshots[i];
        for (size_t k = 0; k < snapshot->catalog.segment_count; k++) {
            struct term_entry entry;
            enum status status =
                segment_find_term(&entry, &snapshot->segments[k], SCHEMA_ALL, term, err);
            if (status < 0)
                return status;
            *documents += status ? 0 : entry.documents;
            if (*documents > QUERY_CORRECT_FEW)
                return ST_OK;
        }
    }
    return ST_OK;
}

/* Whether words like it are surface forms, so that it can be told whether it is misspelt. */
static bool may_be_form(struct slice word) {
    return unicode_has_only(word, 1u << CLASS_LETTER | 1u << CLASS_HEBREW | 1u << CLASS_EXTEND |
                                      1u << CLASS_APOSTROPHE | 1u << CLASS_MID_LETTER);
}

static bool is_known(const struct correction *correction, struct slice typed) {
    for (size_t i = 0; i < correction->count; i++)
        if (slice_equal(correction->found[i].typed, typed))
            return true;
    return false;
}

/* Looks for a better word than this one of a clause. ST_END: too many words are misspelt. */
static enum status check_word(struct correction *correction, const struct query_clause *clause,
                              size_t number, struct error *err) {
    const struct query_term *term = &clause->terms[number];
    uint64_t documents;
    if (!may_be_form(term->typed) || is_known(correction, term->typed))
        return ST_OK;
    enum status status = count_documents(&documents, correction, term->term, err);
    for (size_t i = 0; i < clause->language_count && !status && documents <= QUERY_CORRECT_FEW; i++)
        status =
            count_documents(&documents, correction, clause->languages[i].terms[number].term, err);
    if (status || documents > QUERY_CORRECT_FEW)
        return status;
    if (correction->tried++ == QUERY_CORRECT_MAX)
        return ST_END;
    struct slice key;
    struct query_correction found = {.typed = term->typed};
    if (analyzer_form_key(&key, correction->analyzer, term->typed))
        return error_nomem(err);
    status = correction_find(&found.better, &correction->query->arena, key, documents > 0,
                             correction->snapshots, correction->snapshot_count, err);
    if (!status)
        correction->found[correction->count++] = found;
    return status == ST_NOT_FOUND ? ST_OK : status;
}

/* The depth of a query is bounded. */
static enum status check_clauses(struct correction *correction, const struct query_clause *clauses,
                                 size_t count, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < count && !status; i++) {
        const struct query_clause *clause = &clauses[i];
        if (clause->occur == OCCUR_MUST_NOT)
            continue;
        for (size_t k = 0; clause->kind == CLAUSE_WORDS && k < clause->count && !status; k++)
            status = check_word(correction, clause, k, err);
        if (!status)
            status = check_clauses(correction, clause->children, clause->child_count, err);
    }
    return status;
}

enum status query_correct(struct query_correction corrections[QUERY_CORRECT_MAX], size_t *count,
                          struct query *query, struct analyzer *analyzer,
                          struct snapshot *const *snapshots, size_t snapshot_count,
                          struct error *err) {
    struct correction correction = {.query = query,
                                    .analyzer = analyzer,
                                    .snapshots = snapshots,
                                    .snapshot_count = snapshot_count,
                                    .found = corrections};
    enum status status = check_clauses(&correction, query->clauses, query->count, err);
    *count = status == ST_END ? 0 : correction.count;
    return status < 0 ? status : ST_OK;
}
