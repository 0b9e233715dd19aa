/* SPDX-License-Identifier: MIT */
/* Reads tokens from left to right, each byte a bounded number of times. */
#include "searcher/query/query_token.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/ascii.h"
#include "common/text/unicode.h"
#include "searcher/query/field_prefix.h"
#include "searcher/query/quotes.h"

/* A text while it is read. */
struct reading {
    struct slice text;
    size_t at;
    struct quotes quotes;
    enum { AFTER_SPACE, AFTER_WORD, AFTER_PHRASE } place;
};

void query_tokens_release(struct query_tokens *tokens) {
    free(tokens->items);
    tokens->items = NULL;
    tokens->count = tokens->capacity = 0;
}

static enum status add_reason(struct query_tokens *tokens, const char *reason) {
    return query_note_add(tokens->note, reason, (struct slice){0}, "");
}

static enum status add_token(struct query_tokens *tokens, const struct query_token *token) {
    struct query_token *items =
        array_reserve(tokens->items, &tokens->capacity, tokens->count + 1, sizeof *items);
    if (!items)
        return ST_NOMEM;
    tokens->items = items;
    tokens->items[tokens->count] = *token;
    struct query_token *added = &tokens->items[tokens->count++];
    added->depth = tokens->depth;
    if (query_boost_is_valid(added->suffix.boost))
        return ST_OK;
    added->suffix.boost = 1;
    return add_reason(tokens, "a weight is more than 0 and at most 1,000");
}

/* Takes as much of the text as QUERY_BYTES_MAX still admits, cut at white space if possible. */
static enum status admit(struct slice *text, struct query_tokens *tokens) {
    size_t left = QUERY_BYTES_MAX - tokens->bytes;
    enum status status = ST_OK;
    if (text->size > left) {
        status = add_reason(tokens, "text after the first 64 KiB is left out");
        size_t cut = left;
        while (cut > 0 && !unicode_space_size(slice_after(*text, cut)))
            cut--;
        *text = unicode_cut(*text, cut ? cut : left);
    }
    tokens->bytes += text->size;
    return status;
}

static struct query_group *group_of(struct query_tokens *tokens) {
    return &tokens->groups[tokens->depth];
}

static bool is_in_group(const struct query_tokens *tokens) {
    return tokens->depth || tokens->too_deep;
}

/* Whether a parenthesis that closes would close an open one, not one in a word. */
static bool closes_group(struct query_tokens *tokens) {
    return is_in_group(tokens) && !group_of(tokens)->open_in_words;
}

/* Whether a word, a phrase or a group may end before this offset: where it could not go on. */
static bool is_boundary(struct query_tokens *tokens, struct slice text, size_t at) {
    return at == text.size || unicode_space_size(slice_after(text, at)) || text.data[at] == '(' ||
           (text.data[at] == ')' && closes_group(tokens));
}

/* Takes the suffix after a phrase or a group. */
static void take_suffix(struct query_suffix *suffix, struct query_tokens *tokens,
                        struct reading *reading) {
    query_suffix_read(suffix, slice_after(reading->text, reading->at));
    if (is_boundary(tokens, reading->text, reading->at + suffix->size))
        reading->at += suffix->size;
    else
        *suffix = (struct query_suffix){.boost = 1};
}

