/* SPDX-License-Identifier: MIT */
/* Runs text through tokenizer, cache, folding, stop words and stemmer. */
#include "common/text/analyzer.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/text/fingerprint.h"
#include "common/text/language.h"
#include "common/text/stemmer.h"
#include "common/text/stopwords.h"
#include "common/text/term_cache.h"
#include "common/text/tokenizer.h"
#include "common/text/unicode.h"

/* Part of the fingerprint. Raise it with every change that gives texts of all languages other terms;
 * each language has a revision of its own (language.h). */
enum { ANALYZER_VERSION = 3 };

_Static_assert((int)ANALYZER_BATCH == (int)TERM_CACHE_BATCH, "the cache has room for a batch");

/* What an analyzer has for each language. */
struct lexicon {
    const struct language *language;
    struct stemmer stemmer;
    struct stopwords stopwords;
    struct term_cache cache;
    struct form_counts forms;
    /* Of a language whose marks distinguish words: the terms that these have without marks. */
    struct term_cache unmarked_cache;
};

struct analyzer {
    struct tokenizer tokenizer;
    struct slice text;
    uint32_t position;
    enum status status;
    struct word pending; /* a word that is yet to be returned without its marks, or zeros */

    struct lexicon *lexicon; /* that of the current language */
    struct lexicon *lexicons;
    size_t count;
    char fingerprint[FINGERPRINT_SIZE];

    struct buffer folded, stem, stripped; /* scratch of analyze() */
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

/* Fills *lexicon, which is zeros. */
static enum status lexicon_init(struct lexicon *lexicon, const char *name, struct slice stopwords,
                                struct error *err) {
    static const struct language plain = {.stemmer = "none", .codes = ""};
    lexicon->language = language_of_stemmer(name);
    if (!lexicon->language)
        lexicon->language = &plain;
    enum unicode_fold fold = lexicon->language->fold;
    enum status status =
        stemmer_init(&lexicon->stemmer, lexicon->language->unstemmed ? "none" : name);
    if (status == ST_INVALID)
        return unknown_stemmer(name, err);
    if (status)
        return error_nomem(err);
    status = stopwords_init(&lexicon->stopwords, stopwords, fold, err);
    if (status)
        return status;
    /* The cache may ignore case only where folding does. */
    status = term_cache_init(&lexicon->cache, fold == FOLD_PLAIN);
    if (!status && lexicon->language->marks_distinguish)
        status = term_cache_init(&lexicon->unmarked_cache, fold == FOLD_PLAIN);
    return status ? error_nomem(err) : ST_OK;
}

static void lexicon_release(struct lexicon *lexicon) {
    term_cache_release(&lexicon->cache);
    term_cache_release(&lexicon->unmarked_cache);
    form_counts_release(&lexicon->forms);
    stopwords_release(&lexicon->stopwords);
    stemmer_release(&lexicon->stemmer);
}

enum status analyzer_new(struct analyzer **out, const struct analyzer_options *options,
                         struct error *err) {
    struct fingerprint_language named[ANALYZER_LANGUAGES_MAX];
    *out = NULL;
    struct analyzer *analyzer = calloc(1, sizeof *analyzer);
    if (!analyzer)
        return error_nomem(err);
    size_t count = 1;
    while (*analyzer_options_stemmer(options, count))
        count++;
    analyzer->lexicons = analyzer->lexicon = calloc(count, sizeof *analyzer->lexicons);
    enum status status = analyzer->lexicons ? ST_OK : error_nomem(err);
    while (!status && analyzer->count < count) {
        struct lexicon *lexicon = &analyzer->lexicons[analyzer->count];
        const char *name = analyzer_options_stemmer(options, analyzer->count);
        status = lexicon_init(lexicon, name, options->stopwords, err);
        named[analyzer->count++] =
            (struct fingerprint_language){name, lexicon->language->revision, &lexicon->stemmer};
    }
    if (!status && fingerprint_make(analyzer->fingerprint, ANALYZER_VERSION, named, count,
                                    &analyzer->lexicons->stopwords))
        status = error_nomem(err);
    if (status)
        analyzer_free(analyzer);
    else
        *out = analyzer;
    return status;
}

void analyzer_free(struct analyzer *analyzer) {
    if (!analyzer)
        return;
    for (size_t i = 0; i < analyzer->count; i++)
        lexicon_release(&analyzer->lexicons[i]);
    free(analyzer->lexicons);
    buffer_release(&analyzer->folded);
    buffer_release(&analyzer->stem);
    buffer_release(&analyzer->stripped);
    free(analyzer);
}

size_t analyzer_language_count(const struct analyzer *analyzer) {
    return analyzer->count;
}

void analyzer_set_language(struct analyzer *analyzer, size_t language) {
    analyzer->lexicon = &analyzer->lexicons[language];
}

size_t analyzer_find_language(const struct analyzer *analyzer, struct slice code) {
    char copy[LANGUAGE_CODE_MAX + 1];
    if (analyzer->count == 1 || !code.size || code.size > LANGUAGE_CODE_MAX)
        return 0;
    memcpy(copy, code.data, code.size);
    copy[code.size] = '\0';
    const struct language *language = language_of_code(copy);
    for (size_t i = 0; i < analyzer->count; i++)
        if (analyzer->lexicons[i].language == language)
            return i;
    return 0;
}

static bool is_ascii(struct slice text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= 0x80)
            return false;
    return true;
}

