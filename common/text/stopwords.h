/* SPDX-License-Identifier: MIT */
/* A set of words to leave out, compared in their folded form.
 *
 * Threads: read-only after stopwords_init(). */
#ifndef QUERN_COMMON_TEXT_STOPWORDS_H
#define QUERN_COMMON_TEXT_STOPWORDS_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/text/unicode.h"

struct stopwords {
    struct slice *words; /* folded, in ascending order of bytes, no duplicates */
    size_t count;
    struct arena arena;
    uint64_t hash; /* equal sets have equal hashes; 0 for the empty set */
};

/* Reads one word a line; blanks around it are ignored. ST_INVALID: a line is not UTF-8.
 * ST_NOMEM. */
enum status stopwords_init(struct stopwords *stopwords, struct slice lines, enum unicode_fold fold,
                           struct error *err);
void stopwords_release(struct stopwords *stopwords);

bool stopwords_has(const struct stopwords *stopwords, struct slice folded);

#endif
