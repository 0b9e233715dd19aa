/* SPDX-License-Identifier: MIT */
/* Finds the occurrences of clauses: a scorer for each TERM and PHRASE in a segment, a store for the
 * others. */
#include "searcher/show/occurrences.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "searcher/match/match.h"

/* The form that an EXACT demands of the words of its clause; NULL: none does. */
static const struct exact_form *find_form(const struct plan *plan,
                                          const struct plan_clause *clause) {
    for (size_t i = 0; i < plan->filter_count; i++) {
        const struct plan_filter *filter = &plan->filters[i];
        if (filter->node->kind == QUERY_EXACT && filter->node->children == clause->node)
            return &filter->form;
    }
    return NULL;
}

/* Adds lists for the clauses whose terms are in the lists of this field. In those of other fields,
 * positions say nothing about what is shown. */
static size_t add_lists(struct occurrences *occurrences, struct occurrence_list *lists,
                        uint16_t field) {
    const struct plan *plan = occurrences->plan;
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_clause *clause = &plan->clauses[i];
        if (clause->role == PLAN_EXCLUDED || clause->field->number != field)
            continue;
        struct occurrence_list *list = &lists[count++];
        list->clause = clause;
        list->form = find_form(plan, clause);
        if (occurrences_has_ranges(list))
            occurrences->has_stores = true;
        else
            list->width = occurrences_word_position(list, 1, clause->term_count - 1);
    }
    return count;
}

enum status occurrences_init(struct occurrences *occurrences, const struct plan *plan,
                             struct error *err) {
    *occurrences = (struct occurrences){.plan = plan, .ordinal = SIZE_MAX};
    occurrences->lists = calloc(plan->count + 1, sizeof *occurrences->lists);
    if (!occurrences->lists)
        return error_nomem(err);
    occurrences->count = add_lists(occurrences, occurrences->lists, SCHEMA_ALL);
    occurrences->title_count =
        add_lists(occurrences, occurrences->lists + occurrences->count, SCHEMA_TITLE);
    return ST_OK;
}

bool occurrences_may_be_in_title(const struct occurrence_list *list) {
    return list->clause->node->field == SCHEMA_ALL || list->clause->node->field == SCHEMA_TITLE;
}

static size_t list_count(const struct occurrences *occurrences) {
    return occurrences->count + occurrences->title_count;
}

static void close_segment(struct occurrences *occurrences) {
    for (size_t i = 0; i < list_count(occurrences); i++) {
        struct occurrence_list *list = &occurrences->lists[i];
        if (list->scorer.cursors)
            scorer_release(&list->scorer);
        list->starts = NULL;
    }
    occurrences->ordinal = SIZE_MAX;
    occurrences->expected_count = 0;
}

void occurrences_release(struct occurrences *occurrences) {
    close_segment(occurrences);
    for (size_t i = 0; i < list_count(occurrences); i++) {
        free(occurrences->lists[i].store.ranges);
        free(occurrences->lists[i].store.words);
        free(occurrences->lists[i].kept);
    }
    free(occurrences->lists);
    free(occurrences->expected);
    free(occurrences->positions);
    *occurrences = (struct occurrences){0};
}

static enum status open_segment(struct occurrences *occurrences, size_t ordinal) {
    close_segment(occurrences);
    for (size_t i = 0; i < list_count(occurrences); i++) {
        struct occurrence_list *list = &occurrences->lists[i];
        if (!occurrences_has_ranges(list) && match_has_clause(list->clause, ordinal) &&
            match_init_counter(&list->scorer, occurrences->plan, list->clause, ordinal))
            return ST_NOMEM;
    }
    occurrences->ordinal = ordinal;
    return ST_OK;
}

static enum status add_range(struct occurrence_store *store, uint32_t doc, uint32_t first,
                             uint32_t last) {
    struct occurrence_range *ranges =
        array_reserve(store->ranges, &store->capacity, store->count + 1, sizeof *ranges);
    if (!ranges)
        return ST_NOMEM;
    store->ranges = ranges;
    ranges[store->count++] = (struct occurrence_range){doc, first, last};
    return ST_OK;
}

static enum status add_word(struct occurrence_store *store, uint32_t doc, uint32_t position,
                            bool whole) {
    struct occurrence_word *words =
        array_reserve(store->words, &store->word_capacity, store->word_count + 1, sizeof *words);
    if (!words)
        return ST_NOMEM;
    store->words = words;
    words[store->word_count++] = (struct occurrence_word){doc, position, whole};
    return ST_OK;
}

