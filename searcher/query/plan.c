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

/* The number of a term in plan->near_terms, to which it is added if it is new. */
static uint32_t near_term(struct plan *plan, struct slice *names, const struct plan_term *term,
                          struct slice name) {
    uint32_t number = 0;
    while (number < plan->near_term_count && !slice_equal(names[number], name))
        number++;
    if (number == plan->near_term_count) {
        names[number] = name;
        plan->near_terms[plan->near_term_count++] = term;
    }
    return number;
}

/* Adds the last word of one clause and the first of the next. */
static void add_pair(struct plan *plan, struct slice *names, const struct plan_clause *before,
                     const struct plan_clause *after) {
    size_t last = before->node->term_count - 1;
    const struct plan_term *x = &before->terms[last], *y = &after->terms[0];
    struct slice x_name = before->node->terms[last].term, y_name = after->node->terms[0].term;
    bool comparable = before->node->field == SCHEMA_ALL && after->node->field == SCHEMA_ALL;
    if (!comparable || !x->documents || !y->documents || slice_equal(x_name, y_name))
        return;
    uint64_t documents = x->documents > y->documents ? x->documents : y->documents;
    struct plan_pair pair = {.first = near_term(plan, names, x, x_name),
                             .second = near_term(plan, names, y, y_name),
                             .first_typed = before->node->terms[last].typed,
                             .second_typed = after->node->terms[0].typed,
                             .idf = bm25_idf(plan->documents, documents)};
    for (size_t i = 0; i < plan->pair_count; i++)
        if (plan->pairs[i].first == pair.first && plan->pairs[i].second == pair.second)
            return;
    plan->pairs[plan->pair_count++] = pair;
}

static enum status list_pairs(struct plan *plan) {
    struct slice names[2 * PLAN_PAIRS_MAX];
    const struct plan_clause *before = NULL;
    if (plan->ranking.nearness <= 0)
        return ST_OK;
    plan->near_terms =
        arena_alloc(&plan->arena, sizeof names / sizeof *names * sizeof *plan->near_terms);
    plan->pairs = arena_alloc(&plan->arena, PLAN_PAIRS_MAX * sizeof *plan->pairs);
    if (!plan->near_terms || !plan->pairs)
        return ST_NOMEM;
    for (size_t i = 0; i < plan->count && plan->pair_count < PLAN_PAIRS_MAX; i++) {
        if (plan->clauses[i].role == PLAN_EXCLUDED)
            continue;
        if (before)
            add_pair(plan, names, before, &plan->clauses[i]);
        before = &plan->clauses[i];
    }
    return ST_OK;
}

/* Scales the weights so that no document scores 2^31. */
static void set_weights(struct plan *plan) {
    for (size_t i = 0; i < plan->count; i++)
        if (plan->clauses[i].role != PLAN_EXCLUDED)
            plan->score_bound += plan->clauses[i].idf;
    for (size_t i = 0; i < plan->pair_count; i++)
        plan->score_bound += 2 * plan->ranking.nearness * plan->pairs[i].idf;
    plan->scale_exponent = bm25_scale_exponent(plan->score_bound);
    plan->inverse_scale = ldexp(1, -plan->scale_exponent);
    for (size_t i = 0; i < plan->count; i++)
        plan->clauses[i].weight = (float)ldexp(plan->clauses[i].idf, plan->scale_exponent);
    for (size_t i = 0; i < plan->pair_count; i++) {
        struct plan_pair *pair = &plan->pairs[i];
        pair->weight = (float)ldexp(plan->ranking.nearness * pair->idf, plan->scale_exponent);
        plan->nearness_bound += 2 * (uint32_t)pair->weight;
    }
}

enum status plan_init(struct plan *plan, struct snapshot *const *snapshots, size_t count,
                      const struct query *query, enum query_mode mode,
                      const struct ranking *ranking, struct error *err) {
    *plan = (struct plan){.ranking = *ranking};
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
    if (!status && list_pairs(plan))
        status = error_nomem(err);
    if (status) {
        plan_release(plan);
        return status;
    }
    merge_phrases(plan);
    set_weights(plan);
    bm25_init(&plan->bm25, ranking->k1, ranking->b, plan->average_length);
    return ST_OK;
}

void plan_release(struct plan *plan) {
    arena_release(&plan->arena);
    *plan = (struct plan){0};
}

double plan_score(const struct plan *plan, uint64_t fixed_score) {
    return (double)fixed_score * plan->inverse_scale;
}
