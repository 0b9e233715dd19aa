/* SPDX-License-Identifier: MIT */
/* A query as a list of clauses, each a term, a phrase or a filter, and what it is read with.
 *
 * Threads: once read (query.h), a query is not changed, so any number of threads may use it. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_CLAUSE_H
#define QUERN_SEARCHER_QUERY_QUERY_CLAUSE_H

#include "common/text/analyzer.h"
#include "searcher/query/query_filter.h"

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
    /* Words in all clauses, a value of a filter being one; further ones are left out, with a
     * note. */
    QUERY_WORDS_MAX = 1024,
    QUERY_BYTES_MAX = 64 * 1024, /* likewise; cut at white space */
    QUERY_FEW_CLAUSES = 4,       /* QUERY_BEST takes up to this number for few */
};

struct query_term {
    struct slice term;  /* analyzed */
    struct slice typed; /* as the user wrote it */
    uint32_t offset;    /* distance from the clause's first word */
    bool whole; /* the longer of the forms that words have at its position, as c# or 茶を */
};

struct query_clause {
    enum occur occur;
    bool quoted;        /* if not, several terms are one word that the analyzer split */
    struct slice typed; /* as the user wrote it, after the name of its field; of a phrase in '"' */
    uint16_t field;     /* a text field in the schema of the query, or SCHEMA_ALL */
    const struct query_filter *filter; /* NULL: it has terms */
    struct query_term *terms;          /* at least one, in the field */
    size_t count;
};

/* What a query is read with. */
struct query_context {
    struct analyzer *analyzer;
    /* The fields of all indexes together; NULL: there are none. It outlives the query. */
    const struct schema *schema;
    const struct schema_field *field;   /* of words without the name of a field; NULL: SCHEMA_ALL */
    int64_t now;                        /* seconds since 1970, for dates such as 7d */
    const struct query_filter *filters; /* become clauses of every query; they outlive it */
    size_t filter_count;
};

struct query {
    const struct schema *schema;  /* that of the context */
    struct arena arena;           /* holds everything that clauses point to, and the note */
    struct query_clause *clauses; /* owned */
    size_t count;
    char *note; /* "read as: ..."; NULL: nothing had to be guessed */
};

/* The number of words that are not excluded. A split word counts as its parts, a phrase as one, and a
 * filter not at all. */
size_t query_word_count(const struct query *query);

/* Whether QUERY_BEST puts documents with all words first: there are several words, not all of them
 * required, in few clauses. A split word is one clause, so a name in a script without spaces is
 * found as it is typed before its parts are. */
bool query_has_few_words(const struct query *query);

void query_release(struct query *query);

#endif
