#include "searcher/show/snippet.h"

#include <stdlib.h>

#include "common/base/utf8.h"
#include "common/text/unicode.h"

enum {
    CONTEXT_BYTES =
        4 * SNIPPET_CHARACTERS, /* bytes that a passage may have on either side of its words */
    /* Bytes read beyond, so that clusters at the ends of the context are seen whole. */
    MARGIN_BYTES = 256,
    WORD_CUT_MAX = 48, /* bytes; a longer word is cut where a passage ends */
    /* Words that the context may hold, when each is a character. */
    CONTEXT_WORDS = SNIPPET_CHARACTERS,
};

enum status snippet_finder_init(struct snippet_finder *finder, struct analyzer *analyzer,
                                const struct plan *plan, struct error *err) {
    *finder = (struct snippet_finder){.analyzer = analyzer};
    enum status status = occurrences_init(&finder->occurrences, plan, err);
    if (!status)
        status = window_chooser_init(&finder->chooser, &finder->occurrences, err);
    if (status)
        snippet_finder_release(finder);
    return status;
}

void snippet_finder_release(struct snippet_finder *finder) {
    occurrences_release(&finder->occurrences);
    text_source_release(&finder->source);
    window_chooser_release(&finder->chooser);
    free(finder->words);
    *finder = (struct snippet_finder){0};
}

static enum status add_word(struct snippet_finder *finder, uint32_t position, uint64_t weight) {
    if (finder->word_count == finder->word_capacity) {
        size_t capacity = finder->word_capacity ? 2 * finder->word_capacity : 64;
        struct word_offsets *words = realloc(finder->words, capacity * sizeof *words);
        if (!words)
            return ST_NOMEM;
        finder->words = words;
        finder->word_capacity = capacity;
    }
    finder->words[finder->word_count++] =
        (struct word_offsets){.position = position, .weight = weight};
    return ST_OK;
}

static int compare_positions(const void *a, const void *b) {
    const struct word_offsets *x = a, *y = b;
    return x->position < y->position ? -1 : x->position > y->position;
}

/* Adds the words of the query at positions [from, end), which lie after those there are. */
static enum status add_words(struct snippet_finder *finder, uint32_t from, uint32_t end) {
    size_t first = finder->word_count, kept = first;
    for (size_t i = 0; i < finder->occurrences.count; i++) {
        const struct occurrence_list *list = &finder->occurrences.lists[i];
        size_t at = occurrences_lower_bound(list, from > list->width ? from - list->width : 0);
        for (; at < list->count && list->starts[at] < end; at++)
            for (size_t word = 0; word < list->clause->node->term_count; word++) {
                uint32_t position = occurrences_word_position(list, list->starts[at], word);
                if (position >= from && position < end &&
                    add_word(finder, position, finder->chooser.clauses[i].weight))
                    return ST_NOMEM;
            }
    }
    struct word_offsets *words = finder->words;
    if (finder->word_count > first)
        qsort(words + first, finder->word_count - first, sizeof *words, compare_positions);
    for (size_t i = first; i < finder->word_count; i++) {
        if (kept > first && words[kept - 1].position == words[i].position) {
            if (words[kept - 1].weight < words[i].weight)
                words[kept - 1].weight = words[i].weight;
        } else {
            words[kept++] = words[i];
        }
    }
    finder->word_count = kept;
    return ST_OK;
}

/* Finds the words of the query in and around the windows, first their positions, then their bytes.
 */
static enum status find_words(struct snippet_finder *finder, const struct window *windows,
                              size_t count, uint32_t position, struct error *err) {
    uint32_t end = position;
    finder->word_count = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t from = windows[i].first > CONTEXT_WORDS ? windows[i].first - CONTEXT_WORDS : 0;
        if (from < end)
            from = end;
        end = windows[i].last < UINT32_MAX - CONTEXT_WORDS ? windows[i].last + CONTEXT_WORDS
                                                           : UINT32_MAX;
        if (add_words(finder, from, end))
            return error_nomem(err);
    }
    return offsets_find(finder->words, finder->word_count, &finder->source, finder->analyzer,
                        position, err);
}

/* Bytes [start, end) of the text. */
struct region {
    uint64_t start, end;
};

