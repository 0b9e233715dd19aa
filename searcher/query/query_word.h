/* SPDX-License-Identifier: MIT */
/* What the signs in and after a word of a query mean. Question marks at the end of a word that has no suffix
 * end a question: they are text.
 *
 *     word    = (escape | character)+ suffix
 *     escape  = "\" ("*" | "?" | "~" | "^" | "(" | ")" | "\")   ; the second character is text
 *     suffix  = ("~" digit*)? ("^" number)?                     ; at the end, after something
 *     number  = digit+ ("." digit+)? | "." digit+
 *
 * The backslash stays in the text: no term has one, so it changes nothing else. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_WORD_H
#define QUERN_SEARCHER_QUERY_QUERY_WORD_H

#include "common/base/bytes.h"

/* A weight, in a query, is more than 0, at most this, and has four decimals. */
#define QUERY_BOOST_MAX 1000

/* What follows a word, a phrase or a parenthesis. */
struct query_suffix {
    bool has_distance;
    uint32_t distance; /* UINT32_MAX: only "~" */
    bool has_boost;
    double boost;
    size_t size; /* of its text */
};

struct query_word {
    struct slice text; /* without the suffix */
    bool has_wildcards;
    struct query_suffix suffix;
};

/* Whether there is an escape at this offset. */
bool query_word_is_escape(struct slice text, size_t at);

void query_word_read(struct query_word *word, struct slice text);

/* Reads the suffix at the start of the text; what follows it is the caller's. */
void query_suffix_read(struct query_suffix *suffix, struct slice text);

/* Whether a weight may be used. */
bool query_boost_is_valid(double boost);

#endif
