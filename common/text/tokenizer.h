/* SPDX-License-Identifier: MIT */
/* Text to raw words, by the word boundaries of UAX #29 (https://www.unicode.org/reports/tr29/),
 * tailored so that compounds are found by their parts:
 *
 *     word   = part (joiner part)*      ; the longest such
 *            | symbol | flag            ; an emoji, a circled number
 *     part   = (letter | digit)+
 *     joiner = apostrophe | "·"         ; between letters: don't, col·lega
 *            | "."                      ; between letters that are parts of their own: U.S.
 *            | '"'                      ; in Hebrew abbreviations
 *            | "." | "," | apostrophe   ; between digits: 20.04, v1.2.3, 1,000.50
 *     flag   = regional regional?
 *
 * Everything else separates: node.js, foo_bar and jane.doe@example.org become their parts. A
 * letter, digit or symbol includes the code points of CLASS_EXTEND after it: marks, joiners,
 * variation selectors, skin tones. unicode_tables.py lists the tailorings of the classes.
 *
 * - Scripts written without spaces come as overlapping pairs of characters, a character without a
 *   neighbour by itself. Marks belong to the character before them.
 * - A double quote joins Hebrew letters if one letter follows it or two or more precede it: then it
 *   marks an abbreviation, maybe with an ending. After a prefix of one letter it opens a quotation.
 * - A word of letters alone takes a sign that touches it: a full stop before it (not after a
 *   letter, a digit or a full stop), or after it ++ (not before a letter or +) or # (not before a
 *   letter, a digit or #). It then is two words at one position: c# and c, .net and net.
 *
 *     struct tokenizer tokenizer;
 *     tokenizer_begin(&tokenizer, text);
 *     struct word words[64];
 *     for (size_t n; (n = tokenizer_next(words, 64, &tokenizer)) > 0;) ...
 *
 * Nothing is allocated, no word is longer than WORD_MAX, and time is linear in any text. */
#ifndef QUERN_COMMON_TEXT_TOKENIZER_H
#define QUERN_COMMON_TEXT_TOKENIZER_H

#include "common/base/bytes.h"

enum { WORD_MAX = 4096 }; /* bytes; the remainder of a longer word is skipped */

/* The bytes [start, end) of the text. */
struct word {
    uint32_t start;
    uint32_t end;
    bool same_position; /* the word before this one, without its sign */
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