/* Stemmers are made for words, not for versions, numbers and identifiers. */
static bool is_stemmable(struct slice word) {
    return unicode_has_only(word, 1u << CLASS_LETTER | 1u << CLASS_HEBREW | 1u << CLASS_UNSPACED |
                                      1u << CLASS_IDEOGRAPH | 1u << CLASS_EXTEND |
                                      1u << CLASS_APOSTROPHE | 1u << CLASS_MID_LETTER);
}

static enum status strip_marks(struct slice *word, struct analyzer *analyzer) {
    if (is_ascii(*word))
        return ST_OK;
    enum status status = unicode_strip_marks(&analyzer->stripped, *word);
    *word = buffer_slice(&analyzer->stripped);
    return status;
}

/* Cut, a form with a sign at its end would equal the form without, one term twice at a position, so
 * it makes no term. */
static struct slice cut_term(struct slice word) {
    uint8_t last = word.size > TERM_MAX ? word.data[word.size - 1] : 0;
    return last == '#' || last == '+' ? (struct slice){0} : unicode_cut(word, TERM_MAX);
}

static enum status stem(struct slice *stem, struct analyzer *analyzer, struct slice word) {
    spelling_function *spell = analyzer->lexicon->language->spell_stem;
    enum status status = stemmer_stem(stem, &analyzer->lexicon->stemmer, word);
    if (status || !spell)
        return status;
    buffer_clear(&analyzer->stem);
    status = buffer_append_slice(&analyzer->stem, *stem);
    if (!status)
        spell(&analyzer->stem);
    *stem = buffer_slice(&analyzer->stem);
    return status;
}

/* The term of a raw word, empty if it has none; borrowed until the next call. */
static enum status analyze(struct slice *term, struct analyzer *analyzer, struct slice word) {
    const struct lexicon *lexicon = analyzer->lexicon;
    const struct language *language = lexicon->language;
    enum status status = unicode_fold(&analyzer->folded, word, language->fold);
    if (status)
        return status;
    *term = (struct slice){0};
    if (stopwords_has(&lexicon->stopwords, buffer_slice(&analyzer->folded)))
        return ST_OK;
    word = buffer_slice(&analyzer->folded);
    bool marked = !language->marks_distinguish;
    if (is_stemmable(word)) {
        word = language_normalize(language, &analyzer->folded);
        if (language->strip_marks_first) {
            status = strip_marks(&word, analyzer);
            marked = false;
        }
        if (!status)
            status = stem(&word, analyzer, word);
    }
    if (!status && marked)
        status = strip_marks(&word, analyzer);
    if (!status)
        *term = cut_term(word);
    return status;
}

/* The term of a raw word without its marks, empty if it has none; borrowed until the next call. */
static enum status analyze_unmarked(struct slice *term, struct analyzer *analyzer,
                                    struct slice word) {
    *term = (struct slice){0};
    const struct lexicon *lexicon = analyzer->lexicon;
    enum status status = unicode_fold(&analyzer->folded, word, lexicon->language->fold);
    struct slice folded = buffer_slice(&analyzer->folded);
    if (status || stopwords_has(&lexicon->stopwords, folded))
        return status;
    struct slice stripped = folded;
    status = strip_marks(&stripped, analyzer);
    if (!status && !slice_equal(stripped, folded))
        *term = cut_term(stripped);
    return status;
}

