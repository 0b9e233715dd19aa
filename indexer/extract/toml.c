#include "indexer/extract/toml.h"

#include "indexer/source/charset.h"

enum { DEPTH_MAX = 64 };

struct reading {
    const uint8_t *at, *end;
    void (*field)(void *context, struct slice name, struct slice value);
    void *context;
    struct buffer name, value;
};

/* The byte that is next, or 0 at the end. */
static uint8_t peek(const struct reading *reading) {
    return reading->at < reading->end ? *reading->at : 0;
}

static bool take(struct reading *reading, const char *expected) {
    size_t size = strlen(expected);
    if ((size_t)(reading->end - reading->at) < size || memcmp(reading->at, expected, size) != 0)
        return false;
    reading->at += size;
    return true;
}

static void skip_blank(struct reading *reading) {
    while (peek(reading) == ' ' || peek(reading) == '\t')
        reading->at++;
}

/* Skips to the end of the line if nothing but a comment is before it. */
static bool skip_line_end(struct reading *reading) {
    skip_blank(reading);
    if (peek(reading) == '#')
        while (reading->at < reading->end && *reading->at != '\n')
            reading->at++;
    return take(reading, "\r\n") || take(reading, "\n") || reading->at == reading->end;
}

static void skip_lines(struct reading *reading) {
    while (reading->at < reading->end && skip_line_end(reading))
        ;
}

static enum status read_code(struct reading *reading, struct buffer *out, int digits) {
    uint32_t point = 0;
    for (; digits > 0; digits--) {
        uint8_t byte = peek(reading), lower = byte | 32;
        bool digit = byte >= '0' && byte <= '9';
        if (!digit && (lower < 'a' || lower > 'f'))
            return ST_INVALID;
        point = point << 4 | (uint32_t)(digit ? byte - '0' : lower - 'a' + 10);
        reading->at++;
    }
    return charset_append(out, point);
}

/* Reads what follows a backslash. */
static enum status read_escape(struct reading *reading, struct buffer *out, bool lines) {
    static const char names[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
    uint8_t byte = peek(reading);
    const char *name = byte ? strchr(names, byte) : NULL;
    if (lines && skip_line_end(reading)) { /* white space up to the next text is left out */
        skip_lines(reading);
        skip_blank(reading);
        return ST_OK;
    }
    reading->at += byte != 0;
    if (name)
        return buffer_append_byte(out, (uint8_t)values[name - names]);
    return byte == 'u'   ? read_code(reading, out, 4)
           : byte == 'U' ? read_code(reading, out, 8)
                         : ST_INVALID;
}

/* Appends the string that is next, of one line or several, with escapes or without. */
static enum status read_string(struct reading *reading, struct buffer *out) {
    const char *quote = peek(reading) == '"' ? "\"" : "'";
    const char *quotes = *quote == '"' ? "\"\"\"" : "'''";
    bool lines = take(reading, quotes);
    if (!lines)
        reading->at++;
    else if (!take(reading, "\r\n"))
        take(reading, "\n");
    enum status status = ST_OK;
    while (!status) {
        if (take(reading, lines ? quotes : quote)) {
            /* Up to two quotes may come before the three. */
            for (int more = 0; lines && more < 2 && take(reading, quote) && !status; more++)
                status = buffer_append_byte(out, (uint8_t)*quote);
            return status;
        }
        if (reading->at == reading->end || (!lines && *reading->at == '\n'))
            return ST_INVALID;
        if (*quote == '"' && take(reading, "\\"))
            status = read_escape(reading, out, lines);
        else
            status = buffer_append_byte(out, *reading->at++);
    }
    return status;
}

/* Appends the bytes up to what ends a key or a value without quotes. */
static enum status read_bare(struct reading *reading, struct buffer *out, const char *ends) {
    const uint8_t *start = reading->at;
    while (reading->at < reading->end && *reading->at && !strchr(ends, *reading->at))
        reading->at++;
    if (reading->at == start)
        return ST_INVALID;
    return buffer_append(out, start, (size_t)(reading->at - start));
}

/* Reads a key and the `=` after it. *dotted: it is a name within a table. */
static enum status read_key(struct reading *reading, struct buffer *name, bool *dotted) {
    buffer_clear(name);
    *dotted = false;
    for (;;) {
        bool quoted = peek(reading) == '"' || peek(reading) == '\'';
        enum status status =
            quoted ? read_string(reading, name) : read_bare(reading, name, " \t\r\n.=#[]{},\"'");
        if (status)
            return status;
        skip_blank(reading);
        if (!take(reading, "."))
            break;
        *dotted = true;
        skip_blank(reading);
    }
    if (!take(reading, "="))
        return ST_INVALID;
    skip_blank(reading);
    return ST_OK;
}

static enum status read_value(struct reading *reading, bool wanted, unsigned depth);

static enum status read_array(struct reading *reading, bool wanted, unsigned depth) {
    for (;;) {
        skip_lines(reading);
        if (take(reading, "]"))
            return ST_OK;
        enum status status = read_value(reading, wanted && depth == 1, depth);
        if (status)
            return status;
        skip_lines(reading);
        if (!take(reading, ",") && peek(reading) != ']')
            return ST_INVALID;
    }
}

static enum status read_table(struct reading *reading, unsigned depth) {
    for (;;) {
        skip_blank(reading);
        if (take(reading, "}"))
            return ST_OK;
        bool dotted;
        enum status status = read_key(reading, &reading->value, &dotted);
        if (!status)
            status = read_value(reading, false, depth);
        if (status)
            return status;
        skip_blank(reading);
        if (!take(reading, ",") && peek(reading) != '}')
            return ST_INVALID;
    }
}

/* Appends a number, a boolean, or a date, after which a time may follow. */
static enum status read_plain(struct reading *reading, struct buffer *out) {
    static const char ends[] = " \t\r\n#,[]{}\"'=";
    enum status status = read_bare(reading, out, ends);
    bool time = reading->end - reading->at > 1 && reading->at[0] == ' ' && reading->at[1] >= '0' &&
                reading->at[1] <= '9';
    if (status || !time)
        return status;
    reading->at++;
    status = buffer_append_byte(out, ' ');
    return status ? status : read_bare(reading, out, ends);
}

/* Reads a value, and gives it if it is `wanted`. */
static enum status read_value(struct reading *reading, bool wanted, unsigned depth) {
    if (depth > DEPTH_MAX)
        return ST_INVALID;
    if (take(reading, "["))
        return read_array(reading, wanted, depth + 1);
    if (take(reading, "{"))
        return read_table(reading, depth + 1);
    bool quoted = peek(reading) == '"' || peek(reading) == '\'';
    buffer_clear(&reading->value);
    enum status status =
        quoted ? read_string(reading, &reading->value) : read_plain(reading, &reading->value);
    if (!status && wanted)
        reading->field(reading->context, buffer_slice(&reading->name),
                       buffer_slice(&reading->value));
    return status;
}

enum status toml_fields(struct slice utf8,
                        void (*field)(void *context, struct slice name, struct slice value),
                        void *context) {
    struct reading reading = {
        .at = utf8.data, .end = utf8.data + utf8.size, .field = field, .context = context};
    enum status status = ST_OK;
    for (skip_lines(&reading); !status && reading.at < reading.end && *reading.at != '[';
         skip_lines(&reading)) {
        bool dotted;
        status = read_key(&reading, &reading.name, &dotted);
        if (!status)
            status = read_value(&reading, !dotted, 0);
        if (!status && !skip_line_end(&reading))
            status = ST_INVALID;
    }
    buffer_release(&reading.name);
    buffer_release(&reading.value);
    return status;
}
