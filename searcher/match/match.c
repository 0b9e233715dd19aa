/* SPDX-License-Identifier: MIT */
/* Makes a segment's scorers. */
#include "searcher/match/match.h"

#include <stdlib.h>

/* Whether the segment has all of these terms. */
static bool has_terms(const struct plan_term *terms, size_t count, size_t ordinal) {
    for (size_t i = 0; i < count; i++)
        if (!terms[i].entries[ordinal].documents)
            return false;
    return true;
}

bool match_has_clause(const struct plan_clause *clause, size_t ordinal) {
    const struct plan_expansion *expansion = clause->expansion;
    if (!expansion)
        return has_terms(clause->terms, clause->term_count, ordinal);
    bool has = expansion->segments[ordinal].count > 0;
    for (size_t i = 0; i < expansion->phrase_count && !has; i++)
        has = match_has_clause(&expansion->phrases[i], ordinal);
    return has;
}

/* Makes the scorer of a NEAR for these entries. */
static enum status init_near(struct scorer *scorer, struct lengths *lengths,
                             struct segment *segment, const struct plan_clause *clause,
                             const struct term_entry *const *entries) {
    struct scorer_words *elements = malloc(clause->element_count * sizeof *elements);
    if (!elements)
        return ST_NOMEM;
    for (size_t i = 0; i < clause->element_count; i++) {
        const struct plan_element *element = &clause->elements[i];
        elements[i] = (struct scorer_words){.entries = entries + element->first_word,
                                            .offsets = clause->offsets + element->first_word,
                                            .count = element->word_count,
                                            .needed = element->needed};
    }
    enum status status = scorer_init_near(scorer, segment, elements, clause->element_count,
                                          clause->node->distance, lengths, clause->weight);
    free(elements);
    return status;
}

/* Makes the scorer of a phrase or a NEAR for these terms, which are its terms in some field. */
static enum status init_phrase(struct scorer *scorer, struct lengths *lengths,
                               const struct plan *plan, const struct plan_clause *clause,
                               const struct plan_term *terms, size_t ordinal) {
    size_t count = clause->term_count;
    struct segment *segment = plan->segments[ordinal].segment;
    const struct term_entry **entries = malloc(count * sizeof *entries);
    if (!entries)
        return ST_NOMEM;
    for (size_t i = 0; i < count; i++)
        entries[i] = &terms[i].entries[ordinal];
    enum status status = clause->element_count
                             ? init_near(scorer, lengths, segment, clause, entries)
                             : scorer_init_phrase(scorer, segment, entries, clause->offsets, count,
                                                  lengths, clause->weight);
    free(entries);
    return status;
}

/* Adds the part of a phrase that is in a field, if the segment has it there. */
static enum status add_part(struct scorer_part *parts, size_t *count, struct lengths *lengths,
                            const struct plan *plan, const struct plan_clause *clause,
                            const struct plan_term *terms, int32_t delta, size_t ordinal) {
    if (!has_terms(terms, clause->term_count, ordinal))
        return ST_OK;
    struct scorer *scorer = malloc(sizeof *scorer);
    if (!scorer || init_phrase(scorer, lengths, plan, clause, terms, ordinal)) {
        free(scorer);
        return ST_NOMEM;
    }
    parts[(*count)++] = (struct scorer_part){.scorer = scorer, .delta = delta};
    return ST_OK;
}

/* Makes the parts of a phrase: those of the weighted fields, or those that are not in the text. */
static enum status add_parts(struct scorer *scorer, struct lengths *lengths,
                             const struct plan *plan, const struct plan_clause *clause,
                             size_t ordinal) {
    bool subtracts = clause->node->field == SCHEMA_TEXT;
    const struct plan_term *terms = subtracts ? clause->others : clause->weighted;
    size_t most = subtracts ? clause->other_count : plan->weight_count, count = 0;
    uint32_t unit = plan->bm25.unit;
    struct scorer_part *parts = calloc(most + 1, sizeof *parts);
    enum status status = parts ? ST_OK : ST_NOMEM;
    for (size_t i = 0; i < most && !status; i++)
        status = add_part(parts, &count, lengths, plan, clause, terms + i * clause->term_count,
                          subtracts ? -(int32_t)unit : plan->weights[i].delta, ordinal);
    if (parts)
        scorer_set_parts(scorer, unit, parts, count, subtracts);
    return status;
}

