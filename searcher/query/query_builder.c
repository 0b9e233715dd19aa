/* SPDX-License-Identifier: MIT */
/* Makes clauses and the note. */
#include "searcher/query/query_builder.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "searcher/query/query_languages.h"

/* A term, and the bytes [start, end) of the text that it comes from. */
struct read_term {
    struct query_term term;
    uint32_t start, end;
};

static enum status append_term(size_t *count, struct query_builder *builder,
                               const struct token *token) {
    struct read_term *terms =
        array_reserve(builder->terms, &builder->terms_capacity, *count + 1, sizeof *terms);
    if (!terms)
        return ST_NOMEM;
    builder->terms = terms;
    char *copy = arena_copy(&builder->query->arena, token->term.data, token->term.size);
    if (!copy)
        return ST_NOMEM;
    builder->terms[(*count)++] = (struct read_term){
        .term = {.term = slice_of(copy, token->term.size), .offset = token->position},
        .start = token->start,
        .end = token->end};
    return ST_OK;
}

/* Puts the terms of `text` into builder->terms, except parts of the term before: c of c#, and single
 * characters of a pair. *complete: QUERY_WORDS_MAX admits all of them. */
static enum status analyze(size_t *count, bool *complete, struct query_builder *builder,
                           struct slice text) {
    struct token tokens[ANALYZER_BATCH];
    *count = 0;
    *complete = true;
    analyzer_begin(builder->context->analyzer, text, 0);
    for (size_t n;
         *complete && (n = analyzer_next(tokens, ANALYZER_BATCH, builder->context->analyzer)) > 0;)
        for (size_t i = 0; i < n; i++) {
            const struct token *token = &tokens[i];
            struct read_term *last = *count ? &builder->terms[*count - 1] : NULL;
            if (last && token->end <= last->end) {
                last->term.whole |= token->position == last->term.offset;
                continue;
            }
            *complete = *count < QUERY_WORDS_MAX - builder->words;
            if (!*complete)
                break;
            enum status status = append_term(count, builder, token);
            if (status)
                return status;
        }
    for (size_t i = *count; i-- > 0;)
        builder->terms[i].term.offset -= builder->terms[0].term.offset;
    return analyzer_status(builder->context->analyzer);
}

static enum status add_clause(struct query_builder *builder, const struct query_clause *clause) {
    struct query *query = builder->query;
    struct query_clause *clauses =
        array_reserve(query->clauses, &builder->capacity, query->count + 1, sizeof *clauses);
    if (!clauses)
        return ST_NOMEM;
    query->clauses = clauses;
    query->clauses[query->count++] = *clause;
    builder->words += clause->count;
    return ST_OK;
}

/* A copy of the text in the arena, as the user typed it in this place. */
static enum status copy_typed(struct slice *typed, size_t *start, struct query_builder *builder,
                              const struct schema_field *field, struct slice text, bool quoted) {
    size_t name = field ? strlen(field->name) : 0;
    *start = name + (name > 0) + quoted;
    *typed = slice_of(NULL, *start + text.size + quoted);
    char *copy = arena_alloc(&builder->query->arena, typed->size + 1);
    if (!copy)
        return ST_NOMEM;
    typed->data = (const uint8_t *)copy;
    if (name) {
        memcpy(copy, field->name, name);
        copy[name] = ':';
    }
    if (quoted)
        copy[*start - 1] = copy[typed->size - 1] = '"';
    if (text.size)
        memcpy(copy + *start, text.data, text.size);
    return ST_OK;
}

/* Adds a clause of words for `text`, which is a word or the text between two quotes. */
static enum status read_words(struct query_builder *builder, const struct query_place *place,
                              struct slice text, bool quoted) {
    size_t count, start;
    bool complete;
    enum status status = analyze(&count, &complete, builder, text);
    if (status)
        return status;
    if (!complete) {
        builder->dropped = true;
        /* The beginning of an excluded phrase would exclude more documents than the phrase. */
        if (count == 0 || place->occur == OCCUR_MUST_NOT)
            return ST_OK;
    }
    struct query_clause clause = {.kind = CLAUSE_WORDS,
                                  .occur = place->occur,
                                  .quoted = quoted,
                                  .boost = 1,
                                  .field = place->field ? place->field->number : SCHEMA_ALL,
                                  .count = count};
    if (count == 0 && !place->field)
        return query_note_leave_out(&builder->note, text);
    status = copy_typed(&clause.typed, &start, builder, place->field, text, quoted);
    if (!status && count == 0)
        return query_note_leave_out(&builder->note, clause.typed);
    clause.terms = arena_alloc(&builder->query->arena, count * sizeof *clause.terms);
    if (status || !clause.terms)
        return ST_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct read_term *term = &builder->terms[i];
        clause.terms[i] = term->term;
        clause.terms[i].typed =
            slice_of(clause.typed.data + start + term->start, term->end - term->start);
    }
    return add_clause(builder, &clause);
}

static struct query_clause filter_clause(const struct query_filter *filter, enum occur occur) {
    return (struct query_clause){.kind = CLAUSE_FILTER,
                                 .occur = occur,
                                 .typed = filter->typed,
                                 .boost = 1,
                                 .filter = filter};
}

