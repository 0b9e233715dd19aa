/* SPDX-License-Identifier: MIT */
/* Where a passage begins and ends that shows a range of a text: with sentences where they fit, else
 * with words.
 *
 * A passage has up to `columns` columns, and for each of them at most PASSAGE_COLUMN_BYTES bytes of the
 * range and as many on either side of it. The first of these that is possible without taking too
 * little:
 *
 *     1. the sentences of the range, and those around them that fit, the following ones first; if
 *        these fill less than half of it, the beginning of the next sentence, too
 *     2. from the beginning of its first sentence, if a quarter is left for what follows the range
 *     3. to the end of its last sentence, if a quarter is left for what precedes it
 *     4. words on both sides, as many on one as on the other
 *
 * Where a passage begins or ends within a sentence, it does so between words, or in scripts without
 * spaces between grapheme clusters. */
#ifndef QUERN_SEARCHER_SHOW_PASSAGE_H
#define QUERN_SEARCHER_SHOW_PASSAGE_H

#include "searcher/show/text_view.h"

enum { PASSAGE_COLUMN_BYTES = 4 }; /* marks that combine have no columns, but bytes */

struct passage {
    struct text_range range;
    bool begins_sentence, ends_sentence;
};

/* Chooses the passage around `range`, within `limits`, which begin and end between clusters. A range
 * that is longer than a passage is cut off, but never within its first cluster. The view has at least
 * PASSAGE_COLUMN_BYTES * columns bytes on both sides of the range, as far as the text has them;
 * `more`: the text goes on after the view. */
struct passage passage_around(const struct text_view *view, struct text_range range,
                              struct text_range limits, size_t columns, bool more);

#endif
