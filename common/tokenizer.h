/* Text to raw words, by the word boundaries of UAX #29 (https://www.unicode.org/reports/tr29/).
 *
 * A word is a segment with a letter or a digit in it. Tailorings, beside those of the classes in
 * unicode_tables.py:
 * - Scripts written without spaces between words come as overlapping pairs of characters, a
 * character that stands alone as itself; marks belong to the character before them.
 * - Connectors (_) join, as the standard has it, but do not begin or end a word: _emphasis_.
 * - Letters directly followed by ++ or by # keep it when the word ends there: c++, C#.
 * - A pictograph never continues a word (rule WB3c).
 *
 *     struct tokenizer tokenizer;
 *     tokenizer_begin(&tokenizer, text);
 *     struct word words[64];
 *     for (size_t n; (n = tokenizer_next(&tokenizer, words, 64)) > 0;) ...
 *
 * Nothing is allocated, no word is longer than WORD_MAX, and the time is linear in the text
 * whatever its bytes. */
#ifndef QUERN_COMMON_TOKENIZER_H
#define QUERN_COMMON_TOKENIZER_H

#include "common/bytes.h"

/* Bytes; of a longer word the rest is passed over. */
enum { WORD_MAX = 4096 };

/* The bytes [start, end) of the text. */
struct word {
    uint32_t start;
    uint32_t end;
};

/* The fields are the tokenizer's own. */
struct tokenizer {
    const uint8_t *text;
    size_t size;
    size_t at;          /* all words that begin before are reported */
    bool paired;        /* the character at `at` is the second half of a pair already reported */
    size_t block;       /* start of the 64 bytes that the masks below describe */
    uint64_t starts;    /* bit i: byte block + i is a letter or digit of ASCII, or not ASCII */
    uint64_t continues; /* bit i: byte block + i is a letter, a digit or _ */
};

/* Starts on a text of less than 4 GiB, which must stay valid until its last word is taken. Invalid
 * UTF-8 separates words. */
void tokenizer_begin(struct tokenizer *tokenizer, struct slice text);

/* Fills up to `max` words in the order of their starts and returns how many; 0 at the end. */
size_t tokenizer_next(struct tokenizer *tokenizer, struct word *words, size_t max);

#endif
