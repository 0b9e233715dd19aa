/* SPDX-License-Identifier: MIT */
/* Finds the boundaries of characters, clusters and words in a part of a text. */
#include "searcher/show/text_view.h"

#include "common/base/utf8.h"
#include "common/text/unicode.h"

/* Bytes. White space farther away than this does not move the end of a passage: it then cuts a long
 * word, or is in a script without spaces, such as Chinese. */
enum { WORD_CUT_MAX = 48 };

bool text_view_has_text(const struct text_view *view, struct text_range range) {
    while (range.start < range.end && text_view_is_space(view, range.start))
        range.start++;
    return range.start < range.end;
}

uint64_t text_view_cluster_before(const struct text_view *view, uint64_t at) {
    return view->offset + unicode_cluster_before(view->bytes, (size_t)(at - view->offset));
}

uint64_t text_view_cluster_after(const struct text_view *view, uint64_t at) {
    return view->offset + unicode_cluster_after(view->bytes, (size_t)(at - view->offset));
}

static bool is_inside_character(const struct text_view *view, uint64_t at) {
    return utf8_is_continuation(view->bytes.data[at - view->offset]);
}

size_t text_view_skip_forward(uint64_t *at, const struct text_view *view, uint64_t limit,
                              size_t count) {
    size_t skipped = 0;
    for (; skipped < count && *at != limit; skipped++)
        do
            ++*at;
        while (*at != limit && is_inside_character(view, *at));
    return skipped;
}

size_t text_view_skip_back(uint64_t *at, const struct text_view *view, uint64_t limit,
                           size_t count) {
    size_t skipped = 0;
    for (; skipped < count && *at != limit; skipped++)
        do
            --*at;
        while (*at != limit && is_inside_character(view, *at));
    return skipped;
}

/* The end of the range after at most `count` characters and at least one cluster. */
static uint64_t truncated_end(const struct text_view *view, struct text_range range, size_t count) {
    uint64_t end = range.start;
    text_view_skip_forward(&end, view, range.end, count);
    if (end < range.end)
        end = text_view_cluster_before(view, end);
    return end > range.start ? end : text_view_cluster_after(view, range.start + 1);
}

/* The end of the word around `at` if it is near and before `limit`, else `at`. */
static uint64_t word_end(const struct text_view *view, uint64_t at, uint64_t limit) {
    if (at == view->offset || text_view_is_space(view, at - 1))
        return at;
    for (uint64_t next = at; next < limit && next < at + WORD_CUT_MAX; next++)
        if (text_view_is_space(view, next))
            return next;
    return at;
}

/* The start of the word around `at` if it is near and after `limit`, else `at`. */
static uint64_t word_start(const struct text_view *view, uint64_t at, uint64_t limit) {
    if (at == text_view_end(view) || text_view_is_space(view, at))
        return at;
    for (uint64_t next = at; next > limit && next + WORD_CUT_MAX > at; next--)
        if (text_view_is_space(view, next - 1))
            return next;
    return at;
}

/* Adds `count` characters to the range, half of them before it; where one side has fewer, the other
 * one gets more. */
static struct text_range add_context(const struct text_view *view, struct text_range range,
                                     struct text_range limits, size_t count) {
    uint64_t at = range.start;
    size_t before = text_view_skip_back(&at, view, limits.start, count);
    at = range.end;
    size_t after = text_view_skip_forward(&at, view, limits.end, count);
    size_t half = count / 2, lead = after < count - half ? count - after : half;
    if (lead > before)
        lead = before;
    text_view_skip_back(&range.start, view, limits.start, lead);
    text_view_skip_forward(&range.end, view, limits.end, count - lead);
    return range;
}

struct text_range text_view_widen(const struct text_view *view, struct text_range range,
                                  struct text_range limits, size_t count) {
    range.end = truncated_end(view, range, count);
    uint64_t at = range.start;
    size_t size = text_view_skip_forward(&at, view, range.end, count);
    struct text_range wide = add_context(view, range, limits, count - size);
    wide.start = text_view_cluster_after(view, word_end(view, wide.start, range.start));
    wide.end = text_view_cluster_before(view, word_start(view, wide.end, range.end));
    /* A space is dropped together with any marks that combine with it. */
    while (wide.start < range.start && text_view_is_space(view, wide.start))
        wide.start = text_view_cluster_after(view, wide.start + 1);
    while (wide.end > range.end && text_view_is_space(view, wide.end - 1))
        wide.end--;
    return wide;
}
