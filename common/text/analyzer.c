/* SPDX-License-Identifier: MIT */
/* Runs text through tokenizer, cache, folding, stop words and stemmer. */
#include "common/text/analyzer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/text/language.h"
#include "common/text/stemmer.h"
#include "common/text/stopwords.h"
#include "common/text/term_cache.h"
#include "common/text/tokenizer.h"
#include "common/text/unicode.h"

/* Part of the fingerprint. Raise it with every change that gives any text other terms. */
enum { ANALYZER_VERSION = 3 };

_Static_assert((int)ANALYZER_BATCH == (int)TERM_CACHE_BATCH, "the cache has room for a batch");

struct analyzer {
    struct tokenizer tokenizer;
    struct slice text;
    uint32_t position;
    enum status status;
    struct term_cache cache;

    const struct language *language;
    struct stemmer stemmer;
    struct stopwords stopwords;
    char fingerprint[ANALYZER_FINGERPRINT_SIZE];

    struct buffer folded; /* scratch of analyze() */
    struct buffer stripped;
};

static enum status unknown_stemmer(const char *name, struct error *err) {
    char names[sizeof err->text] = "none";
    size_t size = strlen(names);
    for (const char **next = stemmer_names(); *next; next++) {
        int more = snprintf(names + size, sizeof names - size, " %s", *next);
        if (more < 0 || (size_t)more >= sizeof names - size)
            break;
        size += (size_t)more;
    }
    return error_set(err, ST_INVALID, 0, "stemmer \"%s\": no such algorithm; there are: %s", name,
                     names);
}

enum status analyzer_new(struct analyzer **out, const struct analyzer_options *options,
                         struct error *err) {
    static const struct language plain = {.stemmer = "none", .codes = ""};
    char name[sizeof options->stemmer];
    snprintf(name, sizeof name, "%.*s", (int)sizeof options->stemmer - 1, options->stemmer);
    *out = NULL;
    struct analyzer *analyzer = calloc(1, sizeof *analyzer);
    if (!analyzer)
        return error_nomem(err);
    analyzer->language = language_of_stemmer(name);
    if (!analyzer->language)
        analyzer->language = &plain;
    enum unicode_fold fold = analyzer->language->fold;

    enum status status = stemmer_init(&analyzer->stemmer, name);
    if (status == ST_INVALID)
        status = unknown_stemmer(name, err);
    else if (status)
        error_nomem(err);
    if (status)
        goto out;
    status = stopwords_init(&analyzer->stopwords, options->stopwords, fold, err);
    if (status)
        goto out;
    /* The cache may ignore case only where folding does. */
    status = term_cache_init(&analyzer->cache, fold == FOLD_PLAIN);
    if (status) {
        error_nomem(err);
        goto out;
    }
    snprintf(
        analyzer->fingerprint, sizeof analyzer->fingerprint,
        "analyzer %d; words of Unicode %s, folded by %s; stemmer %s; stop words %zu %016" PRIx64,
        ANALYZER_VERSION, unicode_class_version(), unicode_fold_version(), name,
        analyzer->stopwords.count, analyzer->stopwords.hash);
    *out = analyzer;
    return ST_OK;
out:
    analyzer_free(analyzer);
    return status;
}

void analyzer_free(struct analyzer *analyzer) {
    if (!analyzer)
        return;
    term_cache_release(&analyzer->cache);
    stopwords_release(&analyzer->stopwords);
    stemmer_release(&analyzer->stemmer);
    buffer_release(&analyzer->folded);
    buffer_release(&analyzer->stripped);
    free(analyzer);
}

static bool is_ascii(struct slice text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= 0x80)
            return false;
    return true;
}

/* Stemmers are made for words, not for versions, numbers and identifiers. */
static bool is_stemmable(struct slice word) {
    for (size_t at = 0; at < word.size;) {
        struct unicode_char code = unicode_decode(word.data + at, word.size - at);
        switch (unicode_class(code.code_point)) {
        case CLASS_LETTER:
        case CLASS_HEBREW:
        case CLASS_UNSPACED:
        case CLASS_IDEOGRAPH:
        case CLASS_EXTEND:
        case CLASS_APOSTROPHE:
        case CLASS_MID_LETTER:
            break;
        default:
            return false;
        }
        at += code.size;
    }
    return true;
}

static enum status strip_marks(struct slice *word, struct analyzer *analyzer) {
    if (is_ascii(*word))
        return ST_OK;
    enum status status = unicode_strip_marks(&analyzer->stripped, *word);
    *word = buffer_slice(&analyzer->stripped);
    return status;
}