/* Adds a clause for the filter that `text` makes. ST_INVALID: it makes none. */
static enum status read_filter(struct query_builder *builder, const struct query_place *place,
                               struct slice text, bool quoted) {
    struct arena *arena = &builder->query->arena;
    struct query_filter *filter = arena_alloc(arena, sizeof *filter);
    size_t start;
    if (!filter)
        return ST_NOMEM;
    enum status status;
    if (place->field->type == FIELD_TYPE_KEYWORD) {
        status = query_filter_values(filter, arena, place->field, text, quoted);
    } else {
        *filter = (struct query_filter){.kind = QUERY_FILTER_RANGE, .field = place->field->number};
        status = range_parse(&filter->range, place->field, text, builder->context->now);
    }
    if (status == ST_INVALID || status == ST_NOMEM ||
        copy_typed(&filter->typed, &start, builder, place->field, text, quoted))
        return status == ST_INVALID ? status : ST_NOMEM;
    if (status == ST_NOT_FOUND)
        return query_note_leave_out(&builder->note, filter->typed);
    size_t values = filter->value_count ? filter->value_count : 1;
    if (values > QUERY_WORDS_MAX - builder->words) {
        builder->dropped = true;
        return ST_OK;
    }
    builder->words += values;
    if (filter->kind == QUERY_FILTER_RANGE && filter->range.min > filter->range.max)
        status = query_note_add(&builder->note, "nothing is in ", filter->typed, "");
    struct query_clause clause = filter_clause(filter, place->occur);
    return status ? status : add_clause(builder, &clause);
}

/* Whether the text looks like a range to people. */
static bool looks_like_range(struct slice text) {
    if (text.size > 1 && (text.data[0] == '<' || text.data[0] == '>'))
        return true;
    const uint8_t *dots = text.size > 4 ? memmem(text.data, text.size, "..", 2) : NULL;
    return dots && dots > text.data && dots + 2 < text.data + text.size && dots[2] != '.';
}

enum status query_builder_add(struct query_builder *builder, const struct query_place *place,
                              struct slice text, bool quoted, struct slice whole) {
    const struct schema_field *field = place->field;
    if (!field)
        return read_words(builder, place, text, quoted);
    struct slice name = slice_of_string(field->name);
    enum status status = ST_OK;
    if (field->type == FIELD_TYPE_TEXT) {
        if (!quoted && looks_like_range(text))
            status = query_note_add(&builder->note, "", name, ": has words, not ranges");
        return status ? status : read_words(builder, place, text, quoted);
    }
    status = read_filter(builder, place, text, quoted);
    if (status != ST_INVALID)
        return status;
    status = query_note_add(&builder->note, "", name,
                            field->type == FIELD_TYPE_DATE
                                ? ": takes dates, as in date:2021-06 and date:7d"
                                : ": takes numbers, as in size:>10k and price:10..20");
    struct query_place nowhere = {.occur = place->occur};
    return status ? status : read_words(builder, &nowhere, whole, quoted);
}

static enum status append_string(struct buffer *out, const char *string) {
    return buffer_append(out, string, strlen(string));
}

/* Appends the clauses as they were read, in the user's spelling. */
static enum status append_clauses(struct buffer *out, const struct query *query) {
    static const char *const signs[] = {
        [OCCUR_DEFAULT] = "", [OCCUR_MUST] = "+", [OCCUR_MUST_NOT] = "-"};
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < query->count; i++) {
        if (out->size > QUERY_NOTE_SHOWN_MAX)
            return append_string(out, " ...");
        if (i > 0)
            status = buffer_append_byte(out, ' ');
        if (!status)
            status = append_string(out, signs[query->clauses[i].occur]);
        if (!status)
            status = query_note_append_cut(out, query->clauses[i].typed, QUERY_NOTE_SHOWN_MAX);
    }
    return status;
}

/* Whether there is nothing to find: neither words nor filters. */
static bool only_excludes(const struct query_builder *builder) {
    const struct query *query = builder->query;
    for (size_t i = 0; i < query->count; i++)
        if (query->clauses[i].kind == CLAUSE_FILTER || query->clauses[i].occur != OCCUR_MUST_NOT)
            return false;
    return query->count > 0 && !builder->context->filter_count;
}

static enum status write_note(struct query_builder *builder) {
    const struct {
        bool applies;
        const char *reason;
    } reasons[] = {
        {builder->closed_quote, "closed a quote"},
        {builder->closed_group, "closed a parenthesis"},
        {only_excludes(builder), "words to exclude alone match nothing"},
        {builder->dropped, "words after the first 1,024 are left out"},
        {builder->cut, "text after the first 64 KiB is left out"},
    };
    struct buffer clauses = {0};
    enum status status = append_clauses(&clauses, builder->query);
    for (size_t i = 0; !status && i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].applies)
            status = query_note_add(&builder->note, reasons[i].reason, (struct slice){0}, "");
    if (!status)
        status = query_note_write(&builder->query->note, &builder->note, &builder->query->arena,
                                  buffer_slice(&clauses));
    buffer_release(&clauses);
    return status;
}

/* Adds the filters that every query has. */
static enum status add_filters(struct query_builder *builder) {
    const struct query_context *context = builder->context;
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < context->filter_count; i++) {
        const struct query_filter *filter = &context->filters[i];
        struct query_clause clause = filter_clause(filter, OCCUR_MUST);
        status = add_clause(builder, &clause);
    }
    return status;
}

enum status query_builder_finish(struct query_builder *builder, enum status status,
                                 struct error *err) {
    if (!status)
        status = write_note(builder);
    if (!status)
        status = add_filters(builder);
    if (!status)
        status = query_read_languages(builder->query, builder->context->analyzer);
    free(builder->terms);
    query_note_release(&builder->note);
    if (status) {
        query_release(builder->query);
        return error_nomem(err);
    }
    return ST_OK;
}
