/* SPDX-License-Identifier: MIT */
/* A recursive-descent parser that keeps nothing but the path to where it is. */
#include "tests/support/json_paths.h"

#include <stdio.h>
#include <string.h>

#include "common/base/ascii.h"

enum { PATH_SIZE_MAX = 256, DEPTH_MAX = 16 };

struct reader_state {
    struct buffer *out;
    struct slice rest;
    char path[PATH_SIZE_MAX];
    int depth;
};

static bool read_value(struct reader_state *reader);

static void skip_space(struct reader_state *reader) {
    while (reader->rest.size && memchr(" \t\r\n", reader->rest.data[0], 4))
        reader->rest = slice_after(reader->rest, 1);
}

/* Takes the next byte if it is this one. */
static bool take(struct reader_state *reader, char byte) {
    skip_space(reader);
    if (!reader->rest.size || reader->rest.data[0] != (uint8_t)byte)
        return false;
    reader->rest = slice_after(reader->rest, 1);
    return true;
}

static void add_line(struct reader_state *reader, const char *type, struct slice text) {
    if (!reader->path[0])
        return;
    buffer_append(reader->out, reader->path, strlen(reader->path));
    buffer_append_byte(reader->out, ' ');
    buffer_append(reader->out, type, strlen(type));
    if (text.size)
        buffer_append_byte(reader->out, ' ');
    buffer_append_slice(reader->out, text);
    buffer_append_byte(reader->out, '\n');
}

/* Takes a string with its quotes. */
static bool take_string(struct slice *text, struct reader_state *reader) {
    skip_space(reader);
    const uint8_t *data = reader->rest.data;
    size_t size = reader->rest.size, at = 1;
    if (!size || data[0] != '"')
        return false;
    for (; at < size && data[at] != '"'; at++) {
        if (data[at] < 0x20)
            return false;
        if (data[at] != '\\')
            continue;
        if (++at == size)
            return false;
        unsigned digits = data[at] == 'u' ? 4 : 0;
        if (!digits && !memchr("\"\\/bfnrt", data[at], 8))
            return false;
        for (; digits; digits--)
            if (++at == size || !memchr("0123456789abcdefABCDEF", data[at], 22))
                return false;
    }
    if (at == size)
        return false;
    *text = slice_of(data, at + 1);
    reader->rest = slice_after(reader->rest, at + 1);
    return true;
}

/* Takes the digits of a number; there has to be one. */
static bool take_digits(struct slice rest, size_t *at) {
    size_t first = *at;
    while (*at < rest.size && ascii_is_digit(rest.data[*at]))
        ++*at;
    return *at > first;
}

static bool take_number(struct slice *text, struct reader_state *reader) {
    struct slice rest = reader->rest;
    size_t at = rest.size && rest.data[0] == '-', first = at;
    if (!take_digits(rest, &at) || (at - first > 1 && rest.data[first] == '0'))
        return false;
    if (at < rest.size && rest.data[at] == '.' && (++at, !take_digits(rest, &at)))
        return false;
    if (at < rest.size && (rest.data[at] | 0x20) == 'e') {
        at++;
        if (at < rest.size && (rest.data[at] == '+' || rest.data[at] == '-'))
            at++;
        if (!take_digits(rest, &at))
            return false;
    }
    *text = slice_of(rest.data, at);
    reader->rest = slice_after(rest, at);
    return true;
}

static bool take_word(struct reader_state *reader, const char *word) {
    size_t size = strlen(word);
    if (reader->rest.size < size || memcmp(reader->rest.data, word, size) != 0)
        return false;
    reader->rest = slice_after(reader->rest, size);
    return true;
}

static bool read_members(struct reader_state *reader) {
    size_t length = strlen(reader->path);
    struct slice names[64];
    size_t count = 0;
    if (take(reader, '}'))
        return true;
    do {
        struct slice name;
        if (count == sizeof names / sizeof *names || !take_string(&name, reader) ||
            !take(reader, ':'))
            return false;
        for (size_t i = 0; i < count; i++)
            if (slice_equal(names[i], name))
                return false;
        names[count++] = name;
        snprintf(reader->path + length, sizeof reader->path - length, "%s%.*s", length ? "." : "",
                 (int)name.size - 2, (const char *)name.data + 1);
        if (!read_value(reader))
            return false;
        reader->path[length] = '\0';
    } while (take(reader, ','));
    return take(reader, '}');
}

static bool read_items(struct reader_state *reader) {
    size_t length = strlen(reader->path);
    if (take(reader, ']'))
        return true;
    do {
        snprintf(reader->path + length, sizeof reader->path - length, "[]");
        if (!read_value(reader))
            return false;
        reader->path[length] = '\0';
    } while (take(reader, ','));
    return take(reader, ']');
}

static bool read_value(struct reader_state *reader) {
    struct slice text;
    bool valid;
    if (++reader->depth > DEPTH_MAX)
        return false;
    skip_space(reader);
    if (take(reader, '{')) {
        add_line(reader, "object", slice_of(NULL, 0));
        valid = read_members(reader);
    } else if (take(reader, '[')) {
        add_line(reader, "array", slice_of(NULL, 0));
        valid = read_items(reader);
    } else if (take_string(&text, reader)) {
        add_line(reader, "string", text);
        valid = true;
    } else if (take_word(reader, "true")) {
        add_line(reader, "bool", slice_of_string("true"));
        valid = true;
    } else if (take_word(reader, "false")) {
        add_line(reader, "bool", slice_of_string("false"));
        valid = true;
    } else if (take_word(reader, "null")) {
        add_line(reader, "null", slice_of(NULL, 0));
        valid = true;
    } else {
        valid = take_number(&text, reader);
        if (valid)
            add_line(reader, "number", text);
    }
    reader->depth--;
    return valid;
}

bool json_paths_append(struct buffer *out, struct slice json) {
    struct reader_state reader = {.out = out, .rest = json};
    bool valid = read_value(&reader);
    skip_space(&reader);
    valid = valid && !reader.rest.size && !buffer_append_byte(out, '\0');
    if (valid)
        out->size--;
    return valid;
}

size_t json_paths_count(const struct buffer *lines, const char *path_and_type) {
    struct slice rest = buffer_slice(lines);
    size_t count = 0, size = strlen(path_and_type);
    while (rest.size) {
        struct slice line = ascii_take_line(&rest);
        count += line.size >= size && memcmp(line.data, path_and_type, size) == 0 &&
                 (line.size == size || line.data[size] == ' ');
    }
    return count;
}
