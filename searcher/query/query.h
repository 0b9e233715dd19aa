/* SPDX-License-Identifier: MIT */
/* Reads what the user typed as a list of clauses, each a term or a phrase. Every text is a query;
 * where the reader had to guess, it leaves a note.
 *
 * Threads: once read, a query is not changed, so any number of threads may use it. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_H
#define QUERN_SEARCHER_QUERY_QUERY_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/text/analyzer.h"

enum query_mode {
    QUERY_BEST, /* few words: documents with all of them, then those with some; many: as ANY */
    QUERY_ALL,  /* documents with all words */
    QUERY_ANY,  /* documents with any of the words */
};

enum occur {
    OCCUR_DEFAULT,  /* as the mode says */
    OCCUR_MUST,     /* +word */
    OCCUR_MUST_NOT, /* -word */
};

enum {
    QUERY_WORDS_MAX = 1024,      /* in all clauses; further words are left out, with a note */
    QUERY_BYTES_MAX = 64 * 1024, /* likewise; cut at white space */
    QUERY_FEW_CLAUSES = 4,       /* at most so many are few to QUERY_BEST */
};

struct query_term {
    struct slice term;  /* analyzed */
    struct slice typed; /* as the user wrote it */
    uint32_t offset;    /* distance from the clause's first word */
    bool whole; /* the longer of the forms that words have at its position, as c# or 茶を */
};

struct query_clause {
    enum occur occur;
    bool quoted;              /* if not, several terms are one word that the analyzer split */
    struct slice typed;       /* as the user wrote it; of a phrase in '"' */
    struct query_term *terms; /* at least one */
    size_t count;
};

struct query {
    struct arena arena;           /* holds everything that clauses point to, and the note */
    struct query_clause *clauses; /* owned */
    size_t count;
    char *note; /* "read as: ..."; NULL: nothing had to be guessed */
};

/* Reads one query: `gas pipeline`, `"gas pipeline" -leak`, `+norway gas`. Quotes may be those of
 * any language (quotes.h); + and - are signs only after white space or at the start. A word that
 * the analyzer splits (`multi-agent`, `node.js`) becomes a clause of several terms, and one that it
 * drops (a stop word, a lone symbol) becomes nothing. ST_NOMEM: there is nothing to release. */
enum status query_parse(struct query *query, struct analyzer *analyzer, struct slice text,
                        struct error *err);

/* Reads the arguments of a command line. A single argument is a whole query; of several, one that
 * contains white space is a phrase, unless it has quotes of its own. */
enum status query_parse_arguments(struct query *query, struct analyzer *analyzer, int count,
                                  char *const *arguments, struct error *err);

/* The number of words that are not excluded. A split word counts as its parts, a phrase as one. */
size_t query_word_count(const struct query *query);

/* Whether QUERY_BEST puts documents with all words first: there are several words, not all of them
 * required, in few clauses. A split word is one clause, so a name in a script without spaces is
 * found as it is typed before its parts are. */
bool query_has_few_words(const struct query *query);

void query_release(struct query *query);

#endif
