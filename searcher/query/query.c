/* SPDX-License-Identifier: MIT */
/* Parses queries by recursive descent, no deeper than QUERY_DEPTH_MAX. Clauses that are read wait on a
 * stack until what they belong to is complete. */
#include "searcher/query/query.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "searcher/query/query_builder.h"
#include "searcher/query/query_languages.h"
#include "searcher/query/query_text.h"

struct parser {
    struct query_builder builder;
    struct query_tokens tokens;
    struct query_note note;
    size_t next;                /* the token to read */
    size_t plus;                /* the token before which a "+" is one of a clause */
    struct query_clause *stack; /* owned */
    size_t count, capacity;     /* of the stack */
    bool excludes;              /* what is being read is excluded */
};

static const struct query_token *peek(const struct parser *parser) {
    return parser->next < parser->tokens.count ? &parser->tokens.items[parser->next] : NULL;
}

static bool is_next(const struct parser *parser, enum query_token_kind kind) {
    return parser->next < parser->tokens.count && parser->tokens.items[parser->next].kind == kind;
}

static enum status add_reason(struct parser *parser, const char *reason) {
    return query_note_add(&parser->note, reason, (struct slice){0}, "");
}

static enum status push(struct parser *parser, const struct query_clause *clause) {
    struct query_clause *stack =
        array_reserve(parser->stack, &parser->capacity, parser->count + 1, sizeof *stack);
    if (!stack)
        return ST_NOMEM;
    parser->stack = stack;
    parser->stack[parser->count++] = *clause;
    return ST_OK;
}

/* Replaces the clauses from `mark` on by one of this kind, which has them as children. */
static enum status combine(struct parser *parser, size_t mark, enum clause_kind kind) {
    struct query_clause clause = {.kind = kind, .boost = 1, .child_count = parser->count - mark};
    size_t size = clause.child_count * sizeof *clause.children;
    clause.children = arena_alloc(&parser->builder.query->arena, size);
    if (!clause.children)
        return ST_NOMEM;
    memcpy(clause.children, parser->stack + mark, size);
    parser->count = mark;
    return push(parser, &clause);
}

/* Replaces the last clause by its children, all of which get this sign unless it is the default. */
static enum status splice(struct parser *parser, enum occur occur) {
    struct query_clause list = parser->stack[--parser->count];
    enum status status = ST_OK;
    for (size_t i = 0; i < list.child_count && !status; i++) {
        struct query_clause child = list.children[i];
        child.occur = occur ? occur : child.occur;
        child.boost = child.occur == OCCUR_MUST_NOT ? 1 : child.boost;
        status = push(parser, &child);
    }
    return status;
}

/* Whether the last clause means the same in a clause of this kind as its children would. */
static bool is_of_kind(const struct parser *parser, enum clause_kind kind) {
    const struct query_clause *last = &parser->stack[parser->count - 1];
    return last->kind == kind && last->occur == OCCUR_DEFAULT && last->boost == 1;
}

/* Excludes the last clause, or no longer. */
static void negate(struct parser *parser) {
    struct query_clause *clause = &parser->stack[parser->count - 1];
    clause->occur = clause->occur == OCCUR_MUST_NOT ? OCCUR_DEFAULT : OCCUR_MUST_NOT;
    clause->boost = 1;
}

static enum status read_list(struct parser *parser);

/* Reads a list in parentheses. If it has one clause, it is that clause. */
static enum status read_group(struct parser *parser) {
    size_t mark = parser->count;
    parser->next++;
    enum status status = read_list(parser);
    double boost = peek(parser)->suffix.boost;
    parser->next++;
    size_t count = parser->count - mark;
    if (status || !count)
        return status;
    struct query_clause *only = &parser->stack[mark];
    if (count == 1 && (boost == 1 || only->boost == 1)) {
        only->occur = only->occur == OCCUR_MUST_NOT ? OCCUR_MUST_NOT : OCCUR_DEFAULT;
        if (only->occur == OCCUR_DEFAULT && only->kind != CLAUSE_FILTER)
            only->boost *= boost;
        return ST_OK;
    }
    status = combine(parser, mark, CLAUSE_LIST);
    if (!status)
        parser->stack[mark].boost = boost;
    return status;
}

static enum status read_primary(struct parser *parser, bool excluded) {
    if (is_next(parser, QUERY_TOKEN_OPEN)) {
        bool before = parser->excludes;
        parser->excludes ^= excluded;
        enum status status = read_group(parser);
        parser->excludes = before;
        return status;
    }
    struct query_clause clause;
    struct query_token token = *peek(parser);
    parser->next++;
    token.sign = excluded != parser->excludes ? OCCUR_MUST_NOT : OCCUR_DEFAULT;
    enum status status = query_builder_read(&clause, &parser->builder, &token);
    return status ? status : push(parser, &clause);
}

