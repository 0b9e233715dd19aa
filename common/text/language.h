/* SPDX-License-Identifier: MIT */
/* What a language needs besides its Snowball stemmer: folding, elisions, spelling.
 *
 * Threads: the table is constant, and everything here is stateless. */
#ifndef QUERN_COMMON_TEXT_LANGUAGE_H
#define QUERN_COMMON_TEXT_LANGUAGE_H

#include "common/base/bytes.h"
#include "common/text/spelling.h"
#include "common/text/unicode.h"

enum { LANGUAGE_CODE_MAX = 31 }; /* bytes of a code or name that is known */

struct language {
    const char *stemmer;    /* the libstemmer algorithm, or another name for the settings */
    const char *codes;      /* ISO 639 codes, each between spaces */
    enum unicode_fold fold; /* decides which letter the small form of I is */

    /* Part of the fingerprint. Raise it with every change of this row, of its spelling or of its
     * elisions, that gives a text of the language other terms; what changes those of all languages
     * is ANALYZER_VERSION in analyzer.c. */
    unsigned revision;

    bool unstemmed; /* words are not inflected, or no algorithm is known */

    /* Words that differ in diacritics alone are as different as others. They keep them, and are
     * found without any as well. */
    bool marks_distinguish;

    /* Diacritics are stripped before stemming, not after: the algorithm knows none, so "cafés"
     * would keep its ending while "cafes" loses it. */
    bool strip_marks_first;

    /* Words that are elided before an apostrophe and do not belong to the next word (l'avion), each
     * between spaces; or NULL. */
    const char *elisions;

    /* Words that queries leave out, each between spaces: folded, and without marks if
     * strip_marks_first; or NULL. */
    const char *stopwords;

    bool suffix_after_apostrophe; /* Ankara'da is a form of Ankara */

    /* Make different spellings of a word one: before stemming, and of stems; or NULL. */
    spelling_function *spell, *spell_stem;
};

/* The language of an algorithm's name, or NULL. */
const struct language *language_of_stemmer(const char *name);

/* The language of an ISO 639 code in any case, whatever follows it ("pt-BR"), or of an algorithm's
 * name; or NULL. */
const struct language *language_of_code(const char *code);

/* Whether a word, spelled like those of the list, is one of language->stopwords. */
bool language_has_stopword(const struct language *language, struct slice word);

/* The part of a folded word to stem. May change the word's bytes, and borrows from it. Empty only
 * if the word is, or consists of marks that `spell` drops. */
struct slice language_normalize(const struct language *language, struct buffer *word);

#endif
