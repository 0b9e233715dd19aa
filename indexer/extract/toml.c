/* SPDX-License-Identifier: MIT */
/* A recursive-descent parser of limited depth. */
#include "indexer/extract/toml.h"

#include "common/base/ascii.h"
#include "indexer/source/charset.h"

enum { DEPTH_MAX = 64 };

struct parser {
    const uint8_t *next, *end;
    void (*on_field)(void *context, struct slice name, struct slice value);
    void *context;
    struct buffer name, value;
};

/* The next byte, or 0 at the end. */
static uint8_t peek(const struct parser *parser) {
    return parser->next < parser->end ? *parser->next : 0;
}

static bool take(struct parser *parser, const char *expected) {
    size_t size = strlen(expected);
    if ((size_t)(parser->end - parser->next) < size || memcmp(parser->next, expected, size) != 0)
        return false;
    parser->next += size;
    return true;
}

static void skip_blank(struct parser *parser) {
    while (peek(parser) == ' ' || peek(parser) == '\t')
        parser->next++;
}

/* Skips the end of a line, with blanks and a comment before it. False: something else is there. */
static bool skip_line_end(struct parser *parser) {
    skip_blank(parser);
    if (peek(parser) == '#')
        while (parser->next < parser->end && *parser->next != '\n')
            parser->next++;
    return take(parser, "\r\n") || take(parser, "\n") || parser->next == parser->end;
}

static void skip_lines(struct parser *parser) {
    while (parser->next < parser->end && skip_line_end(parser))
        ;
}

static enum status read_code(struct buffer *out, struct parser *parser, int digits) {
    uint32_t point = 0;
    for (; digits > 0; digits--) {
        uint8_t byte = peek(parser), lower = byte | 32;
        bool digit = ascii_is_digit(byte);
        if (!digit && (lower < 'a' || lower > 'f'))
            return ST_INVALID;
        point = point << 4 | (uint32_t)(digit ? byte - '0' : lower - 'a' + 10);
        parser->next++;
    }
    return charset_append(out, point);
}

