/* SPDX-License-Identifier: MIT */
/* Takes apart what is typed as one and means several.
 *
 * Patterns and fuzzy words match single words, as forms are (surface_form.h). One that spans several,
 * such as `multi-ag*`, is the word `multi` and the pattern `ag*`. In scripts without spaces, words have
 * no ends to leave open, and numbers have no letters to mistake: these are words as they stand. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_PARTS_H
#define QUERN_SEARCHER_QUERY_QUERY_PARTS_H

#include "common/base/bytes.h"
#include "common/base/status.h"

struct query_part {
    struct slice text; /* borrowed */
    bool is_form;      /* a pattern, or a word to compare with forms; else any number of words */
};

/* Starts as {0}. */
struct query_parts {
    struct query_part *items; /* owned */
    size_t count;
    /* Private. */
    size_t capacity;
    struct buffer words; /* a pattern with characters of words for its wildcards */
};
void query_parts_release(struct query_parts *parts);

/* Each replaces the parts by those of the text. ST_NOMEM. */
enum status query_parts_of_pattern(struct query_parts *parts, struct slice text);
enum status query_parts_of_fuzzy(struct query_parts *parts, struct slice text);
/* What is between white space, and has words. */
enum status query_parts_of_phrase(struct query_parts *parts, struct slice text);

#endif
