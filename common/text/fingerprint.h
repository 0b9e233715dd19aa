/* SPDX-License-Identifier: MIT */
/* One line that names everything that shapes terms. An index records it; equal lines mean equal
 * terms.
 *
 *     fingerprint = "analyzer " VERSION "; words of Unicode " VERSION ", folded by " VERSION
 *                   "; stemmer " stems (", " stems)* "; stop words " COUNT " " HASH
 *     stems       = NAME (" " REVISION)? " " HASH         ; of a language; without a revision: 0
 *
 * The first hash is of the stems of stem_words.h: a release of Snowball may change the stems of an
 * algorithm, but not its name.
 *
 * Threads: everything here is stateless. */
#ifndef QUERN_COMMON_TEXT_FINGERPRINT_H
#define QUERN_COMMON_TEXT_FINGERPRINT_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/text/stemmer.h"
#include "common/text/stopwords.h"

enum {
    FINGERPRINT_SIZE = 640,        /* bytes at most, with the NUL */
    FINGERPRINT_LANGUAGES_MAX = 8, /* that fit into it */
};

enum fingerprint_match {
    FINGERPRINT_SAME,
    FINGERPRINT_OTHER_UNICODE, /* words with characters that are new to one of them may differ */
    FINGERPRINT_OTHER,
};

/* A language, by the name of its stemmer, and the revision of its rules (language.h). */
struct fingerprint_language {
    const char *name;
    unsigned revision;
    struct stemmer *stemmer;
};

/* The fingerprint of this version of the analyzer, languages and stop words. ST_NOMEM. */
enum status fingerprint_make(char fingerprint[FINGERPRINT_SIZE], int analyzer_version,
                             const struct fingerprint_language *languages, size_t count,
                             const struct stopwords *stopwords);

enum fingerprint_match fingerprint_compare(const char *a, const char *b);

#endif
