/* Text to index terms: ONE definition for documents and for queries.
 *
 * tokenizer (UAX #29 words and their parts; scripts written without spaces as overlapping pairs) ->
 * NFKC, case and digits folded -> stop words -> what the language wants (language.h) -> stemmer ->
 * diacritics of Latin, Greek and Cyrillic and optional signs of other scripts folded (before the
 * stemmer where it knows none) -> terms of at most TERM_MAX bytes. Only words of letters are
 * stemmed: v1.2.3, U.S. and c++ stay as they are typed.
 * Stemming is looked up in a cache of words already seen (term_cache.h, up to 16 MB touched), since
 * a distinct word is stemmed once while text repeats it.
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
 * Threads: an analyzer belongs to one thread at a time; any number of them may run side by side. */
#ifndef QUERN_COMMON_TEXT_ANALYZER_H
#define QUERN_COMMON_TEXT_ANALYZER_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum {
    TERM_MAX = 245,      /* bytes; a longer term is cut at a code point, in documents and queries */
    ANALYZER_BATCH = 64, /* a good number of tokens to ask for at a time */
    ANALYZER_FINGERPRINT_SIZE = 160, /* bytes of a fingerprint and its NUL, at most */
};

/* What decides how text becomes terms. Plain data; copy it freely. */
struct analyzer_options {
    char stemmer[32];       /* a libstemmer algorithm such as "english", or "none" */
    struct slice stopwords; /* words, one a line, borrowed; empty: none */
};

/* One term at one place of the text. */
struct token {
    struct slice term; /* borrowed from the analyzer until the next analyzer_next() or _begin() */
    uint32_t position; /* number of the word in the text; a stop word leaves a gap. Two forms of a
                        * word share it, first the one with signs: c#, c. */
    uint32_t start;    /* the bytes [start, end) of the text that became the term */
    uint32_t end;
    /* A place kept beside the term in the word cache, 0 until the caller writes to it, so that an
     * inverter finds its own number of this term without a second look-up. Different words with the
     * same stem have different places. Never NULL; valid as long as `term`. All are 0 again after
     * analyzer_clear_term_ids(), and single ones may be whenever the cache makes room. */
    uint32_t *cached_term_id;
};

struct analyzer;

/* ST_INVALID: no such stemmer; the message lists those there are. */
enum status analyzer_new(struct analyzer **out, const struct analyzer_options *options,
                         struct error *err);
void analyzer_free(struct analyzer *analyzer);

/* Starts on a text of at most 4 GiB - 1 bytes, which must stay valid until the last token is taken.
 * Invalid UTF-8 reads as U+FFFD, which separates words. The first word gets `first_position`. */
void analyzer_begin(struct analyzer *analyzer, struct slice text, uint32_t first_position);

/* Fills up to `max` tokens in order of position and returns how many; 0 at the end of the text. */
size_t analyzer_next(struct token *tokens, size_t max, struct analyzer *analyzer);

/* The same words without their terms, stop words too: of each token only position, start and end
 * are set. Several times as fast, for callers that know which words matter from the index. */
size_t analyzer_next_positions(struct token *tokens, size_t max, struct analyzer *analyzer);

/* The position behind the last word seen, counting stop words: where a text that continues this one
 * starts. */
uint32_t analyzer_position(const struct analyzer *analyzer);

/* ST_OK, or ST_NOMEM when the tokens ended early. */
enum status analyzer_status(const struct analyzer *analyzer);

/* Bounds what it keeps of words seen, in bytes; for who has to keep within some memory. */
void analyzer_limit_cache(struct analyzer *analyzer, uint64_t bytes);

/* Bytes in use. */
uint64_t analyzer_memory(const struct analyzer *analyzer);

/* Sets every cached_term_id to 0. */
void analyzer_clear_term_ids(struct analyzer *analyzer);

/* One line that names everything that shapes terms: analyzer version, Unicode version, stemmer, a
 * hash of the stop words. Stamped into an index; two indexes whose lines are equal have equal
 * terms. Borrowed from the analyzer. */
const char *analyzer_fingerprint(const struct analyzer *analyzer);

/* The names of libstemmer's algorithms, NULL-terminated, static. */
const char **analyzer_stemmer_names(void);

/* The libstemmer algorithm of an ISO 639 code ("de", "deu") or of an algorithm's own name, or NULL.
 */
const char *analyzer_stemmer_of_language(const char *code);

#endif