/* Each of the following functions adds a clause to the stack, or none if there is nothing to find. */
static enum status read_operand(struct parser *parser) {
    bool excluded = false;
    for (; is_next(parser, QUERY_TOKEN_NOT); parser->next++)
        excluded = !excluded;
    enum occur sign = peek(parser)->sign;
    excluded ^= sign == OCCUR_MUST_NOT;
    enum status status = ST_OK;
    if (sign == OCCUR_MUST && parser->next != parser->plus)
        status = add_reason(parser, "+ is left out after an operator");
    size_t mark = parser->count;
    if (!status)
        status = read_primary(parser, excluded);
    if (!status && excluded && parser->count > mark)
        negate(parser);
    if (!status && parser->count > mark)
        parser->stack[mark].dashed = sign == OCCUR_MUST_NOT;
    return status == ST_NOT_FOUND ? ST_OK : status;
}

/* Whether the clauses from `mark` on can be NEAR each other. */
static bool can_be_near(const struct parser *parser, size_t mark) {
    bool can = true;
    for (size_t i = mark; i < parser->count; i++)
        can &= parser->stack[i].kind == CLAUSE_WORDS && parser->stack[i].occur == OCCUR_DEFAULT &&
               parser->stack[i].field == parser->stack[mark].field;
    return can;
}

/* Makes a NEAR of the clauses from `mark` on. */
static enum status combine_near(struct parser *parser, size_t mark, uint32_t distance) {
    bool weighted = false;
    for (size_t i = mark; i < parser->count; i++) {
        weighted |= parser->stack[i].boost != 1;
        parser->stack[i].boost = 1;
    }
    enum status status =
        weighted ? add_reason(parser, "words that are NEAR have a weight together") : ST_OK;
    if (!status)
        status = combine(parser, mark, CLAUSE_NEAR);
    if (status)
        return status;
    struct query_clause *near = &parser->stack[mark];
    near->distance = distance;
    return query_builder_name_near(near, &parser->builder);
}

/* Makes an AND of the clauses from `mark` on, of which some may be ANDs. */
static enum status combine_and(struct parser *parser, size_t mark) {
    enum status status = combine(parser, mark, CLAUSE_AND);
    if (status)
        return status;
    struct query_clause all = parser->stack[--parser->count];
    for (size_t i = 0; i < all.child_count && !status; i++) {
        status = push(parser, &all.children[i]);
        if (!status && is_of_kind(parser, CLAUSE_AND))
            status = splice(parser, OCCUR_DEFAULT);
    }
    return status ? status : combine(parser, mark, CLAUSE_AND);
}

static enum status read_near(struct parser *parser) {
    size_t mark = parser->count, operators = 0;
    uint32_t distance = 0;
    bool differ = false;
    enum status status = read_operand(parser);
    for (; !status && is_next(parser, QUERY_TOKEN_NEAR); operators++) {
        uint32_t here;
        status = query_builder_distance(&here, &parser->builder, &peek(parser)->suffix);
        parser->next++;
        differ |= operators && here != distance;
        distance = here > distance ? here : distance;
        if (!status)
            status = read_operand(parser);
    }
    if (!status && differ)
        status = add_reason(parser, "words that are NEAR have one distance");
    if (status || !operators || parser->count < mark + 2)
        return status;
    if (can_be_near(parser, mark))
        return combine_near(parser, mark, distance);
    status = add_reason(parser, "NEAR joins words and phrases of one field");
    return status ? status : combine_and(parser, mark);
}

/* Reads operands, and makes a clause of this kind of those between which this operator is. */
static enum status read_chain(struct parser *parser, enum query_token_kind operator_kind,
                              enum clause_kind kind, enum status (*read)(struct parser *)) {
    size_t first = parser->count;
    enum status status = ST_OK;
    for (bool is_chain = false, more = true; more && !status;) {
        size_t mark = parser->count;
        status = read(parser);
        more = !status && is_next(parser, operator_kind);
        is_chain |= more;
        if (!status && is_chain && parser->count > mark && is_of_kind(parser, kind))
            status = splice(parser, OCCUR_DEFAULT);
        parser->next += more;
    }
    return status || parser->count < first + 2 ? status : combine(parser, first, kind);
}

static enum status read_and(struct parser *parser) {
    return read_chain(parser, QUERY_TOKEN_AND, CLAUSE_AND, read_near);
}

static enum status read_or(struct parser *parser) {
    return read_chain(parser, QUERY_TOKEN_OR, CLAUSE_OR, read_and);
}

