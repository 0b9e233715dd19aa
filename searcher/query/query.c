/* SPDX-License-Identifier: MIT */
/* Parses queries. */
#include "searcher/query/query.h"

#include <stdio.h>

#include "common/text/unicode.h"
#include "searcher/query/field_prefix.h"
#include "searcher/query/query_builder.h"
#include "searcher/query/quotes.h"

struct parser {
    struct query_builder builder;
    size_t bytes;         /* of the text read so far */
    size_t unknown_names; /* that were compared with those of fields */
};

/* Takes as much of the text as QUERY_BYTES_MAX still admits, cut at white space if possible. */
static struct slice admit(struct parser *parser, struct slice text) {
    size_t left = QUERY_BYTES_MAX - parser->bytes;
    if (text.size > left) {
        parser->builder.cut = true;
        size_t cut = left;
        while (cut > 0 && !unicode_space_size(slice_after(text, cut)))
            cut--;
        text = unicode_cut(text, cut ? cut : left);
    }
    parser->bytes += text.size;
    return text;
}

static enum occur read_sign(struct slice text, size_t *at) {
    uint8_t first = text.data[*at];
    if (first != '-' && first != '+')
        return OCCUR_DEFAULT;
    ++*at;
    return first == '-' ? OCCUR_MUST_NOT : OCCUR_MUST;
}

/* Reads the name of a field before a clause at *at, and moves *at past its colon. */
static enum status read_prefix(const struct schema_field **field, struct parser *parser,
                               struct slice text, size_t *at) {
    enum { UNKNOWN_NAMES_MAX = 8 }; /* more of them are not compared with those of all fields */
    const struct schema *schema = parser->builder.context->schema;
    struct slice name;
    if (!schema || !field_prefix_find(&name, slice_after(text, *at)))
        return ST_OK;
    const struct schema_field *known = schema_find(schema, name);
    if (known) {
        *field = known;
        *at += name.size + 1;
        return ST_OK;
    }
    if (parser->unknown_names == UNKNOWN_NAMES_MAX)
        return ST_OK;
    parser->unknown_names++;
    const struct schema_field *meant = field_prefix_guess(schema, name);
    if (!meant)
        return ST_OK;
    char after[SCHEMA_NAME_SIZE_MAX + 32];
    snprintf(after, sizeof after, ": is no field, but %s: is", meant->name);
    return query_note_add(&parser->builder.note, "", name, after);
}

/* The text between the parentheses after the name of a field, while it is read. */
struct group {
    bool open;
    size_t end;     /* of its text */
    size_t clauses; /* of the query before it */
    struct query_place place;
};

static enum status close_group(struct group *group, struct parser *parser, size_t *at) {
    group->open = false;
    *at += *at == group->end; /* the parenthesis */
    if (group->place.occur != OCCUR_MUST_NOT || parser->builder.query->count < group->clauses + 2)
        return ST_OK;
    return query_note_add(&parser->builder.note, "each word in parentheses is excluded",
                          (struct slice){0}, "");
}

/* Where a clause with this sign stands in the group. */
static struct query_place place_in_group(const struct group *group, enum occur sign) {
    struct query_place place = group->place;
    if (sign != OCCUR_DEFAULT && place.occur != OCCUR_MUST_NOT)
        place.occur = sign;
    return place;
}

/* Reads clauses:
 *
 *     query  = (space | clause)*
 *     clause = sign? (name ":")? (phrase | word)
 *            | sign? name ":" "(" (space | sign? (phrase | word))* ")"
 *     sign   = "+" | "-"               ; after white space or at the start
 *     name   = character+              ; of a field, likewise (field_prefix.h)
 *     phrase = quote character* quote? ; without the second, up to the end
 *     word   = character+              ; no white space, and no quotes but single ones */
