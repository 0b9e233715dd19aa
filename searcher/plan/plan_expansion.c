/* SPDX-License-Identifier: MIT */
/* Looks the words of expansions up: up to 65,536 of them, of which little is kept. */
#include "searcher/plan/plan_clause.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/array.h"

/* A child that is a TERM, with the first bytes of it, which decide nearly all comparisons. */
struct child {
    uint64_t prefix;
    uint32_t number;
};

/* An expansion that is being made. */
struct expander {
    struct plan *plan;
    struct plan_clause *clause;
    struct child *children; /* in ascending order of their terms; owned */
    size_t child_count;
    uint64_t *documents;     /* of each child, over all segments; owned */
    struct plan_list *lists; /* of the current segment; owned */
    size_t count, capacity;
};

static struct slice term_of(const struct expander *expander, uint32_t child) {
    return expander->clause->node->children[child].terms[0].term;
}

static int compare_children(const void *a, const void *b, void *context) {
    const struct child *x = a, *y = b;
    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    return slice_compare(term_of(context, x->number), term_of(context, y->number));
}

static enum status sort_children(struct expander *expander) {
    const struct query_node *node = expander->clause->node;
    bool ascending = true;
    expander->children = malloc((node->child_count + 1) * sizeof *expander->children);
    if (!expander->children)
        return ST_NOMEM;
    for (size_t i = 0; i < node->child_count; i++) {
        struct child child = {.number = (uint32_t)i};
        if (node->children[i].kind != QUERY_TERM)
            continue;
        struct slice term = term_of(expander, child.number);
        for (size_t k = 0; k < sizeof child.prefix; k++)
            child.prefix = child.prefix << 8 | (k < term.size ? term.data[k] : 0);
        expander->children[expander->child_count++] = child;
        if (expander->child_count > 1)
            ascending &=
                compare_children(&expander->children[expander->child_count - 2],
                                 &expander->children[expander->child_count - 1], expander) <= 0;
    }
    if (!ascending)
        qsort_r(expander->children, expander->child_count, sizeof *expander->children,
                compare_children, expander);
    return ST_OK;
}

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

/* Adds the lists of the children in a field of a segment: their own, or those that change how often
 * documents have them. */
static enum status add_field(struct expander *expander, size_t ordinal, uint16_t field,
                             int32_t units, bool matches, struct error *err) {
    struct plan *plan = expander->plan;
    uint16_t number = plan_field_number(plan, ordinal, field);
    struct segment_terms terms;
    if (number == SCHEMA_NONE)
        return ST_OK;
    enum status status = segment_terms_open(&terms, plan->segments[ordinal].segment, number, err);
    if (status)
        return status;
    for (size_t i = 0; i < expander->child_count && status >= 0; i++) {
        uint32_t child = expander->children[i].number;
        struct term_entry entry;
        if (!matches && !expander->documents[child])
            continue;
        status = segment_terms_find(&entry, &terms, term_of(expander, child), err);
        if (!status && add_list(expander, &entry, child, units, matches))
            status = error_nomem(err);
        else if (!status && matches)
            expander->documents[child] += entry.documents;
    }
    segment_terms_close(&terms);
    return status < 0 ? status : ST_OK;
}

/* Adds the lists of all children in a segment. */
static enum status add_words(struct expander *expander, size_t ordinal, struct error *err) {
    struct plan *plan = expander->plan;
    const struct plan_clause *clause = expander->clause;
    int32_t unit = clause->field->number == SCHEMA_ALL ? (int32_t)plan->bm25.unit : 1;
    enum status status = add_field(expander, ordinal, clause->field->number, unit, true, err);
    if (clause->node->field == SCHEMA_TEXT)
        for (size_t i = 0; i < plan->schema->count && !status; i++) {
            const struct schema_field *field = &plan->schema->fields[i];
            if (plan_is_beside_text(field))
                status = add_field(expander, ordinal, field->number, -unit, false, err);
        }
    else if (clause->node->field == SCHEMA_ALL)
        for (size_t i = 0; i < plan->weight_count && !status; i++)
            status = add_field(expander, ordinal, plan->weights[i].number, plan->weights[i].delta,
                               false, err);
    return status;
}

static enum status add_segment(struct expander *expander, size_t ordinal, struct error *err) {
    struct plan_lists *lists = &expander->clause->expansion->segments[ordinal];
    expander->count = 0;
    enum status status = expander->child_count ? add_words(expander, ordinal, err) : ST_OK;
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
    bool made = expander.documents && clause->expansion->segments;
    enum status status = made && !sort_children(&expander) ? ST_OK : error_nomem(err);
    for (size_t i = 0; i < plan->segment_count && !status; i++)
        status = add_segment(&expander, i, err);
    if (!status)
        status = add_phrases(&expander, err);
    if (!status)
        set_idf(&expander);
    free(expander.children);
    free(expander.documents);
    free(expander.lists);
    return status;
}
