/* SPDX-License-Identifier: MIT */
/* Finds the best passages of a document: windows of positions, their bytes, context and marks. */
#include "searcher/show/snippet.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "searcher/show/passage.h"

enum {
    /* That may be shown on either side of the words. */
    CONTEXT_BYTES = PASSAGE_COLUMN_BYTES * SNIPPET_COLUMNS,
    MARGIN_BYTES = 256, /* read beyond the context, so that the clusters at its ends are complete */
    CONTEXT_WORDS = SNIPPET_COLUMNS, /* that the context has if each is one character */
};

enum status snippet_finder_init(struct snippet_finder *finder, struct analyzer *analyzer,
                                const struct plan *plan, struct error *err) {
    *finder = (struct snippet_finder){.analyzer = analyzer};
    enum status status = occurrences_init(&finder->occurrences, plan, err);
    if (!status)
        status = snippet_window_chooser_init(&finder->chooser, &finder->occurrences, err);
    if (status)
        snippet_finder_release(finder);
    return status;
}

void snippet_finder_release(struct snippet_finder *finder) {
    occurrences_release(&finder->occurrences);
    text_source_release(&finder->source);
    snippet_window_chooser_release(&finder->chooser);
    free(finder->words);
    *finder = (struct snippet_finder){0};
}

static enum status add_word(struct snippet_finder *finder, uint32_t position, bool whole,
                            uint64_t weight) {
    struct word_offsets *words =
        array_reserve(finder->words, &finder->word_capacity, finder->word_count + 1, sizeof *words);
    if (!words)
        return ST_NOMEM;
    finder->words = words;
    words[finder->word_count++] =
        (struct word_offsets){.position = position, .whole = whole, .weight = weight};
    return ST_OK;
}

static int compare_positions(const void *a, const void *b) {
    const struct word_offsets *x = a, *y = b;
    return x->position < y->position ? -1 : x->position > y->position;
}

/* Sorts the words from `first` on and drops duplicates; of each stay the greatest weight and the
 * longer form. */
static void sort_words(struct snippet_finder *finder, size_t first) {
    struct word_offsets *words = finder->words;
    size_t kept = first;
    if (finder->word_count > first)
        qsort(words + first, finder->word_count - first, sizeof *words, compare_positions);
    for (size_t i = first; i < finder->word_count; i++) {
        if (kept == first || words[kept - 1].position != words[i].position) {
            words[kept++] = words[i];
            continue;
        }
        words[kept - 1].whole |= words[i].whole;
        if (words[kept - 1].weight < words[i].weight)
            words[kept - 1].weight = words[i].weight;
    }
    finder->word_count = kept;
}

