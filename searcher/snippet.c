#include "searcher/snippet.h"

#include <math.h>
#include <stdlib.h>

#include "common/unicode.h"

struct snippet_term {
    struct slice term;
    bool alone;         /* it is a clause of its own, not only a word of phrases */
    uint32_t frequency; /* matches to show in the text at hand */
    uint32_t inside;    /* ... in the window at hand */
    uint32_t weight;
};

struct snippet_match {
    uint32_t term;
    uint32_t position;
    uint32_t start, end;
    enum {
        MATCH_HIDDEN, /* a word of a phrase that does not stand here */
        MATCH_SHOWN,
        MATCH_USED, /* shown, and in a snippet already */
    } state;
};

static int compare_terms(const void *a, const void *b) {
    return slice_compare(((const struct snippet_term *)a)->term,
                         ((const struct snippet_term *)b)->term);
}

/* One of 64 bits. A word whose bit no term has is none of them: that settles nearly all words. (The
 * memos of the analyzer would too, but clearing them touches all of its cache, 4 ms at the start.)
 */
static uint64_t filter_bit(struct slice term) {
    if (!term.size)
        return 1;
    return 1ull << ((term.data[0] * 5u + term.data[term.size - 1] * 11u + term.size) & 63);
}

static struct snippet_term *find_term(const struct snippet_finder *finder, struct slice term) {
    if (!(finder->filter & filter_bit(term)))
        return NULL;
    struct snippet_term key = {.term = term};
    return bsearch(&key, finder->terms, finder->count, sizeof key, compare_terms);
}

