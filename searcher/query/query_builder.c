/* SPDX-License-Identifier: MIT */
/* Makes clauses. */
#include "searcher/query/query_builder.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "searcher/query/query_text.h"

/* A term, and the bytes [start, end) of the text that it comes from. */
struct read_term {
    struct query_term term;
    uint32_t start, end;
};

void query_builder_release(struct query_builder *builder) {
    free(builder->terms);
    query_parts_release(&builder->parts);
}

static enum status add_reason(struct query_builder *builder, const char *reason) {
    return query_note_add(builder->note, reason, (struct slice){0}, "");
}

/* Takes `count` of the words that a query may have. *taken: there are that many left. */
static enum status take_words(bool *taken, struct query_builder *builder, size_t count) {
    *taken = count <= QUERY_WORDS_MAX - builder->words;
    if (!*taken)
        return add_reason(builder, "words after the first 1,024 are left out");
    builder->words += count;
    return ST_OK;
}

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

/* What a leaf is called: "title:" from the name of its field, then `before`, the text and `after`, of
 * which the text begins at *start. */
static enum status copy_typed(struct slice *typed, size_t *start, struct query_builder *builder,
                              const struct schema_field *field, const char *before,
                              struct slice text, const char *after) {
    size_t name = field ? strlen(field->name) + 1 : 0;
    size_t before_size = strlen(before), after_size = strlen(after);
    *start = name + before_size;
    uint8_t *copy = arena_alloc(&builder->query->arena, *start + text.size + after_size + 1);
    if (!copy)
        return ST_NOMEM;
    *typed = slice_of(copy, *start + text.size + after_size);
    if (name) {
        memcpy(copy, field->name, name - 1);
        copy[name - 1] = ':';
    }
    memcpy(copy + name, before, before_size);
    if (text.size)
        memcpy(copy + *start, text.data, text.size);
    memcpy(copy + *start + text.size, after, after_size);
    return ST_OK;
}

/* Makes a clause of all words in `text`, which is a word or the text between two quotes. */
static enum status read_words(struct query_clause *clause, struct query_builder *builder,
                              const struct query_token *token, struct slice text, bool quoted) {
    size_t count, start;
    bool complete, taken;
    enum status status = analyze(&count, &complete, builder, text);
    if (!status && !complete)
        status = take_words(&taken, builder, QUERY_WORDS_MAX + 1);
    /* The beginning of an excluded phrase would exclude more documents than the phrase. */
    if (!status && !complete && (count == 0 || token->sign == OCCUR_MUST_NOT))
        status = ST_NOT_FOUND;
    if (status)
        return status;
    if (!complete)
        text.size = builder->terms[count - 1].end;
    const char *before = token->exact ? quoted ? "=\"" : "=" : quoted ? "\"" : "";
    *clause = (struct query_clause){.kind = token->exact ? CLAUSE_EXACT : CLAUSE_WORDS,
                                    .quoted = quoted,
                                    .boost = token->suffix.boost,
                                    .field = token->field ? token->field->number : SCHEMA_ALL,
                                    .count = count};
    status =
        copy_typed(&clause->typed, &start, builder, token->field, before, text, quoted ? "\"" : "");
    if (!status && count == 0) {
        status = query_note_leave_out(builder->note, token->field ? clause->typed : text);
        return status ? status : ST_NOT_FOUND;
    }
    clause->terms = arena_alloc(&builder->query->arena, count * sizeof *clause->terms);
    if (status || !clause->terms)
        return ST_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct read_term *term = &builder->terms[i];
        clause->terms[i] = term->term;
        clause->terms[i].typed =
            slice_of(clause->typed.data + start + term->start, term->end - term->start);
    }
    builder->words += count;
    return ST_OK;
}

struct query_clause query_builder_filter(const struct query_filter *filter, enum occur occur) {
    return (struct query_clause){.kind = CLAUSE_FILTER,
                                 .occur = occur,
                                 .typed = filter->typed,
                                 .boost = 1,
                                 .filter = filter};
}

