/* SPDX-License-Identifier: MIT */
/* Makes plans: look-ups, statistics, weights. */
#include "searcher/plan/plan.h"

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

uint16_t plan_field_number(const struct plan *plan, size_t ordinal, uint16_t field) {
    if (field == SCHEMA_ALL)
        return SCHEMA_ALL;
    const struct schema *schema = &plan->snapshots[plan->segments[ordinal].index]->catalog.schema;
    return schema_same_field(schema, schema_field(plan->schema, field));
}

static enum status look_up(struct plan_term *term, struct plan *plan, uint16_t field,
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

/* Looks the terms of a node up in a field. */
static enum status look_up_all(struct plan_term *terms, struct plan *plan, uint16_t field,
                               const struct query_node *node, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < node->term_count && !status; i++)
        status = look_up(&terms[i], plan, field, node->terms[i].term, err);
    return status;
}

/* How many documents have a field, and how long it is in all of them together. */
static void add_up_field(uint64_t *documents, uint64_t *length, const struct plan *plan,
                         uint16_t number) {
    *documents = *length = 0;
    for (size_t i = 0; i < plan->segment_count; i++) {
        const struct segment_field *has = segment_info_field(&plan->segments[i].segment->info,
                                                             plan_field_number(plan, i, number));
        *documents += has ? has->documents : 0;
        *length += has ? has->length : 0;
    }
}

