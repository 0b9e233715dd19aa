/* SPDX-License-Identifier: MIT */
/* Widens a range to sentences or words. */
#include "searcher/show/passage.h"

#include "common/base/utf8.h"
#include "searcher/show/sentence.h"

/* A passage that is being made. */
struct widening {
    const struct text_view *view;
    struct text_range range, limits;
    size_t columns;
    bool more;
};

static size_t columns_of(const struct text_view *view, uint64_t start, uint64_t end) {
    return text_view_skip_forward(&start, view, end, SIZE_MAX);
}

/* `at`, or the start of the character that it is in. */
static uint64_t character_start(const struct text_view *view, uint64_t at) {
    uint64_t start = at;
    if (start < text_view_end(view) && start > view->offset &&
        utf8_is_continuation(view->bytes.data[start - view->offset]))
        text_view_step_back(&start, view, view->offset);
    return start;
}

/* The end of the range after at most `columns` columns and at least one cluster. */
static uint64_t truncated_end(const struct text_view *view, struct text_range range,
                              size_t columns) {
    uint64_t end = range.start, bytes = PASSAGE_COLUMN_BYTES * (uint64_t)columns;
    text_view_skip_forward(&end, view, range.end, columns);
    if (end - range.start > bytes)
        end = character_start(view, range.start + bytes);
    if (end < range.end)
        end = text_view_cluster_before(view, end);
    return end > range.start ? end : text_view_cluster_after(view, range.start + 1);
}

/* Moves the limits to where no view is too short for them. */
static void bound_limits(struct widening *it) {
    uint64_t most = PASSAGE_COLUMN_BYTES * (uint64_t)it->columns;
    if (it->range.start - it->limits.start > most)
        it->limits.start =
            text_view_cluster_after(it->view, character_start(it->view, it->range.start - most));
    if (it->limits.end > it->range.end && it->limits.end - it->range.end > most)
        it->limits.end =
            text_view_cluster_before(it->view, character_start(it->view, it->range.end + most));
}

/* Adds `columns` columns of words to the range, `lead` of them before it; where one side has fewer,
 * the other one gets more. */
static struct text_range add_words(const struct widening *it, struct text_range range,
                                   size_t columns, size_t lead) {
    const struct text_view *view = it->view;
    struct text_range wide = range;
    uint64_t at = range.start;
    size_t before = text_view_skip_back(&at, view, it->limits.start, columns);
    at = range.end;
    size_t after = text_view_skip_forward(&at, view, it->limits.end, columns);
    if (lead + after < columns)
        lead = columns - after;
    if (lead > before)
        lead = before;
    text_view_skip_back(&wide.start, view, it->limits.start, lead);
    text_view_skip_forward(&wide.end, view, it->limits.end, columns - lead);
    if (wide.start < range.start)
        wide.start =
            text_view_cluster_after(view, text_view_word_end(view, wide.start, range.start));
    if (wide.end > range.end)
        wide.end = text_view_cluster_before(view, text_view_word_start(view, wide.end, range.end));
    /* A space is dropped together with any marks that combine with it. */
    while (wide.start < range.start && text_view_is_space(view, wide.start))
        wide.start = text_view_cluster_after(view, wide.start + 1);
    while (wide.end > range.end && text_view_is_space(view, wide.end - 1))
        wide.end--;
    return wide;
}

/* The end of the sentence at `at`, if it is within `columns` columns and between two clusters. */
static uint64_t sentence_end_within(const struct widening *it, uint64_t at, size_t columns) {
    uint64_t to = at;
    text_view_skip_forward(&to, it->view, it->limits.end, columns);
    uint64_t end = sentence_end(it->view, at, to, it->more);
    return end != SENTENCE_NONE && text_view_cluster_after(it->view, end) == end ? end
                                                                                 : SENTENCE_NONE;
}

static uint64_t sentence_start_within(const struct widening *it, uint64_t at, size_t columns) {
    uint64_t from = at;
    text_view_skip_back(&from, it->view, it->limits.start, columns);
    uint64_t start = sentence_start(it->view, at, from);
    return start != SENTENCE_NONE && text_view_cluster_before(it->view, start) == start
               ? start
               : SENTENCE_NONE;
}

/* Adds the sentences after the range that fit into `*left` columns, then those before it. */
static void add_sentences(struct text_range *range, size_t *left, const struct widening *it) {
    for (uint64_t at;;) {
        at = range->end;
        while (at < it->limits.end && text_view_is_space(it->view, at))
            at++;
        if (at == it->limits.end || columns_of(it->view, range->end, at) >= *left)
            break;
        uint64_t end = sentence_end_within(it, at, *left - columns_of(it->view, range->end, at));
        if (end == SENTENCE_NONE)
            break;
        size_t taken = columns_of(it->view, range->end, end);
        if (taken > *left)
            break;
        *left -= taken;
        range->end = end;
    }
    while (range->start > it->limits.start) {
        uint64_t at = range->start;
        text_view_step_back(&at, it->view, it->limits.start);
        uint64_t start = sentence_start_within(it, at, *left);
        size_t taken =
            start == SENTENCE_NONE ? SIZE_MAX : columns_of(it->view, start, range->start);
        if (taken > *left)
            break;
        *left -= taken;
        range->start = start;
    }
}

struct passage passage_around(const struct text_view *view, struct text_range range,
                              struct text_range limits, size_t columns, bool more) {
    range.end = truncated_end(view, range, columns);
    struct widening it = {view, range, limits, columns, more};
    bound_limits(&it);
    size_t size = columns_of(view, range.start, range.end);
    size_t left = columns > size ? columns - size : 0; /* a cluster may have more */
    uint64_t start = sentence_start_within(&it, range.start, left);
    uint64_t end = sentence_end_within(&it, range.end, left);
    size_t before = start == SENTENCE_NONE ? left + 1 : columns_of(view, start, range.start);
    size_t after = end == SENTENCE_NONE ? left + 1 : columns_of(view, range.end, end);
    if (before + after <= left) {
        struct text_range whole = {start, end};
        left -= before + after;
        add_sentences(&whole, &left, &it);
        if (left <= columns / 2)
            return (struct passage){whole, true, true};
        struct text_range wide = add_words(&it, whole, left, 0);
        return (struct passage){wide, wide.start == whole.start, wide.end == whole.end};
    }
    if (before + columns / 4 <= left) {
        struct text_range wide =
            add_words(&it, (struct text_range){start, range.end}, left - before, 0);
        return (struct passage){wide, wide.start == start, false};
    }
    if (after + columns / 4 <= left) {
        struct text_range wide =
            add_words(&it, (struct text_range){range.start, end}, left - after, left - after);
        return (struct passage){wide, false, wide.end == end};
    }
    return (struct passage){add_words(&it, range, left, left / 2), false, false};
}
