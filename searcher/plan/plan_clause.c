/* SPDX-License-Identifier: MIT */
/* Looks the words of clauses up. */
#include "searcher/plan/plan_clause.h"

#include "common/text/language.h"

enum status plan_look_up(struct plan_term *term, struct plan *plan, uint16_t field,
                         struct slice bytes, struct error *err) {
    *term = (struct plan_term){
        .entries = arena_alloc(&plan->arena, (plan->segment_count + 1) * sizeof *term->entries)};
    if (!term->entries)
        return error_nomem(err);
    uint16_t number = SCHEMA_NONE;
    for (size_t i = 0; i < plan->segment_count; i++) {
        struct term_entry *entry = &term->entries[i];
        if (i == 0 || plan->segments[i].index != plan->segments[i - 1].index)
            number = plan_field_number(plan, i, field);
        enum status status =
            number == SCHEMA_NONE
                ? ST_NOT_FOUND
                : segment_find_term(entry, plan->segments[i].segment, number, bytes, err);
        if (status < 0)
            return status;
        if (status)
            *entry = (struct term_entry){0};
        term->documents += entry->documents;
    }
    return ST_OK;
}

/* Looks the words of a clause up in a field. */
static enum status look_up_all(struct plan_term *terms, struct plan *plan, uint16_t field,
                               const struct plan_clause *clause, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < clause->term_count && !status; i++)
        status = plan_look_up(&terms[i], plan, field, clause->words[i]->term, err);
    return status;
}

void plan_add_up_field(uint64_t *documents, uint64_t *length, const struct plan *plan,
                       uint16_t number) {
    *documents = *length = 0;
    for (size_t i = 0; i < plan->segment_count; i++) {
        const struct segment_field *has = segment_info_field(&plan->segments[i].segment->info,
                                                             plan_field_number(plan, i, number));
        *documents += has ? has->documents : 0;
        *length += has ? has->length : 0;
    }
}

const struct plan_field *plan_require_field(struct plan *plan, uint16_t number) {
    if (number == SCHEMA_TEXT)
        number = SCHEMA_ALL;
    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].number == number)
            return &plan->fields[i];
    struct plan_field *field = &plan->fields[plan->field_count++];
    uint64_t length;
    *field = (struct plan_field){.number = number};
    plan_add_up_field(&field->documents, &length, plan, number);
    if (number == SCHEMA_ALL) {
        field->documents = plan->documents;
        field->average_length = plan->average_length;
    } else if (field->documents) {
        field->average_length = (double)length / (double)field->documents;
    }
    bm25_init(&field->bm25, plan->ranking.k1, plan->ranking.b, field->average_length);
    return field;
}

/* Looks the words of a clause up in the fields that have a weight. */
static enum status look_up_weighted(struct plan_clause *clause, struct plan *plan,
                                    struct error *err) {
    clause->weighted = arena_alloc(&plan->arena, (plan->weight_count * clause->term_count + 1) *
                                                     sizeof *clause->weighted);
    enum status status = clause->weighted ? ST_OK : error_nomem(err);
    for (size_t i = 0; i < plan->weight_count && !status; i++)
        status = look_up_all(clause->weighted + i * clause->term_count, plan,
                             plan->weights[i].number, clause, err);
    return status;
}

/* Looks the words of a clause in SCHEMA_TEXT up in the other fields. */
static enum status look_up_others(struct plan_clause *clause, struct plan *plan,
                                  struct error *err) {
    const struct schema *schema = plan->schema;
    size_t most = 0;
    for (size_t i = 0; i < schema->count; i++)
        most += plan_is_beside_text(&schema->fields[i]);
    clause->others =
        arena_alloc(&plan->arena, (most * clause->term_count + 1) * sizeof *clause->others);
    if (!clause->others)
        return error_nomem(err);
    enum status status = ST_OK;
    for (size_t i = 0; i < schema->count && !status; i++)
        if (plan_is_beside_text(&schema->fields[i]))
            status = look_up_all(clause->others + clause->other_count++ * clause->term_count, plan,
                                 schema->fields[i].number, clause, err);
    return status;
}

static bool are_equal(const struct query_node *a, const struct query_node *b) {
    if (a->term_count != b->term_count)
        return false;
    for (size_t i = 0; i < a->term_count; i++)
        if (a->terms[i].offset != b->terms[i].offset ||
            !slice_equal(a->terms[i].term, b->terms[i].term))
            return false;
    return true;
}

/* Lists the different children of a NEAR as elements, and their words. */
static void list_elements(struct plan_clause *clause, const struct query_node *node) {
    const struct query_node *first[PLAN_ELEMENTS_MAX];
    for (size_t i = 0; i < node->child_count; i++) {
        const struct query_node *child = &node->children[i];
        size_t at = 0, known = clause->element_count;
        known = known < PLAN_ELEMENTS_MAX ? known : PLAN_ELEMENTS_MAX;
        while (at < known && !are_equal(first[at], child))
            at++;
        if (at < known) {
            clause->elements[at].needed++;
            continue;
        }
        if (clause->element_count < PLAN_ELEMENTS_MAX)
            first[clause->element_count] = child;
        clause->elements[clause->element_count++] = (struct plan_element){
            .first_word = clause->term_count, .word_count = child->term_count, .needed = 1};
        for (size_t k = 0; k < child->term_count; k++)
            clause->words[clause->term_count++] = &child->terms[k];
    }
}

