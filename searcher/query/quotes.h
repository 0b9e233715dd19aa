/* SPDX-License-Identifier: MIT */
/* Finds the phrases that quotes make in a query, with the quotes of any language.
 *
 * Any two quotes of one kind make a pair, because languages use the same characters in opposite
 * order: “gas”, „gas“, ”gas”; »gas«, «gas». A quote within a word, as the tokenizer delimits words,
 * belongs to the word: an apostrophe, or a Hebrew abbreviation mark. */
#ifndef QUERN_SEARCHER_QUERY_QUOTES_H
#define QUERN_SEARCHER_QUERY_QUOTES_H

#include "common/base/bytes.h"
#include "common/text/tokenizer.h"

/* The fields are private. */
struct quotes {
    struct slice text;
    struct tokenizer tokenizer;
    struct word word; /* the first that ends after the offset last asked for */
    bool unpaired;    /* no single quote from here on has another to close it */
};

/* The text between two quotes. */
struct quoted {
    struct slice text;
    size_t end;    /* offset after the closing quote */
    bool unclosed; /* the end of the text closes it */
};

/* The text must stay valid. There is nothing to release. */
void quotes_init(struct quotes *quotes, struct slice text);

/* The size of the quote at offset `at`; 0 if there is none, or only a single quote or one within a
 * word. `at` may not decrease from call to call, which includes those of quotes_open(). */
size_t quotes_size_at(struct quotes *quotes, size_t at);

/* Whether a phrase opens at offset `at`. Any quote opens one, except after a word and before white
 * space or the end (15" ). A single quote opens one only if it does not follow a word and another
 * single quote closes it, which is neither within a word nor directly before one. */
bool quotes_open(struct quoted *quoted, struct quotes *quotes, size_t at, bool after_word);

#endif