/* Adds the occurrences of a word of an expansion. */
static enum status collect_term(struct occurrence_store *store, struct occurrences *occurrences,
                                const struct term_entry *entry, bool whole) {
    struct cursor cursor;
    cursor_init(&cursor, occurrences->plan->segments[occurrences->ordinal].segment, entry);
    cursor_start(&cursor);
    for (size_t i = 0; i < occurrences->expected_count; i++) {
        uint32_t doc = occurrences->expected[i], found = cursor_seek(&cursor, doc);
        if (found == DOC_END)
            break;
        if (found != doc)
            continue;
        uint32_t count = cursor_frequency(&cursor);
        uint32_t *positions = array_reserve(occurrences->positions, &occurrences->position_capacity,
                                            count + 1, sizeof *positions);
        if (!positions)
            return ST_NOMEM;
        occurrences->positions = positions;
        if (!count || !cursor_positions(positions, &cursor))
            continue; /* damaged, which the segment remembers */
        for (uint32_t k = 0; k < count && store->count < OCCURRENCES_MAX; k++)
            if (add_range(store, doc, positions[k], positions[k]) ||
                add_word(store, doc, positions[k], whole))
                return ST_NOMEM;
    }
    return ST_OK;
}

/* Adds the words of the scorer's element that begin at `first` or later, of those passed. */
static enum status collect_element(struct occurrence_store *store, const struct scorer *scorer,
                                   size_t i, uint32_t first) {
    const struct scorer_element *element = &scorer->near->elements[i];
    const struct near_element *found = &scorer->near->counts[i];
    for (size_t at = found->next; at-- > 0 && found->starts[at] >= first;)
        for (size_t k = 0; k < element->word_count; k++) {
            uint32_t offset = scorer->offsets[element->first_word + k] - element->low;
            if (add_word(store, scorer->doc, found->starts[at] + offset, false))
                return ST_NOMEM;
        }
    return ST_OK;
}

/* Adds the occurrences of a NEAR in the document that its scorer is at. */
static enum status collect_near(struct occurrence_store *store, struct scorer *scorer) {
    struct near_walk walk;
    near_begin(&walk, scorer->near->counts, scorer->near->count, scorer->near->length);
    while (near_next(&walk) && store->count < OCCURRENCES_MAX) {
        uint32_t first = near_first(&walk), last = (uint32_t)(walk.end - 1);
        if (add_range(store, scorer->doc, first, last))
            return ST_NOMEM;
        for (size_t i = 0; i < scorer->near->count; i++)
            if (collect_element(store, scorer, i, first))
                return ST_NOMEM;
    }
    return ST_OK;
}

/* Adds the occurrences of a phrase in the document that its scorer is at. */
static enum status collect_phrase(struct occurrence_store *store, struct scorer *scorer,
                                  const struct plan_clause *clause) {
    size_t count, last = clause->term_count - 1;
    const uint32_t *starts = scorer_starts(&count, scorer);
    for (size_t i = 0; starts && i < count && store->count < OCCURRENCES_MAX; i++) {
        if (add_range(store, scorer->doc, starts[i],
                      starts[i] + clause->offsets[last] - clause->offsets[0]))
            return ST_NOMEM;
        for (size_t k = 0; k <= last; k++)
            if (add_word(store, scorer->doc, starts[i] + clause->offsets[k] - clause->offsets[0],
                         clause->words[k]->whole))
                return ST_NOMEM;
    }
    return ST_OK;
}

/* Adds the occurrences of a NEAR or a phrase. */
static enum status collect_words(struct occurrence_store *store, struct occurrences *occurrences,
                                 const struct plan_clause *clause) {
    struct scorer scorer;
    enum status status = ST_OK;
    if (!match_has_clause(clause, occurrences->ordinal))
        return ST_OK;
    if (match_init_counter(&scorer, occurrences->plan, clause, occurrences->ordinal))
        return ST_NOMEM;
    for (size_t i = 0; i < occurrences->expected_count && !status; i++)
        if (scorer_seek_exact(&scorer, occurrences->expected[i]))
            status =
                scorer.near ? collect_near(store, &scorer) : collect_phrase(store, &scorer, clause);
    scorer_release(&scorer);
    return status;
}

static enum status collect(struct occurrence_store *store, struct occurrences *occurrences,
                           const struct plan_clause *clause) {
    const struct plan_expansion *expansion = clause->expansion;
    if (!expansion)
        return collect_words(store, occurrences, clause);
    const struct plan_lists *lists = &expansion->segments[occurrences->ordinal];
    enum status status = ST_OK;
    for (size_t i = 0; i < lists->count && !status; i++)
        if (lists->items[i].matches)
            status = collect_term(store, occurrences, &lists->items[i].entry,
                                  clause->node->children[lists->items[i].child].terms[0].whole);
    for (size_t i = 0; i < expansion->phrase_count && !status; i++)
        status = collect_words(store, occurrences, &expansion->phrases[i]);
    return status;
}

