/* SPDX-License-Identifier: MIT */
/* Makes plans: look-ups, statistics, weights. */
#include "searcher/query/plan.h"

#include <math.h>

static enum status list_segments(struct plan *plan, struct snapshot *const *snapshots, size_t count,
                                 struct error *err) {
    uint64_t length = 0;
    for (size_t i = 0; i < count; i++) {
        plan->segment_count += snapshots[i]->catalog.segment_count;
        plan->documents += catalog_total_documents(&snapshots[i]->catalog);
        length += catalog_total_length(&snapshots[i]->catalog);
    }
    plan->average_length = plan->documents ? (double)length / (double)plan->documents : 0;
    plan->segments = arena_alloc(&plan->arena, (plan->segment_count + 1) * sizeof *plan->segments);
    if (!plan->segments)
        return error_nomem(err);
    struct plan_segment *next = plan->segments;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < snapshots[i]->catalog.segment_count; k++)
            *next++ = (struct plan_segment){
                .segment = &snapshots[i]->segments[k], .index = (uint32_t)i, .number = (uint32_t)k};
    return ST_OK;
}

static enum status look_up(struct plan_term *term, struct plan *plan, struct slice bytes,
                           struct error *err) {
    *term = (struct plan_term){
        .entries = arena_alloc(&plan->arena, (plan->segment_count + 1) * sizeof *term->entries)};
    if (!term->entries)
        return error_nomem(err);
    for (size_t i = 0; i < plan->segment_count; i++) {
        enum status status =
            segment_find_term(&term->entries[i], plan->segments[i].segment, SCHEMA_ALL, bytes, err);
        if (status < 0)
            return status;
        if (status)
            term->entries[i] = (struct term_entry){0};
        term->documents += term->entries[i].documents;
    }
    return ST_OK;
}

static enum status add_leaf(struct plan *plan, const struct query_node *node, enum plan_role role,
                            struct error *err) {
    struct plan_clause *clause = &plan->clauses[plan->count++];
    *clause = (struct plan_clause){.node = node, .role = role, .multiplicity = 1};
    clause->terms = arena_alloc(&plan->arena, node->term_count * sizeof *clause->terms);
    clause->offsets = arena_alloc(&plan->arena, node->term_count * sizeof *clause->offsets);
    if (!clause->terms || !clause->offsets)
        return error_nomem(err);
    for (size_t i = 0; i < node->term_count; i++) {
        enum status status = look_up(&clause->terms[i], plan, node->terms[i].term, err);
        if (status)
            return status;
        clause->offsets[i] = node->terms[i].offset;
        clause->idf += bm25_idf(plan->documents, clause->terms[i].documents);
    }
    return ST_OK;
}

/* Adds the leaves below a node that has this role. */
static enum status add_node(struct plan *plan, const struct query_node *node, enum plan_role role,
                            struct error *err) {
    switch (node->kind) {
    case QUERY_TERM:
    case QUERY_PHRASE:
        return add_leaf(plan, node, role, err);
    case QUERY_ANY_OF:
    case QUERY_OPTIONAL:
        role = PLAN_OPTIONAL;
        break;
    case QUERY_ALL_OF:
    case QUERY_FILTER: /* no clause of the scores */
        break;
    case QUERY_NOT:
        role = PLAN_EXCLUDED;
        break;
    }
    enum status status = ST_OK;
    for (size_t i = 0; i < node->child_count && !status; i++)
        status = add_node(plan, &node->children[i], role, err);
    return status;
}

static bool are_equal(const struct plan_clause *a, const struct plan_clause *b) {
    const struct query_node *x = a->node, *y = b->node;
    if (a->idf != b->idf || a->role != b->role || x->term_count != y->term_count)
        return false;
    for (size_t i = 0; i < x->term_count; i++)
        if (x->terms[i].offset != y->terms[i].offset ||
            !slice_equal(x->terms[i].term, y->terms[i].term))
            return false;
    return true;
}

/* Merges equal phrases, because reading positions is expensive. */
static void merge_phrases(struct plan *plan) {
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_clause *clause = &plan->clauses[i];
        for (size_t k = 0; k < i && clause->node->kind == QUERY_PHRASE; k++) {
            struct plan_clause *earlier = &plan->clauses[k];
            if (earlier->multiplicity && are_equal(earlier, clause)) {
                earlier->multiplicity++;
                clause->multiplicity = 0;
                break;
            }
        }
    }
}

/* Scales the weights so that a document that matches all clauses scores below 2^31. */
static void set_weights(struct plan *plan) {
    for (size_t i = 0; i < plan->count; i++)
        if (plan->clauses[i].role != PLAN_EXCLUDED)
            plan->idf_sum += plan->clauses[i].idf;
    plan->scale_exponent = bm25_scale_exponent(plan->idf_sum);
    plan->inverse_scale = ldexp(1, -plan->scale_exponent);
    for (size_t i = 0; i < plan->count; i++)
        plan->clauses[i].weight = (float)ldexp(plan->clauses[i].idf, plan->scale_exponent);
}

enum status plan_init(struct plan *plan, struct snapshot *const *snapshots, size_t count,
                      const struct query *query, enum query_mode mode, double k1, double b,
                      struct error *err) {
    *plan = (struct plan){.k1 = k1, .b = b};
    enum status status = list_segments(plan, snapshots, count, err);
    if (!status) {
        status = query_tree_build(&plan->root, &plan->arena, query, mode);
        size_t leaves = status ? 0 : query_tree_leaf_count(&plan->root, false);
        plan->clauses = arena_alloc(&plan->arena, (leaves + 1) * sizeof *plan->clauses);
        if (status || !plan->clauses)
            status = error_nomem(err);
    }
    if (!status)
        status = add_node(plan, &plan->root, PLAN_REQUIRED, err);
    if (status) {
        plan_release(plan);
        return status;
    }
    merge_phrases(plan);
    set_weights(plan);
    bm25_init(&plan->bm25, k1, b, plan->average_length);
    return ST_OK;
}

void plan_release(struct plan *plan) {
    arena_release(&plan->arena);
    *plan = (struct plan){0};
}

double plan_score(const struct plan *plan, uint64_t fixed_score) {
    return (double)fixed_score * plan->inverse_scale;
}