/* Takes the operator at the offset, if there is one. */
static bool take_operator(struct query_token *token, struct query_tokens *tokens,
                          struct reading *reading) {
    static const struct {
        char name[5];
        enum query_token_kind kind;
    } operators[] = {{"AND", QUERY_TOKEN_AND},
                     {"OR", QUERY_TOKEN_OR},
                     {"NOT", QUERY_TOKEN_NOT},
                     {"NEAR", QUERY_TOKEN_NEAR}};
    struct slice rest = slice_after(reading->text, reading->at);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t size = strlen(operators[i].name);
        if (rest.size < size || memcmp(rest.data, operators[i].name, size) != 0)
            continue;
        *token = (struct query_token){.kind = operators[i].kind,
                                      .field = group_of(tokens)->field,
                                      .suffix.distance = QUERY_NEAR_DEFAULT,
                                      .suffix.boost = 1};
        if (token->kind == QUERY_TOKEN_NEAR && size + 1 < rest.size && rest.data[size] == '/' &&
            ascii_is_digit(rest.data[size + 1])) {
            token->suffix.distance = 0;
            for (size++; size < rest.size && ascii_is_digit(rest.data[size]); size++)
                if (token->suffix.distance <= QUERY_NEAR_MAX)
                    token->suffix.distance =
                        token->suffix.distance * 10 + (uint32_t)(rest.data[size] - '0');
        }
        size_t end = reading->at + size;
        if (!is_boundary(tokens, reading->text, end) && !quotes_size_at(&reading->quotes, end))
            return false;
        token->text = token->whole = slice_of(rest.data, size);
        reading->at = end;
        return true;
    }
    return false;
}

/* Takes the sign at the offset. */
static enum occur take_sign(struct reading *reading) {
    uint8_t first = reading->text.data[reading->at];
    if (first != '-' && first != '+')
        return OCCUR_DEFAULT;
    reading->at++;
    return first == '-' ? OCCUR_MUST_NOT : OCCUR_MUST;
}

/* Takes the name of a field at the offset, with its colon. */
static enum status take_prefix(const struct schema_field **field, struct query_tokens *tokens,
                               struct reading *reading) {
    enum { UNKNOWN_NAMES_MAX = 8 }; /* more of them are not compared with those of all fields */
    const struct schema *schema = tokens->context->schema;
    struct slice name, text = slice_after(reading->text, reading->at);
    if (!schema || !field_prefix_find(&name, text) ||
        (text.data[name.size + 1] == ')' && is_in_group(tokens)))
        return ST_OK;
    bool every = slice_equal(name, slice_of_string("*"));
    const struct schema_field *known = every ? NULL : schema_find(schema, name);
    if (known || every) {
        *field = known;
        reading->at += name.size + 1;
        return ST_OK;
    }
    if (tokens->unknown_names == UNKNOWN_NAMES_MAX)
        return ST_OK;
    tokens->unknown_names++;
    const struct schema_field *meant = field_prefix_guess(schema, name);
    if (!meant)
        return ST_OK;
    char after[SCHEMA_NAME_SIZE_MAX + 32];
    snprintf(after, sizeof after, ": is no field, but %s: is", meant->name);
    return query_note_add(tokens->note, "", name, after);
}

static bool is_text(const struct schema_field *field) {
    return !field || field->type == FIELD_TYPE_TEXT;
}

/* Takes the "=" before a word or a phrase. */
static bool take_equals(const struct query_token *token, struct reading *reading) {
    struct slice text = reading->text;
    size_t next = reading->at + 1;
    if (!is_text(token->field) || text.data[reading->at] != '=' || next >= text.size)
        return false;
    struct unicode_char code = unicode_decode(text.data + next, text.size - next);
    if (unicode_class(code.code_point) == CLASS_OTHER && !quotes_size_at(&reading->quotes, next))
        return false;
    reading->at = next;
    return true;
}

/* Takes the word at the offset: up to white space, a quote, or the parenthesis that closes a group. */
static struct slice take_word(struct query_tokens *tokens, struct reading *reading, bool is_value) {
    struct slice text = reading->text;
    struct query_group *group = group_of(tokens);
    size_t first = reading->at, at = first, open = 0;
    while (at < text.size && !unicode_space_size(slice_after(text, at)) &&
           !quotes_size_at(&reading->quotes, at)) {
        if (!is_value && query_word_is_escape(text, at)) {
            at += 2;
            continue;
        }
        if (text.data[at] == '(') {
            open++;
        } else if (text.data[at] == ')' && open) {
            open--;
        } else if (text.data[at] == ')') {
            if (closes_group(tokens) || (is_value && is_in_group(tokens)))
                break;
            group->open_in_words -= group->open_in_words > 0;
        }
        at++;
    }
    if (!is_value && is_in_group(tokens))
        group->open_in_words += open;
    reading->at = at;
    return slice_of(text.data + first, at - first);
}

