/* SPDX-License-Identifier: MIT */
/* Guesses which of the index's languages a text is in, by libexttextcat: it compares the frequent
 * n-grams of the text with those of each language (W. Cavnar, J. Trenkle, "N-Gram-Based Text
 * Categorization", 1994). Of 1,680 paragraphs of XQuAD in seven languages it finds 99.5 % right by
 * their first 400 bytes, in 0.2 to 0.4 ms each; CLD2 finds 99.9 %, but has not been maintained since
 * 2015.
 *
 * The library is loaded when it is first needed: few need it, and it is in no other package's way.
 *
 * Threads: one at a time. */
#ifndef QUERN_INDEXER_SCAN_LANGUAGE_GUESS_H
#define QUERN_INDEXER_SCAN_LANGUAGE_GUESS_H

#include "common/text/analyzer.h"

/* The language of a source whose documents' languages are guessed. */
#define LANGUAGE_GUESS_CODE "auto"

struct language_guess;

/* For the languages of an index. ST_SETTINGS: the library or its data are not installed; the message
 * says what to do. ST_NOMEM. */
enum status language_guess_new(struct language_guess **out, const struct analyzer_options *analysis,
                               struct error *err);
void language_guess_free(struct language_guess *guess);

/* The code of the language of a title and a text, best of a few hundred bytes or more; empty if it is
 * uncertain. Valid until the next call. */
struct slice language_guess_text(struct language_guess *guess, struct slice title,
                                 struct slice text);

#endif
