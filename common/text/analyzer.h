/* SPDX-License-Identifier: MIT */
/* Text to index terms: one definition for documents and queries.
 *
 *     text -> words           tokenizer.h: UAX #29 words and their parts; scripts written without
 *                             spaces as overlapping pairs of characters, and as these characters
 *          -> folded          NFKC, case and digits
 *          -> no stop words
 *          -> stems           language.h, spelling.h and the Snowball stemmer
 *          -> without marks   diacritics of Latin, Greek and Cyrillic, optional signs of other
 *                             scripts; before stemming where the stemmer knows none. Vietnamese
 *                             words are terms with and without
 *          -> terms           at most TERM_MAX bytes
 *
 * Only words made of letters are stemmed: v1.2.3, U.S. and c++ stay as they are typed. Words seen
 * before are found in a cache (term_cache.h, up to 16 MB touched), so a distinct word is stemmed
 * once however often a text repeats it.
 *
 *     struct analyzer *analyzer;
 *     analyzer_new(&analyzer, &options, &err);
 *     analyzer_begin(analyzer, text, 0);
 *     struct token tokens[ANALYZER_BATCH];
 *     for (size_t n; (n = analyzer_next(tokens, ANALYZER_BATCH, analyzer)) > 0;)
 *         for (size_t i = 0; i < n; i++)
 *             use(&tokens[i]);
 *     if (analyzer_status(analyzer)) ...
 *     analyzer_free(analyzer);
 *
 * An analyzer may have several languages, each with a cache of its own. It analyzes every text in
 * one of them, at first in the first one. Which words a text has, and their positions, is the same
 * in all languages, except that stop words of the options are compared as the language folds.
 *
 * Threads: an analyzer belongs to one thread at a time; any number may run side by side. */
#ifndef QUERN_COMMON_TEXT_ANALYZER_H
#define QUERN_COMMON_TEXT_ANALYZER_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/text/form_counts.h"

enum {
    TERM_MAX = 245,      /* bytes; a longer term is cut at a code point */
    ANALYZER_BATCH = 64, /* tokens worth asking for at a time; more are never returned */
    ANALYZER_LANGUAGES_MAX = 8,
    STEMMER_NAME_SIZE = 32, /* bytes of a name, with the NUL */
};

/* Everything that decides how text becomes terms. Plain data, copied freely. */
struct analyzer_options {
    /* A libstemmer algorithm such as "english", "vietnamese" or "none": that of the first language. */
    char stemmer[STEMMER_NAME_SIZE];
    /* Those of the others, none twice; the first empty name ends them. */
    char other_stemmers[ANALYZER_LANGUAGES_MAX - 1][STEMMER_NAME_SIZE];
    struct slice stopwords; /* one word a line, borrowed; may be empty */
};

/* The name of stemmer `i`; empty after the last one. */
static inline const char *analyzer_options_stemmer(const struct analyzer_options *options,
                                                   size_t i) {
    return i == 0                       ? options->stemmer
           : i < ANALYZER_LANGUAGES_MAX ? options->other_stemmers[i - 1]
                                        : "";
}

/* One occurrence of a term. */
struct token {
    struct slice term; /* borrowed from the analyzer until analyzer_next() or analyzer_begin() */
    uint32_t position; /* number of the word in the text, stop words counted. Two forms of a word
                        * share it, the longer one first: c#, c. So do a Vietnamese word and the
                        * same word without marks, in this order. */
    uint32_t start;    /* the term came from the bytes [start, end) of the text */
    uint32_t end;
    /* A number that the caller may keep with the word in the cache: 0 until it is written. The
     * inverter keeps its own id of the term here and saves a look-up. Words with the same stem have
     * one each. Never NULL, and valid as long as `term`. analyzer_clear_term_ids() resets all to 0;
     * the cache resets any of them when it makes room. */
    uint32_t *cached_term_id;
};

struct analyzer;

/* ST_INVALID: an unknown stemmer, whose message lists the known ones, or stop words that are not
 * UTF-8. ST_NOMEM. */