static enum status open_group(struct query_tokens *tokens, struct query_token *token,
                              struct reading *reading) {
    reading->at++;
    reading->place = AFTER_SPACE;
    if (tokens->depth == QUERY_DEPTH_MAX) {
        tokens->too_deep++;
        return add_reason(tokens, "parentheses deeper than 64 do not count");
    }
    token->kind = QUERY_TOKEN_OPEN;
    enum status status = add_token(tokens, token);
    tokens->depth++;
    *group_of(tokens) = (struct query_group){.field = token->field};
    return status;
}

static enum status close_group(struct query_tokens *tokens, struct reading *reading) {
    reading->at++;
    reading->place = AFTER_SPACE;
    if (tokens->too_deep) {
        tokens->too_deep--;
        return ST_OK;
    }
    struct query_token token = {.kind = QUERY_TOKEN_CLOSE};
    tokens->depth--;
    take_suffix(&token.suffix, tokens, reading);
    enum status status =
        token.suffix.has_distance ? add_reason(tokens, "~ is left out after a parenthesis") : ST_OK;
    return status ? status : add_token(tokens, &token);
}

static enum status read_phrase(struct query_tokens *tokens, struct query_token *token,
                               struct reading *reading, const struct quoted *quoted) {
    token->kind = QUERY_TOKEN_PHRASE;
    token->text = token->whole = quoted->text;
    reading->at = quoted->end;
    reading->place = AFTER_PHRASE;
    take_suffix(&token->suffix, tokens, reading);
    enum status status = quoted->unclosed ? add_reason(tokens, "closed a quote") : ST_OK;
    return status ? status : add_token(tokens, token);
}

static enum status read_word(struct query_tokens *tokens, struct query_token *token,
                             struct reading *reading, size_t start) {
    struct slice text = take_word(tokens, reading, !is_text(token->field));
    reading->place = AFTER_WORD;
    if (!text.size) { /* a quote that opens nothing, or what cannot be in a value */
        size_t quote = quotes_size_at(&reading->quotes, reading->at);
        group_of(tokens)->open_in_words -= !quote;
        reading->at += quote ? quote : 1;
        return ST_OK;
    }
    token->whole = slice_of(reading->text.data + start, reading->at - start);
    token->text = text;
    if (is_text(token->field)) {
        struct query_word word;
        query_word_read(&word, text);
        token->text = word.text;
        token->has_wildcards = word.has_wildcards;
        token->suffix = word.suffix;
    }
    return add_token(tokens, token);
}

/* Reads a sign and a name, and the word, the phrase or the parenthesis after them. */
static enum status read_operand(struct query_tokens *tokens, struct reading *reading) {
    struct query_token token = {
        .kind = QUERY_TOKEN_WORD, .field = group_of(tokens)->field, .suffix.boost = 1};
    struct slice text = reading->text;
    bool is_first = reading->place == AFTER_SPACE, after_word = reading->place == AFTER_WORD;
    if (is_first)
        token.sign = take_sign(reading);
    if (is_first && token.sign && is_boundary(tokens, text, reading->at) &&
        (reading->at == text.size || text.data[reading->at] != '('))
        return ST_OK; /* a lone sign means nothing */
    size_t start = reading->at;
    enum status status = is_first ? take_prefix(&token.field, tokens, reading) : ST_OK;
    token.exact = is_first && take_equals(&token, reading);
    struct quoted quoted;
    if (status)
        return status;
    if (text.data[reading->at] == '(' && !after_word)
        return open_group(tokens, &token, reading);
    if (quotes_open(&quoted, &reading->quotes, reading->at, after_word))
        return read_phrase(tokens, &token, reading, &quoted);
    return read_word(tokens, &token, reading, start);
}