/* Makes the weights of a term; NULL if the segment has it in no weighted field. */
static enum status init_weights(struct cursor_weights **weights, const struct plan *plan,
                                const struct plan_clause *clause, size_t ordinal) {
    size_t count = 0;
    *weights = NULL;
    for (size_t i = 0; i < plan->weight_count; i++)
        count += has_terms(&clause->weighted[i], 1, ordinal);
    if (!count)
        return ST_OK;
    struct segment *segment = plan->segments[ordinal].segment;
    *weights = malloc(sizeof **weights + count * sizeof *(*weights)->items);
    if (!*weights)
        return ST_NOMEM;
    (*weights)->count = 0;
    for (size_t i = 0; i < plan->weight_count; i++) {
        const struct term_entry *entry = &clause->weighted[i].entries[ordinal];
        if (!entry->documents)
            continue;
        struct cursor_weight *weight = &(*weights)->items[(*weights)->count++];
        cursor_init(&weight->cursor, segment, entry);
        cursor_init(&weight->probe, segment, entry);
        weight->delta = plan->weights[i].delta;
    }
    return ST_OK;
}

/* Makes the scorer of a clause that is in a field: it has lengths of its own. */
static enum status init_own(struct scorer *scorer, const struct plan *plan,
                            const struct plan_clause *clause, size_t ordinal) {
    struct segment *segment = plan->segments[ordinal].segment;
    const struct term_entry *entry = &clause->terms->entries[ordinal];
    struct lengths *lengths = malloc(sizeof *lengths);
    if (!lengths || lengths_init(lengths, &clause->field->bm25, segment, entry->norms, NULL)) {
        free(lengths);
        return ST_NOMEM;
    }
    bool is_phrase = clause->node->kind != QUERY_TERM || clause->node->field == SCHEMA_TEXT;
    enum status status = is_phrase
                             ? init_phrase(scorer, lengths, plan, clause, clause->terms, ordinal)
                             : scorer_init_term(scorer, segment, entry, lengths, clause->weight);
    if (status)
        free(lengths);
    else
        scorer->owns_lengths = true;
    return status;
}

enum status match_init_counter(struct scorer *scorer, const struct plan *plan,
                               const struct plan_clause *clause, size_t ordinal) {
    enum status status = init_own(scorer, plan, clause, ordinal);
    if (!status && clause->other_count)
        status = add_parts(scorer, scorer->lengths, plan, clause, ordinal);
    if (status && scorer->cursors)
        scorer_release(scorer);
    return status;
}

enum status match_init_scorer(struct scorer *scorer, struct lengths *lengths,
                              const struct plan *plan, const struct plan_clause *clause,
                              size_t ordinal) {
    const struct query_node *node = clause->node;
    if (clause->field->number != SCHEMA_ALL)
        return init_own(scorer, plan, clause, ordinal);
    enum status status;
    if (node->kind != QUERY_TERM || node->field == SCHEMA_TEXT) {
        status = init_phrase(scorer, lengths, plan, clause, clause->terms, ordinal);
        if (!status && (plan->weight_count || clause->other_count))
            status = add_parts(scorer, lengths, plan, clause, ordinal);
    } else {
        struct cursor_weights *weights = NULL;
        status = scorer_init_term(scorer, plan->segments[ordinal].segment,
                                  &clause->terms->entries[ordinal], lengths, clause->weight);
        if (!status && plan->weight_count)
            status = init_weights(&weights, plan, clause, ordinal);
        if (!status && plan->weight_count)
            scorer_set_weights(scorer, plan->bm25.unit, weights);
    }
    if (status && scorer->cursors)
        scorer_release(scorer);
    return status;
}