enum status analyzer_new(struct analyzer **out, const struct analyzer_options *options,
                         struct error *err);
void analyzer_free(struct analyzer *analyzer);

/* The number of languages, which are numbered from 0 in the order of the options. */
size_t analyzer_language_count(const struct analyzer *analyzer);
/* The language with this ISO 639 code, whatever follows it; the first one if there is none. */
size_t analyzer_find_language(const struct analyzer *analyzer, struct slice code);
/* Makes a language that of the following texts. To be called before analyzer_begin(). */
void analyzer_set_language(struct analyzer *analyzer, size_t language);

/* Starts on a text of at most 4 GiB - 1 bytes, which must stay valid until the last token is taken.
 * Invalid UTF-8 reads as U+FFFD, which separates words. The first word gets `first_position`. */
void analyzer_begin(struct analyzer *analyzer, struct slice text, uint32_t first_position);

/* Fills up to `max` tokens in order of position and returns how many: 0 at the end of the text, and
 * after a failure, which analyzer_status() reports. */
size_t analyzer_next(struct token *tokens, size_t max, struct analyzer *analyzer);

/* The same for all words, stop words included, without their terms: of each token only position,
 * start and end are set. Several times as fast, for callers that know from the index which words
 * matter. */
size_t analyzer_next_positions(struct token *tokens, size_t max, struct analyzer *analyzer);

/* Whether all languages have the word, which is one that the tokenizer finds, as a stop word. Such
 * words are indexed, unless options->stopwords has them, but mean little in a query. ST_NOMEM. */
enum status analyzer_check_stopword(bool *is_stopword, struct analyzer *analyzer,
                                    struct slice word);

/* Sets *key to the key of a word's surface form (surface_form.h), which `*` and `?` in the word do not
 * change; borrowed until the next call. ST_INVALID: it is not UTF-8. ST_NOMEM. */
enum status analyzer_form_key(struct slice *key, struct analyzer *analyzer, struct slice word);

/* The position after the last word seen: where a text that continues this one starts. */
uint32_t analyzer_position(const struct analyzer *analyzer);

/* ST_OK, or why the tokens ended early: ST_NOMEM, or a failure of the sink of
 * analyzer_count_forms(). */
enum status analyzer_status(const struct analyzer *analyzer);
/* The same, with the sentence. */
enum status analyzer_failure(const struct analyzer *analyzer, struct error *err);

/* Limits the caches of all languages together to about this many bytes. */
void analyzer_limit_cache(struct analyzer *analyzer, uint64_t bytes);

/* Bytes that the caches use. */
uint64_t analyzer_memory(const struct analyzer *analyzer);

/* From now on, counts how often each surface form occurs (form_counts.h). The sink takes runs of them
 * while analyzer_next() makes room, and the last run by the second function; both pass on its
 * failures. The sink is borrowed. */
void analyzer_count_forms(struct analyzer *analyzer, struct form_sink *sink);
/* Whether the words of the following texts in this language count. They do unless it is called. */
void analyzer_set_counting(struct analyzer *analyzer, bool counting);
/* Ends what was counted, as a last run. */
enum status analyzer_flush_forms(struct analyzer *analyzer, struct error *err);
/* Forgets what was counted since the last run. */
void analyzer_discard_forms(struct analyzer *analyzer);

/* Sets every cached_term_id to 0. */
void analyzer_clear_term_ids(struct analyzer *analyzer);

/* The analyzer's fingerprint (fingerprint.h), which an index records. Borrowed from the analyzer. */
const char *analyzer_fingerprint(const struct analyzer *analyzer);

/* The stemmer of struct analyzer_options for an ISO 639 code ("de", "deu") or for an algorithm's own
 * name, or NULL. */
const char *analyzer_stemmer_of_language(const char *code);
/* The ISO 639 codes of the languages that a stemmer of struct analyzer_options is for, each between
 * spaces; static. */
const char *analyzer_codes_of_stemmer(const char *stemmer);

#endif
