/* A set of words to leave out, compared in their folded form.
 *
 * Threads: read-only after stopwords_init(). */
#ifndef QUERN_COMMON_TEXT_STOPWORDS_H
#define QUERN_COMMON_TEXT_STOPWORDS_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/text/unicode.h"

struct stopwords {
    struct slice *words; /* folded, in order of bytes, each once */
    size_t count;
    struct arena arena;
    uint64_t hash; /* of the words: equal sets have equal hashes; 0 for none */
};

/* From words, one a line; spaces around them are ignored. ST_INVALID: a line is not UTF-8. */
enum status stopwords_init(struct stopwords *stopwords, struct slice lines, enum unicode_fold fold,
                           struct error *err);
void stopwords_release(struct stopwords *stopwords);

bool stopwords_has(const struct stopwords *stopwords, struct slice folded);

#endif
