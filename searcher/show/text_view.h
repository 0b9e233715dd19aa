/* SPDX-License-Identifier: MIT */
/* A part of a text in memory, and where a passage of it may begin and end without cutting what
 * readers take for one character (a grapheme cluster, UAX #29) or one word. Offsets are those of
 * the whole text.
 *
 *     struct text_view view = {.bytes = bytes, .offset = offset};
 *     range = text_view_widen(&view, range, limits, 180);
 *
 * A character is a code point here. The view has to begin and end between clusters. */
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

/* Moves *at forward, or back, by up to `count` characters, at most to `limit`; returns by how many.
 */
size_t text_view_skip_forward(uint64_t *at, const struct text_view *view, uint64_t limit,
                              size_t count);
size_t text_view_skip_back(uint64_t *at, const struct text_view *view, uint64_t limit,
                           size_t count);

/* The range with context on both sides, up to `count` characters in all and within `limits`. It
 * begins and ends between clusters, and between words where white space is near. A range that is
 * longer than that is cut off, but never within its first cluster. */
struct text_range text_view_widen(const struct text_view *view, struct text_range range,
                                  struct text_range limits, size_t count);

#endif