/* Makes a clause of the filter that the token makes. ST_INVALID: it makes none. */
static enum status read_filter(struct query_clause *clause, struct query_builder *builder,
                               const struct query_token *token) {
    struct arena *arena = &builder->query->arena;
    struct query_filter *filter = arena_alloc(arena, sizeof *filter);
    bool quoted = token->kind == QUERY_TOKEN_PHRASE, taken;
    const char *quote = quoted ? "\"" : "";
    size_t start;
    if (!filter)
        return ST_NOMEM;
    enum status status;
    if (token->field->type == FIELD_TYPE_KEYWORD) {
        status = query_filter_values(filter, arena, token->field, token->text, quoted);
    } else {
        *filter = (struct query_filter){.kind = QUERY_FILTER_RANGE, .field = token->field->number};
        status = range_parse(&filter->range, token->field, token->text, builder->context->now);
    }
    if (status == ST_INVALID || status == ST_NOMEM ||
        copy_typed(&filter->typed, &start, builder, token->field, quote, token->text, quote))
        return status == ST_INVALID ? status : ST_NOMEM;
    if (status == ST_NOT_FOUND) {
        status = query_note_leave_out(builder->note, filter->typed);
        return status ? status : ST_NOT_FOUND;
    }
    status = take_words(&taken, builder, filter->value_count ? filter->value_count : 1);
    if (!status && !taken)
        return ST_NOT_FOUND;
    if (!status && filter->kind == QUERY_FILTER_RANGE && filter->range.min > filter->range.max)
        status = query_note_add(builder->note, "nothing is in ", filter->typed, "");
    *clause = query_builder_filter(filter, OCCUR_DEFAULT);
    return status;
}

/* Makes a clause of one word that is a pattern or, with a distance, fuzzy. */
static enum status read_form(struct query_clause *clause, struct query_builder *builder,
                             const struct query_token *token, struct slice text,
                             uint32_t distance) {
    struct slice key;
    bool taken;
    size_t start;
    const char *after = distance == 2 ? "~2" : distance == 1 ? "~1" : "";
    enum status status = take_words(&taken, builder, 1);
    if (!status && !taken)
        return ST_NOT_FOUND;
    *clause = (struct query_clause){.kind = distance ? CLAUSE_FUZZY : CLAUSE_PATTERN,
                                    .boost = token->suffix.boost,
                                    .field = token->field ? token->field->number : SCHEMA_ALL,
                                    .distance = distance};
    if (!status)
        status = copy_typed(&clause->typed, &start, builder, token->field, "", text, after);
    if (!status)
        status = analyzer_form_key(&key, builder->context->analyzer, text);
    const char *copy = status ? NULL : arena_copy(&builder->query->arena, key.data, key.size);
    clause->pattern = slice_of(copy, key.size);
    return copy ? ST_OK : ST_NOMEM;
}

/* Makes a clause of builder->parts: the part itself if there is one, else this kind of clause of
 * them. `edits`: of those that are forms; 0: they are patterns. */
static enum status read_parts(struct query_clause *clause, struct query_builder *builder,
                              const struct query_token *token, enum clause_kind kind,
                              uint32_t edits) {
    struct query_token part = *token;
    struct query_clause *children =
        arena_alloc(&builder->query->arena, builder->parts.count * sizeof *children);
    size_t count = 0;
    enum status status = children ? ST_OK : ST_NOMEM;
    part.suffix.boost = 1;
    part.exact = false;
    for (size_t i = 0; i < builder->parts.count && !status; i++) {
        struct slice text = builder->parts.items[i].text;
        status = builder->parts.items[i].is_form
                     ? read_form(&children[count], builder, &part, text, edits)
                     : read_words(&children[count], builder, &part, text, false);
        count += !status;
        status = status == ST_NOT_FOUND ? ST_OK : status;
    }
    if (status || !count)
        return status ? status : ST_NOT_FOUND;
    *clause = count == 1
                  ? children[0]
                  : (struct query_clause){.kind = kind, .children = children, .child_count = count};
    clause->boost = token->suffix.boost;
    return ST_OK;
}

/* Makes the clause of a word that is a pattern, or fuzzy if `edits` > 0. */
static enum status read_form_word(struct query_clause *clause, struct query_builder *builder,
                                  const struct query_token *token, uint32_t edits) {
    enum status status = edits ? query_parts_of_fuzzy(&builder->parts, token->text)
                               : query_parts_of_pattern(&builder->parts, token->text);
    size_t forms = 0;
    for (size_t i = 0; i < builder->parts.count && !status; i++)
        forms += builder->parts.items[i].is_form;
    bool several = builder->parts.count > 1;
    bool is_deep = token->depth == QUERY_DEPTH_MAX; /* where no parentheses can hold several */
    if (status || (!forms && !edits && !several) || (several && is_deep))
        return status ? status : read_words(clause, builder, token, token->text, false);
    if (token->exact)
        status = query_note_add(builder->note, "= is left out before ", token->text, "");
    if (!status && !forms && edits)
        status = query_note_add(builder->note, "~ is left out after ", token->text, "");
    if (!status && several)
        status = query_note_add(builder->note, "", token->text, " is several words");
    return status ? status : read_parts(clause, builder, token, CLAUSE_AND, edits);
}

