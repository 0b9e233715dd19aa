/* SPDX-License-Identifier: MIT */
/* A query as it was typed: a tree of clauses, and what it is read with. What it means in a mode is
 * said by plan/query_tree.h.
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
    OCCUR_DEFAULT,  /* as the mode says, in a list; in AND, OR and NEAR: not excluded */
    OCCUR_MUST,     /* +word; only in a list */
    OCCUR_MUST_NOT, /* -word, NOT word */
};

enum {
    /* Words in all clauses, a value of a filter being one; further ones are left out, with a
     * note. */
    QUERY_WORDS_MAX = 1024,
    QUERY_BYTES_MAX = 64 * 1024, /* likewise; cut at white space */
    QUERY_DEPTH_MAX = 64,        /* of parentheses; deeper ones do not count, with a note */
    QUERY_EDITS_MAX = 2,         /* of a fuzzy word */
    QUERY_NEAR_DEFAULT = 5,      /* other words between those that are NEAR each other */
    QUERY_NEAR_MAX = 10000,      /* the most that can be asked for */
    QUERY_FEW_CLAUSES = 4,       /* QUERY_BEST takes up to this number for few */
};

struct query_term {
    struct slice term;  /* analyzed */
    struct slice typed; /* as the user wrote it */
    uint32_t offset;    /* distance from the clause's first word */
    bool whole; /* the longer of the forms that words have at its position, as c# or 茶を */
};

/* Words of a query, read in another way: as synonyms, or in another language of the index. */
struct query_reading {
    struct query_term *terms;
    size_t count; /* a word, or the words of a phrase */
};

enum clause_kind {
    CLAUSE_WORDS,   /* a word, or a phrase */
    CLAUSE_FILTER,  /* ext:pdf, size:>10k */
    CLAUSE_PATTERN, /* pipe*, p?pe */
    CLAUSE_FUZZY,   /* pipline~1 */
    CLAUSE_EXACT,   /* =pipelines, ="gas pipelines": the words in these very forms */
    CLAUSE_NEAR,    /* gas NEAR/5 pipeline, "gas pipeline"~5 */
    CLAUSE_LIST,    /* (gas pipeline): a query within the query, with the same mode */
    CLAUSE_AND,     /* gas AND pipeline */
    CLAUSE_OR,      /* gas OR oil */
};

struct query_clause {
    enum clause_kind kind;
    enum occur occur;
    bool dashed;        /* excluded by a "-" at its start, which may have been meant as text */
    bool quoted;        /* if not, several terms are one word that the analyzer split */
    struct slice typed; /* of a leaf: as the user wrote it, after the name of its field; of a phrase
                         * in '"' */
    double boost;       /* factor of its weight; of a filter 1 */
    uint16_t field;     /* of leaves: a text field in the schema of the query, or SCHEMA_ALL */
    const struct query_filter *filter; /* of FILTER; else NULL */
    /* Of WORDS and EXACT: at least one. Of PATTERN and FUZZY: the terms that the indexes have for
     * it, each at offset 0; none before it is expanded. */
    struct query_term *terms;
    size_t count;
    /* Of WORDS and EXACT: what they stand for besides (synonyms). */
    struct query_reading *others;
    size_t other_count;
    /* Of WORDS and EXACT: the same words in each further language of the indexes, with as many terms;
     * none if the terms are the same in all. */
    struct query_reading *languages;
    size_t language_count;
    /* Of PATTERN and FUZZY: as keys of surface forms (surface_form.h), with `*` for any characters
     * and `?` for one in a PATTERN. */
    struct slice pattern;
    uint32_t distance; /* of FUZZY: edits, 1 or 2, as typed; of NEAR: other words between its
                        * children */
    /* Of NEAR (each WORDS, not excluded), LIST, AND and OR: at least one in a LIST, at least two in
     * the others. */
    struct query_clause *children;
    size_t child_count;
    bool added; /* by feedback, not typed: no neighbour of the word before it, nor counted */
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

/* The clauses are a list: the implicit operator between them is that of the mode. */
struct query {
    const struct schema *schema;  /* that of the context */
    struct arena arena;           /* holds everything that clauses point to, and the note */
    struct query_clause *clauses; /* owned */
    size_t count;
    char *note;    /* "read as: ..."; NULL: nothing had to be guessed */
    char *warning; /* why words were left out of an expansion; NULL: none were */
};

/* Whether it is a filter, or a group of nothing else. */
bool query_clause_is_condition(const struct query_clause *clause);

/* The number of words that are not excluded. A split word counts as its parts; a phrase, a NEAR and
 * a pattern as one; and a filter not at all. */
size_t query_word_count(const struct query *query);

/* Whether QUERY_BEST puts documents with all words first: there are several words, not all of them
 * required, in few clauses at the top of the tree. A split word is one clause, so a name in a script without spaces is
 * found as it is typed before its parts are. */
bool query_has_few_words(const struct query *query);

void query_release(struct query *query);

#endif
