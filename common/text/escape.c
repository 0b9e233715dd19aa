/* SPDX-License-Identifier: MIT */
/* Replaces everything a terminal or a parser of records could act on. */
#include "common/text/escape.h"

#include "common/base/ascii.h"
#include "common/text/unicode.h"

bool escape_is_utf8(struct slice text) {
    for (size_t at = 0; at < text.size;) {
        struct unicode_char code = unicode_decode(text.data + at, text.size - at);
        if (unicode_is_ill_formed(text.data + at, code))
            return false;
        at += code.size;
    }
    return true;
}

static bool is_bidi_or_line(uint32_t code) {
    return code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static bool is_safe(uint8_t byte, enum escape mode) {
    if (byte < 0x20 || byte >= 0x7f)
        return false;
    return !(byte == ' ' && mode == ESCAPE_WORD) &&
           !((byte == '"' || byte == '\\') && mode == ESCAPE_JSON);
}

/* `\x1b` or `\u202e` */
static enum status append_hex(struct buffer *out, char letter, uint32_t code, int digits) {
    char text[8] = {'\\', letter};
    size_t size = 2;
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        text[size++] = "0123456789abcdef"[code >> shift & 15];
    return buffer_append(out, text, size);
}

/* Appends the safe form of one character. */
static enum status append_unsafe(struct buffer *out, const uint8_t *data, struct unicode_char next,
                                 enum escape mode) {
    uint32_t code = next.code_point;
    if (mode == ESCAPE_TEXT && ascii_is_space(*data))
        return buffer_append_byte(out, ' ');
    if (mode == ESCAPE_JSON && (code == '"' || code == '\\')) {
        uint8_t text[] = {'\\', (uint8_t)code};
        return buffer_append(out, text, sizeof text);
    }
    if (code < 0xa0 && mode != ESCAPE_JSON)
        return append_hex(out, 'x', code, 2);
    if (code < 0xa0 || is_bidi_or_line(code) || (mode == ESCAPE_WORD && unicode_is_space(code)))
        return append_hex(out, 'u', code, 4);
    if (unicode_is_ill_formed(data, next))
        return buffer_append(out, "\xef\xbf\xbd", 3);
    return buffer_append(out, data, next.size);
}

enum status escape_append(struct buffer *out, struct slice text, enum escape mode) {
    for (size_t at = 0; at < text.size;) {
        size_t run = at;
        while (run < text.size && is_safe(text.data[run], mode))
            run++;
        enum status status = buffer_append(out, text.data + at, run - at);
        if (status || run == text.size)
            return status;
        struct unicode_char next = unicode_decode(text.data + run, text.size - run);
        status = append_unsafe(out, text.data + run, next, mode);
        if (status)
            return status;
        at = run + next.size;
    }
    return ST_OK;
}
