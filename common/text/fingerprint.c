/* SPDX-License-Identifier: MIT */
/* Hashes stems, and compares fingerprints part by part. */
#include "common/text/fingerprint.h"

#include <inttypes.h>
#include <stdio.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "common/text/stem_words.h"
#include "common/text/unicode.h"

/* Hashes the stem of each word. An algorithm without words has the hash 0, as has none. */
static enum status hash_stems(uint64_t *hash, const char *name, struct stemmer *stemmer) {
    const char *word = "";
    for (size_t i = 0; i < sizeof STEM_WORDS / sizeof *STEM_WORDS; i++)
        if (strcmp(STEM_WORDS[i].algorithm, name) == 0)
            word = STEM_WORDS[i].words;
    *hash = 0;
    for (size_t size; *word; word += size + (word[size] == ' ')) {
        struct slice stem;
        size = strcspn(word, " ");
        enum status status = stemmer_stem(&stem, stemmer, slice_of(word, size));
        if (status)
            return status;
        *hash = XXH3_64bits_withSeed(stem.data, stem.size, *hash + 1);
    }
    return ST_OK;
}

enum status fingerprint_make(char fingerprint[FINGERPRINT_SIZE], int analyzer_version,
                             const struct fingerprint_language *languages, size_t count,
                             const struct stopwords *stopwords) {
    size_t size = (size_t)snprintf(
        fingerprint, FINGERPRINT_SIZE, "analyzer %d; words of Unicode %s, folded by %s; stemmer",
        analyzer_version, unicode_class_version(), unicode_fold_version());
    for (size_t i = 0; i < count; i++) {
        const struct fingerprint_language *language = &languages[i];
        uint64_t stems;
        char revision[16] = "";
        enum status status = hash_stems(&stems, language->name, language->stemmer);
        if (status)
            return status;
        if (language->revision)
            snprintf(revision, sizeof revision, " %u", language->revision);
        size +=
            (size_t)snprintf(fingerprint + size, FINGERPRINT_SIZE - size, "%s %.31s%s %016" PRIx64,
                             i ? "," : "", language->name, revision, stems);
    }
    snprintf(fingerprint + size, FINGERPRINT_SIZE - size, "; stop words %zu %016" PRIx64,
             stopwords->count, stopwords->hash);
    return ST_OK;
}

/* The part of the fingerprint that begins with `name`, up to the semicolon after it. */
static struct slice part_of(const char *fingerprint, const char *name) {
    const char *part = strstr(fingerprint, name);
    return part ? slice_of(part, strcspn(part, ";")) : (struct slice){0};
}

enum fingerprint_match fingerprint_compare(const char *a, const char *b) {
    static const char *const parts[] = {"analyzer ", "stemmer ", "stop words "};
    if (strcmp(a, b) == 0)
        return FINGERPRINT_SAME;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct slice part = part_of(a, parts[i]);
        if (!part.size || !slice_equal(part, part_of(b, parts[i])))
            return FINGERPRINT_OTHER;
    }
    return FINGERPRINT_OTHER_UNICODE;
}