enum status match_init_lengths(struct lengths *lengths, const struct plan *plan, size_t ordinal) {
    struct segment *segment = plan->segments[ordinal].segment;
    if (!plan->weight_count)
        return lengths_init(lengths, &plan->bm25, segment, (struct norm_source){0}, NULL);
    const struct norm_source **fields = calloc(plan->weight_count, sizeof(void *));
    struct norm_source *sources = calloc(plan->weight_count, sizeof *sources);
    enum status status = ST_NOMEM;
    if (fields && sources) {
        for (size_t i = 0; i < plan->weight_count; i++) {
            uint16_t number = plan_field_number(plan, ordinal, plan->weights[i].number);
            const struct segment_field *field =
                number == SCHEMA_NONE ? NULL : segment_info_field(&segment->info, number);
            if (!field || !field->length)
                continue;
            sources[i] = segment_norms(segment, number);
            fields[i] = &sources[i];
        }
        status = lengths_init(lengths, &plan->bm25, segment, (struct norm_source){0}, fields);
    }
    free(fields);
    free(sources);
    return status;
}

const struct segment_field *match_field(const struct plan *plan, size_t ordinal,
                                        const struct schema_field *field) {
    const struct plan_segment *segment = &plan->segments[ordinal];
    const struct schema *schema = &plan->snapshots[segment->index]->catalog.schema;
    uint16_t number = schema_same_field(schema, field);
    return number == SCHEMA_NONE ? NULL : segment_info_field(&segment->segment->info, number);
}

static enum status add_values(struct filter *filter, const struct plan_filter *condition,
                              size_t ordinal) {
    const struct term_entry **entries = malloc((condition->term_count + 1) * sizeof *entries);
    if (!entries)
        return ST_NOMEM;
    size_t count = 0;
    for (size_t i = 0; i < condition->term_count; i++)
        if (condition->terms[i].entries[ordinal].documents)
            entries[count++] = &condition->terms[i].entries[ordinal];
    enum status status = filter_add_terms(filter, entries, count, condition->excluded);
    free(entries);
    return status;
}

static bool has_id(const void *filter, struct segment *segment, uint32_t doc,
                   const struct document *document) {
    (void)segment;
    (void)doc;
    return query_filter_matches_id(filter, document->id);
}

/* Whether a field counts for a form in a field of the query's schema. */
static bool is_searched(const struct exact_form *form, const struct plan *plan, size_t ordinal,
                        uint16_t field) {
    if (form->field == SCHEMA_ALL) {
        const struct schema *schema =
            &plan->snapshots[plan->segments[ordinal].index]->catalog.schema;
        const struct schema_field *found = schema_field(schema, field);
        return found && (found->flags & SCHEMA_SEARCHED);
    }
    return plan_field_number(plan, ordinal, form->field) == field;
}

/* Whether a document has the words of an EXACT as they were typed. */
static bool has_form(const void *context, struct segment *segment, uint32_t doc,
                     const struct document *document) {
    const struct plan_filter *condition = context;
    const struct exact_form *form = &condition->form;
    const struct plan *plan = condition->plan;
    struct document_value value;
    struct slice values = document->fields;
    struct buffer text = {0};
    struct error err;
    size_t ordinal = 0;
    bool found = false;
    while (plan->segments[ordinal].segment != segment)
        ordinal++;
    enum status status = ST_OK;
    if (is_searched(form, plan, ordinal, SCHEMA_TITLE))
        status = exact_form_occurs(&found, form, document->title);
    while (!status && !found && document_next_value(&value, &values))
        if (is_searched(form, plan, ordinal, value.field))
            status = exact_form_occurs(&found, form, value.text);
    if (status)
        error_nomem(&err);
    if (!status && !found && is_searched(form, plan, ordinal, SCHEMA_TEXT)) {
        status = segment_text(&text, segment, doc, &err);
        if (!status && exact_form_occurs(&found, form, buffer_slice(&text)))
            status = error_nomem(&err);
    }
    if (status)
        segment_fail(segment, &err);
    buffer_release(&text);
    return found;
}

