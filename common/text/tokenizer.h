/* Text to raw words, by the word boundaries of UAX #29 (https://www.unicode.org/reports/tr29/),
 * tailored so that what is written as one word is found by its parts:
 *
 *     word   := part { joiner part }              the longest such
 *     part   := ( letter | digit ) { letter | digit }
 *     joiner := apostrophe | "·"                  between letters: don't, col·lega
 *             | "."                               between letters that are parts of their own: U.S.
 *             | '"'                               in abbreviations of Hebrew
 *             | "." | "," | apostrophe            between digits: 20.04, v1.2.3, 1,000.50
 *     word   := symbol | flag                     an emoji, a circled number
 *     flag   := regional [ regional ]
 *
 * Everything else separates: node.js, foo_bar and jane.doe@example.org are their parts. A letter,
 * digit or symbol here is a code point with the CLASS_EXTEND after it: marks, joiners, variation
 * selectors, skin tones. The classes have tailorings of their own (unicode_tables.py).
 * - Scripts written without spaces come as overlapping pairs of characters, a character without a
 *   neighbour as itself; marks belong to the character before them.
 * - A double quote joins letters of Hebrew if one letter follows it, or if two or more precede it:
 *   it then is in an abbreviation, maybe with an ending. After a prefix of one letter it opens a
 *   quotation.
 * - A word of letters alone has signs if a full stop is before it (after no letter, digit or full
 *   stop), or after it ++ (before no letter or +) or # (before no letter, digit or #). It then is
 *   two words in one place: c# and c, .net and net.
 *
 *     struct tokenizer tokenizer;
 *     tokenizer_begin(&tokenizer, text);
 *     struct word words[64];
 *     for (size_t n; (n = tokenizer_next(words, 64, &tokenizer)) > 0;) ...
 *
 * Nothing is allocated, no word is longer than WORD_MAX, and the time is linear in the text
 * whatever its bytes. */
#ifndef QUERN_COMMON_TEXT_TOKENIZER_H
#define QUERN_COMMON_TEXT_TOKENIZER_H

#include "common/base/bytes.h"

/* Bytes; of a longer word the rest is passed over. */
enum { WORD_MAX = 4096 };

/* The bytes [start, end) of the text. */
struct word {
    uint32_t start;
    uint32_t end;
    bool
        same_position; /* the word before this one without its signs, in the same place of the text */
};

/* The fields are the tokenizer's own. */
struct tokenizer {
    const uint8_t *text;
    size_t size;
    size_t offset; /* all words that begin before are reported, but for `pending` */
    bool paired;   /* the character at `offset` is the second half of a pair already reported */
    struct word pending; /* the second of two forms of a word, or zeros */
    size_t block_offset; /* start of the 64 bytes that the masks below describe */
    uint64_t
        start_mask; /* bit i: byte block_offset + i is a letter or digit of ASCII, or not ASCII */
    uint64_t continue_mask; /* bit i: byte block_offset + i is a letter or digit of ASCII */
};

/* Starts on a text of less than 4 GiB, which must stay valid until its last word is taken. Invalid
 * UTF-8 separates words. */
void tokenizer_begin(struct tokenizer *tokenizer, struct slice text);

/* Fills up to `max` > 0 words in the order of their starts and returns how many; 0 at the end. */
size_t tokenizer_next(struct word *words, size_t max, struct tokenizer *tokenizer);

#endif