/* Replaces the last clause by its children if these mean the same in a list. */
static enum status splice_list(struct parser *parser) {
    const struct query_clause *last = &parser->stack[parser->count - 1];
    size_t plain = 0, excluded = 0, count = last->child_count;
    for (size_t i = 0; i < count; i++) {
        plain += last->children[i].occur == OCCUR_DEFAULT;
        excluded += last->children[i].occur == OCCUR_MUST_NOT;
    }
    bool is_list = last->kind == CLAUSE_LIST && last->boost == 1;
    if (is_list && last->occur == OCCUR_MUST_NOT && plain == count) {
        enum status status = add_reason(parser, "each word in parentheses is excluded");
        return status ? status : splice(parser, OCCUR_MUST_NOT);
    }
    bool is_excluding = is_list || last->kind == CLAUSE_AND;
    if ((is_list && last->occur == OCCUR_DEFAULT && plain == count) ||
        (is_excluding && last->occur != OCCUR_MUST_NOT && excluded == count))
        return splice(parser, OCCUR_DEFAULT);
    return ST_OK;
}

/* Reads clauses up to the end of the list. */
static enum status read_list(struct parser *parser) {
    enum status status = ST_OK;
    while (!status && peek(parser) && !is_next(parser, QUERY_TOKEN_CLOSE)) {
        size_t mark = parser->count;
        bool required = peek(parser)->sign == OCCUR_MUST;
        parser->plus = parser->next;
        status = read_or(parser);
        if (status || parser->count == mark)
            continue;
        struct query_clause *clause = &parser->stack[mark];
        if (required && clause->occur == OCCUR_DEFAULT)
            clause->occur = OCCUR_MUST;
        if (clause->child_count)
            status = splice_list(parser);
    }
    return status;
}

/* Reads the clauses of the query: those of a list that is the only one. */
static enum status read_all(struct parser *parser) {
    enum status status = read_list(parser);
    bool is_list = !status && parser->count == 1 && parser->stack[0].kind == CLAUSE_LIST &&
                   parser->stack[0].occur != OCCUR_MUST_NOT && parser->stack[0].boost == 1;
    return is_list ? splice(parser, OCCUR_DEFAULT) : status;
}

/* Whether there is nothing to find: neither words nor filters. */
static bool only_excludes(const struct parser *parser) {
    for (size_t i = 0; i < parser->count; i++)
        if (query_clause_is_condition(&parser->stack[i]) ||
            parser->stack[i].occur != OCCUR_MUST_NOT)
            return false;
    return parser->count > 0 && !parser->builder.context->filter_count;
}

static enum status write_note(struct parser *parser) {
    struct query *query = parser->builder.query;
    struct buffer text = {0};
    enum status status = ST_OK;
    if (only_excludes(parser))
        status = add_reason(parser, "words to exclude alone match nothing");
    if (!status && !query_note_is_empty(&parser->note))
        status = query_text_append(&text, parser->builder.context, parser->stack, parser->count);
    if (!status)
        status = query_note_write(&query->note, &parser->note, &query->arena, buffer_slice(&text));
    buffer_release(&text);
    return status;
}

/* Adds the filters that every query has. */
static enum status add_filters(struct parser *parser) {
    const struct query_context *context = parser->builder.context;
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < context->filter_count; i++) {
        struct query_clause clause = query_builder_filter(&context->filters[i], OCCUR_MUST);
        status = push(parser, &clause);
    }
    return status;
}

static void begin(struct parser *parser, struct query *query, const struct query_context *context) {
    *query = (struct query){.schema = context->schema};
    *parser = (struct parser){
        .builder = {.query = query, .context = context, .note = &parser->note},
        .tokens = {.context = context, .note = &parser->note},
    };
}

/* Makes the query of the tokens. `status`: that of reading them. */
static enum status finish(struct parser *parser, enum status status, struct error *err) {
    struct query *query = parser->builder.query;
    if (!status)
        status = query_tokens_end(&parser->tokens);
    if (!status)
        status = read_all(parser);
    if (!status)
        status = write_note(parser);
    if (!status)
        status = add_filters(parser);
    query->clauses = parser->stack;
    query->count = parser->count;
    if (!status)
        status = query_read_languages(query, parser->builder.context->analyzer);
    query_tokens_release(&parser->tokens);
    query_builder_release(&parser->builder);
    query_note_release(&parser->note);
    if (status) {
        query_release(query);
        return error_nomem(err);
    }
    return ST_OK;
}

enum status query_parse(struct query *query, const struct query_context *context, struct slice text,
                        struct error *err) {
    struct parser parser;
    begin(&parser, query, context);
    return finish(&parser, query_tokens_read(&parser.tokens, text), err);
}

enum status query_parse_arguments(struct query *query, const struct query_context *context,
                                  int count, char *const *arguments, struct error *err) {
    struct parser parser;
    enum status status = ST_OK;
    begin(&parser, query, context);
    for (int i = 0; !status && i < count; i++) {
        struct slice text = slice_of_string(arguments[i]);
        status = count == 1 ? query_tokens_read(&parser.tokens, text)
                            : query_tokens_read_argument(&parser.tokens, text);
    }
    return finish(&parser, status, err);
}
