/* SPDX-License-Identifier: MIT */
/* Matches with one place to come back to: the last asterisk, which takes one more character each
 * time. An earlier one never needs to take more. */
#include "common/base/glob.h"

#include "common/base/utf8.h"

/* The size of the character at the start of a name that is not empty. */
static size_t character_size(struct slice name) {
    uint8_t lead = name.data[0];
    size_t most = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1, size = 1;
    while (size < most && size < name.size && utf8_is_continuation(name.data[size]))
        size++;
    return size;
}

/* The size of the set at the start of the pattern, with its brackets; 0: nothing closes it.
 * *matches: the byte is in it. */
static size_t match_set(bool *matches, struct slice pattern, uint8_t byte) {
    bool negated = pattern.size > 1 && (pattern.data[1] == '!' || pattern.data[1] == '^');
    bool found = false;
    size_t first = negated ? 2 : 1;
    for (size_t at = first; at < pattern.size; at++) {
        if (pattern.data[at] == ']' && at > first) {
            *matches = found != negated;
            return at + 1;
        }
        uint8_t low = pattern.data[at], high = low;
        if (at + 2 < pattern.size && pattern.data[at + 1] == '-' && pattern.data[at + 2] != ']') {
            high = pattern.data[at + 2];
            at += 2;
        }
        found |= low <= byte && byte <= high;
    }
    return 0;
}

/* Matches what the pattern begins with, other than an asterisk, with the start of the name; sets how
 * many bytes of each that takes. */
static bool match_one(size_t *taken, size_t *eaten, struct slice pattern, struct slice name) {
    bool matches;
    *taken = *eaten = 1;
    if (pattern.data[0] == '?') {
        *eaten = character_size(name);
        return true;
    }
    if (pattern.data[0] == '[' && (*taken = match_set(&matches, pattern, name.data[0])))
        return matches;
    *taken = 1;
    if (pattern.data[0] == '\\' && pattern.size > 1)
        *taken = 2;
    return pattern.data[*taken - 1] == name.data[0];
}

bool glob_matches(struct slice pattern, struct slice name) {
    struct slice after_star = {0}, retry = {0};
    bool star = false;
    while (name.size || pattern.size) {
        size_t taken, eaten;
        if (pattern.size && pattern.data[0] == '*') {
            pattern = slice_after(pattern, 1);
            after_star = pattern;
            retry = name;
            star = true;
        } else if (pattern.size && name.size && match_one(&taken, &eaten, pattern, name)) {
            pattern = slice_after(pattern, taken);
            name = slice_after(name, eaten);
        } else if (star && retry.size) {
            retry = slice_after(retry, character_size(retry));
            name = retry;
            pattern = after_star;
        } else {
            return false;
        }
    }
    return true;
}

bool glob_is_pattern(struct slice text) {
    for (size_t i = 0; i < text.size; i++)
        if (strchr("*?[\\", text.data[i]) && text.data[i])
            return true;
    return false;
}

enum status glob_append_escaped(struct buffer *pattern, struct slice text) {
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < text.size; i++) {
        if (glob_is_pattern(slice_of(text.data + i, 1)))
            status = buffer_append_byte(pattern, '\\');
        if (!status)
            status = buffer_append_byte(pattern, text.data[i]);
    }
    return status;
}
