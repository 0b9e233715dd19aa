#include "common/escape.h"

#include <stdio.h>

/* The code point at data[0 .. size - 1], size > 0, and its length in bytes; -1 and the length of
 * the maximal wrong part when it is not UTF-8 (table 3-7 of the Unicode standard). */
static int32_t decode(const uint8_t *data, size_t size, size_t *length) {
    uint8_t first = data[0];
    *length = 1;
    if (first < 0x80)
        return first;
    if (first < 0xc2 || first > 0xf4)
        return -1;
    size_t more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    int32_t code = first & (0x3f >> more);
    for (size_t i = 1; i <= more; i++) {
        if (i == size || data[i] < low || data[i] > high)
            return -1;
        code = code << 6 | (data[i] & 0x3f);
        *length = i + 1;
        low = 0x80;
        high = 0xbf;
    }
    return code;
}

static bool is_bidi_or_line(int32_t code) {
    return code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static bool is_safe(uint8_t byte, enum escape mode) {
    return byte >= 0x20 && byte < 0x7f && !(byte == ' ' && mode == ESCAPE_WORD);
}

/* Other code points with the property White_Space, which split a word for some readers. */
static bool is_wide_space(int32_t code) {
    return code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x202f ||
           code == 0x205f || code == 0x3000;
}

enum status escape_append(struct buffer *out, struct slice text, enum escape mode) {
    size_t at = 0;
    while (at < text.size) {
        size_t run = at;
        while (run < text.size && is_safe(text.data[run], mode))
            run++;
        enum status status = buffer_append(out, text.data + at, run - at);
        if (status || run == text.size)
            return status;
        at = run;

        size_t length;
        int32_t code = decode(text.data + at, text.size - at, &length);
        char escaped[8];
        if (code < 0)
            status = buffer_append(out, "\xef\xbf\xbd", 3);
        else if (mode == ESCAPE_TEXT && code >= '\t' && code <= '\r')
            status = buffer_append_byte(out, ' ');
        else if (code < 0xa0)
            status = buffer_append(out, escaped,
                                   (size_t)snprintf(escaped, sizeof escaped, "\\x%02x", code));
        else if (is_bidi_or_line(code) || (mode == ESCAPE_WORD && is_wide_space(code)))
            status = buffer_append(out, escaped,
                                   (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", code));
        else
            status = buffer_append(out, text.data + at, length);
        if (status)
            return status;
        at += length;
    }
    return ST_OK;
}