/* The statistics of a field of the query's schema; the plan has room for them. */
static const struct plan_field *require_field(struct plan *plan, uint16_t number) {
    if (number == SCHEMA_TEXT)
        number = SCHEMA_ALL;
    for (size_t i = 0; i < plan->field_count; i++)
        if (plan->fields[i].number == number)
            return &plan->fields[i];
    struct plan_field *field = &plan->fields[plan->field_count++];
    uint64_t length;
    *field = (struct plan_field){.number = number};
    add_up_field(&field->documents, &length, plan, number);
    if (number == SCHEMA_ALL) {
        field->documents = plan->documents;
        field->average_length = plan->average_length;
    } else if (field->documents) {
        field->average_length = (double)length / (double)field->documents;
    }
    bm25_init(&field->bm25, plan->ranking.k1, plan->ranking.b, field->average_length);
    return field;
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
        add_up_field(&documents, &length, plan, boost->field);
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

/* Looks the terms of a clause up in the fields that have a weight. */
static enum status look_up_weighted(struct plan_clause *clause, struct plan *plan,
                                    struct error *err) {
    const struct query_node *node = clause->node;
    clause->weighted = arena_alloc(&plan->arena, (plan->weight_count * node->term_count + 1) *
                                                     sizeof *clause->weighted);
    enum status status = clause->weighted ? ST_OK : error_nomem(err);
    for (size_t i = 0; i < plan->weight_count && !status; i++)
        status = look_up_all(clause->weighted + i * node->term_count, plan, plan->weights[i].number,
                             node, err);
    return status;
}

/* Whether words of the field are in SCHEMA_ALL and in lists of its own. */
static bool is_searched_beside_text(const struct schema_field *field) {
    return field->type == FIELD_TYPE_TEXT && (field->flags & SCHEMA_SEARCHED) &&
           field->number != SCHEMA_TEXT;
}

/* Looks the terms of a clause in SCHEMA_TEXT up in the other fields. */
static enum status look_up_others(struct plan_clause *clause, struct plan *plan,
                                  struct error *err) {
    const struct schema *schema = plan->schema;
    const struct query_node *node = clause->node;
    size_t most = 0;
    for (size_t i = 0; i < schema->count; i++)
        most += is_searched_beside_text(&schema->fields[i]);
    clause->others =
        arena_alloc(&plan->arena, (most * node->term_count + 1) * sizeof *clause->others);
    if (!clause->others)
        return error_nomem(err);
    enum status status = ST_OK;
    for (size_t i = 0; i < schema->count && !status; i++)
        if (is_searched_beside_text(&schema->fields[i]))
            status = look_up_all(clause->others + clause->other_count++ * node->term_count, plan,
                                 schema->fields[i].number, node, err);
    return status;
}

static enum status add_leaf(struct plan *plan, const struct query_node *node, enum plan_role role,
                            struct error *err) {
    struct plan_clause *clause = &plan->clauses[plan->count++];
    *clause = (struct plan_clause){
        .node = node, .role = role, .field = require_field(plan, node->field), .multiplicity = 1};
    clause->terms = arena_alloc(&plan->arena, node->term_count * sizeof *clause->terms);
    clause->offsets = arena_alloc(&plan->arena, node->term_count * sizeof *clause->offsets);
    if (!clause->terms || !clause->offsets)
        return error_nomem(err);
    enum status status = look_up_all(clause->terms, plan, clause->field->number, node, err);
    if (!status && node->field == SCHEMA_TEXT)
        status = look_up_others(clause, plan, err);
    if (!status && node->field == SCHEMA_ALL && plan->weight_count)
        status = look_up_weighted(clause, plan, err);
    for (size_t i = 0; i < node->term_count && !status; i++) {
        clause->offsets[i] = node->terms[i].offset;
        clause->idf += bm25_idf(clause->field->documents, clause->terms[i].documents);
    }
    return status;
}

static enum status add_filter(struct plan *plan, const struct query_node *node, enum plan_role role,
                              struct error *err) {
    const struct query_filter *filter = node->filter;
    struct plan_filter *to = &plan->filters[plan->filter_count++];
    *to = (struct plan_filter){.node = node, .excluded = role == PLAN_EXCLUDED};
    if (filter->kind != QUERY_FILTER_ID)
        to->field = schema_field(plan->schema, filter->field);
    if (filter->kind != QUERY_FILTER_VALUES)
        return ST_OK;
    to->terms = arena_alloc(&plan->arena, filter->value_count * sizeof *to->terms);
    enum status status = to->terms ? ST_OK : error_nomem(err);
    for (; to->term_count < filter->value_count && !status; to->term_count++)
        status = look_up(&to->terms[to->term_count], plan, filter->field,
                         filter->values[to->term_count], err);
    return status;
}

/* Adds the leaves below a node that has this role. */
static enum status add_node(struct plan *plan, const struct query_node *node, enum plan_role role,
                            struct error *err) {
    switch (node->kind) {
    case QUERY_TERM:
    case QUERY_PHRASE:
        return add_leaf(plan, node, role, err);
    case QUERY_FILTER:
        return add_filter(plan, node, role, err);
    case QUERY_ANY_OF:
    case QUERY_OPTIONAL:
        role = PLAN_OPTIONAL;
        break;
    case QUERY_ALL_OF:
        break;
    case QUERY_NOT:
        role = PLAN_EXCLUDED;
        break;
    case QUERY_NEAR:
    case QUERY_EXPANSION:
    case QUERY_EXACT:
        return error_set(err, ST_INVALID, 0, "query: has a kind of clause that is not evaluated");
    }
    enum status status = ST_OK;
    for (size_t i = 0; i < node->child_count && !status; i++)
        status = add_node(plan, &node->children[i], role, err);
    return status;
}

static bool are_equal(const struct plan_clause *a, const struct plan_clause *b) {
    const struct query_node *x = a->node, *y = b->node;
    if (a->idf != b->idf || a->role != b->role || x->field != y->field ||
        x->term_count != y->term_count)
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
        require_field(plan, SCHEMA_ALL);
        if (init_weights(plan, ranking->boosts))
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
    return ST_OK;
}

void plan_release(struct plan *plan) {
    arena_release(&plan->arena);
    *plan = (struct plan){0};
}

double plan_score(const struct plan *plan, uint64_t fixed_score) {
    return (double)fixed_score * plan->inverse_scale;
}
