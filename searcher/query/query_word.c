/* SPDX-License-Identifier: MIT */
/* Reads the signs of words. */
#include "searcher/query/query_word.h"

#include <math.h>

#include "common/base/ascii.h"
#include "common/base/number.h"
#include "common/text/unicode.h"

enum { NUMBER_SIZE_MAX = 20 }; /* a longer one is text */

bool query_word_is_escape(struct slice text, size_t at) {
    return text.data[at] == '\\' && at + 1 < text.size &&
           memchr("*?~^()\\", text.data[at + 1], 7) != NULL;
}

static size_t count_digits(struct slice text, size_t at) {
    size_t first = at;
    while (at < text.size && ascii_is_digit(text.data[at]))
        at++;
    return at - first;
}

/* The size of the number at the start; 0: there is none. */
static size_t number_size(struct slice text) {
    size_t size = count_digits(text, 0);
    size_t decimals = size < text.size && text.data[size] == '.' ? count_digits(text, size + 1) : 0;
    size += decimals ? 1 + decimals : 0;
    return size <= NUMBER_SIZE_MAX ? size : 0;
}

void query_suffix_read(struct query_suffix *suffix, struct slice text) {
    *suffix = (struct query_suffix){.boost = 1};
    if (text.size && text.data[0] == '~') {
        size_t digits = count_digits(text, 1);
        suffix->has_distance = true;
        suffix->distance = digits ? 0 : UINT32_MAX;
        for (size_t i = 1; i <= digits && suffix->distance < UINT32_MAX / 20; i++)
            suffix->distance = suffix->distance * 10 + (uint32_t)(text.data[i] - '0');
        suffix->size = 1 + digits;
    }
    struct slice rest = slice_after(text, suffix->size);
    size_t size = rest.size && rest.data[0] == '^' ? number_size(slice_after(rest, 1)) : 0;
    double boost;
    if (size && !number_parse_real_slice(&boost, slice_of(rest.data + 1, size))) {
        suffix->has_boost = true;
        suffix->boost = round(boost * 10000) / 10000;
        suffix->size += 1 + size;
    }
}

bool query_boost_is_valid(double boost) {
    return boost > 0 && boost <= QUERY_BOOST_MAX;
}

/* Whether what is before `at` may be in a word or a pattern. */
static bool is_after_word(struct slice text, size_t at) {
    if (at > 0 && (text.data[at - 1] == '*' || text.data[at - 1] == '?'))
        return true;
    return at > 0 && unicode_class(unicode_decode_before(text, at).code_point) != CLASS_OTHER;
}

/* Takes the suffix that the text has from `at` to its end, if it is one. */
static bool take_suffix(struct query_word *word, size_t at) {
    struct query_suffix suffix;
    query_suffix_read(&suffix, slice_after(word->text, at));
    if (!at || suffix.size != word->text.size - at ||
        (suffix.has_distance && !is_after_word(word->text, at)))
        return false;
    word->suffix = suffix;
    word->text.size = at;
    return true;
}

/* The offsets of the last "~" and "^" in a text, or 0, and whether it has wildcards. */
struct signs {
    size_t tilde, caret;
    bool wildcards;
};

static struct signs find_signs(struct slice text) {
    struct signs signs = {0};
    for (size_t at = 0; at < text.size; at++) {
        if (query_word_is_escape(text, at))
            at++;
        else if (text.data[at] == '^')
            signs.caret = at;
        else if (text.data[at] == '~')
            signs.tilde = at;
        else
            signs.wildcards |= text.data[at] == '*' || text.data[at] == '?';
    }
    return signs;
}

/* The text without the question marks at its end, and what is around them. */
static struct slice without_question(struct slice text) {
    while (text.size) {
        struct unicode_char code = unicode_decode_before(text, text.size);
        if (code.code_point == '*' || unicode_class(code.code_point) != CLASS_OTHER)
            break;
        text.size -= code.size;
    }
    return text;
}

void query_word_read(struct query_word *word, struct slice text) {
    struct signs signs = find_signs(text);
    *word = (struct query_word){.text = text, .suffix.boost = 1};
    if (!signs.tilde || !take_suffix(word, signs.tilde))
        take_suffix(word, signs.caret);
    bool is_address = text.size > 3 && memmem(text.data, text.size, "://", 3);
    if (!signs.wildcards || is_address)
        return;
    struct slice pattern = word->suffix.size ? word->text : without_question(word->text);
    word->has_wildcards = find_signs(pattern).wildcards;
    if (word->has_wildcards)
        word->text = pattern;
}
