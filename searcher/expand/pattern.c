/* SPDX-License-Identifier: MIT */
/* Matches keys with patterns. */
#include "searcher/expand/pattern.h"

#include <stdlib.h>

#include "common/text/unicode.h"
#include "searcher/expand/letters.h"

/* State i: the first i characters of the pattern are matched. */
enum { PATTERN_WORDS = SURFACE_FORM_MAX / 64 + 1 };

struct pattern {
    size_t length; /* characters, each `?` included */
    size_t words;  /* of 64 states that are used */
    uint8_t prefix[SURFACE_FORM_MAX];
    size_t prefix_size;
    uint8_t end[SURFACE_FORM_MAX]; /* after the last wildcard */
    size_t end_size;
    struct form_probe probe; /* neighbours in the text, the rarest of all */
    struct letters letters;
    uint64_t rows[LETTERS_MAX + 1][PATTERN_WORDS]; /* bit i: character i is this letter or `?` */
    uint64_t ascii[128];           /* of these characters, the first word of a row */
    uint64_t loops[PATTERN_WORDS]; /* bit i: a star comes before character i */
    uint64_t states[SURFACE_FORM_MAX + 1]
                   [PATTERN_WORDS]; /* after this number of bytes of the key */
};

static void set_bit(uint64_t *bits, size_t i) {
    bits[i / 64] |= (uint64_t)1 << i % 64;
}

static bool has_bit(const uint64_t *bits, size_t i) {
    return bits[i / 64] >> i % 64 & 1;
}

/* How rare a byte is in words, about. */
static int rarity(uint8_t byte) {
    static const char letters[] = "etaoinsrhldcumfpgwybvkxjqz"; /* of English by frequency */
    const char *letter = byte ? strchr(letters, byte) : NULL;
    return letter ? (int)(letter - letters) : (int)sizeof letters / 2;
}

static bool is_literal(uint8_t byte) {
    return byte != '*' && byte != '?';
}

static void choose_probe(struct pattern *pattern, struct slice text) {
    int best = -1;
    for (size_t at = 0; at < text.size; at++) {
        size_t size = 1 + (at + 1 < text.size && is_literal(text.data[at + 1]));
        if (!is_literal(text.data[at]) || size < pattern->probe.size)
            continue;
        int rare = rarity(text.data[at]) + (size > 1 ? rarity(text.data[at + 1]) : 0);
        if (size == pattern->probe.size && rare <= best)
            continue;
        memcpy(pattern->probe.bytes, text.data + at, size);
        pattern->probe.size = size;
        best = rare;
    }
}

/* Reads the pattern; characters of which nothing but `?` is known are those of row 0. */
static enum status read_text(struct pattern *pattern, struct slice text) {
    uint64_t any[PATTERN_WORDS] = {0};
    bool literal = true;
    for (size_t at = 0; at < text.size;) {
        struct unicode_char next = unicode_decode(text.data + at, text.size - at);
        bool star = next.code_point == '*', one = next.code_point == '?';
        literal = literal && !star && !one;
        if (star || one)
            pattern->end_size = 0;
        else if (pattern->end_size + next.size <= SURFACE_FORM_MAX) {
            memcpy(pattern->end + pattern->end_size, text.data + at, next.size);
            pattern->end_size += next.size;
        }
        if (literal && pattern->prefix_size + next.size <= SURFACE_FORM_MAX) {
            memcpy(pattern->prefix + pattern->prefix_size, text.data + at, next.size);
            pattern->prefix_size += next.size;
        }
        at += next.size;
        if (star) {
            set_bit(pattern->loops, pattern->length);
            continue;
        }
        if (pattern->length == SURFACE_FORM_MAX)
            return ST_LIMIT;
        if (one)
            set_bit(any, pattern->length);
        else
            set_bit(pattern->rows[letters_add(&pattern->letters, next.code_point)],
                    pattern->length);
        pattern->length++;
    }
    pattern->words = pattern->length / 64 + 1;
    for (size_t row = 0; row <= pattern->letters.count; row++)
        for (size_t i = 0; i < pattern->words; i++)
            pattern->rows[row][i] |= any[i];
    for (uint32_t code = 0; code < 128; code++)
        pattern->ascii[code] = pattern->rows[letters_find(&pattern->letters, code)][0];
    choose_probe(pattern, text);
    set_bit(pattern->states[0], 0);
    return ST_OK;
}

enum status pattern_new(struct pattern **out, struct slice text) {
    *out = calloc(1, sizeof **out);
    enum status status = *out ? read_text(*out, text) : ST_NOMEM;
    if (status) {
        pattern_free(*out);
        *out = NULL;
    }
    return status;
}

void pattern_free(struct pattern *pattern) {
    free(pattern);
}

struct slice pattern_prefix(const struct pattern *pattern) {
    return slice_of(pattern->prefix, pattern->prefix_size);
}

bool pattern_probe(struct form_probe *probe, struct slice *end, const struct pattern *pattern) {
    *probe = pattern->probe;
    *end = slice_of(pattern->end, pattern->end_size);
    return probe->size && has_bit(pattern->loops, 0);
}

/* pattern_match() if there are at most 64 states. */
static struct key_match match_short(struct pattern *pattern, struct slice key, size_t at) {
    uint64_t state = pattern->states[at][0], loops = pattern->loops[0];
    while (at < key.size) {
        uint64_t row;
        if (key.data[at] < 128) {
            row = pattern->ascii[key.data[at++]];
        } else {
            struct unicode_char next = unicode_decode(key.data + at, key.size - at);
            row = pattern->rows[letters_find(&pattern->letters, next.code_point)][0];
            at += next.size;
        }
        state = (state & row) << 1 | (state & loops);
        pattern->states[at][0] = state;
        if (!state)
            return (struct key_match){.dead = at};
    }
    return (struct key_match){.matches = state >> pattern->length & 1};
}

struct key_match pattern_match(struct pattern *pattern, struct slice key, size_t shared) {
    size_t at = key_match_start(key, shared);
    if (pattern->words == 1)
        return match_short(pattern, key, at);
    while (at < key.size) {
        struct unicode_char next = unicode_decode(key.data + at, key.size - at);
        const uint64_t *row = pattern->rows[letters_find(&pattern->letters, next.code_point)];
        const uint64_t *from = pattern->states[at];
        at += next.size;
        uint64_t *to = pattern->states[at], carry = 0, all = 0;
        for (size_t i = 0; i < pattern->words; i++) {
            uint64_t stepped = from[i] & row[i];
            to[i] = stepped << 1 | carry | (from[i] & pattern->loops[i]);
            carry = stepped >> 63;
            all |= to[i];
        }
        if (!all)
            return (struct key_match){.dead = at};
    }
    return (struct key_match){.matches = has_bit(pattern->states[at], pattern->length)};
}
