/* SPDX-License-Identifier: MIT */
/* Writes clauses with the parentheses that they need. Of a word, only what has terms is written, so that
 * no punctuation around it can be taken for a sign; backslashes go before the rest (query_word.h). */
#include "searcher/query/query_text.h"

#include <stdio.h>

#include "common/base/ascii.h"
#include "common/text/unicode.h"
#include "searcher/query/field_prefix.h"
#include "searcher/query/query_word.h"
#include "searcher/query/quotes.h"

struct writer {
    struct buffer *out;
    const struct query_context *context;
    size_t depth; /* of open parentheses */
};

static enum status append_string(struct buffer *out, const char *string) {
    return buffer_append(out, string, strlen(string));
}

/* The name of a field before a leaf. */
static enum status write_prefix(struct writer *writer, uint16_t field) {
    const struct schema_field *usual = writer->context->field;
    if (field == (usual ? usual->number : SCHEMA_ALL))
        return ST_OK;
    const struct schema_field *known =
        field == SCHEMA_ALL ? NULL : schema_field(writer->context->schema, field);
    enum status status = append_string(writer->out, known ? known->name : "*");
    return status ? status : buffer_append_byte(writer->out, ':');
}

/* What was typed after the name of the field. */
static struct slice typed_text(const struct writer *writer, const struct query_clause *clause) {
    uint16_t field = clause->filter ? clause->filter->field : clause->field;
    if (field == SCHEMA_ALL)
        return clause->typed;
    return slice_after(clause->typed,
                       strlen(schema_field(writer->context->schema, field)->name) + 1);
}

/* What was typed, from the first term to the last. */
static struct slice terms_text(const struct query_clause *clause) {
    const struct query_term *first = &clause->terms[0], *last = &clause->terms[clause->count - 1];
    return slice_of(first->typed.data,
                    (size_t)(last->typed.data + last->typed.size - first->typed.data));
}

/* Appends the character at the start of the text. *size: its bytes there. */
static enum status write_character(size_t *size, struct writer *writer, struct slice text) {
    struct unicode_char code = unicode_decode(text.data, text.size);
    *size = unicode_space_size(text);
    if (*size)
        return buffer_append_byte(writer->out, ' ');
    *size = code.size;
    if (unicode_is_ill_formed(text.data, code))
        return append_string(writer->out, "\xef\xbf\xbd");
    return buffer_append(writer->out, text.data, code.size);
}

/* Whether all parentheses in the text, except escaped ones, have their counterparts. */
static bool is_balanced(struct slice text, bool has_escapes) {
    size_t open = 0;
    for (size_t at = 0; at < text.size; at++) {
        if (has_escapes && query_word_is_escape(text, at))
            at++;
        else if (text.data[at] == ')' && !open)
            return false;
        else
            open = open + (text.data[at] == '(') - (text.data[at] == ')');
    }
    return !open;
}

/* Whether there is a parenthesis that closes none in the text, where no backslash is an escape. */
static bool has_loose_close(struct slice text) {
    size_t open = 0;
    for (size_t at = 0; at < text.size; at++) {
        if (text.data[at] == ')' && !open)
            return true;
        open = open + (text.data[at] == '(') - (text.data[at] == ')');
    }
    return false;
}

/* Whether the text begins like the name of a field that there is, or nearly is. */
static bool begins_with_name(const struct writer *writer, struct slice text) {
    const struct schema *schema = writer->context->schema;
    struct slice name;
    return schema && field_prefix_find(&name, text) &&
           (schema_find(schema, name) || field_prefix_guess(schema, name));
}

/* Whether the text begins with the name of an operator that nothing of a word follows. */
static bool begins_with_operator(struct slice text) {
    static const char *const names[] = {"AND", "OR", "NOT", "NEAR"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size = strlen(names[i]);
        if (text.size >= size && memcmp(text.data, names[i], size) == 0 &&
            (text.size == size || (!ascii_is_letter(text.data[size]) && text.data[size] < 0x80)))
            return true;
    }
    return false;
}

static bool begins_with_dots(struct slice text) {
    return text.size > 1 && text.data[0] == '.' && text.data[1] == '.';
}

/* Whether a "~" or "^" here would end the word. */
static bool is_suffix(struct slice rest) {
    struct query_suffix suffix;
    query_suffix_read(&suffix, rest);
    return suffix.size == rest.size;
}

/* The text from the first term to the last, and the parentheses that close those within. */
static struct slice balanced_text(const struct query_clause *clause) {
    struct slice text = terms_text(clause), longer = text;
    const uint8_t *end = clause->typed.data + clause->typed.size;
    while (!is_balanced(longer, true) && longer.data + longer.size < end &&
           longer.data[longer.size] == ')')
        longer.size++;
    return is_balanced(longer, true) ? longer : text;
}