/* Appends the character of an escape, after its backslash. */
static enum status read_escape(struct buffer *out, struct parser *parser, bool lines) {
    static const char names[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
    uint8_t byte = peek(parser);
    const char *name = byte ? strchr(names, byte) : NULL;
    if (lines && skip_line_end(parser)) { /* a line ending backslash skips white space */
        skip_lines(parser);
        skip_blank(parser);
        return ST_OK;
    }
    parser->next += byte != 0;
    if (name)
        return buffer_append_byte(out, (uint8_t)values[name - names]);
    return byte == 'u'   ? read_code(out, parser, 4)
           : byte == 'U' ? read_code(out, parser, 8)
                         : ST_INVALID;
}

/* Appends a string, of one line or several, with escapes or without. */
static enum status read_string(struct buffer *out, struct parser *parser) {
    const char *quote = peek(parser) == '"' ? "\"" : "'";
    const char *quotes = *quote == '"' ? "\"\"\"" : "'''";
    bool lines = take(parser, quotes);
    if (!lines)
        parser->next++;
    else if (!take(parser, "\r\n"))
        take(parser, "\n");
    enum status status = ST_OK;
    while (!status) {
        if (take(parser, lines ? quotes : quote)) {
            /* Up to two quotes may precede the closing three. */
            for (int more = 0; lines && more < 2 && take(parser, quote) && !status; more++)
                status = buffer_append_byte(out, (uint8_t)*quote);
            return status;
        }
        if (parser->next == parser->end || (!lines && *parser->next == '\n'))
            return ST_INVALID;
        if (*quote == '"' && take(parser, "\\"))
            status = read_escape(out, parser, lines);
        else
            status = buffer_append_byte(out, *parser->next++);
    }
    return status;
}

/* Appends an unquoted key or value, up to one of the bytes `ends`. */
static enum status read_bare(struct buffer *out, struct parser *parser, const char *ends) {
    const uint8_t *start = parser->next;
    while (parser->next < parser->end && *parser->next && !strchr(ends, *parser->next))
        parser->next++;
    if (parser->next == start)
        return ST_INVALID;
    return buffer_append(out, start, (size_t)(parser->next - start));
}

/* Reads a key and the `=` after it. *dotted: it names a member of a table. */
static enum status read_key(struct buffer *name, bool *dotted, struct parser *parser) {
    buffer_clear(name);
    *dotted = false;
    for (;;) {
        bool quoted = peek(parser) == '"' || peek(parser) == '\'';
        enum status status =
            quoted ? read_string(name, parser) : read_bare(name, parser, " \t\r\n.=#[]{},\"'");
        if (status)
            return status;
        skip_blank(parser);
        if (!take(parser, "."))
            break;
        *dotted = true;
        skip_blank(parser);
    }
    if (!take(parser, "="))
        return ST_INVALID;
    skip_blank(parser);
    return ST_OK;
}

static enum status read_value(struct parser *parser, bool wanted, unsigned depth);

static enum status read_array(struct parser *parser, bool wanted, unsigned depth) {
    for (;;) {
        skip_lines(parser);
        if (take(parser, "]"))
            return ST_OK;
        enum status status = read_value(parser, wanted && depth == 1, depth);
        if (status)
            return status;
        skip_lines(parser);
        if (!take(parser, ",") && peek(parser) != ']')
            return ST_INVALID;
    }
}

static enum status read_table(struct parser *parser, unsigned depth) {
    for (;;) {
        skip_blank(parser);
        if (take(parser, "}"))
            return ST_OK;
        bool dotted;
        enum status status = read_key(&parser->value, &dotted, parser);
        if (!status)
            status = read_value(parser, false, depth);
        if (status)
            return status;
        skip_blank(parser);
        if (!take(parser, ",") && peek(parser) != '}')
            return ST_INVALID;
    }
}

/* Appends a number, a boolean or a date, which a time may follow. */
static enum status read_plain(struct buffer *out, struct parser *parser) {
    static const char ends[] = " \t\r\n#,[]{}\"'=";
    enum status status = read_bare(out, parser, ends);
    bool time =
        parser->end - parser->next > 1 && parser->next[0] == ' ' && ascii_is_digit(parser->next[1]);
    if (status || !time)
        return status;
    parser->next++;
    status = buffer_append_byte(out, ' ');
    return status ? status : read_bare(out, parser, ends);
}

/* Reads a value, and reports it if it is `wanted`. */
static enum status read_value(struct parser *parser, bool wanted, unsigned depth) {
    if (depth > DEPTH_MAX)
        return ST_INVALID;
    if (take(parser, "["))
        return read_array(parser, wanted, depth + 1);
    if (take(parser, "{"))
        return read_table(parser, depth + 1);
    bool quoted = peek(parser) == '"' || peek(parser) == '\'';
    buffer_clear(&parser->value);
    enum status status =
        quoted ? read_string(&parser->value, parser) : read_plain(&parser->value, parser);
    if (!status && wanted)
        parser->on_field(parser->context, buffer_slice(&parser->name),
                         buffer_slice(&parser->value));
    return status;
}

enum status toml_read_fields(struct slice utf8,
                             void (*on_field)(void *context, struct slice name, struct slice value),
                             void *context) {
    struct parser parser = {
        .next = utf8.data, .end = utf8.data + utf8.size, .on_field = on_field, .context = context};
    enum status status = ST_OK;
    for (skip_lines(&parser); !status && parser.next < parser.end && *parser.next != '[';
         skip_lines(&parser)) {
        bool dotted;
        status = read_key(&parser.name, &dotted, &parser);
        if (!status)
            status = read_value(&parser, !dotted, 0);
        if (!status && !skip_line_end(&parser))
            status = ST_INVALID;
    }
    buffer_release(&parser.name);
    buffer_release(&parser.value);
    return status;
}
