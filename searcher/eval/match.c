/* SPDX-License-Identifier: MIT */
/* Makes a segment's scorers. */
#include "searcher/eval/match.h"

#include <stdlib.h>

/* Whether the segment has all of these terms. */
static bool has_terms(const struct plan_term *terms, size_t count, size_t ordinal) {
    for (size_t i = 0; i < count; i++)
        if (!terms[i].entries[ordinal].documents)
            return false;
    return true;
}

bool match_has_clause(const struct plan_clause *clause, size_t ordinal) {
    return has_terms(clause->terms, clause->node->term_count, ordinal);
}

/* Makes a phrase of a clause's words from the lists that these terms are of. */
static enum status init_phrase(struct scorer *scorer, const struct plan *plan,
                               const struct plan_clause *clause, const struct plan_term *terms,
                               size_t ordinal) {
    size_t count = clause->node->term_count;
    const struct term_entry **entries = malloc(count * sizeof *entries);
    if (!entries)
        return ST_NOMEM;
    for (size_t i = 0; i < count; i++)
        entries[i] = &terms[i].entries[ordinal];
    enum status status =
        scorer_init_phrase(scorer, plan->segments[ordinal].segment, entries, clause->offsets, count,
                           &clause->field->bm25, clause->weight);
    free(entries);
    return status;
}

/* Leaves out what a clause of the text has in other fields. */
static enum status init_others(struct scorer *scorer, const struct plan *plan,
                               const struct plan_clause *clause, size_t ordinal) {
    size_t count = clause->node->term_count;
    enum status status = scorer_reserve_others(scorer, clause->other_count);
    for (size_t i = 0; i < clause->other_count && !status; i++) {
        const struct plan_term *terms = clause->others + i * count;
        if (!has_terms(terms, count, ordinal))
            continue;
        status = init_phrase(&scorer->others[scorer->other_count], plan, clause, terms, ordinal);
        scorer->other_count += !status;
    }
    return status;
}

enum status match_init_scorer(struct scorer *scorer, const struct plan *plan,
                              const struct plan_clause *clause, size_t ordinal) {
    bool in_field = clause->node->field != SCHEMA_ALL;
    if (clause->node->kind == QUERY_TERM && !in_field)
        return scorer_init_term(scorer, plan->segments[ordinal].segment,
                                &clause->terms->entries[ordinal], &plan->bm25, clause->weight);
    enum status status = init_phrase(scorer, plan, clause, clause->terms, ordinal);
    if (!status && clause->field->number != SCHEMA_ALL)
        scorer_use_field_norms(scorer);
    if (!status && clause->other_count && init_others(scorer, plan, clause, ordinal)) {
        scorer_release(scorer);
        status = ST_NOMEM;
    }
    return status;
}

const struct segment_field *match_field(const struct plan *plan, size_t ordinal,
                                        const struct schema_field *field) {
    const struct plan_segment *segment = &plan->segments[ordinal];
    const struct schema *schema = &plan->snapshots[segment->index]->catalog.schema;
    uint16_t number = schema_same_field(schema, field);
    return number == SCHEMA_NONE ? NULL : segment_info_field(&segment->segment->info, number);
}

static enum status add_values(struct match *match, const struct plan_filter *filter) {
    const struct term_entry **entries = malloc((filter->term_count + 1) * sizeof *entries);
    if (!entries)
        return ST_NOMEM;
    size_t count = 0;
    for (size_t i = 0; i < filter->term_count; i++)
        if (filter->terms[i].entries[match->ordinal].documents)
            entries[count++] = &filter->terms[i].entries[match->ordinal];
    enum status status = filter_add_terms(&match->filter, entries, count, filter->excluded);
    free(entries);
    return status;
}

static bool has_id(const void *filter, struct slice id) {
    return query_filter_matches_id(filter, id);
}

static enum status add_filter(struct match *match, const struct plan *plan,
                              const struct plan_filter *filter) {
    const struct query_filter *condition = filter->node->filter;
    const struct segment_field *field = NULL;
    switch (condition->kind) {
    case QUERY_FILTER_VALUES:
        return add_values(match, filter);
    case QUERY_FILTER_RANGE:
        field = match_field(plan, match->ordinal, filter->field);
        if (!field || !field->column.entries || condition->range.min > condition->range.max)
            return filter_add_terms(&match->filter, NULL, 0, filter->excluded); /* none has it */
        filter_add_range(&match->filter, &field->column, filter->field->type, condition->range.min,
                         condition->range.max, filter->excluded);
        break;
    case QUERY_FILTER_ID:
        filter_add_predicate(&match->filter, has_id, condition, filter->excluded);
        break;
    }
    return ST_OK;
}