static void begin(struct reading *reading, struct query_tokens *tokens, struct slice text) {
    *reading = (struct reading){.text = text};
    quotes_init(&reading->quotes, text);
    tokens->groups[0].field = tokens->context->field;
}

enum status query_tokens_read(struct query_tokens *tokens, struct slice text) {
    struct reading reading;
    enum status status = admit(&text, tokens);
    begin(&reading, tokens, text);
    while (!status && reading.at < text.size) {
        struct query_token token;
        size_t space = unicode_space_size(slice_after(text, reading.at));
        if (space) {
            reading.at += space;
            reading.place = AFTER_SPACE;
        } else if (text.data[reading.at] == ')' && closes_group(tokens)) {
            status = close_group(tokens, &reading);
        } else if (reading.place == AFTER_SPACE && take_operator(&token, tokens, &reading)) {
            status = add_token(tokens, &token);
        } else {
            status = read_operand(tokens, &reading);
        }
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

enum status query_tokens_read_argument(struct query_tokens *tokens, struct slice text) {
    struct reading reading;
    begin(&reading, tokens, text);
    if (!has_space(text) || has_quote(text))
        return query_tokens_read(tokens, text);
    struct query_token token = {.kind = QUERY_TOKEN_PHRASE,
                                .sign = take_sign(&reading),
                                .field = group_of(tokens)->field,
                                .suffix.boost = 1};
    enum status status =
        reading.at < text.size ? take_prefix(&token.field, tokens, &reading) : ST_OK;
    if (!status && text.data[reading.at] == '(')
        return query_tokens_read(tokens, text);
    if (!status)
        status = admit(&text, tokens);
    if (status || text.size <= reading.at)
        return status;
    token.text = token.whole = slice_after(text, reading.at);
    return add_token(tokens, &token);
}

static bool is_operand_end(enum query_token_kind kind) {
    return kind == QUERY_TOKEN_WORD || kind == QUERY_TOKEN_PHRASE || kind == QUERY_TOKEN_CLOSE;
}

static bool is_operand_start(enum query_token_kind kind) {
    return kind == QUERY_TOKEN_WORD || kind == QUERY_TOKEN_PHRASE || kind == QUERY_TOKEN_OPEN ||
           kind == QUERY_TOKEN_NOT;
}

static bool is_binary(enum query_token_kind kind) {
    return kind == QUERY_TOKEN_AND || kind == QUERY_TOKEN_OR || kind == QUERY_TOKEN_NEAR;
}

static enum status make_word(struct query_tokens *tokens, struct query_token *token) {
    token->kind = QUERY_TOKEN_WORD;
    token->suffix = (struct query_suffix){.boost = 1};
    return query_note_add(tokens->note, "", token->text, " is read as a word");
}

/* First, from the end, each NOT needs something after it; then each other operator on both sides. */
static enum status check_operators(struct query_tokens *tokens) {
    struct query_token *items = tokens->items;
    size_t count = tokens->count;
    enum status status = ST_OK;
    for (size_t i = count; i-- > 0 && !status;)
        if (items[i].kind == QUERY_TOKEN_NOT &&
            (i + 1 == count || !is_operand_start(items[i + 1].kind)))
            status = make_word(tokens, &items[i]);
    for (size_t i = 0; i < count && !status; i++)
        if (is_binary(items[i].kind) && (i == 0 || !is_operand_end(items[i - 1].kind) ||
                                         i + 1 == count || !is_operand_start(items[i + 1].kind)))
            status = make_word(tokens, &items[i]);
    return status;
}

enum status query_tokens_end(struct query_tokens *tokens) {
    enum status status = ST_OK;
    if (tokens->depth || tokens->too_deep)
        status = add_reason(tokens, "closed a parenthesis");
    for (; tokens->depth && !status;) {
        struct query_token token = {.kind = QUERY_TOKEN_CLOSE, .suffix.boost = 1};
        tokens->depth--;
        status = add_token(tokens, &token);
    }
    return status ? status : check_operators(tokens);
}
