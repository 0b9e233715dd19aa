/* SPDX-License-Identifier: MIT */
/* Reads documents and chooses terms. */
#include "searcher/feedback/feedback.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/glob.h"
#include "common/column/column_reader.h"
#include "common/column/value_table.h"
#include "searcher/feedback/relevance_model.h"
#include "searcher/show/text_source.h"

enum { LIKE_CANDIDATES = 1000 }; /* most probable terms of a document, whose idfs are compared */

/* A term in more than one of this many documents says little (as in Anserini's RM3). */
enum { EXPAND_RARITY = 10 };

/* The language that a document was analyzed in, among those of the analyzer. */
static size_t language_of(struct segment *segment, uint32_t doc, const struct analyzer *analyzer) {
    const struct segment_field *field = segment_info_field(&segment->info, SCHEMA_LANG);
    struct column_reader column;
    const int64_t *ordinals;
    size_t language = 0;
    if (analyzer_language_count(analyzer) == 1 || !field || !field->column.entries)
        return 0;
    column_reader_init(&column, &segment->chunks, &field->column, FIELD_TYPE_KEYWORD,
                       segment->info.documents);
    if (column_values(&ordinals, &column, doc)) {
        struct value_table table;
        struct slice term, shown = {0};
        value_table_open(&table, &segment->chunks, &field->column);
        value_table_value(&term, &shown, &table, (uint32_t)ordinals[0]);
        language = analyzer_find_language(analyzer, shown);
    }
    column_reader_release(&column);
    return language;
}

/* Adds title and text of a document, in the language of the analyzer. */
static enum status add_document(struct relevance_model *model, struct segment *segment,
                                uint32_t doc, double weight, const struct feedback_indexes *indexes,
                                struct error *err) {
    struct document document;
    struct text_location text;
    struct text_source source = {0};
    struct slice part;
    enum status status = segment_record(&document, &text, segment, doc, err);
    if (status)
        return status;
    if (!document.has_text)
        return error_set(err, ST_SETTINGS, 0,
                         "the index has no texts (--no-store), from which words would be taken");
    if (relevance_model_add(model, indexes->analyzer, document.title))
        return error_nomem(err);
    text_source_open(&source, segment, text);
    while (source.part_offset < FEEDBACK_TEXT_MAX &&
           (status = text_source_next(&part, &source, err)) == ST_OK)
        if (relevance_model_add(model, indexes->analyzer, part)) {
            status = error_nomem(err);
            break;
        }
    text_source_release(&source);
    relevance_model_end_document(model, weight);
    return status < 0 ? status : ST_OK;
}

static enum status add_hit(struct relevance_model *model, const struct hit *hit, double weight,
                           const struct feedback_indexes *indexes, struct error *err) {
    struct segment *segment = &indexes->snapshots[hit->index]->segments[hit->segment];
    analyzer_set_language(indexes->analyzer, language_of(segment, hit->doc, indexes->analyzer));
    enum status status = add_document(model, segment, hit->doc, weight, indexes, err);
    analyzer_set_language(indexes->analyzer, 0);
    return status;
}

static uint64_t total_documents(const struct feedback_indexes *indexes) {
    uint64_t documents = 0;
    for (size_t i = 0; i < indexes->count; i++)
        documents += catalog_total_documents(&indexes->snapshots[i]->catalog);
    return documents;
}

/* Counts the documents that have a term. */
static enum status count_documents(uint64_t *documents, const struct feedback_indexes *indexes,
                                   struct slice term, struct error *err) {
    *documents = 0;
    for (size_t i = 0; i < indexes->count; i++)
        for (size_t k = 0; k < indexes->snapshots[i]->catalog.segment_count; k++) {
            struct term_entry entry;
            enum status status = segment_find_term(&entry, &indexes->snapshots[i]->segments[k],
                                                   SCHEMA_ALL, term, err);
            if (status < 0)
                return status;
            *documents += status ? 0 : entry.documents;
        }
    return ST_OK;
}

/* Keeps the most probable terms that few documents have, so that their probabilities add up to 1. */
static enum status keep_probable(struct relevance_model *model,
                                 const struct feedback_indexes *indexes, struct error *err) {
    uint64_t all = total_documents(indexes);
    size_t kept = 0;
    double sum = 0;
    relevance_model_sort(model);
    for (size_t i = 0; i < model->count && kept < FEEDBACK_TERMS; i++) {
        uint64_t documents;
        enum status status = count_documents(&documents, indexes, model->terms[i].term, err);
        if (status)
            return status;
        if (documents > 1 && documents * EXPAND_RARITY > all)
            continue;
        sum += model->terms[i].probability;
        model->terms[kept++] = model->terms[i];
    }
    for (size_t i = 0; i < kept; i++)
        model->terms[i].probability /= sum;
    model->count = kept;
    return ST_OK;
}

/* Keeps the terms whose probability times idf is greatest, relative to the first of them. */
static enum status keep_characteristic(struct relevance_model *model,
                                       const struct feedback_indexes *indexes, struct error *err) {
    uint64_t all = total_documents(indexes);
    size_t kept = 0;
    relevance_model_sort(model);
    for (size_t i = 0; i < model->count && i < LIKE_CANDIDATES; i++) {
        struct model_term *term = &model->terms[i];
        uint64_t documents;
        bool is_stopword;
        if (analyzer_check_stopword(&is_stopword, indexes->analyzer, term->typed))
            return error_nomem(err);
        enum status status = count_documents(&documents, indexes, term->term, err);
        if (status)
            return status;
        if (is_stopword || documents < 2) /* no other document has it */
            continue;
        term->probability *= bm25_idf(all, documents);
        model->terms[kept++] = *term;
    }
    model->count = kept;
    relevance_model_sort(model);
    if (model->count > FEEDBACK_LIKE_TERMS)
        model->count = FEEDBACK_LIKE_TERMS;
    for (size_t i = model->count; i-- > 0;)
        model->terms[i].probability /= model->terms[0].probability;
    return ST_OK;
}

