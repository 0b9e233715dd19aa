/* SPDX-License-Identifier: MIT */
/* Tells flat queries from others, whose tree it keeps. */
#include "searcher/plan/plan_tree.h"

static double boost_of(const struct query_node *node) {
    return node->boost > 0 ? node->boost : 1;
}

static bool is_word(const struct query_node *node) {
    return node->kind == QUERY_TERM || node->kind == QUERY_PHRASE || node->kind == QUERY_NEAR ||
           (node->kind == QUERY_EXPANSION && node->child_count == 1);
}

/* A group of one is what is in it. */
static const struct query_node *unwrap(const struct query_node *node, double *boost) {
    while ((node->kind == QUERY_ANY_OF || node->kind == QUERY_ALL_OF) && node->child_count == 1) {
        *boost *= boost_of(node);
        node = node->children;
    }
    return node;
}

/* What a node is below. */
enum context { BELOW_ROOT, BELOW_ANY, BELOW_OPTIONAL, BELOW_NOT };

/* What the nodes below the root are. */
struct shape {
    size_t required, optional, conditions;
    size_t groups;  /* of words of which any may match */
    size_t singles; /* such groups of one word */
    bool has_empty_group, flat;
};

static void look_at(struct shape *shape, const struct query_node *node, enum context context);

static void look_at_children(struct shape *shape, const struct query_node *node,
                             enum context context) {
    for (size_t i = 0; i < node->child_count && shape->flat; i++)
        look_at(shape, &node->children[i], context);
}

static void look_at_group(struct shape *shape, const struct query_node *node,
                          enum context context) {
    double boost = 1;
    if (context != BELOW_ROOT) {
        look_at_children(shape, node, context);
        return;
    }
    const struct query_node *inner = unwrap(node, &boost);
    if (inner->kind != QUERY_ANY_OF) {
        if (is_word(inner))
            shape->singles++;
        else
            look_at(shape, inner, BELOW_ROOT);
        return;
    }
    shape->groups++;
    shape->has_empty_group |= !inner->child_count;
    look_at_children(shape, inner, BELOW_ANY);
}

static void look_at(struct shape *shape, const struct query_node *node, enum context context) {
    if (is_word(node)) {
        shape->required += context == BELOW_ROOT;
        shape->optional += context == BELOW_OPTIONAL;
        return;
    }
    switch (node->kind) {
    case QUERY_FILTER:
        shape->conditions++;
        shape->flat &= context == BELOW_ROOT || context == BELOW_NOT;
        break;
    case QUERY_EXACT:
        shape->conditions++;
        shape->required += context == BELOW_ROOT;
        shape->flat &= is_word(node->children) && (context == BELOW_ROOT || context == BELOW_NOT);
        break;
    case QUERY_ANY_OF:
        look_at_group(shape, node, context);
        break;
    case QUERY_ALL_OF:
        shape->flat &= context == BELOW_ROOT || node->child_count == 1;
        look_at_children(shape, node, context);
        break;
    case QUERY_OPTIONAL:
        shape->flat &= context == BELOW_ROOT || context == BELOW_OPTIONAL;
        look_at_children(shape, node, BELOW_OPTIONAL);
        break;
    case QUERY_NOT:
        shape->flat &= context == BELOW_ROOT;
        look_at_children(shape, node, BELOW_NOT);
        break;
    default: /* an EXPANSION of several */
        shape->flat = false;
    }
}

bool plan_tree_is_flat(bool *any_is_required, const struct query_node *root) {
    struct shape shape = {.flat = true};
    *any_is_required = false;
    if (root->kind != QUERY_ALL_OF)
        return false;
    look_at_children(&shape, root, BELOW_ROOT);
    if (shape.groups + shape.singles > 1 || shape.required) {
        shape.required += shape.singles;
        *any_is_required = shape.singles > 0;
    } else {
        shape.groups += shape.singles;
    }
    bool leads = shape.required || shape.groups;
    return shape.flat && shape.groups <= 1 && !(shape.groups && shape.required) &&
           !(shape.optional && !shape.required) && (leads || shape.conditions) &&
           !(shape.has_empty_group && shape.conditions);
}

/* Goes through a tree and makes its clauses, conditions and, if it is kept, its nodes. */
struct builder {
    struct plan *plan;
    bool any_is_required;
    struct error *err;
};

