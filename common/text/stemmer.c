/* SPDX-License-Identifier: MIT */
/* Wraps libstemmer. */
#include "common/text/stemmer.h"

#include <libstemmer.h>
#include <limits.h>

enum status stemmer_init(struct stemmer *stemmer, const char *algorithm) {
    *stemmer = (struct stemmer){0};
    if (strcmp(algorithm, "none") == 0)
        return ST_OK;
    /* sb_stemmer_new() also takes ISO codes, and returns NULL for wrong names and lack of
     * memory. */
    const char **name = sb_stemmer_list();
    while (*name && strcmp(*name, algorithm) != 0)
        name++;
    if (!*name)
        return ST_INVALID;
    stemmer->snowball = sb_stemmer_new(algorithm, "UTF_8");
    return stemmer->snowball ? ST_OK : ST_NOMEM;
}

void stemmer_release(struct stemmer *stemmer) {
    sb_stemmer_delete(stemmer->snowball);
    *stemmer = (struct stemmer){0};
}

enum status stemmer_stem(struct slice *stem, struct stemmer *stemmer, struct slice word) {
    *stem = word;
    if (!stemmer->snowball || word.size > INT_MAX)
        return ST_OK;
    const uint8_t *bytes = sb_stemmer_stem(stemmer->snowball, word.data, (int)word.size);
    if (!bytes)
        return ST_NOMEM;
    int size = sb_stemmer_length(stemmer->snowball);
    if (size > 0)
        *stem = slice_of(bytes, (size_t)size);
    return ST_OK;
}

const char **stemmer_names(void) {
    return sb_stemmer_list();
}