/* Makes a copy of a query with room for `more` clauses. ST_NOMEM. */
static enum status copy_query(struct query *copy, const struct query *query, bool required,
                              size_t more) {
    *copy = *query;
    copy->arena = (struct arena){0};
    copy->clauses = malloc((query->count + more + 1) * sizeof *copy->clauses);
    if (!copy->clauses)
        return ST_NOMEM;
    for (size_t i = 0; i < query->count; i++) {
        struct query_clause *clause = &copy->clauses[i];
        *clause = query->clauses[i];
        if (required && clause->occur == OCCUR_DEFAULT && clause->kind != CLAUSE_FILTER)
            clause->occur = OCCUR_MUST;
    }
    return ST_OK;
}

/* The clause of the query that is this term alone, or NULL. */
static struct query_clause *find_clause(struct query *query, struct slice term) {
    for (size_t i = 0; i < query->count; i++) {
        struct query_clause *clause = &query->clauses[i];
        if (clause->kind == CLAUSE_WORDS && clause->occur != OCCUR_MUST_NOT && clause->count == 1 &&
            clause->field == SCHEMA_ALL && slice_equal(clause->terms[0].term, term))
            return clause;
    }
    return NULL;
}

/* Adds a word, or to the weight of a word that the query has. */
static enum status add_term(struct query *query, const struct model_term *term, double boost) {
    struct query_clause *clause = find_clause(query, term->term);
    if (clause) {
        clause->boost += boost;
        return ST_OK;
    }
    struct query_term *word = arena_alloc(&query->arena, sizeof *word);
    const char *bytes = arena_copy(&query->arena, term->term.data, term->term.size);
    const char *typed = arena_copy(&query->arena, term->typed.data, term->typed.size);
    if (!word || !bytes || !typed)
        return ST_NOMEM;
    *word = (struct query_term){.term = slice_of(bytes, term->term.size),
                                .typed = slice_of(typed, term->typed.size)};
    query->clauses[query->count++] = (struct query_clause){.kind = CLAUSE_WORDS,
                                                           .typed = word->typed,
                                                           .boost = boost,
                                                           .field = SCHEMA_ALL,
                                                           .terms = word,
                                                           .count = 1,
                                                           .added = true};
    return ST_OK;
}

static enum status add_terms(struct query *query, const struct relevance_model *model, double boost,
                             struct error *err) {
    for (size_t i = 0; i < model->count; i++)
        if (add_term(query, &model->terms[i], boost * model->terms[i].probability))
            return error_nomem(err);
    return ST_OK;
}

enum status feedback_expand(struct query *expanded, const struct query *query, bool required,
                            const struct results *results, const struct feedback_indexes *indexes,
                            struct error *err) {
    struct relevance_model model = {0};
    size_t documents = results->count < FEEDBACK_DOCUMENTS ? results->count : FEEDBACK_DOCUMENTS;
    double sum = 0;
    enum status status = ST_OK;
    for (size_t i = 0; i < documents; i++)
        sum += results->hits[i].score;
    for (size_t i = 0; i < documents && !status; i++) {
        const struct hit *hit = &results->hits[i];
        status = add_hit(&model, hit, sum > 0 ? hit->score / sum : 0, indexes, err);
    }
    if (!status)
        status = keep_probable(&model, indexes, err);
    if (!status && copy_query(expanded, query, required, model.count))
        status = error_nomem(err);
    if (!status) {
        double share = (1 - FEEDBACK_QUERY_WEIGHT) / FEEDBACK_QUERY_WEIGHT;
        status = add_terms(expanded, &model, share * (double)query_word_count(query), err);
        if (status)
            query_release(expanded);
    }
    relevance_model_release(&model);
    return status;
}

/* Excludes a document by its id. ST_NOMEM. */
static enum status exclude_id(struct query *query, struct slice id) {
    struct query_filter *filter = arena_alloc(&query->arena, sizeof *filter);
    struct slice *values = arena_alloc(&query->arena, sizeof *values);
    struct buffer pattern = {0};
    const char *copy = NULL;
    if (!glob_append_escaped(&pattern, id))
        copy = arena_copy(&query->arena, pattern.data, pattern.size);
    if (filter && values && copy) {
        *values = slice_of(copy, pattern.size);
        *filter = (struct query_filter){
            .kind = QUERY_FILTER_ID, .typed = *values, .values = values, .value_count = 1};
        query->clauses[query->count++] = (struct query_clause){.kind = CLAUSE_FILTER,
                                                               .occur = OCCUR_MUST_NOT,
                                                               .typed = filter->typed,
                                                               .boost = 1,
                                                               .filter = filter};
    }
    buffer_release(&pattern);
    return filter && values && copy ? ST_OK : ST_NOMEM;
}

enum status feedback_like(struct query *alike, const struct query *query, const struct hit *hit,
                          struct slice id, const struct feedback_indexes *indexes,
                          struct error *err) {
    struct relevance_model model = {0};
    enum status status = add_hit(&model, hit, 1, indexes, err);
    if (!status)
        status = keep_characteristic(&model, indexes, err);
    if (!status && copy_query(alike, query, true, model.count + 1))
        status = error_nomem(err);
    if (!status) {
        status = add_terms(alike, &model, 1, err);
        if (!query_word_count(query) && !model.count)
            alike->count = 0; /* not even filters: nothing is like it */
        else if (!status && exclude_id(alike, id))
            status = error_nomem(err);
        if (status)
            query_release(alike);
    }
    relevance_model_release(&model);
    return status;
}
