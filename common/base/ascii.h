/* SPDX-License-Identifier: MIT */
/* Classes of ASCII bytes. Unlike those of <ctype.h> they do not depend on the locale, and no byte
 * from 0x80 on is in any of them. */
#ifndef QUERN_COMMON_BASE_ASCII_H
#define QUERN_COMMON_BASE_ASCII_H

#include "common/base/bytes.h"

/* Space, tab, newline, vertical tab, form feed, carriage return. */
static inline bool ascii_is_space(uint8_t byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static inline bool ascii_is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

static inline bool ascii_is_letter(uint8_t byte) {
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

/* The small letter of a capital; any other byte as it is. */
static inline uint8_t ascii_lower(uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

/* The slice without the white space at its ends. */
static inline struct slice ascii_trim(struct slice text) {
    while (text.size > 0 && ascii_is_space(text.data[0]))
        text = slice_after(text, 1);
    while (text.size > 0 && ascii_is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* Removes the first line from *text and returns it without its newline. The last line need not have
 * one. *text must not be empty. */
static inline struct slice ascii_take_line(struct slice *text) {
    const uint8_t *newline = (const uint8_t *)memchr(text->data, '\n', text->size);
    size_t size = newline ? (size_t)(newline - text->data) : text->size;
    struct slice line = slice_of(text->data, size);
    *text = slice_after(*text, size + (newline != NULL));
    return line;
}

#endif