/* By document and first position; of those that begin together, the longest is the first. */
static int compare_ranges(const void *a, const void *b) {
    const struct occurrence_range *x = a, *y = b;
    if (x->doc != y->doc)
        return x->doc < y->doc ? -1 : 1;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->last > y->last ? -1 : x->last < y->last;
}

static int compare_words(const void *a, const void *b) {
    const struct occurrence_word *x = a, *y = b;
    if (x->doc != y->doc)
        return x->doc < y->doc ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

/* Sorts the store, and drops ranges that have others in them. */
static void sort_store(struct occurrence_store *store) {
    if (store->count)
        qsort(store->ranges, store->count, sizeof *store->ranges, compare_ranges);
    if (store->word_count)
        qsort(store->words, store->word_count, sizeof *store->words, compare_words);
    size_t kept = store->count;
    for (size_t i = store->count; i-- > 0;)
        if (kept == store->count || store->ranges[i].doc != store->ranges[kept].doc ||
            store->ranges[i].last < store->ranges[kept].last)
            store->ranges[--kept] = store->ranges[i];
    store->count -= kept;
    if (kept && store->count)
        memmove(store->ranges, store->ranges + kept, store->count * sizeof *store->ranges);
}

enum status occurrences_expect(struct occurrences *occurrences, size_t ordinal,
                               const uint32_t *docs, size_t count, struct error *err) {
    if (ordinal != occurrences->ordinal && open_segment(occurrences, ordinal))
        return error_nomem(err);
    if (!occurrences->has_stores)
        return ST_OK;
    uint32_t *expected = realloc(occurrences->expected, (count + 1) * sizeof *expected);
    if (!expected)
        return error_nomem(err);
    memcpy(expected, docs, count * sizeof *docs);
    occurrences->expected = expected;
    occurrences->expected_count = count;
    for (size_t i = 0; i < list_count(occurrences); i++) {
        struct occurrence_store *store = &occurrences->lists[i].store;
        if (!occurrences_has_ranges(&occurrences->lists[i]))
            continue;
        store->count = store->word_count = 0;
        if (collect(store, occurrences, occurrences->lists[i].clause))
            return error_nomem(err);
        sort_store(store);
    }
    return segment_status(occurrences->plan->segments[ordinal].segment, err);
}

size_t occurrences_lower_bound(const struct occurrence_list *list, uint32_t position) {
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (occurrences_first(list, middle) < position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_expected(const struct occurrences *occurrences, uint32_t doc) {
    for (size_t i = 0; i < occurrences->expected_count; i++)
        if (occurrences->expected[i] == doc)
            return true;
    return false;
}

/* Sets the list to what the store has of a document. */
static void take_from_store(struct occurrence_list *list, uint32_t doc) {
    const struct occurrence_store *store = &list->store;
    size_t first = 0, first_word = 0;
    while (first < store->count && store->ranges[first].doc < doc)
        first++;
    while (first_word < store->word_count && store->words[first_word].doc < doc)
        first_word++;
    list->ranges = store->count ? store->ranges + first : NULL;
    list->words = store->word_count ? store->words + first_word : NULL;
    list->count = list->word_count = list->width = 0;
    for (; first + list->count < store->count && list->ranges[list->count].doc == doc;
         list->count++) {
        const struct occurrence_range *range = &list->ranges[list->count];
        if (range->last - range->first >= list->width)
            list->width = range->last - range->first + 1;
    }
    while (first_word + list->word_count < store->word_count &&
           list->words[list->word_count].doc == doc)
        list->word_count++;
}

enum status occurrences_find(struct occurrences *occurrences, size_t ordinal, uint32_t doc,
                             struct error *err) {
    if (ordinal != occurrences->ordinal && open_segment(occurrences, ordinal))
        return error_nomem(err);
    if (occurrences->has_stores && !is_expected(occurrences, doc)) {
        enum status status = occurrences_expect(occurrences, ordinal, &doc, 1, err);
        if (status)
            return status;
    }
    for (size_t i = 0; i < list_count(occurrences); i++) {
        struct occurrence_list *list = &occurrences->lists[i];
        list->count = 0;
        if (occurrences_has_ranges(list)) {
            take_from_store(list, doc);
            continue;
        }
        if (list->scorer.cursors && scorer_seek_exact(&list->scorer, doc))
            list->starts = scorer_starts(&list->count, &list->scorer);
        if (!list->starts)
            list->count = 0;
    }
    return segment_status(occurrences->plan->segments[ordinal].segment, err);
}

void occurrences_skip(struct occurrences *occurrences, uint32_t from) {
    for (size_t i = 0; i < occurrences->count; i++) {
        struct occurrence_list *list = &occurrences->lists[i];
        size_t before = occurrences_lower_bound(list, from);
        if (before && list->ranges)
            list->ranges += before;
        else if (before)
            list->starts += before;
        list->count -= before;
    }
}