/* Makes the filter; it is impossible to match if no document passes. ST_NOMEM. */
static enum status init_filter(struct match *match, const struct plan *plan) {
    if (!plan->filter_count)
        return ST_OK;
    if (filter_init(&match->filter, match->segment, plan->filter_count, plan->filter_count))
        return ST_NOMEM;
    match->filtered = true;
    for (size_t i = 0; i < plan->filter_count; i++)
        if (add_filter(match, plan, &plan->filters[i]))
            return ST_NOMEM;
    filter_start(&match->filter);
    match->impossible |= !match->filter.estimate;
    return ST_OK;
}

/* Makes the scorers of the clauses with this role; *count: how many. */
static enum status init_scorers(struct scorer *scorers, size_t *count, const struct plan *plan,
                                size_t ordinal, enum plan_role role) {
    *count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_clause *clause = &plan->clauses[i];
        if (clause->role != role || !clause->multiplicity || !match_has_clause(clause, ordinal))
            continue;
        if (match_init_scorer(&scorers[*count], plan, clause, ordinal))
            return ST_NOMEM;
        if (clause->multiplicity > 1)
            scorer_set_multiplicity(&scorers[*count], clause->multiplicity);
        ++*count;
    }
    return ST_OK;
}

enum status match_init(struct match *match, const struct plan *plan, size_t ordinal,
                       struct error *err) {
    *match = (struct match){.segment = plan->segments[ordinal].segment,
                            .ordinal = (uint32_t)ordinal,
                            .documents = plan->segments[ordinal].segment->info.documents};
    for (size_t i = 0; i < plan->count; i++)
        if (plan->clauses[i].role == PLAN_REQUIRED && !match_has_clause(&plan->clauses[i], ordinal))
            match->impossible = true;
    if (match->impossible)
        return ST_OK;
    if (init_filter(match, plan)) {
        match_release(match);
        return error_nomem(err);
    }
    if (match->impossible)
        return ST_OK;
    match->filters_only = match->filtered;
    for (size_t i = 0; i < plan->count; i++)
        match->filters_only &= plan->clauses[i].role == PLAN_EXCLUDED;
    match->scorers = calloc(plan->count + 1, sizeof *match->scorers);
    if (!match->scorers) {
        match_release(match);
        return error_nomem(err);
    }
    size_t counts[3];
    struct scorer *next = match->scorers;
    for (int role = PLAN_REQUIRED; role <= PLAN_EXCLUDED; role++) {
        if (init_scorers(next, &counts[role], plan, ordinal, (enum plan_role)role)) {
            match_release(match);
            return error_nomem(err);
        }
        next += counts[role];
    }
    if (!counts[PLAN_REQUIRED] && counts[PLAN_OPTIONAL] == 1) { /* a sole one must match */
        counts[PLAN_REQUIRED] = 1;
        counts[PLAN_OPTIONAL] = 0;
    }
    match->required = match->scorers;
    match->required_count = counts[PLAN_REQUIRED];
    match->optional = match->required + match->required_count;
    match->optional_count = counts[PLAN_OPTIONAL];
    match->excluded = match->optional + match->optional_count;
    match->excluded_count = counts[PLAN_EXCLUDED];
    match->norms.chunks = &match->segment->chunks;
    for (size_t i = 0; i < match->optional_count + match->excluded_count; i++)
        scorer_start(&match->optional[i]);
    return ST_OK;
}

void match_release(struct match *match) {
    for (struct scorer *scorer = match->scorers; scorer && scorer->cursors; scorer++)
        scorer_release(scorer);
    free(match->scorers);
    match->scorers = NULL;
    filter_release(&match->filter);
}

void match_set_phrase_thresholds(struct scorer *scorers, size_t count, uint32_t threshold) {
    uint64_t all = 0;
    for (size_t i = 0; i < count; i++)
        all += scorers[i].bound;
    for (size_t i = 0; i < count; i++) {
        uint64_t remaining_bound = all - scorers[i].bound;
        scorers[i].threshold =
            threshold > remaining_bound ? threshold - (uint32_t)remaining_bound : 0;
    }
}
