/* SPDX-License-Identifier: MIT */
/* Finds the occurrences of clauses, a scorer for each clause in a segment. */
#include "searcher/show/occurrences.h"

#include <stdlib.h>

#include "searcher/match/match.h"

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
        list->width = occurrences_word_position(list, 1, clause->node->term_count - 1);
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

static void close_segment(struct occurrences *occurrences) {
    for (size_t i = 0; i < occurrences->count + occurrences->title_count; i++)
        if (occurrences->lists[i].scorer.cursors)
            scorer_release(&occurrences->lists[i].scorer);
    occurrences->ordinal = SIZE_MAX;
}

void occurrences_release(struct occurrences *occurrences) {
    close_segment(occurrences);
    free(occurrences->lists);
    *occurrences = (struct occurrences){0};
}

static enum status open_segment(struct occurrences *occurrences, size_t ordinal) {
    close_segment(occurrences);
    for (size_t i = 0; i < occurrences->count + occurrences->title_count; i++) {
        struct occurrence_list *list = &occurrences->lists[i];
        if (match_has_clause(list->clause, ordinal) &&
            match_init_counter(&list->scorer, occurrences->plan, list->clause, ordinal))
            return ST_NOMEM;
    }
    occurrences->ordinal = ordinal;
    return ST_OK;
}

size_t occurrences_lower_bound(const struct occurrence_list *list, uint32_t position) {
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->starts[middle] < position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum status occurrences_find(struct occurrences *occurrences, size_t ordinal, uint32_t doc,
                             struct error *err) {
    if (ordinal != occurrences->ordinal && open_segment(occurrences, ordinal))
        return error_nomem(err);
    for (size_t i = 0; i < occurrences->count + occurrences->title_count; i++) {
        struct occurrence_list *list = &occurrences->lists[i];
        list->count = 0;
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
        if (before) {
            list->starts += before;
            list->count -= before;
        }
    }
}
