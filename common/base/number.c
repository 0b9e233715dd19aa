/* SPDX-License-Identifier: MIT */
/* Parses and formats counts, sizes, durations and ages. */
#include "common/base/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/ascii.h"

struct unit {
    const char *name;
    uint64_t factor;
};

/* Parses digits and a unit; a factor of 0 ends the list of units. */
static enum status parse_quantity(uint64_t *out, const char *text, const struct unit *units) {
    uint64_t number = 0;
    const char *end = text;
    for (; ascii_is_digit((uint8_t)*end); end++) {
        uint64_t digit = (uint64_t)(*end - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return ST_INVALID;
        number = number * 10 + digit;
    }
    if (end == text)
        return ST_INVALID;
    for (; units->factor; units++) {
        if (strcasecmp(end, units->name) != 0)
            continue;
        if (number > UINT64_MAX / units->factor)
            return ST_INVALID;
        *out = number * units->factor;
        return ST_OK;
    }
    return ST_INVALID;
}

enum status number_parse_count(uint64_t *out, const char *text) {
    static const struct unit units[] = {{"", 1}, {0}};
    return parse_quantity(out, text, units);
}

enum status number_parse_size(uint64_t *out, const char *text) {
    static const struct unit units[] = {{"", 1},           {"K", 1ull << 10}, {"M", 1ull << 20},
                                        {"G", 1ull << 30}, {"T", 1ull << 40}, {0}};
    return parse_quantity(out, text, units);
}

enum status number_parse_duration(uint64_t *out, const char *text) {
    static const struct unit units[] = {
        {"", 1000},     {"ms", 1},       {"s", 1000},      {"m", 60000},
        {"h", 3600000}, {"d", 86400000}, {"w", 604800000}, {0}};
    return parse_quantity(out, text, units);
}

enum status number_parse_real(double *out, const char *text) {
    /* strtod() also accepts blanks, hexadecimal, "inf" and "nan". */
    if (!*text || strspn(text, "+-.0123456789eE") != strlen(text))
        return ST_INVALID;
    char *end;
    double number = strtod(text, &end);
    if (*end || !isfinite(number))
        return ST_INVALID;
    *out = number;
    return ST_OK;
}

enum status number_parse_real_slice(double *out, struct slice text) {
    char string[512]; /* with room for any number that a program prints in full */
    if (text.size >= sizeof string || (text.size && memchr(text.data, 0, text.size)))
        return ST_INVALID;
    if (text.size)
        memcpy(string, text.data, text.size);
    string[text.size] = '\0';
    return number_parse_real(out, string);
}

const char *number_format_count(char *text, uint64_t number) {
    char digits[NUMBER_TEXT_MAX];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number);
    char *end = text;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *end++ = ',';
        *end++ = digits[i];
    }
    *end = '\0';
    return text;
}

const char *number_format_size(char *text, uint64_t bytes) {
    static const char units[] = "KMGTPE";
    if (bytes < 1024) {
        snprintf(text, NUMBER_TEXT_MAX, "%" PRIu64 " bytes", bytes);
        return text;
    }
    double size = (double)bytes / 1024;
    size_t unit = 0;
    /* 1023.95 would be printed as 1024.0. */
    for (; size >= 1023.95 && unit + 2 < sizeof units; unit++)
        size /= 1024;
    snprintf(text, NUMBER_TEXT_MAX, "%.1f %ciB", size, units[unit]);
    return text;
}

const char *number_format_age(char *text, int64_t seconds) {
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}};
    size_t unit = 0;
    if (seconds < 0)
        seconds = 0;
    /* At least two of a unit, so that the error is below a half: 90 min, not 1 h. */
    while (units[unit].seconds > 1 && seconds < 2 * units[unit].seconds)
        unit++;
    snprintf(text, NUMBER_TEXT_MAX, "%" PRId64 " %s", seconds / units[unit].seconds,
             units[unit].name);
    return text;
}
