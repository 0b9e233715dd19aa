/* What a language wants of the analysis beside its Snowball stemmer.
 *
 * Threads: the table is constant, everything here is stateless. */
#ifndef QUERN_COMMON_TEXT_LANGUAGE_H
#define QUERN_COMMON_TEXT_LANGUAGE_H

#include "common/base/bytes.h"
#include "common/text/unicode.h"

struct language {
    const char *stemmer;    /* the libstemmer algorithm */
    const char *codes;      /* ISO 639 codes, each between spaces */
    enum unicode_fold fold; /* whose capital I is */

    /* Diacritics go before stemming, not after: the algorithm knows none, so that with them "cafés"
     * would keep its ending while "cafes" loses it. */
    bool strip_marks_first;

    /* Words that stand before an apostrophe and are not part of the next: l'avion. Each between
     * spaces, or NULL. */
    const char *elisions;

    bool suffix_after_apostrophe; /* Ankara'da is a form of Ankara */
    bool drop_stress_marks;       /* acute and grave over Cyrillic say how a word is read */
    bool comma_to_cedilla;        /* the algorithm spells ș and ț, with a comma, as ş and ţ */
};

/* The language of an algorithm's name, or NULL. */
const struct language *language_of_stemmer(const char *name);

/* The language of an ISO 639 code, in any case and with what follows it ("pt-BR"), or of an
 * algorithm's name; or NULL. */
const struct language *language_of_code(const char *code);

/* The part of a folded word to stem, borrowed from it; may change its bytes. Never empty unless the
 * word is. */
struct slice language_normalize(const struct language *language, struct buffer *word);

#endif