static enum status list_words(struct plan_clause *clause, struct plan *plan,
                              const struct query_node *node) {
    bool near = node->kind == QUERY_NEAR;
    size_t count = node->term_count;
    for (size_t i = 0; i < node->child_count && near; i++)
        count += node->children[i].term_count;
    clause->words = arena_alloc(&plan->arena, (count + 1) * sizeof *clause->words);
    clause->terms = arena_alloc(&plan->arena, (count + 1) * sizeof *clause->terms);
    clause->offsets = arena_alloc(&plan->arena, (count + 1) * sizeof *clause->offsets);
    if (near)
        clause->elements =
            arena_alloc(&plan->arena, (node->child_count + 1) * sizeof *clause->elements);
    if (!clause->words || !clause->terms || !clause->offsets || (near && !clause->elements))
        return ST_NOMEM;
    if (near)
        list_elements(clause, node);
    for (size_t i = 0; i < node->term_count; i++)
        clause->words[clause->term_count++] = &node->terms[i];
    for (size_t i = 0; i < clause->term_count; i++)
        clause->offsets[i] = node->kind == QUERY_TERM ? 0 : clause->words[i]->offset;
    return ST_OK;
}

/* The sum of the words' idfs; equal elements of a NEAR count as often as they are needed. */
static void set_idf(struct plan_clause *clause) {
    for (size_t i = 0; i < clause->term_count; i++) {
        uint32_t times = 1;
        for (size_t k = 0; k < clause->element_count; k++)
            if (i - clause->elements[k].first_word < clause->elements[k].word_count)
                times = clause->elements[k].needed;
        clause->idf += times * bm25_idf(clause->field->documents, clause->terms[i].documents);
    }
}

enum status plan_clause_init(struct plan_clause *clause, struct plan *plan,
                             const struct query_node *node, enum plan_role role, double boost,
                             struct error *err) {
    *clause = (struct plan_clause){.node = node,
                                   .typed = node->typed,
                                   .word_count = node->word_count,
                                   .role = role,
                                   .field = plan_require_field(plan, node->field),
                                   .boost = boost,
                                   .multiplicity = 1};
    if (node->kind == QUERY_EXPANSION)
        return plan_expansion_init(clause, plan, err);
    if (list_words(clause, plan, node))
        return error_nomem(err);
    enum status status = look_up_all(clause->terms, plan, clause->field->number, clause, err);
    if (!status && node->field == SCHEMA_TEXT)
        status = look_up_others(clause, plan, err);
    if (!status && node->field == SCHEMA_ALL && plan->weight_count)
        status = look_up_weighted(clause, plan, err);
    if (!status)
        set_idf(clause);
    return status;
}

/* Makes the form of an EXACT, which is looked for in texts. */
static enum status add_form(struct plan_filter *to, struct plan *plan,
                            const struct query_node *node, struct error *err) {
    const struct query_node *words = node->children;
    if (words->kind == QUERY_EXPANSION) /* in each language, the same words were typed */
        words = words->children;
    for (size_t i = 0; i < plan->segment_count; i++)
        if (!plan->snapshots[plan->segments[i].index]->catalog.keep_text)
            return error_set(err, ST_INVALID, 0,
                             "%.*s: the index has no texts, in which exact forms are looked for; "
                             "leave out the =",
                             (int)node->typed.size, (const char *)node->typed.data);
    enum unicode_fold fold = FOLD_PLAIN;
    if (plan->segment_count) {
        const char *stemmer = plan->snapshots[plan->segments[0].index]->catalog.stemmer;
        const struct language *language = language_of_stemmer(stemmer);
        fold = language ? language->fold : FOLD_PLAIN;
    }
    to->form.field = words->field;
    return exact_form_init(&to->form, &plan->arena, words->terms, words->term_count, fold)
               ? error_nomem(err)
               : ST_OK;
}

enum status plan_filter_add(struct plan *plan, const struct query_node *node, bool excluded,
                            bool nested, struct error *err) {
    const struct query_filter *filter = node->filter;
    struct plan_filter *to = &plan->filters[plan->filter_count++];
    *to = (struct plan_filter){.node = node, .excluded = excluded, .nested = nested, .plan = plan};
    if (node->kind == QUERY_EXACT)
        return add_form(to, plan, node, err);
    if (filter->kind != QUERY_FILTER_ID)
        to->field = schema_field(plan->schema, filter->field);
    if (filter->kind != QUERY_FILTER_VALUES)
        return ST_OK;
    to->terms = arena_alloc(&plan->arena, filter->value_count * sizeof *to->terms);
    enum status status = to->terms ? ST_OK : error_nomem(err);
    for (; to->term_count < filter->value_count && !status; to->term_count++)
        status = plan_look_up(&to->terms[to->term_count], plan, filter->field,
                              filter->values[to->term_count], err);
    return status;
}