/* What is known of the text: bytes [from, from + bytes.size). */
struct text_view {
    struct slice bytes;
    uint64_t offset;
};

static enum status read_around(struct text_view *view, struct text_source *source,
                               struct region region, struct error *err) {
    uint64_t more = CONTEXT_BYTES + MARGIN_BYTES, size = source->text.size;
    view->offset = region.start > more ? region.start - more : 0;
    return text_source_read(&view->bytes, source, view->offset,
                            size - region.end > more ? region.end + more : size, err);
}

static uint8_t byte_at(const struct text_view *view, uint64_t at) {
    return view->bytes.data[at - view->offset];
}

static bool is_space(uint8_t byte) {
    return byte <= ' ';
}

static uint64_t cluster_before(const struct text_view *view, uint64_t at) {
    return view->offset + unicode_cluster_before(view->bytes, (size_t)(at - view->offset));
}

static uint64_t cluster_after(const struct text_view *view, uint64_t at) {
    return view->offset + unicode_cluster_after(view->bytes, (size_t)(at - view->offset));
}

/* Moves *at forward, or back, by up to `count` characters but not over `limit`; says how many. */
static size_t skip_characters(const struct text_view *view, uint64_t *at, uint64_t limit,
                              size_t count, bool forward) {
    size_t walked = 0;
    for (; walked < count && *at != limit; walked++) {
        do
            *at = forward ? *at + 1 : *at - 1;
        while (*at != limit && utf8_is_continuation(byte_at(view, *at)));
    }
    return walked;
}

/* Of a region that is too long, the first characters, one cluster at least. */
static uint64_t truncated_end(const struct text_view *view, struct region region) {
    uint64_t end = region.start;
    skip_characters(view, &end, region.end, SNIPPET_CHARACTERS, true);
    if (end < region.end)
        end = cluster_before(view, end);
    return end > region.start ? end : cluster_after(view, region.start + 1);
}

/* Where white space is in reach after, or before, a place within a word, up to `limit`, there;
 * where there is none (Chinese, say), the place itself: any cluster will do. */
static uint64_t word_after(const struct text_view *view, uint64_t at, uint64_t limit) {
    if (at == view->offset || is_space(byte_at(view, at - 1)))
        return at;
    for (uint64_t next = at; next < limit && next < at + WORD_CUT_MAX; next++)
        if (is_space(byte_at(view, next)))
            return next;
    return at;
}

static uint64_t word_before(const struct text_view *view, uint64_t at, uint64_t limit) {
    if (at == view->offset + view->bytes.size || is_space(byte_at(view, at)))
        return at;
    for (uint64_t next = at; next > limit && next + WORD_CUT_MAX > at; next--)
        if (is_space(byte_at(view, next - 1)))
            return next;
    return at;
}

/* Widens the region to SNIPPET_CHARACTERS characters of whole words within `limits`. */
static struct region widen(const struct text_view *view, struct region region,
                           struct region limits) {
    region.end = truncated_end(view, region);
    struct region wide = region;
    uint64_t probe = region.start;
    size_t size = skip_characters(view, &probe, region.end, SNIPPET_CHARACTERS, true),
           room = SNIPPET_CHARACTERS - size;
    probe = region.start;
    size_t before = skip_characters(view, &probe, limits.start, room, false);
    probe = region.end;
    size_t after = skip_characters(view, &probe, limits.end, room, true);
    size_t half = room / 2, lead = after < room - half ? room - after : half;
    if (lead > before)
        lead = before;
    skip_characters(view, &wide.start, limits.start, lead, false);
    skip_characters(view, &wide.end, limits.end, room - lead, true);

    wide.start = cluster_after(view, word_after(view, wide.start, region.start));
    wide.end = cluster_before(view, word_before(view, wide.end, region.end));
    /* A space goes with the marks that are combined with it, if any. */
    while (wide.start < region.start && is_space(byte_at(view, wide.start)))
        wide.start = cluster_after(view, wide.start + 1);
    while (wide.end > region.end && is_space(byte_at(view, wide.end - 1)))
        wide.end--;
    return wide;
}

static bool has_text(const struct text_view *view, uint64_t from, uint64_t end) {
    while (from < end && is_space(byte_at(view, from)))
        from++;
    return from < end;
}

