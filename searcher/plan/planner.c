/* SPDX-License-Identifier: MIT */
/* Makes plans: look-ups, statistics, weights. */
#include "searcher/plan/planner.h"

#include <math.h>

#include "searcher/plan/plan_tree.h"

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

/* Lists the fields that have a weight and are in some document, and sets plan->bm25. */
static enum status init_weights(struct plan *plan, const struct field_boosts *boosts) {
    size_t most = boosts && plan->schema ? boosts->count : 0;
    struct bm25_field *fields = arena_alloc(&plan->arena, (most + 1) * sizeof *fields);
    plan->weights = arena_alloc(&plan->arena, (most + 1) * sizeof *plan->weights);
    if (!fields || !plan->weights)
        return ST_NOMEM;
    double average = plan->average_length;
    for (size_t i = 0; i < most; i++) {
        const struct field_boost *boost = &boosts->items[i];
        uint64_t documents, length;
        plan_add_up_field(&documents, &length, plan, boost->field);
        if (boost->sixteenths == FIELD_BOOST_ONE || !length)
            continue;
        int32_t delta = boost->sixteenths - FIELD_BOOST_ONE;
        average += delta / (double)FIELD_BOOST_ONE * (double)length / (double)plan->documents;
        fields[plan->weight_count] = (struct bm25_field){.delta = delta};
        plan->weights[plan->weight_count++] =
            (struct plan_weight){.number = boost->field, .delta = delta};
    }
    plan->bm25 = plan->fields[0].bm25;
    if (!plan->weight_count)
        return ST_OK;
    plan->average_length = average;
    bm25_init_weighted(&plan->bm25, plan->ranking.k1, plan->ranking.b, average, FIELD_BOOST_ONE,
                       fields, plan->weight_count);
    return ST_OK;
}

static bool are_equal(const struct plan_clause *a, const struct plan_clause *b) {
    const struct query_node *x = a->node, *y = b->node;
    if (a->idf != b->idf || a->role != b->role || a->boost != b->boost || x->field != y->field ||
        y->kind != QUERY_PHRASE || x->term_count != y->term_count)
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
        bool is_phrase = clause->node->kind == QUERY_PHRASE;
        for (size_t k = 0; k < i && is_phrase; k++) {
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
        const struct plan_clause *clause = &plan->clauses[i];
        if (clause->role == PLAN_EXCLUDED)
            continue;
        if (before && clause->has_neighbours)
            add_pair(plan, names, before, clause);
        before = clause->has_neighbours ? clause : NULL;
    }
    return ST_OK;
}

static void set_weight(const struct plan *plan, struct plan_clause *clause) {
    if (clause->role == PLAN_EXCLUDED)
        return;
    clause->weight = (float)ldexp(clause->idf * clause->boost, plan->scale_exponent);
    for (size_t i = 0; clause->expansion && i < clause->expansion->phrase_count; i++)
        clause->expansion->phrases[i].weight = clause->weight;
}

/* Scales the weights so that no document scores 2^31. */
static void set_weights(struct plan *plan) {
    for (size_t i = 0; i < plan->count; i++)
        if (plan->clauses[i].role != PLAN_EXCLUDED)
            plan->score_bound += plan->clauses[i].idf * plan->clauses[i].boost;
    for (size_t i = 0; i < plan->pair_count; i++)
        plan->score_bound += 2 * plan->ranking.nearness * plan->pairs[i].idf;
    plan->scale_exponent = bm25_scale_exponent(plan->score_bound);
    plan->inverse_scale = ldexp(1, -plan->scale_exponent);
    for (size_t i = 0; i < plan->count; i++)
        set_weight(plan, &plan->clauses[i]);
    for (size_t i = 0; i < plan->pair_count; i++) {
        struct plan_pair *pair = &plan->pairs[i];
        pair->weight = (float)ldexp(plan->ranking.nearness * pair->idf, plan->scale_exponent);
        plan->nearness_bound += 2 * (uint32_t)pair->weight;
    }
}

/* Builds the tree, and makes room for its leaves. */
static enum status build_tree(struct plan *plan, const struct query *query, enum query_mode mode) {
    if (query_tree_build(&plan->root, &plan->arena, query, mode))
        return ST_NOMEM;
    size_t leaves = query_tree_leaf_count(&plan->root, false);
    size_t filters = query_tree_leaf_count(&plan->root, true);
    plan->clauses = arena_alloc(&plan->arena, (leaves + 1) * sizeof *plan->clauses);
    plan->filters = arena_alloc(&plan->arena, (filters + 1) * sizeof *plan->filters);
    plan->fields = arena_alloc(&plan->arena, (leaves + 1) * sizeof *plan->fields);
    return plan->clauses && plan->filters && plan->fields ? ST_OK : ST_NOMEM;
}

enum status plan_init(struct plan *plan, struct snapshot *const *snapshots, size_t count,
                      const struct query *query, enum query_mode mode,
                      const struct ranking *ranking, struct error *err) {
    *plan = (struct plan){.snapshots = snapshots, .schema = query->schema, .ranking = *ranking};
    enum status status = list_segments(plan, snapshots, count, err);
    if (!status && build_tree(plan, query, mode))
        status = error_nomem(err);
    if (!status) {
        plan_require_field(plan, SCHEMA_ALL);
        if (init_weights(plan, ranking->boosts))
            status = error_nomem(err);
    }
    if (!status)
        status = plan_tree_build(plan, err);
    if (!status && list_pairs(plan))
        status = error_nomem(err);
    if (status) {
        plan_release(plan);
        return status;
    }
    if (!plan->tree)
        merge_phrases(plan);
    set_weights(plan);
    return ST_OK;
}
