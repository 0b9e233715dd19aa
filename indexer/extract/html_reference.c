/* SPDX-License-Identifier: MIT */
/* Reads numbers and looks names up. */
#include "indexer/extract/html_reference.h"

#include "common/base/ascii.h"
#include "indexer/extract/html_entities.h"
#include "indexer/source/charset.h"

enum {
    ENTITIES = sizeof html_entities / sizeof *html_entities,
    POINT_END = 0x110000, /* represents every number that is not a code point */
};

/* The value of a digit, or `base` for any other byte. */
static uint32_t digit_value(uint8_t byte, uint32_t base) {
    uint32_t value = base;
    if (ascii_is_digit(byte))
        value = byte - '0';
    else if ((byte | 32) >= 'a' && (byte | 32) <= 'f')
        value = (uint32_t)(byte | 32) - 'a' + 10;
    return value < base ? value : base;
}

static size_t read_number(uint32_t *point, struct slice bytes) {
    bool hexadecimal = bytes.size > 2 && (bytes.data[2] | 32) == 'x';
    uint32_t base = hexadecimal ? 16 : 10, digit;
    size_t start = hexadecimal ? 3 : 2, at = start;
    *point = 0;
    for (; at < bytes.size && (digit = digit_value(bytes.data[at], base)) < base; at++)
        if (*point < POINT_END)
            *point = *point * base + digit;
    if (at == start)
        return 0;
    if (*point == 0)
        *point = POINT_END;
    if (*point >= 0x80 && *point < 0xA0)
        *point = charset_windows1252_code_point((uint8_t)*point);
    return at + (at < bytes.size && bytes.data[at] == ';');
}

static uint8_t name_byte(size_t entity, size_t at) {
    return (uint8_t)html_entity_names[html_entities[entity].name + at];
}

/* The first of entities[first, end), whose names agree before `at`, with at least this byte
 * there. */
static size_t lower_bound(size_t first, size_t end, size_t at, unsigned byte) {
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (name_byte(middle, at) < byte)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* The longest name at the start of the bytes and its size, or NULL. */
static const struct html_entity *find_name(size_t *size, struct slice bytes) {
    const struct html_entity *found = NULL;
    size_t first = 0, end = ENTITIES;
    for (size_t at = 0; at < bytes.size && bytes.data[at]; at++) {
        first = lower_bound(first, end, at, bytes.data[at]);
        end = lower_bound(first, end, at, bytes.data[at] + 1u);
        if (first == end)
            break;
        if (name_byte(first, at + 1) == '\0') {
            found = &html_entities[first];
            *size = at + 1;
        }
    }
    return found;
}

size_t html_reference_read(struct slice *text, uint8_t expansion[HTML_REFERENCE_MAX],
                           struct slice bytes, bool in_attribute) {
    uint32_t point = 0, second = 0;
    size_t size = 0;
    if (bytes.size > 1 && bytes.data[1] == '#') {
        size = read_number(&point, bytes);
    } else if (bytes.size > 1) {
        const struct html_entity *entity = find_name(&size, slice_after(bytes, 1));
        if (!entity)
            return 0;
        size++;
        uint8_t next = size < bytes.size ? bytes.data[size] : 0;
        if (in_attribute && bytes.data[size - 1] != ';' &&
            (next == '=' || ascii_is_letter(next) || ascii_is_digit(next)))
            return 0;
        point = entity->point;
        second = entity->second;
    }
    if (size == 0)
        return 0;
    size_t written = charset_encode(expansion, point);
    if (second)
        written += charset_encode(expansion + written, second);
    *text = slice_of(expansion, written);
    return size;
}

enum status html_reference_append_value(struct buffer *out, struct slice value) {
    uint8_t expansion[HTML_REFERENCE_MAX];
    struct slice reference;
    enum status status = ST_OK;
    while (!status && value.size > 0) {
        const uint8_t *ampersand = memchr(value.data, '&', value.size);
        size_t before = ampersand ? (size_t)(ampersand - value.data) : value.size;
        status = buffer_append(out, value.data, before);
        value = slice_after(value, before);
        if (status || !ampersand)
            break;
        size_t size = html_reference_read(&reference, expansion, value, true);
        status = size ? buffer_append_slice(out, reference) : buffer_append_byte(out, '&');
        value = slice_after(value, size ? size : 1);
    }
    return status;
}
