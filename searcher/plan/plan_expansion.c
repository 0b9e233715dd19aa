/* SPDX-License-Identifier: MIT */
/* Looks the words of expansions up: up to 65,536 of them, of which little is kept. */
#include "searcher/plan/plan_clause.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/array.h"

/* An expansion that is being made. */
struct expander {
    struct plan *plan;
    struct plan_clause *clause;
    uint64_t *documents;     /* of each child, over all segments; owned */
    struct plan_list *lists; /* of the current segment; owned */
    size_t count, capacity;
};

static enum status add_list(struct expander *expander, const struct term_entry *entry,
                            uint32_t child, int32_t units, bool matches) {
    struct plan_list *lists =
        array_reserve(expander->lists, &expander->capacity, expander->count + 1, sizeof *lists);
    if (!lists)
        return ST_NOMEM;
    expander->lists = lists;
    lists[expander->count++] =
        (struct plan_list){.entry = *entry, .child = child, .units = units, .matches = matches};
    return ST_OK;
}

/* Adds what a word has in a field besides what is counted already. */
static enum status add_other(struct expander *expander, size_t ordinal, uint16_t field,
                             uint32_t child, int32_t units, struct error *err) {
    struct plan *plan = expander->plan;
    uint16_t number = plan_field_number(plan, ordinal, field);
    struct term_entry entry;
    if (number == SCHEMA_NONE)
        return ST_OK;
    enum status status =
        segment_find_term(&entry, plan->segments[ordinal].segment, number,
                          expander->clause->node->children[child].terms[0].term, err);
    if (status)
        return status < 0 ? status : ST_OK;
    return add_list(expander, &entry, child, units, false) ? error_nomem(err) : ST_OK;
}

/* Adds the lists of a child, a TERM, in a segment. */
static enum status add_term(struct expander *expander, size_t ordinal, uint32_t child,
                            struct error *err) {
    struct plan *plan = expander->plan;
    const struct plan_clause *clause = expander->clause;
    uint16_t number = plan_field_number(plan, ordinal, clause->field->number);
    int32_t unit = clause->field->number == SCHEMA_ALL ? (int32_t)plan->bm25.unit : 1;
    struct term_entry entry;
    if (number == SCHEMA_NONE)
        return ST_OK;
    enum status status = segment_find_term(&entry, plan->segments[ordinal].segment, number,
                                           clause->node->children[child].terms[0].term, err);
    if (status)
        return status < 0 ? status : ST_OK;
    expander->documents[child] += entry.documents;
    if (add_list(expander, &entry, child, unit, true))
        return error_nomem(err);
    if (clause->node->field == SCHEMA_TEXT)
        for (size_t i = 0; i < plan->schema->count && !status; i++) {
            const struct schema_field *field = &plan->schema->fields[i];
            if (plan_is_beside_text(field))
                status = add_other(expander, ordinal, field->number, child, -unit, err);
        }
    else if (clause->node->field == SCHEMA_ALL)
        for (size_t i = 0; i < plan->weight_count && !status; i++)
            status = add_other(expander, ordinal, plan->weights[i].number, child,
                               plan->weights[i].delta, err);
    return status;
}

static enum status add_segment(struct expander *expander, size_t ordinal, struct error *err) {
    const struct query_node *node = expander->clause->node;
    struct plan_lists *lists = &expander->clause->expansion->segments[ordinal];
    enum status status = ST_OK;
    expander->count = 0;
    for (size_t i = 0; i < node->child_count && !status; i++)
        if (node->children[i].kind == QUERY_TERM)
            status = add_term(expander, ordinal, (uint32_t)i, err);
    if (status)
        return status;
    size_t size = expander->count * sizeof *lists->items;
    lists->items = arena_alloc(&expander->plan->arena, size + 1);
    if (!lists->items)
        return error_nomem(err);
    lists->count = expander->count;
    if (size)
        memcpy(lists->items, expander->lists, size);
    return ST_OK;
}

/* Makes clauses of the children that are no TERMs. */
static enum status add_phrases(struct expander *expander, struct error *err) {
    const struct query_node *node = expander->clause->node;
    struct plan_expansion *expansion = expander->clause->expansion;
    size_t count = 0;
    for (size_t i = 0; i < node->child_count; i++)
        count += node->children[i].kind != QUERY_TERM;
    expansion->phrases =
        arena_alloc(&expander->plan->arena, (count + 1) * sizeof *expansion->phrases);
    if (!expansion->phrases)
        return error_nomem(err);
    enum status status = ST_OK;
    for (size_t i = 0; i < node->child_count && !status; i++)
        if (node->children[i].kind != QUERY_TERM)
            status =
                plan_clause_init(&expansion->phrases[expansion->phrase_count++], expander->plan,
                                 &node->children[i], expander->clause->role, 1, err);
    return status;
}

/* The idf of the most frequent child. */
static void set_idf(const struct expander *expander) {
    struct plan_clause *clause = expander->clause;
    struct plan_expansion *expansion = clause->expansion;
    double least = INFINITY;
    for (size_t i = 0; i < clause->node->child_count; i++)
        if (clause->node->children[i].kind == QUERY_TERM &&
            expander->documents[i] >= expansion->documents) {
            expansion->documents = expander->documents[i];
            least = bm25_idf(clause->field->documents, expander->documents[i]);
        }
    for (size_t i = 0; i < expansion->phrase_count; i++)
        if (expansion->phrases[i].idf < least) {
            least = expansion->phrases[i].idf;
            expansion->documents = UINT64_MAX;
            for (size_t k = 0; k < expansion->phrases[i].term_count; k++)
                if (expansion->phrases[i].terms[k].documents < expansion->documents)
                    expansion->documents = expansion->phrases[i].terms[k].documents;
        }
    clause->idf = clause->node->child_count ? least : 0;
}

enum status plan_expansion_init(struct plan_clause *clause, struct plan *plan, struct error *err) {
    struct expander expander = {.plan = plan, .clause = clause};
    clause->expansion = arena_alloc(&plan->arena, sizeof *clause->expansion);
    if (!clause->expansion)
        return error_nomem(err);
    *clause->expansion = (struct plan_expansion){
        .subtracts = clause->node->field == SCHEMA_TEXT,
        .segments = arena_alloc(&plan->arena,
                                (plan->segment_count + 1) * sizeof *clause->expansion->segments)};
    expander.documents = calloc(clause->node->child_count + 1, sizeof *expander.documents);
    enum status status =
        expander.documents && clause->expansion->segments ? ST_OK : error_nomem(err);
    for (size_t i = 0; i < plan->segment_count && !status; i++)
        status = add_segment(&expander, i, err);
    if (!status)
        status = add_phrases(&expander, err);
    if (!status)
        set_idf(&expander);
    free(expander.documents);
    free(expander.lists);
    return status;
}
