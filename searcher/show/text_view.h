/* SPDX-License-Identifier: MIT */
/* A part of a text in memory, and where a passage of it may begin and end without cutting what
 * readers take for one character (a grapheme cluster, UAX #29) or one word. Offsets are those of
 * the whole text.
 *
 *     struct text_view view = {.bytes = bytes, .offset = offset};
 *     text_view_skip_forward(&at, &view, limit, 80);
 *
 * A character is a code point here, and lengths are in columns of a terminal: a wide character such
 * as one of Han has 2, one that combines with another has none (unicode_columns()). The view has to
 * begin and end between clusters. */
#ifndef QUERN_SEARCHER_SHOW_TEXT_VIEW_H
#define QUERN_SEARCHER_SHOW_TEXT_VIEW_H

#include "common/base/bytes.h"

/* Bytes [start, end) of a text. */
struct text_range {
    uint64_t start, end;
};

/* Bytes [offset, offset + bytes.size) of a text. */
struct text_view {
    struct slice bytes; /* borrowed */
    uint64_t offset;
};

static inline uint64_t text_view_end(const struct text_view *view) {
    return view->offset + view->bytes.size;
}

/* Whether the byte at this offset is white space; controls count as such. */
static inline bool text_view_is_space(const struct text_view *view, uint64_t at) {
    return view->bytes.data[at - view->offset] <= ' ';
}

/* Whether any byte of the range is not white space. */
bool text_view_has_text(const struct text_view *view, struct text_range range);

/* The last boundary between clusters at or before `at`, the first at or after it. */
uint64_t text_view_cluster_before(const struct text_view *view, uint64_t at);
uint64_t text_view_cluster_after(const struct text_view *view, uint64_t at);

/* Move *at over the character after it, or before it, but not beyond `limit`, which it has not
 * reached. */
void text_view_step_forward(uint64_t *at, const struct text_view *view, uint64_t limit);
void text_view_step_back(uint64_t *at, const struct text_view *view, uint64_t limit);

/* Move *at forward, or back, over characters that have at most `columns` columns together, at most
 * to `limit`; return how many they have. */
size_t text_view_skip_forward(uint64_t *at, const struct text_view *view, uint64_t limit,
                              size_t columns);
size_t text_view_skip_back(uint64_t *at, const struct text_view *view, uint64_t limit,
                           size_t columns);

/* The start of the word around `at` if it is near and after `limit`, else `at`; and its end, if that
 * is near and before `limit`. White space that is farther away does not count: the word is long, or
 * in a script without spaces, such as Chinese. */
uint64_t text_view_word_start(const struct text_view *view, uint64_t at, uint64_t limit);
uint64_t text_view_word_end(const struct text_view *view, uint64_t at, uint64_t limit);

#endif