/* The term of a raw word, empty if it has none; borrowed until the next call. */
static enum status analyze(struct slice *term, struct analyzer *analyzer, struct slice word) {
    const struct language *language = analyzer->language;
    enum status status = unicode_fold(&analyzer->folded, word, language->fold);
    if (status)
        return status;
    *term = (struct slice){0};
    if (stopwords_has(&analyzer->stopwords, buffer_slice(&analyzer->folded)))
        return ST_OK;
    word = buffer_slice(&analyzer->folded);
    bool marked = true;
    if (is_stemmable(word)) {
        word = language_normalize(language, &analyzer->folded);
        marked = !language->strip_marks_first;
        if (!marked)
            status = strip_marks(&word, analyzer);
        if (!status)
            status = stemmer_stem(&word, &analyzer->stemmer, word);
    }
    if (!status && marked)
        status = strip_marks(&word, analyzer);
    /* Cut, a form with a sign at its end would equal the form without: one term twice at a
     * position. */
    uint8_t last = word.size > TERM_MAX ? word.data[word.size - 1] : 0;
    if (!status && last != '#' && last != '+')
        *term = unicode_cut(word, TERM_MAX);
    return status;
}

enum status analyzer_check_stopword(bool *is_stopword, struct analyzer *analyzer,
                                    struct slice word) {
    const struct language *language = analyzer->language;
    enum status status = unicode_fold(&analyzer->folded, word, language->fold);
    word = buffer_slice(&analyzer->folded);
    if (!status && language->strip_marks_first)
        status = strip_marks(&word, analyzer);
    *is_stopword = !status && language_has_stopword(language, word);
    return status;
}

void analyzer_begin(struct analyzer *analyzer, struct slice text, uint32_t first_position) {
    analyzer->text = text;
    analyzer->position = first_position;
    analyzer->status = ST_OK;
    tokenizer_begin(&analyzer->tokenizer, text);
}

static uint32_t advance_position(struct analyzer *analyzer, const struct word *word) {
    uint32_t position = analyzer->position - word->same_position;
    analyzer->position = position + 1;
    return position;
}

size_t analyzer_next(struct token *tokens, size_t max, struct analyzer *analyzer) {
    struct term_cache *cache = &analyzer->cache;
    struct word words[ANALYZER_BATCH];
    struct term_cache_key keys[ANALYZER_BATCH];
    size_t count = 0;
    if (max > ANALYZER_BATCH)
        max = ANALYZER_BATCH;
    /* The loop repeats only if all words were stop words, so no token borrows from the cache
     * yet. */
    while (count == 0 && !analyzer->status) {
        size_t taken = tokenizer_next(words, max, &analyzer->tokenizer);
        if (!taken)
            break;
        term_cache_begin(cache);
        /* Bring all slots and entries from memory before the first look-up. */
        for (size_t i = 0; i < taken; i++) {
            keys[i] = term_cache_key(cache, analyzer->text, words[i].start, words[i].end);
            term_cache_prefetch(cache, &keys[i]);
        }
        for (size_t i = 0; i < taken; i++)
            term_cache_prefetch_entry(cache, &keys[i]);
        for (size_t i = 0; i < taken; i++) {
            struct term_cache_entry *entry = term_cache_find(cache, &keys[i]);
            if (!entry->term) {
                struct slice term;
                analyzer->status = analyze(&term, analyzer, slice_of(keys[i].bytes, keys[i].size));
                if (!analyzer->status)
                    analyzer->status = term_cache_add(cache, entry, &keys[i], term);
                if (analyzer->status)
                    break;
            }
            uint32_t position = advance_position(analyzer, &words[i]);
            if (entry->term_size)
                tokens[count++] = (struct token){.term = slice_of(entry->term, entry->term_size),
                                                 .position = position,
                                                 .start = words[i].start,
                                                 .end = words[i].end,
                                                 .cached_term_id = &entry->term_id};
        }
    }
    return count;
}

size_t analyzer_next_positions(struct token *tokens, size_t max, struct analyzer *analyzer) {
    struct word words[ANALYZER_BATCH];
    size_t count =
        tokenizer_next(words, max < ANALYZER_BATCH ? max : ANALYZER_BATCH, &analyzer->tokenizer);
    for (size_t i = 0; i < count; i++) {
        tokens[i].position = advance_position(analyzer, &words[i]);
        tokens[i].start = words[i].start;
        tokens[i].end = words[i].end;
    }
    return count;
}

uint32_t analyzer_position(const struct analyzer *analyzer) {
    return analyzer->position;
}

enum status analyzer_status(const struct analyzer *analyzer) {
    return analyzer->status;
}

void analyzer_limit_cache(struct analyzer *analyzer, uint64_t bytes) {
    term_cache_set_limit(&analyzer->cache, bytes);
}

uint64_t analyzer_memory(const struct analyzer *analyzer) {
    return term_cache_memory(&analyzer->cache);
}

void analyzer_clear_term_ids(struct analyzer *analyzer) {
    term_cache_clear_term_ids(&analyzer->cache);
}

const char *analyzer_fingerprint(const struct analyzer *analyzer) {
    return analyzer->fingerprint;
}

const char *analyzer_stemmer_of_language(const char *code) {
    const struct language *language = language_of_code(code);
    return language ? language->stemmer : NULL;
}
