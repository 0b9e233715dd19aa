/* The user's words, read: a list of clauses, each a term or a phrase. Reading never fails; where it
 * had to guess, it leaves a note.
 *
 * Threads: a query is plain data; read it from any number of threads. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_H
#define QUERN_SEARCHER_QUERY_QUERY_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/text/analyzer.h"

enum query_mode {
    QUERY_RELAXED, /* documents with all words; when there are none, those with some */
    QUERY_ALL,     /* documents with all words */
    QUERY_ANY,     /* documents with any of the words */
};

enum occur {
    OCCUR_DEFAULT,  /* as the mode says */
    OCCUR_MUST,     /* +word */
    OCCUR_MUST_NOT, /* -word */
};

enum {
    QUERY_WORDS_MAX = 1024,      /* of all clauses; further ones are left out, with a note */
    QUERY_BYTES_MAX = 64 * 1024, /* so is text after this, from its last white space on */
};

struct query_term {
    struct slice term;  /* analyzed */
    struct slice typed; /* as the user wrote it */
    uint32_t offset;    /* distance from the clause's first word */
};

struct query_clause {
    enum occur occur;
    bool quoted;        /* in quotes; else more than one term are a word that the analyzer split */
    struct slice typed; /* as the user wrote it, with the quotes */
    struct query_term *terms; /* at least one */
    size_t count;
};

struct query {
    struct arena arena;           /* holds what the clauses point to */
    struct query_clause *clauses; /* owned */
    size_t count;
    char *note; /* "read as: ...", or NULL: nothing had to be guessed */
};

/* Reads one query, as typed in full: `gas pipeline`, `"gas pipeline" -leak`, `+norway gas`. Quotes
 * are those of any language (quotes.h); + and - are signs after white space only.
 * A word that the analyzer splits (`multi-agent`, `node.js`) becomes a phrase of its parts, each
 * with its signs if it has any (`c#`); a word that it drops (a stop word, a sign) becomes
 * nothing. Fails only when memory is out. */
enum status query_parse(struct query *query, struct analyzer *analyzer, struct slice text,
                        struct error *err);

/* Reads the words of a command line: a sole argument is a whole query; of several, one that
 * contains a space is a phrase. */
enum status query_parse_arguments(struct query *query, struct analyzer *analyzer, int count,
                                  char *const *arguments, struct error *err);

/* How many words are wanted, excluded ones not counted; a word that is split counts as its parts.
 */
size_t query_word_count(const struct query *query);

void query_release(struct query *query);

#endif