/* What a node inherits. */
struct place {
    enum plan_role role;
    double boost;
    bool top;     /* its condition is one of the whole query */
    bool is_list; /* words in it are neighbours as they are typed */
};

static enum status build(struct plan_node *out, struct builder *builder,
                         const struct query_node *node, struct place place);

static enum status build_word(struct plan_node *out, struct builder *builder,
                              const struct query_node *node, struct place place) {
    struct plan_clause *clause = &builder->plan->clauses[builder->plan->count++];
    const struct query_node *word = node;
    if (node->kind == QUERY_EXPANSION && node->child_count == 1) {
        word = node->children;
        place.boost *= boost_of(word);
    }
    out->kind = QUERY_TERM;
    out->clause = clause;
    enum status status =
        plan_clause_init(clause, builder->plan, word, place.role, place.boost, builder->err);
    clause->typed = node->typed;
    clause->word_count = node->word_count;
    clause->has_neighbours = place.is_list && node->word_count &&
                             (word->kind == QUERY_TERM || word->kind == QUERY_PHRASE);
    return status;
}

static enum status build_condition(struct plan_node *out, struct builder *builder,
                                   const struct query_node *node, struct place place) {
    out->filter = &builder->plan->filters[builder->plan->filter_count];
    return plan_filter_add(builder->plan, node, place.top && place.role == PLAN_EXCLUDED,
                           !place.top, builder->err);
}

/* An EXACT for the whole query is a condition beside its word. */
static enum status build_exact(struct plan_node *out, struct builder *builder,
                               const struct query_node *node, struct place place) {
    enum status status = build_condition(out, builder, node, place);
    if (status || (place.top && place.role == PLAN_EXCLUDED))
        return status;
    if (place.top)
        return build(out, builder, node->children, place);
    out->children = arena_alloc(&builder->plan->arena, sizeof *out->children);
    if (!out->children)
        return error_nomem(builder->err);
    out->child_count = 1;
    return build(out->children, builder, node->children, place);
}

static size_t count_children(const struct query_node *node, enum query_kind kind) {
    size_t count = 0;
    double boost = 1;
    for (size_t i = 0; i < node->child_count; i++) {
        const struct query_node *child = unwrap(&node->children[i], &boost);
        count += child->kind == kind ? count_children(child, kind) : 1;
    }
    return count;
}

/* Whether a node below the root is but a condition of the whole query. */
static bool is_condition(const struct query_node *node) {
    double boost = 1;
    if (node->kind == QUERY_NOT) {
        node = unwrap(node->children, &boost);
        return node->kind == QUERY_FILTER || node->kind == QUERY_EXACT;
    }
    return node->kind == QUERY_FILTER;
}

/* Whether only one node below the root can lead to documents. */
static bool is_alone(const struct query_node *root) {
    size_t count = 0;
    for (size_t i = 0; i < root->child_count; i++)
        count += root->children[i].kind != QUERY_NOT && root->children[i].kind != QUERY_FILTER;
    return count == 1;
}

/* Adds the children of a group, and those of groups of the same kind in it. */
static enum status add_children(struct plan_node *out, struct builder *builder,
                                const struct query_node *node, enum query_kind kind,
                                struct place place) {
    enum status status = ST_OK;
    for (size_t i = 0; i < node->child_count && !status; i++) {
        struct place inside = place;
        const struct query_node *child = unwrap(&node->children[i], &inside.boost);
        if (child->kind == kind) {
            inside.boost *= boost_of(child);
            status = add_children(out, builder, child, kind, inside);
        } else if (inside.top && is_condition(child)) {
            struct plan_node unused = {0};
            inside.boost *= boost_of(child);
            if (child->kind == QUERY_NOT) {
                inside.role = PLAN_EXCLUDED;
                child = unwrap(child->children, &inside.boost);
            }
            status = child->kind == QUERY_EXACT ? build_exact(&unused, builder, child, inside)
                                                : build_condition(&unused, builder, child, inside);
        } else {
            inside.top &= child->kind == QUERY_EXACT;
            inside.is_list &= is_word(child) || child->kind == QUERY_OPTIONAL ||
                              child->kind == QUERY_EXACT || (place.top && is_alone(node));
            status = build(&out->children[out->child_count++], builder, child, inside);
        }
    }
    return status;
}

