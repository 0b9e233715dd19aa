/* SPDX-License-Identifier: MIT */
/* Finds the byte offsets of words whose positions are known.
 *
 * The index stores no offsets, so the words of the text are counted from its beginning, by the
 * analyzer but without stemming them. Nothing is read after the last position that is wanted.
 *
 * Threads: one at a time, as analyzer and source. */
#ifndef QUERN_SEARCHER_SHOW_OFFSETS_H
#define QUERN_SEARCHER_SHOW_OFFSETS_H

#include "common/text/analyzer.h"
#include "searcher/show/occurrences.h"
#include "searcher/show/text_source.h"

/* A word of the text. */
struct word_offsets {
    uint32_t position;
    bool whole;          /* of two forms at the position, the longer one (struct query_term) */
    uint64_t weight;     /* the caller's */
    uint64_t start, end; /* bytes [start, end); end 0: the text ends before this position */
};

/* Sets the offsets of words in a text in memory, whose first word is at `position`: `count` of them in
 * ascending order of position. */
void offsets_find_in(struct word_offsets *words, size_t count, struct slice text,
                     struct analyzer *analyzer, uint32_t position);

/* Sets the offsets of `count` words in ascending order of position. `position` is that of the first
 * word of the text. The source has just been opened. Errors: those of text_source_next(). */
enum status offsets_find(struct word_offsets *words, size_t count, struct text_source *source,
                         struct analyzer *analyzer, uint32_t position, struct error *err);

enum { OFFSETS_EXACT_MAX = 10000 }; /* occurrences that are read; later ones are dropped */

/* Of a list of a TERM or PHRASE with a form: drops the occurrences whose words stand in the text in
 * another form. The source has just been opened; `position` is that of the first word of the text.
 * The same errors, ST_NOMEM. */
enum status offsets_keep_exact(struct occurrence_list *list, struct text_source *source,
                               struct analyzer *analyzer, uint32_t position, struct error *err);

#endif