static enum status read_query(struct parser *parser, struct slice text) {
    enum { SPACE, WORD, PHRASE } last = SPACE;
    struct quotes quotes;
    struct group group = {0};
    text = admit(parser, text);
    quotes_init(&quotes, text);
    enum status status = ST_OK;
    for (size_t at = 0; !status && at < text.size;) {
        if (group.open && at >= group.end) {
            status = close_group(&group, parser, &at);
            last = SPACE;
            continue;
        }
        size_t space = unicode_space_size(slice_after(text, at));
        if (space) {
            at += space;
            last = SPACE;
            continue;
        }
        size_t end = group.open ? group.end : text.size;
        enum occur sign = last == SPACE ? read_sign(text, &at) : OCCUR_DEFAULT;
        if (at == end || unicode_space_size(slice_after(text, at)))
            continue; /* a lone sign means nothing */
        struct query_place place = {.occur = sign, .field = parser->builder.context->field};
        size_t start = at;
        if (group.open)
            place = place_in_group(&group, sign);
        else if (last == SPACE)
            status = read_prefix(&place.field, parser, text, &at);
        if (at > start && text.data[at] == '(') {
            group = (struct group){.open = true,
                                   .end = quotes_find_parenthesis(&quotes, ++at),
                                   .clauses = parser->builder.query->count,
                                   .place = place};
            parser->builder.closed_group |= group.end == text.size;
            last = SPACE;
            continue;
        }
        struct quoted quoted;
        struct slice clause;
        bool phrase = quotes_open(&quoted, &quotes, at, last == WORD);
        if (phrase) {
            clause = quoted.text;
            at = quoted.end;
            parser->builder.closed_quote |= quoted.unclosed;
        } else {
            size_t first = at;
            while (at < end && !unicode_space_size(slice_after(text, at)) &&
                   !quotes_size_at(&quotes, at))
                at++;
            clause = slice_of(text.data + first, at - first);
        }
        last = phrase ? PHRASE : WORD;
        if (!phrase && !clause.size) {
            at += quotes_size_at(&quotes, at); /* a quote that opens nothing */
            continue;
        }
        struct slice whole = phrase ? clause : slice_of(text.data + start, at - start);
        if (!status)
            status = query_builder_add(&parser->builder, &place, clause, phrase, whole);
    }
    if (!status && group.open) {
        size_t at = group.end;
        status = close_group(&group, parser, &at);
    }
    return status;
}

static bool has_space(struct slice text) {
    for (size_t at = 0; at < text.size; at++)
        if (unicode_space_size(slice_after(text, at)))
            return true;
    return false;
}

static bool has_quote(struct slice text) {
    struct quotes quotes;
    quotes_init(&quotes, text);
    for (size_t at = 0; at < text.size; at++)
        if (quotes_size_at(&quotes, at))
            return true;
    return false;
}

/* Reads one of several arguments. */
static enum status read_argument(struct parser *parser, struct slice text) {
    if (!has_space(text) || has_quote(text))
        return read_query(parser, text);
    size_t at = 0;
    struct query_place place = {.occur = read_sign(text, &at),
                                .field = parser->builder.context->field};
    size_t start = at;
    enum status status = at < text.size ? read_prefix(&place.field, parser, text, &at) : ST_OK;
    if (status)
        return status;
    if (at > start && text.data[at] == '(')
        return read_query(parser, text);
    size_t size = admit(parser, text).size;
    if (size <= at)
        return ST_OK;
    struct slice phrase = slice_of(text.data + at, size - at);
    return query_builder_add(&parser->builder, &place, phrase, true, phrase);
}

enum status query_parse(struct query *query, const struct query_context *context, struct slice text,
                        struct error *err) {
    *query = (struct query){.schema = context->schema};
    struct parser parser = {.builder = {.query = query, .context = context}};
    return query_builder_finish(&parser.builder, read_query(&parser, text), err);
}

enum status query_parse_arguments(struct query *query, const struct query_context *context,
                                  int count, char *const *arguments, struct error *err) {
    *query = (struct query){.schema = context->schema};
    struct parser parser = {.builder = {.query = query, .context = context}};
    enum status status = ST_OK;
    if (count == 1)
        status = read_query(&parser, slice_of_string(arguments[0]));
    for (int i = 0; !status && count > 1 && i < count; i++)
        status = read_argument(&parser, slice_of_string(arguments[i]));
    return query_builder_finish(&parser.builder, status, err);
}