static enum status build_group(struct plan_node *out, struct builder *builder,
                               const struct query_node *node, struct place place) {
    size_t count = count_children(node, node->kind);
    out->children = arena_alloc(&builder->plan->arena, (count + 1) * sizeof *out->children);
    if (!out->children)
        return error_nomem(builder->err);
    if (node->kind == QUERY_ANY_OF && place.role == PLAN_REQUIRED)
        place.role = PLAN_OPTIONAL;
    enum status status = add_children(out, builder, node, node->kind, place);
    if (out->child_count == 1)
        *out = out->children[0];
    return status;
}

static enum status build(struct plan_node *out, struct builder *builder,
                         const struct query_node *node, struct place place) {
    *out = (struct plan_node){.kind = node->kind};
    place.boost *= boost_of(node);
    switch (node->kind) {
    case QUERY_TERM:
    case QUERY_PHRASE:
    case QUERY_NEAR:
    case QUERY_EXPANSION:
        return build_word(out, builder, node, place);
    case QUERY_FILTER:
        return build_condition(out, builder, node, place);
    case QUERY_EXACT:
        return build_exact(out, builder, node, place);
    case QUERY_ANY_OF:
    case QUERY_ALL_OF:
        return build_group(out, builder, node, place);
    case QUERY_OPTIONAL:
        place.role = place.role == PLAN_REQUIRED ? PLAN_OPTIONAL : place.role;
        break;
    case QUERY_NOT:
        place.role = PLAN_EXCLUDED;
        break;
    }
    out->children = arena_alloc(&builder->plan->arena, sizeof *out->children);
    if (!out->children)
        return error_nomem(builder->err);
    out->child_count = 1;
    const struct query_node *child = unwrap(node->children, &place.boost);
    return build(out->children, builder, child, place);
}

/* Whether an ANY_OF below the root is the group of which any word may match. */
static bool is_group(const struct query_node *node, bool any_is_required) {
    double boost = 1;
    const struct query_node *inner = unwrap(node, &boost);
    return inner->kind == QUERY_ANY_OF || (is_word(inner) && !any_is_required);
}

/* The same of a flat tree, of which only clauses and conditions are kept. */
static enum status build_flat(struct builder *builder, const struct query_node *node,
                              struct place place) {
    struct plan_node unused = {0};
    place.boost *= boost_of(node);
    if (is_word(node))
        return build_word(&unused, builder, node, place);
    switch (node->kind) {
    case QUERY_FILTER:
        return build_condition(&unused, builder, node, place);
    case QUERY_EXACT:
        return build_exact(&unused, builder, node, place);
    case QUERY_ANY_OF:
        if (place.role == PLAN_REQUIRED && is_group(node, builder->any_is_required))
            place.role = PLAN_OPTIONAL;
        break;
    case QUERY_OPTIONAL:
        place.role = PLAN_OPTIONAL;
        break;
    case QUERY_NOT:
        place.role = PLAN_EXCLUDED;
        break;
    default:
        break;
    }
    enum status status = ST_OK;
    for (size_t i = 0; i < node->child_count && !status; i++)
        status = build_flat(builder, &node->children[i], place);
    return status;
}

enum status plan_tree_build(struct plan *plan, struct error *err) {
    struct builder builder = {.plan = plan, .err = err};
    struct place place = {.role = PLAN_REQUIRED, .boost = 1, .top = true, .is_list = true};
    if (plan_tree_is_flat(&builder.any_is_required, &plan->root))
        return build_flat(&builder, &plan->root, place);
    plan->tree = arena_alloc(&plan->arena, sizeof *plan->tree);
    if (!plan->tree)
        return error_nomem(err);
    *plan->tree = (struct plan_node){.kind = QUERY_ALL_OF};
    plan->tree->children =
        arena_alloc(&plan->arena,
                    (count_children(&plan->root, QUERY_ALL_OF) + 1) * sizeof *plan->tree->children);
    if (!plan->tree->children)
        return error_nomem(err);
    const struct query_node *root = &plan->root;
    if (root->kind == QUERY_ALL_OF) {
        place.boost = boost_of(root);
        return add_children(plan->tree, &builder, root, QUERY_ALL_OF, place);
    }
    plan->tree->child_count = 1;
    place.top = false;
    return build(plan->tree->children, &builder, root, place);
}
