/* Where the quotes of a query make phrases, in the quotes of any language.
 *
 * Quotes of one kind close each other, since languages use the same ones in opposite ways: “gas”,
 * „gas“, ”gas”; »gas«, «gas». Quotes inside a word, as the tokenizer has it, are part of the word:
 * an apostrophe, the abbreviations of Hebrew. */
#ifndef QUERN_SEARCHER_QUERY_QUOTES_H
#define QUERN_SEARCHER_QUERY_QUOTES_H

#include "common/base/bytes.h"
#include "common/text/tokenizer.h"

/* The fields are private. */
struct quotes {
    struct slice text;
    struct tokenizer tokenizer;
    struct word word; /* the first that ends after the place last asked for */
    bool unpaired;    /* a single quote has no other after it */
};

/* What is between two quotes. */
struct quoted {
    struct slice text;
    size_t end;    /* where the text goes on after the closing quote */
    bool unclosed; /* by the end of the text only */
};

/* The text must stay valid. */
void quotes_init(struct quotes *quotes, struct slice text);

/* The length of the quote at `at`, 0 if there is none or it is inside a word. Single quotes are
 * none here. `at` never decreases, here and in quotes_open(). */
size_t quotes_size_at(struct quotes *quotes, size_t at);

/* Whether a phrase opens at `at`: at a quote, but not at one that follows a word and precedes white
 * space or the end (15" ), and at a single quote only if it follows no word and another closes it
 * that neither is in a word nor has one directly after it. */
bool quotes_open(struct quoted *quoted, struct quotes *quotes, size_t at, bool after_word);

#endif
