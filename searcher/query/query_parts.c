/* SPDX-License-Identifier: MIT */
/* Finds words as the tokenizer does: those of a pattern, with letters or digits in place of its
 * wildcards. */
#include "searcher/query/query_parts.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/ascii.h"
#include "common/text/tokenizer.h"
#include "common/text/unicode.h"
#include "searcher/query/query_word.h"

void query_parts_release(struct query_parts *parts) {
    free(parts->items);
    buffer_release(&parts->words);
    *parts = (struct query_parts){0};
}

static enum status add_part(struct query_parts *parts, struct slice text, bool is_form) {
    struct query_part *items =
        array_reserve(parts->items, &parts->capacity, parts->count + 1, sizeof *items);
    if (!items)
        return ST_NOMEM;
    parts->items = items;
    parts->items[parts->count++] = (struct query_part){.text = text, .is_form = is_form};
    return ST_OK;
}

static bool is_wildcard(uint8_t byte) {
    return byte == '*' || byte == '?';
}

/* Whether the wildcard stands among digits, so that `20.*` is one word, as 20.04 is. */
static bool is_among_digits(struct slice text, size_t at) {
    size_t before = at;
    while (before > 0 && (is_wildcard(text.data[before - 1]) || text.data[before - 1] == '.'))
        before--;
    if (before > 0)
        return ascii_is_digit(text.data[before - 1]);
    while (at < text.size && is_wildcard(text.data[at]))
        at++;
    return at < text.size && ascii_is_digit(text.data[at]);
}

static enum status replace_wildcards(struct buffer *words, struct slice text) {
    buffer_clear(words);
    enum status status = buffer_append_slice(words, text);
    bool digits = false, known = false; /* of wildcards with nothing but full stops between them */
    for (size_t at = 0; at < text.size && !status; at++) {
        if (query_word_is_escape(text, at)) {
            at++;
            known = false;
        } else if (is_wildcard(text.data[at])) {
            digits = known ? digits : is_among_digits(text, at);
            known = true;
            words->data[at] = digits ? '0' : 'x';
        } else {
            known &= text.data[at] == '.';
        }
    }
    return status;
}

/* Whether surface forms may be like this word (form_counts.h). */
static bool is_form(struct slice word) {
    return unicode_has_only(word, 1u << CLASS_LETTER | 1u << CLASS_HEBREW | 1u << CLASS_EXTEND |
                                      1u << CLASS_APOSTROPHE | 1u << CLASS_MID_LETTER);
}

/* The word without the signs of c# and .net, which forms do not have. */
static struct slice without_signs(struct slice word) {
    if (word.data[0] == '.')
        word = slice_after(word, 1);
    while (word.data[word.size - 1] == '+' || word.data[word.size - 1] == '#')
        word.size--;
    return word;
}

enum word_role { ROLE_PLAIN, ROLE_FORM, ROLE_WILDCARDS };

/* What a word of a pattern is. `words`: the same with letters or digits for its wildcards. */
static enum word_role role_in_pattern(struct slice text, const uint8_t *words) {
    size_t wildcards = 0, others = 0;
    for (size_t at = 0; at < text.size; at++) {
        bool replaced = words[at] != text.data[at];
        wildcards += replaced;
        others += !replaced && text.data[at] != '.';
    }
    return !wildcards ? ROLE_PLAIN : others ? ROLE_FORM : ROLE_WILDCARDS;
}

static enum status read_words(struct query_parts *parts, struct slice words, struct slice text,
                              bool is_pattern) {
    struct tokenizer tokenizer;
    struct word word;
    size_t first = 0, end = 0; /* of plain words before, if end > 0 */
    size_t last = 0;           /* end of the word before */
    enum status status = ST_OK;
    parts->count = 0;
    tokenizer_begin(&tokenizer, words);
    while (!status && tokenizer_next(&word, 1, &tokenizer)) {
        if (word.same_position && word.end <= last)
            continue;
        last = word.end;
        struct slice part = slice_of(text.data + word.start, word.end - word.start);
        enum word_role role = is_form(part) ? ROLE_FORM : ROLE_PLAIN;
        if (is_pattern) {
            part = without_signs(part);
            role = role_in_pattern(part, words.data + (part.data - text.data));
        }
        if (role == ROLE_PLAIN) {
            first = end ? first : word.start;
            end = word.end > end ? word.end : end;
            continue;
        }
        if (end)
            status = add_part(parts, slice_of(text.data + first, end - first), false);
        end = 0;
        if (!status && role == ROLE_FORM)
            status = add_part(parts, part, true);
    }
    if (!status && end)
        status = add_part(parts, slice_of(text.data + first, end - first), false);
    return status;
}

enum status query_parts_of_pattern(struct query_parts *parts, struct slice text) {
    enum status status = replace_wildcards(&parts->words, text);
    return status ? status : read_words(parts, buffer_slice(&parts->words), text, true);
}

enum status query_parts_of_fuzzy(struct query_parts *parts, struct slice text) {
    return read_words(parts, text, text, false);
}

static bool has_word(struct slice text) {
    struct tokenizer tokenizer;
    struct word word;
    tokenizer_begin(&tokenizer, text);
    return tokenizer_next(&word, 1, &tokenizer) > 0;
}

enum status query_parts_of_phrase(struct query_parts *parts, struct slice text) {
    enum status status = ST_OK;
    size_t first = 0;
    parts->count = 0;
    for (size_t at = 0; at <= text.size && !status;) {
        size_t space = at < text.size ? unicode_space_size(slice_after(text, at)) : 1;
        struct slice part = slice_of(text.data + first, at - first);
        if (space && part.size && has_word(part))
            status = add_part(parts, part, false);
        at += space ? space : 1;
        first = space ? at : first;
    }
    return status;
}