static enum status read_fuzzy(struct query_clause *clause, struct query_builder *builder,
                              const struct query_token *token) {
    uint32_t edits = token->suffix.distance == UINT32_MAX ? 1 : token->suffix.distance;
    enum status status = ST_OK;
    if (edits > QUERY_EDITS_MAX) {
        edits = QUERY_EDITS_MAX;
        status = add_reason(builder, "a word takes ~1 or ~2");
    }
    if (!status && token->has_wildcards)
        status = query_note_add(builder->note, "~ is left out after ", token->text, "");
    if (status)
        return status;
    if (!edits && !token->has_wildcards)
        return read_words(clause, builder, token, token->text, false);
    return read_form_word(clause, builder, token, token->has_wildcards ? 0 : edits);
}

enum status query_builder_distance(uint32_t *distance, struct query_builder *builder,
                                   const struct query_suffix *suffix) {
    *distance = suffix->distance == UINT32_MAX ? QUERY_NEAR_DEFAULT : suffix->distance;
    if (*distance <= QUERY_NEAR_MAX)
        return ST_OK;
    *distance = QUERY_NEAR_MAX;
    return add_reason(builder, "at most 10,000 words may be between");
}

enum status query_builder_name_near(struct query_clause *near, struct query_builder *builder) {
    struct buffer text = {0};
    struct query_clause plain = *near;
    plain.boost = 1;
    enum status status = query_text_append(&text, builder->context, &plain, 1);
    const char *copy = status ? NULL : arena_copy(&builder->query->arena, text.data, text.size);
    near->typed = slice_of(copy, text.size);
    near->field = near->children[0].field;
    buffer_release(&text);
    return copy ? ST_OK : ST_NOMEM;
}

/* Makes the clause of a phrase whose words may have others between them. */
static enum status read_near(struct query_clause *clause, struct query_builder *builder,
                             const struct query_token *token) {
    uint32_t distance;
    enum status status = query_builder_distance(&distance, builder, &token->suffix);
    if (!status)
        status = query_parts_of_phrase(&builder->parts, token->text);
    bool is_deep = token->depth == QUERY_DEPTH_MAX;
    if (status || builder->parts.count < 2 || is_deep)
        return status ? status : read_words(clause, builder, token, token->text, true);
    if (token->exact)
        status = add_reason(builder, "= is left out before ~");
    if (!status)
        status = read_parts(clause, builder, token, CLAUSE_NEAR, 0);
    if (status || clause->kind != CLAUSE_NEAR)
        return status;
    clause->distance = distance;
    return query_builder_name_near(clause, builder);
}

/* Whether the text looks like a range to people, and no backslash says that it is none. */
static bool looks_like_range(struct slice text) {
    if (text.size > 1 && (text.data[0] == '<' || text.data[0] == '>'))
        return true;
    const uint8_t *dots = text.size > 4 ? memmem(text.data, text.size, "..", 2) : NULL;
    return dots && dots > text.data && dots[-1] != '\\' && dots + 2 < text.data + text.size &&
           dots[2] != '.';
}

static enum status read_text(struct query_clause *clause, struct query_builder *builder,
                             const struct query_token *token) {
    bool quoted = token->kind == QUERY_TOKEN_PHRASE;
    enum status status = ST_OK;
    if (token->field && !quoted && looks_like_range(token->text))
        status = query_note_add(builder->note, "", slice_of_string(token->field->name),
                                ": has words, not ranges");
    if (status)
        return status;
    if (token->suffix.has_distance)
        return quoted ? read_near(clause, builder, token) : read_fuzzy(clause, builder, token);
    if (token->has_wildcards)
        return read_form_word(clause, builder, token, 0);
    return read_words(clause, builder, token, token->text, quoted);
}

enum status query_builder_read(struct query_clause *clause, struct query_builder *builder,
                               const struct query_token *token) {
    const struct schema_field *field = token->field;
    if (!field || field->type == FIELD_TYPE_TEXT)
        return read_text(clause, builder, token);
    enum status status = read_filter(clause, builder, token);
    if (status != ST_INVALID)
        return status;
    status = query_note_add(builder->note, "", slice_of_string(field->name),
                            field->type == FIELD_TYPE_DATE
                                ? ": takes dates, as in date:2021-06 and date:7d"
                                : ": takes numbers, as in size:>10k and price:10..20");
    struct query_token words = *token;
    words.field = NULL;
    return status ? status
                  : read_words(clause, builder, &words, token->whole,
                               token->kind == QUERY_TOKEN_PHRASE);
}