/* The first word of a list with ranges at `position` or later. */
static size_t first_word_from(const struct occurrence_list *list, uint32_t position) {
    size_t low = 0, high = list->word_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->words[middle].position < position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Adds the words of a list at positions [start, end). */
static enum status add_words_of(struct snippet_finder *finder, const struct occurrence_list *list,
                                uint32_t start, uint32_t end, uint64_t weight) {
    if (list->ranges) {
        for (size_t at = first_word_from(list, start);
             at < list->word_count && list->words[at].position < end; at++)
            if (add_word(finder, list->words[at].position, list->words[at].whole, weight))
                return ST_NOMEM;
        return ST_OK;
    }
    size_t at = occurrences_lower_bound(list, start > list->width ? start - list->width : 0);
    for (; at < list->count && list->starts[at] < end; at++)
        for (size_t k = 0; k < list->clause->term_count; k++) {
            uint32_t position = occurrences_word_position(list, list->starts[at], k);
            if (position >= start && position < end &&
                add_word(finder, position, list->clause->words[k]->whole, weight))
                return ST_NOMEM;
        }
    return ST_OK;
}

/* Adds the query's words at positions [start, end), which are greater than all added before. */
static enum status add_words(struct snippet_finder *finder, uint32_t start, uint32_t end) {
    size_t first = finder->word_count;
    for (size_t i = 0; i < finder->occurrences.count; i++)
        if (add_words_of(finder, &finder->occurrences.lists[i], start, end,
                         finder->chooser.clauses[i].weight))
            return ST_NOMEM;
    sort_words(finder, first);
    return ST_OK;
}

/* Finds the query's words in and around the windows: their positions, then their offsets. */
static enum status find_words(struct snippet_finder *finder, uint32_t position, struct error *err) {
    uint32_t end = position;
    finder->word_count = 0;
    for (size_t i = 0; i < finder->window_count; i++) {
        struct snippet_window window = finder->windows[i];
        uint32_t start = window.first > CONTEXT_WORDS ? window.first - CONTEXT_WORDS : 0;
        if (start < end)
            start = end;
        end = window.last < UINT32_MAX - CONTEXT_WORDS ? window.last + CONTEXT_WORDS : UINT32_MAX;
        if (add_words(finder, start, end))
            return error_nomem(err);
    }
    return offsets_find(finder->words, finder->word_count, &finder->source, finder->analyzer,
                        position, err);
}

/* The words of window `i` that the text has. */
static size_t window_words(const struct word_offsets **words, const struct snippet_finder *finder,
                           size_t i) {
    const struct snippet_window *window = &finder->windows[i];
    size_t first = 0, end;
    while (first < finder->word_count && finder->words[first].position < window->first)
        first++;
    for (end = first; end < finder->word_count && finder->words[end].end &&
                      finder->words[end].position <= window->last;)
        end++;
    *words = finder->words + first;
    return end - first;
}

static enum status read_around(struct text_view *view, struct text_source *source,
                               struct text_range range, struct error *err) {
    uint64_t more = CONTEXT_BYTES + MARGIN_BYTES, size = source->text.size;
    view->offset = range.start > more ? range.start - more : 0;
    return text_source_read(&view->bytes, source, view->offset,
                            size - range.end > more ? range.end + more : size, err);
}

/* Whether the range has at most SNIPPET_COLUMNS columns. A character has no more of them than
 * bytes. */
static enum status fits(bool *result, struct text_source *source, struct text_range range,
                        struct error *err) {
    struct text_view view = {.offset = range.start};
    *result = range.end - range.start <= SNIPPET_COLUMNS;
    if (*result || range.end - range.start > CONTEXT_BYTES)
        return ST_OK;
    enum status status = text_source_read(&view.bytes, source, range.start, range.end, err);
    if (status)
        return status;
    uint64_t end = range.start;
    text_view_skip_forward(&end, &view, range.end, SNIPPET_COLUMNS);
    *result = end == range.end;
    return ST_OK;
}

/* The range of the words of a window; if that is longer than a snippet, the range of those of
 * consecutive words that fit and weigh most. */
static enum status fit_window(struct text_range *best, struct text_source *source,
                              const struct word_offsets *words, size_t count, struct error *err) {
    bool fit;
    *best = (struct text_range){words[0].start, words[count - 1].end};
    enum status status = fits(&fit, source, *best, err);
    if (status || fit)
        return status;
    uint64_t best_weight = 0, weight = 0;
    for (size_t first = 0, last = 0; !status && last < count; last++) {
        weight += words[last].weight;
        for (; !status && first < last; weight -= words[first++].weight) {
            status =
                fits(&fit, source, (struct text_range){words[first].start, words[last].end}, err);
            if (fit)
                break;
        }
        if (weight > best_weight) {
            best_weight = weight;
            *best = (struct text_range){words[first].start, words[last].end};
        }
    }
    return status;
}

/* Where the context of window `i`, whose words are at `range`, may be: after the passage before it,
 * and up to halfway to the next window, so that both have context. */
static struct text_range context_limits(const struct snippet_finder *finder, size_t i,
                                        const struct text_view *view, struct text_range range,
                                        uint64_t previous_end) {
    struct text_range limits = {view->offset, text_view_end(view)};
    const struct word_offsets *next;
    if (limits.start < previous_end)
        limits.start = previous_end;
    if (i + 1 == finder->window_count || !window_words(&next, finder, i + 1) ||
        next->start >= limits.end)
        return limits;
    limits.end = range.end;
    if (next->start > range.end)
        limits.end = text_view_cluster_before(view, range.end + (next->start - range.end) / 2);
    return limits;
}

/* The marks of the words within the range, as bytes from its start. */
static struct snippet_mark *find_marks(size_t *count, const struct snippet_finder *finder,
                                       const struct text_view *view, struct text_range range,
                                       struct arena *arena) {
    size_t max_count = 0;
    for (size_t i = 0; i < finder->word_count; i++)
        max_count += finder->words[i].end > range.start && finder->words[i].start < range.end;
    struct snippet_mark *marks = arena_alloc(arena, (max_count + 1) * sizeof *marks);
    *count = 0;
    for (size_t i = 0; marks && i < finder->word_count; i++) {
        const struct word_offsets *word = &finder->words[i];
        if (word->end <= range.start || word->start >= range.end)
            continue;
        uint64_t start = range.start, end = range.end;
        if (word->start > start)
            start = text_view_cluster_before(view, word->start);
        if (word->end < end)
            end = text_view_cluster_after(view, word->end);
        struct snippet_mark mark = {(uint32_t)(start - range.start), (uint32_t)(end - range.start)};
        if (!*count || mark.start > marks[*count - 1].end)
            marks[(*count)++] = mark;
        else if (mark.end > marks[*count - 1].end) /* bigrams overlap */
            marks[*count - 1].end = mark.end;
    }
    return marks;
}

/* Copies the passage with its marks into the arena; each run of white space becomes one space. */
static enum status make_snippet(struct snippet *snippet, const struct snippet_finder *finder,
                                const struct text_view *view, struct passage passage,
                                struct arena *arena) {
    struct text_range range = passage.range;
    size_t count, size = 0, opened = 0, closed = 0, length = (size_t)(range.end - range.start);
    const uint8_t *text = view->bytes.data + (range.start - view->offset);
    struct snippet_mark *marks = find_marks(&count, finder, view, range, arena);
    uint8_t *data = arena_alloc(arena, length + 1);
    if (!marks || !data)
        return ST_NOMEM;
    bool space = false;
    uint64_t offset = range.start + (count ? marks[0].start : 0);
    for (size_t i = 0; i < length; i++) {
        if (closed < opened && marks[closed].end == i)
            marks[closed++].end = (uint32_t)size;
        if (text_view_is_space(view, range.start + i)) {
            space = size > 0;
            continue;
        }
        if (space)
            data[size++] = ' ';
        space = false;
        if (opened < count && marks[opened].start == i)
            marks[opened++].start = (uint32_t)size;
        data[size++] = text[i];
    }
    if (closed < opened)
        marks[closed].end = (uint32_t)size;
    struct text_range before = {view->offset, range.start},
                      after = {range.end, text_view_end(view)};
    *snippet = (struct snippet){.text = slice_of(data, size),
                                .marks = marks,
                                .count = opened,
                                .cut_before = before.start > 0 || text_view_has_text(view, before),
                                .cut_after = after.end < finder->source.text.size ||
                                             text_view_has_text(view, after),
                                .begins_sentence = passage.begins_sentence,
                                .ends_sentence = passage.ends_sentence,
                                .offset = offset};
    return ST_OK;
}

static enum status show_windows(struct snippet *snippets, size_t *count,
                                struct snippet_finder *finder, struct arena *arena,
                                struct error *err) {
    uint64_t previous_end = 0;
    for (size_t i = 0; i < finder->window_count; i++) {
        const struct word_offsets *words;
        size_t word_count = window_words(&words, finder, i);
        if (!word_count)
            break;
        struct text_view view;
        struct text_range range;
        enum status status = fit_window(&range, &finder->source, words, word_count, err);
        if (!status)
            status = read_around(&view, &finder->source, range, err);
        if (status)
            return status;
        range.start = text_view_cluster_before(&view, range.start);
        range.end = text_view_cluster_after(&view, range.end);
        if (range.start < previous_end)
            continue; /* in the cluster that ends the passage before */
        struct text_range limits = context_limits(finder, i, &view, range, previous_end);
        struct passage passage = passage_around(&view, range, limits, SNIPPET_COLUMNS,
                                                text_view_end(&view) < finder->source.text.size);
        previous_end = passage.range.end;
        if (make_snippet(&snippets[*count], finder, &view, passage, arena))
            return error_nomem(err);
        ++*count;
    }
    return ST_OK;
}

static enum status show_beginning(struct snippet *snippet, size_t *count,
                                  struct snippet_finder *finder, struct arena *arena,
                                  struct error *err) {
    struct text_view view;
    struct text_range range = {0, 0};
    do { /* until the view has text after any white space */
        range.end = range.start;
        enum status status = read_around(&view, &finder->source, range, err);
        if (status)
            return status;
        while (range.start < text_view_end(&view) && text_view_is_space(&view, range.start))
            range.start++;
    } while (range.start > range.end && range.start < finder->source.text.size);
    if (range.start == finder->source.text.size)
        return ST_OK;
    struct text_range limits = {range.start, text_view_end(&view)};
    range.end = text_view_cluster_after(&view, range.start + 1);
    struct passage passage = passage_around(&view, range, limits, SNIPPET_COLUMNS,
                                            text_view_end(&view) < finder->source.text.size);
    if (make_snippet(snippet, finder, &view, passage, arena))
        return error_nomem(err);
    snippet->cut_before = false;
    *count = 1;
    return ST_OK;
}

/* How many words a window may have. */
static uint32_t window_span(const struct document *document, struct text_location text) {
    uint64_t span = (uint64_t)SNIPPET_WINDOW_BYTES * document->length / text.size;
    if (span < SNIPPET_WINDOW_WORDS)
        return SNIPPET_WINDOW_WORDS;
    return span < SNIPPET_WINDOW_BYTES ? (uint32_t)span : SNIPPET_WINDOW_BYTES;
}

enum status snippet_finder_expect(struct snippet_finder *finder, size_t ordinal,
                                  const uint32_t *docs, size_t count, struct error *err) {
    return occurrences_expect(&finder->occurrences, ordinal, docs, count, err);
}

enum status snippet_finder_seek(struct snippet_finder *finder, const struct hit *hit,
                                struct error *err) {
    finder->segment = finder->occurrences.plan->segments[hit->ordinal].segment;
    return occurrences_find(&finder->occurrences, hit->ordinal, hit->doc, err);
}

/* Finds the query's words in the title: their positions, then their offsets. */
static enum status find_title_words(struct snippet_finder *finder,
                                    const struct document *document) {
    const struct occurrences *occurrences = &finder->occurrences;
    size_t count = occurrences->count + occurrences->title_count;
    finder->word_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct occurrence_list *list = &occurrences->lists[i];
        bool shown = occurrences_may_be_in_title(list) && list->count;
        if (shown && list->form && exact_form_occurs(&shown, list->form, document->title))
            return ST_NOMEM;
        if (shown && add_words_of(finder, list, 0, document->title_length, 0))
            return ST_NOMEM;
    }
    sort_words(finder, 0);
    if (finder->word_count)
        offsets_find_in(finder->words, finder->word_count, document->title, finder->analyzer, 0);
    return ST_OK;
}