enum status match_add_condition(struct filter *filter, const struct plan *plan,
                                const struct plan_filter *condition, size_t ordinal) {
    const struct query_filter *what = condition->node->filter;
    const struct segment_field *field = NULL;
    if (condition->node->kind == QUERY_EXACT) {
        filter_add_predicate(filter, has_form, condition, condition->excluded);
        return ST_OK;
    }
    switch (what->kind) {
    case QUERY_FILTER_VALUES:
        return add_values(filter, condition, ordinal);
    case QUERY_FILTER_RANGE:
        field = match_field(plan, ordinal, condition->field);
        if (!field || !field->column.entries || what->range.min > what->range.max)
            return filter_add_terms(filter, NULL, 0, condition->excluded); /* none has it */
        filter_add_range(filter, &field->column, condition->field->type, what->range.min,
                         what->range.max, condition->excluded);
        break;
    case QUERY_FILTER_ID:
        filter_add_predicate(filter, has_id, what, condition->excluded);
        break;
    }
    return ST_OK;
}

/* Makes the filter; it is impossible to match if no document passes. ST_NOMEM. */
static enum status init_filter(struct match *match, const struct plan *plan) {
    bool any = false;
    for (size_t i = 0; i < plan->filter_count; i++)
        any |= !plan->filters[i].nested;
    if (!any)
        return ST_OK;
    if (filter_init(&match->filter, match->segment, plan->filter_count, plan->filter_count))
        return ST_NOMEM;
    match->filtered = true;
    for (size_t i = 0; i < plan->filter_count; i++)
        if (!plan->filters[i].nested &&
            match_add_condition(&match->filter, plan, &plan->filters[i], match->ordinal))
            return ST_NOMEM;
    filter_start(&match->filter);
    match->impossible |= !match->filter.estimate;
    return ST_OK;
}

/* Makes the scorers of the clauses with this role; *count: how many. */
static enum status init_scorers(struct scorer *scorers, size_t *count, struct match *match,
                                const struct plan *plan, enum plan_role role) {
    size_t ordinal = match->ordinal;
    *count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_clause *clause = &plan->clauses[i];
        if (clause->role != role || !clause->multiplicity || !match_has_clause(clause, ordinal))
            continue;
        if (match_init_scorer(&scorers[*count], &match->lengths, plan, clause, ordinal))
            return ST_NOMEM;
        if (clause->multiplicity > 1)
            scorer_set_multiplicity(&scorers[*count], clause->multiplicity);
        ++*count;
    }
    return ST_OK;
}

enum status match_init(struct match *match, const struct plan *plan, size_t ordinal,
                       struct error *err) {
    *match = (struct match){.plan = plan,
                            .segment = plan->segments[ordinal].segment,
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
    match->scorers = calloc(plan->tree ? 1 : plan->count + 1, sizeof *match->scorers);
    if (!match->scorers || match_init_lengths(&match->lengths, plan, ordinal)) {
        match_release(match);
        return error_nomem(err);
    }
    if (plan->tree) /* which has scorers of its own */
        return ST_OK;
    size_t counts[3];
    struct scorer *next = match->scorers;
    for (int role = PLAN_REQUIRED; role <= PLAN_EXCLUDED; role++) {
        if (init_scorers(next, &counts[role], match, plan, (enum plan_role)role)) {
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
    for (size_t i = 0; i < match->optional_count + match->excluded_count; i++)
        scorer_start(&match->optional[i]);
    return ST_OK;
}

void match_release(struct match *match) {
    for (struct scorer *scorer = match->scorers; scorer && scorer->cursors; scorer++)
        scorer_release(scorer);
    free(match->scorers);
    match->scorers = NULL;
    lengths_release(&match->lengths);
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
