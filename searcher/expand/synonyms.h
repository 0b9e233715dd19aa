/* SPDX-License-Identifier: MIT */
/* Words that mean the same, from a file:
 *
 *     file  = line*
 *     line  = (group | rule)? ("#" character*)?     ; the # is the first of the line, or after a space
 *     group = word ("," word)+                      ; each stands for all of them
 *     rule  = word ("," word)* "=>" word ("," word)*     ; those before it stand for those after it, too
 *
 * A word may be several, which are a phrase, with quotes or without. All are analyzed as the words of queries and documents
 * are, in all languages of the index, so a line has all forms of its words. A word may be in several lines, but what it stands for
 * does not stand for more.
 *
 * Threads: once loaded, a table is not changed, so any number of threads may use it. */
#ifndef QUERN_SEARCHER_EXPAND_SYNONYMS_H
#define QUERN_SEARCHER_EXPAND_SYNONYMS_H

#include "common/base/hash_index.h"
#include "searcher/query/query_clause.h"

enum {
    SYNONYMS_LINE_MAX = 64 * 1024, /* bytes of a line */
    SYNONYMS_WORDS_MAX = 256,      /* words in a line */
    SYNONYMS_READINGS_MAX = 4096,  /* that a query gets; further ones are left out */
};

struct synonym_word;

/* Starts as {0}. */
struct synonyms {
    struct arena arena;         /* of all that follows */
    struct synonym_word *words; /* that stand for others; owned */
    size_t count, capacity;
    uint32_t *slots; /* owned */
    struct hash_index index;
};

/* Told of a line that is wrong, and left out: "FILE:LINE: what is wrong". */
struct synonyms_reporter {
    void (*warn)(struct synonyms_reporter *reporter, const char *sentence);
};

/* Adds the lines of a file. ST_EIO: it cannot be read. ST_NOMEM. */
enum status synonyms_load(struct synonyms *synonyms, const char *path, struct analyzer *analyzer,
                          struct synonyms_reporter *reporter, struct error *err);
void synonyms_release(struct synonyms *synonyms);

/* Gives the words and phrases of a query that are in the table the readings that they stand for. Those that
 * are excluded, in a NEAR or exact stay as they are, and so are words of a phrase that is not in the
 * table as a whole. To be called once. The table must outlive the query. ST_NOMEM. */
enum status synonyms_expand(struct query *query, const struct synonyms *synonyms,
                            struct error *err);

#endif