enum status snippet_mark_title(struct snippet_mark **marks, size_t *count,
                               struct snippet_finder *finder, const struct document *document,
                               struct arena *arena, struct error *err) {
    struct text_view view = {.bytes = document->title};
    struct text_range range = {0, document->title.size};
    *count = 0;
    if (find_title_words(finder, document))
        return error_nomem(err);
    if (!finder->word_count)
        return ST_OK;
    *marks = find_marks(count, finder, &view, range, arena);
    return *marks ? ST_OK : error_nomem(err);
}

/* Drops the occurrences of words that have to stand in the text as they were typed, and do not. */
static enum status keep_exact(struct snippet_finder *finder, struct text_location text,
                              uint32_t position, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < finder->occurrences.count && !status; i++) {
        struct occurrence_list *list = &finder->occurrences.lists[i];
        if (!list->form || !list->count || occurrences_has_ranges(list))
            continue;
        text_source_open(&finder->source, finder->segment, text);
        status = offsets_keep_exact(list, &finder->source, finder->analyzer, position, err);
    }
    return status;
}

enum status snippet_find(struct snippet *snippets, size_t *count, size_t max,
                         struct snippet_finder *finder, const struct document *document,
                         struct text_location text, struct arena *arena, struct error *err) {
    *count = 0;
    if (!max || !text.stored || !text.size)
        return ST_OK;
    uint32_t position = document->text_position;
    occurrences_skip(&finder->occurrences, position);
    enum status status = keep_exact(finder, text, position, err);
    if (status)
        return status;
    finder->window_count =
        snippet_window_choose(finder->windows, max < SNIPPET_MAX ? max : SNIPPET_MAX,
                              &finder->chooser, window_span(document, text));
    text_source_open(&finder->source, finder->segment, text);
    status = find_words(finder, position, err);
    if (!status)
        status = show_windows(snippets, count, finder, arena, err);
    if (!status && !*count)
        status = show_beginning(snippets, count, finder, arena, err);
    return status;
}
