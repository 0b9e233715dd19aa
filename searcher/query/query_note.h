/* SPDX-License-Identifier: MIT */
/* The note on what the reader of a query had to guess:
 *
 *     note = "read as: " query " (" reason ("; " reason)* ")"
 *
 *     read as: "gas pipeline" (closed a quote; left out: the)
 *
 * No reason has an opening parenthesis, so the reasons follow the last one, and what is before it is
 * the query as it was read (query_text.h). If that is longer than QUERY_NOTE_SHOWN_MAX, it ends in
 * "..." instead: a note is a line of bounded size, whatever the query. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_NOTE_H
#define QUERN_SEARCHER_QUERY_QUERY_NOTE_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum { QUERY_NOTE_SHOWN_MAX = 1000 }; /* bytes of the query that a note repeats */

/* Starts as {0}. */
struct query_note {
    struct buffer reasons;  /* separated by "; " */
    struct buffer left_out; /* words that gave no term, separated by blanks */
};
void query_note_release(struct query_note *note);

/* Adds a reason, of which the second slice ends in "..." if it is long, unless it is there already,
 * or there are too many. ST_NOMEM. */
enum status query_note_add(struct query_note *note, const char *before, struct slice shown,
                           const char *after);
/* Adds a word that was left out. ST_NOMEM. */
enum status query_note_leave_out(struct query_note *note, struct slice word);

bool query_note_is_empty(const struct query_note *note);

/* Makes the sentence in the arena; *text is NULL if there is no reason for any. `query`: as it was
 * read. ST_NOMEM. */
enum status query_note_write(char **text, const struct query_note *note, struct arena *arena,
                             struct slice query);

#endif