/* Writes a word so that it is read as nothing else. */
static enum status write_word(struct writer *writer, const struct query_clause *clause) {
    struct slice text = balanced_text(clause);
    struct quotes quotes;
    quotes_init(&quotes, text);
    bool balanced = is_balanced(text, true), named = begins_with_name(writer, text);
    bool is_first = clause->kind == CLAUSE_WORDS && begins_with_operator(text);
    enum status status = is_first ? buffer_append_byte(writer->out, '\\') : ST_OK;
    for (size_t at = 0, size; at < text.size && !status; at += size) {
        uint8_t byte = text.data[at];
        struct slice rest = slice_after(text, at);
        size = 2;
        if (query_word_is_escape(text, at)) {
            status = buffer_append(writer->out, rest.data, size);
            continue;
        }
        size = quotes_size_at(&quotes, at);
        if (size) { /* which separates words like this */
            status = buffer_append_byte(writer->out, '_');
            continue;
        }
        bool is_range = clause->field && begins_with_dots(rest) && at && text.data[at - 1] != '.' &&
                        text.data[at - 1] != '\\';
        if (byte == '*' || byte == '?' || ((byte == '(' || byte == ')') && !balanced) ||
            ((byte == '~' || byte == '^') && is_suffix(rest)) || (byte == ':' && named) || is_range)
            status = buffer_append_byte(writer->out, '\\');
        named &= byte != ':';
        if (!status)
            status = write_character(&size, writer, rest);
    }
    return status;
}

/* Writes a phrase, with blanks for quotes in it. */
static enum status write_phrase(struct writer *writer, const struct query_clause *clause) {
    struct slice text = terms_text(clause);
    struct quotes quotes;
    quotes_init(&quotes, text);
    enum status status = buffer_append_byte(writer->out, '"');
    for (size_t at = 0, size; at < text.size && !status; at += size) {
        size = quotes_size_at(&quotes, at);
        status = size ? buffer_append_byte(writer->out, ' ')
                      : write_character(&size, writer, slice_after(text, at));
    }
    return status ? status : buffer_append_byte(writer->out, '"');
}

static bool has_character(struct slice text, const char *character) {
    return text.size && memmem(text.data, text.size, character, strlen(character));
}

/* Writes a value between quotes of a kind that it does not have, as those it was typed in. */
static enum status write_value(struct writer *writer, struct slice text) {
    static const struct {
        const char *open, *close, *others[9];
    } kinds[] = {
        {"\"", "\"", {"“", "”", "„", "‟", "〝", "〞", "〟", "＂"}},
        {"«", "»", {0}},
        {"‹", "›", {0}},
        {"「", "」", {"\uFE41", "\uFE42", "\uFF62", "\uFF63"}},
        {"『", "』", {"\uFE43", "\uFE44"}},
        {"‘", "’", {0}},
    };
    size_t kind = 0;
    for (; kind + 1 < sizeof kinds / sizeof *kinds; kind++) {
        bool has = has_character(text, kinds[kind].open) || has_character(text, kinds[kind].close);
        for (size_t i = 0; kinds[kind].others[i]; i++)
            has |= has_character(text, kinds[kind].others[i]);
        if (!has)
            break;
    }
    enum status status = append_string(writer->out, kinds[kind].open);
    for (size_t at = 0, size; at < text.size && !status; at += size) {
        size = unicode_space_size(slice_after(text, at));
        status = buffer_append_byte(writer->out, size ? ' ' : text.data[at]);
        size += !size;
    }
    return status ? status : append_string(writer->out, kinds[kind].close);
}

/* Whether the value cannot follow a name and its colon. */
static bool needs_distance(struct slice value) {
    return value.data[0] == ':' || (value.size > 1 && value.data[0] == '/' && value.data[1] == '/');
}

/* Writes a filter as it was typed. */
static enum status write_filter(struct writer *writer, const struct query_clause *clause) {
    struct slice typed = clause->typed, value = typed_text(writer, clause);
    const struct schema_field *usual = writer->context->field;
    struct buffer *out = writer->out;
    bool is_distant = needs_distance(value);
    bool is_bare = is_distant && usual && usual->number == clause->filter->field;
    enum status status = is_bare ? ST_OK : buffer_append(out, typed.data, typed.size - value.size);
    if (status)
        return status;
    if (value.size > 1 && value.data[0] == '"')
        return write_value(writer, slice_of(value.data + 1, value.size - 2));
    if (is_distant && !is_bare)
        status = buffer_append_byte(out, '(');
    if (!status)
        status = buffer_append_slice(out, value);
    if (!status && !is_balanced(value, false))
        status = buffer_append_byte(out, ' ');
    return status || !is_distant || is_bare ? status : buffer_append_byte(out, ')');
}

static enum status write_boost(struct writer *writer, double boost) {
    char text[32];
    if (boost == 1)
        return ST_OK;
    int size = snprintf(text, sizeof text, "^%.4f", boost);
    while (text[size - 1] == '0')
        size--;
    return buffer_append(writer->out, text, (size_t)size - (text[size - 1] == '.'));
}

