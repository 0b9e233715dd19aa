/* SPDX-License-Identifier: MIT */
/* Text to raw words, by the word boundaries of UAX #29 (https://www.unicode.org/reports/tr29/),
 * tailored so that compounds are found by their parts:
 *
 *     token  = word | symbol | flag | bigram | single
 *     word   = part (joiner part)*             ; the longest possible
 *     part   = (LETTER | HEBREW | DIGIT)+
 *     joiner = APOSTROPHE | MID_LETTER         ; between letters: don't, col·lega
 *            | DOT                             ; between letters, each the only character of its
 *                                              ; part: U.S, e.g
 *            | DOUBLE_QUOTE                    ; between HEBREW, if one letter follows or more
 *                                              ; than one precedes
 *            | DOT | APOSTROPHE | MID_NUMBER   ; between digits: 20.04, v1.2.3, 1,000.50
 *     symbol = SYMBOL
 *     flag   = REGIONAL REGIONAL?
 *     bigram = (UNSPACED | IDEOGRAPH)*2        ; every two neighbours, so they overlap
 *     single = IDEOGRAPH                       ; each, at the position of the bigram that it begins
 *            | UNSPACED                        ; without neighbours
 *
 * The names are those of enum unicode_class; unicode_tables.py lists how the classes are tailored.
 * Each stands for a character: a code point and the EXTEND after it (marks, joiners, variation
 * selectors, skin tones), after UNSPACED and IDEOGRAPH also the UNSPACED_TAIL; any other
 * UNSPACED_TAIL is an IDEOGRAPH. Everything else separates:
 * node.js, foo_bar and jane.doe@example.org become their parts. All tokens are struct word here.
 *
 * - A double quote between Hebrew letters marks an abbreviation, maybe with an ending. After a
 *   prefix of one letter it opens a quotation instead.
 * - A word of letters alone takes a sign that touches it: a full stop before it (not after a
 *   letter, a digit, EXTEND or DOT), or after it ++ (not before a letter or +) or # (not before a
 *   letter, a digit or #). It then is two words at one position: c# and c, .net and net.
 *
 *     struct tokenizer tokenizer;
 *     tokenizer_begin(&tokenizer, text);
 *     struct word words[64];
 *     for (size_t n; (n = tokenizer_next(words, 64, &tokenizer)) > 0;) ...
 *
 * Nothing is allocated, no word is longer than WORD_MAX, and time is linear in any text.
 *
 * Threads: a tokenizer belongs to one thread at a time. */
#ifndef QUERN_COMMON_TEXT_TOKENIZER_H
#define QUERN_COMMON_TEXT_TOKENIZER_H

#include "common/base/bytes.h"

enum { WORD_MAX = 4096 }; /* bytes; the remainder of a longer word is skipped */

/* The bytes [start, end) of the text. */
struct word {
    uint32_t start;
    uint32_t end;
    bool same_position; /* a part of the word before: without its sign, or the first of its pair */
};

/* The members are the tokenizer's own. */
struct tokenizer {
    const uint8_t *text;
    size_t size;
    size_t offset;          /* all words that begin before it were returned, except `pending` */
    bool paired;            /* the character at `offset` ends a pair that was returned */
    struct word pending;    /* the second of two forms of a word, or zeros */
    size_t block_offset;    /* start of the 64 bytes that the masks describe */
    uint64_t start_mask;    /* bit i: block_offset + i is an ASCII letter or digit, or not ASCII */
    uint64_t continue_mask; /* bit i: block_offset + i is an ASCII letter or digit */
};

/* Starts on a text of less than 4 GiB, which must stay valid until its last word is taken. Invalid
 * UTF-8 separates words. */
void tokenizer_begin(struct tokenizer *tokenizer, struct slice text);

/* Fills up to `max` > 0 words in the order of their starts and returns how many; 0 at the end. */
size_t tokenizer_next(struct word *words, size_t max, struct tokenizer *tokenizer);

#endif