/* The marks of the region, as bytes from its start on. */
static struct snippet_mark *find_marks(size_t *count, const struct snippet_finder *finder,
                                       const struct text_view *view, struct region region,
                                       struct arena *arena) {
    size_t max_count = 0;
    for (size_t i = 0; i < finder->word_count; i++)
        max_count += finder->words[i].end > region.start && finder->words[i].start < region.end;
    struct snippet_mark *marks = arena_alloc(arena, (max_count + 1) * sizeof *marks);
    *count = 0;
    for (size_t i = 0; marks && i < finder->word_count; i++) {
        const struct word_offsets *word = &finder->words[i];
        if (word->end <= region.start || word->start >= region.end)
            continue;
        uint64_t start = region.start, end = region.end;
        if (word->start > start)
            start = cluster_before(view, word->start);
        if (word->end < end)
            end = cluster_after(view, word->end);
        struct snippet_mark mark = {(uint32_t)(start - region.start),
                                    (uint32_t)(end - region.start)};
        if (!*count || mark.start > marks[*count - 1].end)
            marks[(*count)++] = mark;
        else if (mark.end > marks[*count - 1].end) /* bigrams overlap */
            marks[*count - 1].end = mark.end;
    }
    return marks;
}

/* Copies the region with its marks into the arena, white space folded. */
static enum status make_snippet(struct snippet *snippet, const struct snippet_finder *finder,
                                const struct text_view *view, struct region region,
                                struct arena *arena) {
    size_t count, size = 0, opened = 0, closed = 0, length = (size_t)(region.end - region.start);
    const uint8_t *text = view->bytes.data + (region.start - view->offset);
    struct snippet_mark *marks = find_marks(&count, finder, view, region, arena);
    uint8_t *data = arena_alloc(arena, length + 1);
    if (!marks || !data)
        return ST_NOMEM;
    bool space = false;
    for (size_t i = 0; i < length; i++) {
        if (closed < opened && marks[closed].end == i)
            marks[closed++].end = (uint32_t)size;
        if (is_space(text[i])) {
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
    uint64_t end = view->offset + view->bytes.size;
    *snippet = (struct snippet){
        .text = slice_of(data, size),
        .marks = marks,
        .count = opened,
        .cut_before = view->offset > 0 || has_text(view, view->offset, region.start),
        .cut_after = end < finder->source.text.size || has_text(view, region.end, end)};
    return ST_OK;
}

/* Whether the region is at most as long as a snippet. */
static enum status is_short(bool *is, struct text_source *source, struct region region,
                            struct error *err) {
    struct text_view view = {.offset = region.start};
    *is = region.end - region.start <= SNIPPET_CHARACTERS;
    if (*is || region.end - region.start > CONTEXT_BYTES) /* whatever its characters are */
        return ST_OK;
    enum status status = text_source_read(&view.bytes, source, region.start, region.end, err);
    if (status)
        return status;
    uint64_t end = region.start;
    skip_characters(&view, &end, region.end, SNIPPET_CHARACTERS, true);
    *is = end == region.end;
    return ST_OK;
}

/* Where the words of a window are, or, when that is longer than a snippet, those side by side that
 * weigh most of what is not. */
static enum status fit_window(struct region *best, struct text_source *source,
                              const struct word_offsets *words, size_t count, struct error *err) {
    bool fits;
    *best = (struct region){words[0].start, words[count - 1].end};
    enum status status = is_short(&fits, source, *best, err);
    uint64_t best_weight = 0, weight = 0;
    size_t left = fits ? 0 : count;
    for (size_t first = 0, last = 0; !status && last < left; last++) {
        weight += words[last].weight;
        for (; !status && first < last; weight -= words[first++].weight) {
            status =
                is_short(&fits, source, (struct region){words[first].start, words[last].end}, err);
            if (fits)
                break;
        }
        if (weight > best_weight) {
            best_weight = weight;
            *best = (struct region){words[first].start, words[last].end};
        }
    }
    return status;
}

/* The words of the window that the text has. */
static size_t window_words(const struct word_offsets **words, const struct snippet_finder *finder,
                           const struct window *window) {
    size_t first = 0, end;
    while (first < finder->word_count && finder->words[first].position < window->first)
        first++;
    for (end = first; end < finder->word_count && finder->words[end].end &&
                      finder->words[end].position <= window->last;)
        end++;
    *words = finder->words + first;
    return end - first;
}

static enum status show_windows(struct snippet *snippets, size_t *count,
                                struct snippet_finder *finder, const struct window *windows,
                                size_t window_count, struct arena *arena, struct error *err) {
    const struct word_offsets *words, *next_words;
    uint64_t end = 0;
    for (size_t i = 0; i < window_count; i++) {
        size_t word_count = window_words(&words, finder, &windows[i]);
        if (!word_count)
            break;
        struct text_view view;
        struct region region;
        enum status status = fit_window(&region, &finder->source, words, word_count, err);
        if (!status)
            status = read_around(&view, &finder->source, region, err);
        if (status)
            return status;
        region.start = cluster_before(&view, region.start);
        region.end = cluster_after(&view, region.end);
        if (region.start < end)
            continue; /* within the cluster that the passage before ends with */
        struct region limits = {view.offset, view.offset + view.bytes.size};
        if (limits.start < end)
            limits.start = end;
        /* Halfway to the next one, so that both have context. */
        if (i + 1 < window_count && window_words(&next_words, finder, &windows[i + 1]) &&
            next_words[0].start < limits.end)
            limits.end =
                next_words[0].start > region.end
                    ? cluster_before(&view, region.end + (next_words[0].start - region.end) / 2)
                    : region.end;
        region = widen(&view, region, limits);
        end = region.end;
        if (make_snippet(&snippets[*count], finder, &view, region, arena))
            return error_nomem(err);
        ++*count;
    }
    return ST_OK;
}

static enum status show_beginning(struct snippet *snippet, size_t *count,
                                  struct snippet_finder *finder, struct arena *arena,
                                  struct error *err) {
    struct text_view view;
    struct region region = {0, 0};
    uint64_t end;
    do { /* until the view begins with text, after white space of any length */
        region.end = region.start;
        enum status status = read_around(&view, &finder->source, region, err);
        if (status)
            return status;
        end = view.offset + view.bytes.size;
        while (region.start < end && is_space(byte_at(&view, region.start)))
            region.start++;
    } while (region.start > region.end && region.start < finder->source.text.size);
    if (region.start == finder->source.text.size)
        return ST_OK;
    region = widen(&view, region, (struct region){region.start, end});
    if (make_snippet(snippet, finder, &view, region, arena))
        return error_nomem(err);
    snippet->cut_before = false;
    *count = 1;
    return ST_OK;
}

/* How many words a window may have. */
static uint32_t window_span(const struct document *document, struct text_location text) {
    uint64_t span = (uint64_t)SNIPPET_WINDOW_BYTES * document->length / text.size;
    return span < SNIPPET_WINDOW_WORDS   ? SNIPPET_WINDOW_WORDS
           : span < SNIPPET_WINDOW_BYTES ? (uint32_t)span
                                         : SNIPPET_WINDOW_BYTES;
}

enum status snippet_find(struct snippet *snippets, size_t *count, size_t max,
                         struct snippet_finder *finder, const struct hit *hit,
                         const struct document *document, struct text_location text,
                         struct arena *arena, struct error *err) {
    *count = 0;
    if (!max || !text.stored || !text.size)
        return ST_OK;
    struct window windows[SNIPPET_MAX];
    uint32_t position = document_text_position(document->title_length);
    enum status status =
        occurrences_find(&finder->occurrences, hit->ordinal, hit->doc, position, err);
    if (status)
        return status;
    size_t found = window_choose(windows, max < SNIPPET_MAX ? max : SNIPPET_MAX, &finder->chooser,
                                 window_span(document, text));
    text_source_open(&finder->source, finder->occurrences.plan->segments[hit->ordinal].segment,
                     text);
    finder->word_count = 0;
    status = find_words(finder, windows, found, position, err);
    if (!status)
        status = show_windows(snippets, count, finder, windows, found, arena, err);
    if (!status && !*count)
        status = show_beginning(snippets, count, finder, arena, err);
    return status;
}
