/* SPDX-License-Identifier: MIT */
/* Words to stems, by the Snowball algorithms (https://snowballstem.org/). The only module that
 * includes libstemmer.h.
 *
 * Threads: a stemmer belongs to one thread at a time. */
#ifndef QUERN_COMMON_TEXT_STEMMER_H
#define QUERN_COMMON_TEXT_STEMMER_H

#include "common/base/bytes.h"
#include "common/base/status.h"

struct sb_stemmer;

struct stemmer {
    struct sb_stemmer *snowball; /* NULL: every word is its own stem */
};

/* `algorithm` is one of stemmer_names(), or "none". ST_INVALID: an unknown name. ST_NOMEM. */
enum status stemmer_init(struct stemmer *stemmer, const char *algorithm);
void stemmer_release(struct stemmer *stemmer);

/* The stem of a folded word in UTF-8: the word itself, or borrowed from the stemmer until the next
 * call. Where an algorithm would leave nothing, the word stays. ST_NOMEM. */
enum status stemmer_stem(struct slice *stem, struct stemmer *stemmer, struct slice word);

/* The names of the algorithms, NULL-terminated, static. */
const char **stemmer_names(void);

#endif