/* Whether a language has the word as a stop word. */
static enum status check_stopword(bool *is_stopword, struct analyzer *analyzer,
                                  const struct language *language, struct slice word) {
    enum status status = unicode_fold(&analyzer->folded, word, language->fold);
    word = buffer_slice(&analyzer->folded);
    if (!status && language->strip_marks_first)
        status = strip_marks(&word, analyzer);
    *is_stopword = !status && language_has_stopword(language, word);
    return status;
}

enum status analyzer_check_stopword(bool *is_stopword, struct analyzer *analyzer,
                                    struct slice word) {
    enum status status = ST_OK;
    *is_stopword = true;
    for (size_t i = 0; !status && *is_stopword && i < analyzer->count; i++)
        status = check_stopword(is_stopword, analyzer, analyzer->lexicons[i].language, word);
    return status;
}

enum status analyzer_form_key(struct slice *key, struct analyzer *analyzer, struct slice word) {
    enum status status = unicode_fold(&analyzer->folded, word, analyzer->lexicon->language->fold);
    *key = buffer_slice(&analyzer->folded);
    return status ? status : strip_marks(key, analyzer);
}

void analyzer_begin(struct analyzer *analyzer, struct slice text, uint32_t first_position) {
    analyzer->text = text;
    analyzer->position = first_position;
    analyzer->status = ST_OK;
    analyzer->pending = (struct word){0};
    tokenizer_begin(&analyzer->tokenizer, text);
}

static uint32_t advance_position(struct analyzer *analyzer, const struct word *word) {
    uint32_t position = analyzer->position - word->same_position;
    analyzer->position = position + 1;
    return position;
}

/* Fills the free entry that the cache has for a new word. */
static void fill_entry(struct term_cache_entry *entry, struct analyzer *analyzer,
                       struct term_cache *cache, const struct term_cache_key *key) {
    struct slice term, word = slice_of(key->bytes, key->size);
    analyzer->status = cache == &analyzer->lexicon->cache ? analyze(&term, analyzer, word)
                                                          : analyze_unmarked(&term, analyzer, word);
    if (!analyzer->status)
        analyzer->status = term_cache_add(cache, entry, key, term);
}

/* Makes room for the next batch of words. */
static void make_room(struct analyzer *analyzer) {
    struct lexicon *lexicon = analyzer->lexicon;
    if (!term_cache_is_full(&lexicon->cache))
        return;
    analyzer->status = form_counts_flush(&lexicon->forms, &lexicon->cache);
    term_cache_clear(&lexicon->cache);
}

static inline struct token token_of(struct term_cache_entry *entry, const struct word *word,
                                    uint32_t position) {
    return (struct token){.term = slice_of(entry->term, entry->term_size),
                          .position = position,
                          .start = word->start,
                          .end = word->end,
                          .cached_term_id = &entry->term_id};
}

/* analyzer_next() where marks distinguish words: each word that is not ASCII is looked up twice. */
static size_t next_with_unmarked(struct token *tokens, size_t max, struct analyzer *analyzer) {
    struct lexicon *lexicon = analyzer->lexicon;
    size_t count = 0;
    bool more = true;
    while (count == 0 && more && !analyzer->status) {
        make_room(analyzer);
        term_cache_begin(&lexicon->unmarked_cache);
        for (size_t i = 0; i < ANALYZER_BATCH && count < max && !analyzer->status; i++) {
            struct word word = analyzer->pending;
            bool marked = !word.end;
            if (marked && !(more = tokenizer_next(&word, 1, &analyzer->tokenizer) > 0))
                break;
            struct term_cache *cache = marked ? &lexicon->cache : &lexicon->unmarked_cache;
            struct term_cache_key key = term_cache_key(cache, analyzer->text, word.start, word.end);
            struct term_cache_entry *entry = term_cache_find(cache, &key);
            if (!entry->term)
                fill_entry(entry, analyzer, cache, &key);
            if (analyzer->status)
                break;
            uint32_t position = marked ? advance_position(analyzer, &word) : analyzer->position - 1;
            bool unmarked_next = marked && !is_ascii(slice_of(key.bytes, key.size));
            analyzer->pending = unmarked_next ? word : (struct word){0};
            if (marked && entry->term_size)
                analyzer->status = form_counts_add(&lexicon->forms, cache, entry);
            if (entry->term_size)
                tokens[count++] = token_of(entry, &word, position);
        }
    }
    return count;
}