static enum status write_leaf(struct writer *writer, const struct query_clause *clause) {
    if (clause->kind == CLAUSE_FILTER)
        return write_filter(writer, clause);
    bool is_form = clause->kind == CLAUSE_PATTERN || clause->kind == CLAUSE_FUZZY;
    enum status status = write_prefix(writer, clause->field);
    if (!status && clause->kind == CLAUSE_EXACT)
        status = buffer_append_byte(writer->out, '=');
    if (!status && is_form)
        status = buffer_append_slice(writer->out, typed_text(writer, clause));
    else if (!status && clause->quoted)
        status = write_phrase(writer, clause);
    else if (!status)
        status = write_word(writer, clause);
    /* Without a weight, a question mark at the end would end a question. */
    if (!status && clause->kind == CLAUSE_PATTERN && clause->boost == 1 &&
        clause->typed.data[clause->typed.size - 1] == '?')
        return append_string(writer->out, "^1");
    return status ? status : write_boost(writer, clause->boost);
}

/* What is around a clause, by how closely it binds. */
enum level { LEVEL_LIST, LEVEL_OR, LEVEL_AND, LEVEL_OPERAND };

static enum status write_clause(struct writer *writer, const struct query_clause *clause,
                                enum level level);

/* Writes the children with this between them. */
static enum status write_children(struct writer *writer, const struct query_clause *clauses,
                                  size_t count, const char *between, enum level level) {
    enum status status = ST_OK;
    for (size_t i = 0; i < count && !status; i++) {
        if (i)
            status = append_string(writer->out, between);
        if (!status)
            status = write_clause(writer, &clauses[i], level);
    }
    return status;
}

static enum status write_group(struct writer *writer, const struct query_clause *clause) {
    char near[24];
    switch (clause->kind) {
    case CLAUSE_OR:
        return write_children(writer, clause->children, clause->child_count, " OR ", LEVEL_OR);
    case CLAUSE_AND:
        return write_children(writer, clause->children, clause->child_count, " AND ", LEVEL_AND);
    case CLAUSE_NEAR:
        snprintf(near, sizeof near, " NEAR/%u ", clause->distance);
        return write_children(writer, clause->children, clause->child_count, near, LEVEL_OPERAND);
    default:
        return write_children(writer, clause->children, clause->child_count, " ", LEVEL_LIST);
    }
}

static enum level level_of(enum clause_kind kind) {
    switch (kind) {
    case CLAUSE_LIST:
        return LEVEL_LIST;
    case CLAUSE_OR:
        return LEVEL_OR;
    case CLAUSE_AND:
        return LEVEL_AND;
    default:
        return LEVEL_OPERAND;
    }
}

/* Whether a value in the clause has a parenthesis that would close one before it. */
static bool would_close(const struct writer *writer, const struct query_clause *clause) {
    bool would = clause->kind == CLAUSE_FILTER && has_loose_close(typed_text(writer, clause));
    for (size_t i = 0; i < clause->child_count && !would; i++)
        would = would_close(writer, &clause->children[i]);
    return would;
}

/* Whether the clause begins with NOT. */
static bool begins_with_not(const struct query_clause *clause) {
    const struct query_clause *first = clause;
    while (first->child_count && first->occur != OCCUR_MUST_NOT && first->kind != CLAUSE_LIST)
        first = &first->children[0];
    return first->occur == OCCUR_MUST_NOT;
}

/* Whether the clause is written between parentheses. A "+" reaches over all operators after it, but is
 * clearer before parentheses, where these are possible. */
static bool needs_parentheses(const struct writer *writer, const struct query_clause *clause,
                              enum level level) {
    bool has_children = clause->child_count > 0;
    bool is_weighted = has_children && clause->boost != 1;
    bool is_excluded = has_children && clause->occur == OCCUR_MUST_NOT;
    bool is_required = has_children && clause->occur == OCCUR_MUST;
    is_required &= begins_with_not(clause) ||
                   (writer->depth < QUERY_DEPTH_MAX && !would_close(writer, clause));
    return is_weighted || is_excluded || is_required || clause->kind == CLAUSE_LIST ||
           level_of(clause->kind) < level;
}

static enum status write_clause(struct writer *writer, const struct query_clause *clause,
                                enum level level) {
    enum status status = ST_OK;
    if (clause->occur == OCCUR_MUST)
        status = append_string(writer->out, "+");
    else if (clause->occur == OCCUR_MUST_NOT)
        status = append_string(writer->out, level == LEVEL_LIST ? "-" : "NOT ");
    if (status || !clause->child_count)
        return status ? status : write_leaf(writer, clause);
    if (!needs_parentheses(writer, clause, level))
        return write_group(writer, clause);
    status = buffer_append_byte(writer->out, '(');
    writer->depth++;
    if (!status)
        status = write_group(writer, clause);
    writer->depth--;
    if (!status)
        status = buffer_append_byte(writer->out, ')');
    return status ? status : write_boost(writer, clause->boost);
}

enum status query_text_append(struct buffer *out, const struct query_context *context,
                              const struct query_clause *clauses, size_t count) {
    struct writer writer = {.out = out, .context = context};
    if (!count)
        return append_string(out, context->field ? "*:\"\"" : "\"\"");
    return write_children(&writer, clauses, count, " ", LEVEL_LIST);
}