enum status snippet_finder_init(struct snippet_finder *finder, struct analyzer *analyzer,
                                const struct query *query, struct error *err) {
    *finder = (struct snippet_finder){.analyzer = analyzer, .query = query};
    size_t total = 0;
    for (size_t i = 0; i < query->count; i++)
        if (query->clauses[i].occur != OCCUR_MUST_NOT)
            total += query->clauses[i].count;
    finder->terms = calloc(total + 1, sizeof *finder->terms);
    finder->matches = malloc(SNIPPET_MATCHES * sizeof *finder->matches);
    if (!finder->terms || !finder->matches) {
        snippet_finder_release(finder);
        return error_nomem(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < query->count; i++) {
        const struct query_clause *clause = &query->clauses[i];
        for (size_t j = 0; clause->occur != OCCUR_MUST_NOT && j < clause->count; j++)
            finder->terms[count++] =
                (struct snippet_term){.term = clause->terms[j].term, .alone = clause->count == 1};
    }
    qsort(finder->terms, count, sizeof *finder->terms, compare_terms);
    for (size_t i = 0; i < count; i++) {
        const struct snippet_term *term = &finder->terms[i];
        struct snippet_term *last = &finder->terms[finder->count ? finder->count - 1 : 0];
        finder->filter |= filter_bit(term->term);
        if (finder->count && slice_equal(last->term, term->term))
            last->alone |= term->alone;
        else
            finder->terms[finder->count++] = *term;
    }
    return ST_OK;
}

void snippet_finder_release(struct snippet_finder *finder) {
    free(finder->terms);
    free(finder->matches);
    *finder = (struct snippet_finder){0};
}

/* The match at `position`, or NULL. Matches are in order of position. */
static struct snippet_match *match_at(const struct snippet_finder *finder, uint32_t position) {
    size_t low = 0, high = finder->match_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (finder->matches[middle].position < position)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < finder->match_count && finder->matches[low].position == position;
    return found ? &finder->matches[low] : NULL;
}

static void show(struct snippet_finder *finder, struct snippet_match *match) {
    if (match->state != MATCH_HIDDEN)
        return;
    match->state = MATCH_SHOWN;
    if (finder->terms[match->term].frequency++ == 0)
        finder->missing--;
}

/* Shows the words of `clause` if the last match is its last word and the others stand before it. */
static void show_phrase(struct snippet_finder *finder, const struct query_clause *clause) {
    size_t count = clause->count < SNIPPET_PHRASE ? clause->count : SNIPPET_PHRASE;
    struct snippet_match *words[SNIPPET_PHRASE];
    words[count - 1] = &finder->matches[finder->match_count - 1];
    const struct query_term *last = &clause->terms[count - 1];
    if (!slice_equal(last->term, finder->terms[words[count - 1]->term].term) ||
        words[count - 1]->position < last->offset)
        return;
    uint32_t first = words[count - 1]->position - last->offset;
    for (size_t i = 0; i + 1 < count; i++) {
        words[i] = match_at(finder, first + clause->terms[i].offset);
        if (!words[i] || !slice_equal(clause->terms[i].term, finder->terms[words[i]->term].term))
            return;
    }
    for (size_t i = 0; i < count; i++)
        show(finder, words[i]);
}

static void add_match(struct snippet_finder *finder, uint32_t term, const struct token *token) {
    struct snippet_match *match = &finder->matches[finder->match_count++];
    *match = (struct snippet_match){
        .term = term, .position = token->position, .start = token->start, .end = token->end};
    if (finder->terms[term].alone)
        show(finder, match);
    for (size_t i = 0; i < finder->query->count; i++) {
        const struct query_clause *clause = &finder->query->clauses[i];
        if (clause->count > 1 && clause->occur != OCCUR_MUST_NOT)
            show_phrase(finder, clause);
    }
}

/* Whether all terms are shown within SNIPPET_SPAN bytes up to the last match. */
static bool is_complete(const struct snippet_finder *finder) {
    if (finder->missing || finder->count > SNIPPET_SPAN / 2)
        return false;
    size_t missing = finder->count;
    uint32_t end = finder->matches[finder->match_count - 1].end;
    for (size_t i = 0; i < finder->count; i++)
        finder->terms[i].inside = 0;
    for (size_t i = finder->match_count; i-- > 0 && missing;) {
        const struct snippet_match *match = &finder->matches[i];
        if (end - match->start > SNIPPET_SPAN)
            return false;
        if (match->state == MATCH_SHOWN && finder->terms[match->term].inside++ == 0)
            missing--;
    }
    return missing == 0;
}

/* Fills finder->matches; with `hasty`, up to the first window that has all terms. */
static enum status find_matches(struct snippet_finder *finder, struct slice text, bool hasty) {
    struct token tokens[ANALYZER_BATCH];
    finder->match_count = 0;
    finder->missing = finder->count;
    for (size_t i = 0; i < finder->count; i++)
        finder->terms[i].frequency = 0;
    if (!finder->count)
        return ST_OK;
    analyzer_begin(finder->analyzer, text, 0);
    for (size_t n; (n = analyzer_next(finder->analyzer, tokens, ANALYZER_BATCH)) > 0;) {
        for (size_t i = 0; i < n; i++) {
            const struct snippet_term *term = find_term(finder, tokens[i].term);
            if (!term)
                continue;
            add_match(finder, (uint32_t)(term - finder->terms), &tokens[i]);
            if (finder->match_count == SNIPPET_MATCHES || (hasty && is_complete(finder)))
                return ST_OK;
        }
    }
    return analyzer_status(finder->analyzer);
}

/* Bytes [start, end) of the text. */
struct region {
    uint32_t start, end;
};

/* The window of matches to show that is worth most; false when nothing is left to show. It does not
 * reach across an earlier snippet, which is longer than it. */
static bool find_window(struct region *window, struct snippet_finder *finder) {
    uint64_t weight = 0, best_weight = 0;
    size_t inside = 0, best_inside = 0, left = 0;
    for (size_t i = 0; i < finder->count; i++)
        finder->terms[i].inside = 0;
    for (size_t right = 0; right < finder->match_count; right++) {
        const struct snippet_match *last = &finder->matches[right];
        if (last->state == MATCH_SHOWN) {
            struct snippet_term *term = &finder->terms[last->term];
            if (term->inside++ == 0)
                weight += term->weight;
            inside++;
        }
        for (; left < right; left++) {
            const struct snippet_match *first = &finder->matches[left];
            if (first->state != MATCH_SHOWN)
                continue;
            if (last->end - first->start <= SNIPPET_SPAN)
                break;
            struct snippet_term *term = &finder->terms[first->term];
            if (--term->inside == 0)
                weight -= term->weight;
            inside--;
        }
        if (weight > best_weight || (weight == best_weight && inside > best_inside)) {
            best_weight = weight;
            best_inside = inside;
            *window = (struct region){finder->matches[left].start, last->end};
        }
    }
    return best_inside > 0;
}

static bool is_space(uint8_t byte) {
    return byte <= ' ';
}

static bool is_inside_character(uint8_t byte) {
    return (byte & 0xc0) == 0x80;
}

/* Moves *at forward, or back, by up to `count` characters but not over `limit`; says how many. */
static size_t walk(struct slice text, uint32_t *at, uint32_t limit, size_t count, bool forward) {
    size_t walked = 0;
    for (; walked < count && *at != limit; walked++) {
        do
            *at = forward ? *at + 1 : *at - 1;
        while (*at != limit && is_inside_character(text.data[*at]));
    }
    return walked;
}

/* Widens the region to SNIPPET_SIZE characters of whole words within `limits`. */
static struct region widen(struct slice text, struct region region, struct region limits) {
    uint32_t start = region.start, end = region.end, probe = start;
    size_t size = walk(text, &probe, end, SNIPPET_SIZE, true);
    end = probe; /* a single word may be longer than a snippet */
    size_t room = SNIPPET_SIZE - size;
    probe = start;
    size_t before = walk(text, &probe, limits.start, room, false);
    probe = end;
    size_t after = walk(text, &probe, limits.end, room, true);
    size_t half = room / 2, lead = after < room - half ? room - after : half;
    if (lead > before)
        lead = before;
    uint32_t wide_start = start, wide_end = end;
    walk(text, &wide_start, limits.start, lead, false);
    walk(text, &wide_end, limits.end, room - lead, true);

    /* Back to whole words; where no white space is in reach (Chinese, say), any character will do.
     */
    probe = wide_start;
    if (probe > limits.start && !is_space(text.data[probe - 1])) {
        while (probe < start && !is_space(text.data[probe]))
            probe++;
        if (probe < start)
            wide_start = probe;
    }
    probe = wide_end;
    if (probe < limits.end && !is_space(text.data[probe])) {
        while (probe > end && !is_space(text.data[probe - 1]))
            probe--;
        if (probe > end)
            wide_end = probe;
    }
    while (wide_start < start && is_space(text.data[wide_start]))
        wide_start++;
    while (wide_end > end && is_space(text.data[wide_end - 1]))
        wide_end--;
    return (struct region){wide_start, wide_end};
}

/* The room around `window` that the `count` regions leave. */
static struct region find_limits(const struct region *regions, size_t count, struct region window,
                                 size_t size) {
    struct region limits = {0, (uint32_t)size};
    for (size_t i = 0; i < count; i++) {
        if (regions[i].end <= window.start && regions[i].end > limits.start)
            limits.start = regions[i].end;
        if (regions[i].start >= window.end && regions[i].start < limits.end)
            limits.end = regions[i].start;
    }
    return limits;
}

/* Copies the region with its marks into the arena, white space folded. */
static enum status make_snippet(struct snippet *snippet, const struct snippet_finder *finder,
                                struct slice text, struct region region, struct arena *arena) {
    size_t count = 0, size = 0;
    for (size_t i = 0; i < finder->match_count; i++)
        count += finder->matches[i].start < region.end && finder->matches[i].end > region.start;
    struct snippet_mark *marks = arena_alloc(arena, (count + 1) * sizeof *marks);
    uint8_t *data = arena_alloc(arena, region.end - region.start + 1);
    if (!marks || !data)
        return ST_NOMEM;
    count = 0;
    for (size_t i = 0; i < finder->match_count; i++) {
        const struct snippet_match *match = &finder->matches[i];
        if (match->state == MATCH_HIDDEN || match->start < region.start ||
            match->start >= region.end)
            continue;
        uint32_t end = match->end < region.end ? match->end : region.end;
        if (count && match->start <= marks[count - 1].end)
            marks[count - 1].end = end; /* bigrams overlap */
        else
            marks[count++] = (struct snippet_mark){match->start, end};
    }

    bool space = false;
    size_t opened = 0, closed = 0;
    for (uint32_t i = region.start; i < region.end; i++) {
        if (closed < opened && marks[closed].end == i)
            marks[closed++].end = (uint32_t)size;
        if (is_space(text.data[i])) {
            space = size > 0;
            continue;
        }
        if (space)
            data[size++] = ' ';
        space = false;
        if (opened < count && marks[opened].start == i)
            marks[opened++].start = (uint32_t)size;
        data[size++] = text.data[i];
    }
    if (closed < opened)
        marks[closed].end = (uint32_t)size;
    *snippet = (struct snippet){.text = slice_of(data, size), .marks = marks, .count = opened};
    return ST_OK;
}

static void set_weights(struct snippet_finder *finder) {
    for (size_t i = 0; i < finder->count; i++) {
        struct snippet_term *term = &finder->terms[i];
        double f = term->frequency ? term->frequency : 1;
        term->weight = (uint32_t)(65536 / (1 + log2(f)));
    }
}

/* Takes what the region shows out of the choice for further ones. */
static void use_up(struct snippet_finder *finder, struct region region) {
    for (size_t i = 0; i < finder->count; i++)
        finder->terms[i].inside = 0;
    for (size_t i = 0; i < finder->match_count; i++) {
        struct snippet_match *match = &finder->matches[i];
        if (match->state != MATCH_SHOWN || match->end <= region.start || match->start >= region.end)
            continue;
        match->state = MATCH_USED;
        if (finder->terms[match->term].inside++ == 0)
            finder->terms[match->term].weight /= 2;
    }
}

static size_t count_spaces(struct slice text) {
    size_t count = 0;
    while (count < text.size && is_space(text.data[count]))
        count++;
    return count;
}

/* Picks up to `max` regions, in the order of the text. */
static size_t pick_regions(struct region *regions, size_t max, struct snippet_finder *finder,
                           struct slice text) {
    size_t count = 0;
    struct region window;
    set_weights(finder);
    while (count < max && find_window(&window, finder)) {
        struct region limits = find_limits(regions, count, window, text.size);
        struct region region = widen(text, window, limits);
        use_up(finder, region);
        size_t at = count++;
        for (; at > 0 && regions[at - 1].start > region.start; at--)
            regions[at] = regions[at - 1];
        regions[at] = region;
    }
    uint32_t begin = (uint32_t)count_spaces(text);
    if (count == 0 && max > 0 && begin < text.size) {
        struct region opening = {begin, begin}, limits = {begin, (uint32_t)text.size};
        regions[count++] = widen(text, opening, limits);
    }
    return count;
}

enum status snippet_find(struct snippet *snippets, size_t *count, size_t max,
                         struct snippet_finder *finder, struct slice text, struct arena *arena,
                         struct error *err) {
    struct slice head = unicode_cut(text, SNIPPET_SCAN);
    struct region regions[SNIPPET_MAX];
    *count = 0;
    enum status status = find_matches(finder, head, max == 1);
    if (status)
        return error_nomem(err);
    size_t wanted = pick_regions(regions, max < SNIPPET_MAX ? max : SNIPPET_MAX, finder, head);
    size_t begin = count_spaces(text);
    for (size_t i = 0; i < wanted; i++) {
        struct slice rest = slice_of(text.data + regions[i].end, text.size - regions[i].end);
        if (make_snippet(&snippets[i], finder, head, regions[i], arena))
            return error_nomem(err);
        snippets[i].cut_before = regions[i].start > begin;
        snippets[i].cut_after = count_spaces(rest) < rest.size;
    }
    *count = wanted;
    return ST_OK;
}