size_t analyzer_next(struct token *tokens, size_t max, struct analyzer *analyzer) {
    struct lexicon *lexicon = analyzer->lexicon;
    struct term_cache *cache = &lexicon->cache;
    struct word words[ANALYZER_BATCH];
    struct term_cache_key keys[ANALYZER_BATCH];
    size_t count = 0;
    if (max > ANALYZER_BATCH)
        max = ANALYZER_BATCH;
    if (lexicon->language->marks_distinguish)
        return next_with_unmarked(tokens, max, analyzer);
    /* The loop repeats only if all words were stop words, so no token borrows from the cache
     * yet. */
    while (count == 0 && !analyzer->status) {
        size_t taken = tokenizer_next(words, max, &analyzer->tokenizer);
        if (!taken)
            break;
        make_room(analyzer);
        if (analyzer->status)
            break;
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
                fill_entry(entry, analyzer, cache, &keys[i]);
                if (analyzer->status)
                    break;
            }
            uint32_t position = advance_position(analyzer, &words[i]);
            if (!entry->term_size)
                continue;
            if (form_counts_add(&lexicon->forms, cache, entry)) {
                analyzer->status = ST_NOMEM;
                break;
            }
            tokens[count++] = token_of(entry, &words[i], position);
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

static enum status explain(const struct analyzer *analyzer, enum status status, struct error *err) {
    if (status == ST_NOMEM)
        return error_nomem(err);
    if (status && err)
        *err = analyzer->lexicon->forms.sink->err;
    return status;
}

enum status analyzer_failure(const struct analyzer *analyzer, struct error *err) {
    return explain(analyzer, analyzer->status, err);
}

void analyzer_limit_cache(struct analyzer *analyzer, uint64_t bytes) {
    uint64_t caches = 0;
    for (size_t i = 0; i < analyzer->count; i++)
        caches += analyzer->lexicons[i].language->marks_distinguish ? 2 : 1;
    for (size_t i = 0; i < analyzer->count; i++) {
        struct lexicon *lexicon = &analyzer->lexicons[i];
        term_cache_set_limit(&lexicon->cache, bytes / caches);
        if (lexicon->language->marks_distinguish)
            term_cache_set_limit(&lexicon->unmarked_cache, bytes / caches);
    }
}

uint64_t analyzer_memory(const struct analyzer *analyzer) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < analyzer->count; i++) {
        const struct lexicon *lexicon = &analyzer->lexicons[i];
        bytes += term_cache_memory(&lexicon->cache) +
                 form_counts_memory(&lexicon->forms, lexicon->cache.count);
        if (lexicon->language->marks_distinguish)
            bytes += term_cache_memory(&lexicon->unmarked_cache);
    }
    return bytes;
}

void analyzer_count_forms(struct analyzer *analyzer, struct form_sink *sink) {
    for (size_t i = 0; i < analyzer->count; i++) {
        struct lexicon *lexicon = &analyzer->lexicons[i];
        lexicon->forms.sink = sink;
        lexicon->forms.fold = lexicon->language->fold;
        lexicon->forms.step = 1;
    }
}

void analyzer_set_counting(struct analyzer *analyzer, bool counting) {
    struct form_counts *forms = &analyzer->lexicon->forms;
    forms->step = counting && forms->sink;
}

void analyzer_discard_forms(struct analyzer *analyzer) {
    for (size_t i = 0; i < analyzer->count; i++)
        form_counts_discard(&analyzer->lexicons[i].forms, &analyzer->lexicons[i].cache);
}

enum status analyzer_flush_forms(struct analyzer *analyzer, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < analyzer->count; i++)
        status = form_counts_flush(&analyzer->lexicons[i].forms, &analyzer->lexicons[i].cache);
    return explain(analyzer, status, err);
}

void analyzer_clear_term_ids(struct analyzer *analyzer) {
    for (size_t i = 0; i < analyzer->count; i++) {
        term_cache_clear_term_ids(&analyzer->lexicons[i].cache);
        term_cache_clear_term_ids(&analyzer->lexicons[i].unmarked_cache);
    }
}

const char *analyzer_fingerprint(const struct analyzer *analyzer) {
    return analyzer->fingerprint;
}

const char *analyzer_stemmer_of_language(const char *code) {
    const struct language *language = language_of_code(code);
    return language ? language->stemmer : NULL;
}

const char *analyzer_codes_of_stemmer(const char *stemmer) {
    const struct language *language = language_of_stemmer(stemmer);
    return language ? language->codes : "";
}
