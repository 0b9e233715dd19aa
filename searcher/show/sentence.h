/* SPDX-License-Identifier: MIT */
/* Where the sentences of a text begin and end: the sentences of UAX #29, simplified, and the lines of
 * lists, headings and tables.
 *
 * A sentence begins at the start of the text, and where the text before it ends with
 *
 *     . ... and their forms, closing quotes or brackets, white space; what follows is no lower-case
 *     letter, and the full stop does not end an initial (J. Smith)
 *     ! ? and the full stops of scripts such as Devanagari and Arabic, likewise
 *     the full stops of Chinese and Japanese, closing quotes or brackets, white space or none
 *     an empty line
 *     the end of a line, if that line is too short to be a wrapped one, or the next is an item of a
 *     list, unless it goes on in lower case
 *
 * Offsets are those of a text_view. Only the bytes near them are read. */
#ifndef QUERN_SEARCHER_SHOW_SENTENCE_H
#define QUERN_SEARCHER_SHOW_SENTENCE_H

#include "searcher/show/text_view.h"

/* No offset: there is none within the range. */
#define SENTENCE_NONE UINT64_MAX

/* Whether a sentence begins at this offset, which is that of a character. */
bool sentence_begins_at(const struct text_view *view, uint64_t at);

/* The last offset in [from, at] where a sentence begins. */
uint64_t sentence_start(const struct text_view *view, uint64_t at, uint64_t from);

/* The first offset in [at, to] after which only white space is before the next sentence. `more`: the
 * text goes on after the view. */
uint64_t sentence_end(const struct text_view *view, uint64_t at, uint64_t to, bool more);

#endif
