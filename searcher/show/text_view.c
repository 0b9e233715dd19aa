/* SPDX-License-Identifier: MIT */
/* Finds the boundaries of characters, clusters and words in a part of a text. */
#include "searcher/show/text_view.h"

#include "common/base/utf8.h"
#include "common/text/unicode.h"

enum { WORD_CUT_MAX = 48 }; /* bytes to the white space at the end of a word */

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

void text_view_step_forward(uint64_t *at, const struct text_view *view, uint64_t limit) {
    do
        ++*at;
    while (*at != limit && is_inside_character(view, *at));
}

void text_view_step_back(uint64_t *at, const struct text_view *view, uint64_t limit) {
    do
        --*at;
    while (*at != limit && is_inside_character(view, *at));
}

/* The columns of the character at `at`. */
static unsigned columns_at(const struct text_view *view, uint64_t at) {
    size_t from = (size_t)(at - view->offset);
    if (view->bytes.data[from] < 0x80)
        return 1;
    return unicode_columns(
        unicode_decode_long(view->bytes.data + from, view->bytes.size - from).code_point);
}

size_t text_view_skip_forward(uint64_t *at, const struct text_view *view, uint64_t limit,
                              size_t columns) {
    size_t skipped = 0;
    while (*at < limit) {
        unsigned more = columns_at(view, *at);
        if (skipped + more > columns)
            break;
        skipped += more;
        text_view_step_forward(at, view, limit);
    }
    return skipped;
}

size_t text_view_skip_back(uint64_t *at, const struct text_view *view, uint64_t limit,
                           size_t columns) {
    size_t skipped = 0;
    while (*at > limit) {
        uint64_t before = *at;
        text_view_step_back(&before, view, limit);
        unsigned more = columns_at(view, before);
        if (skipped + more > columns)
            break;
        skipped += more;
        *at = before;
    }
    return skipped;
}

uint64_t text_view_word_end(const struct text_view *view, uint64_t at, uint64_t limit) {
    if (at == view->offset || text_view_is_space(view, at - 1))
        return at;
    for (uint64_t next = at; next < limit && next < at + WORD_CUT_MAX; next++)
        if (text_view_is_space(view, next))
            return next;
    return at;
}

uint64_t text_view_word_start(const struct text_view *view, uint64_t at, uint64_t limit) {
    if (at == text_view_end(view) || text_view_is_space(view, at))
        return at;
    for (uint64_t next = at; next > limit && next + WORD_CUT_MAX > at; next--)
        if (text_view_is_space(view, next - 1))
            return next;
    return at;
}
