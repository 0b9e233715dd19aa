/* SPDX-License-Identifier: MIT */
/* Builds query trees. */
#include "searcher/plan/query_tree.h"

/* Allocates room for `count` children. */
static enum status alloc_children(struct query_node *node, struct arena *arena, size_t count) {
    node->children = arena_alloc(arena, count * sizeof *node->children);
    return node->children || !count ? ST_OK : ST_NOMEM;
}

static struct query_node leaf(const struct query_clause *clause, struct slice typed,
                              const struct query_term *terms, size_t count) {
    return (struct query_node){.kind = count == 1 ? QUERY_TERM : QUERY_PHRASE,
                               .typed = typed,
                               .field = clause->field,
                               .terms = terms,
                               .term_count = count,
                               .word_count = count};
}

/* A part of a split word, as it would be typed alone: after the name of its field. */
static enum status copy_typed(struct slice *typed, struct arena *arena,
                              const struct query_clause *clause, const struct query_term *term) {
    *typed = term->typed;
    if (clause->field == SCHEMA_ALL)
        return ST_OK;
    const uint8_t *colon = memchr(clause->typed.data, ':', clause->typed.size);
    size_t prefix = (size_t)(colon + 1 - clause->typed.data);
    uint8_t *copy = arena_alloc(arena, prefix + typed->size);
    if (!copy)
        return ST_NOMEM;
    memcpy(copy, clause->typed.data, prefix);
    memcpy(copy + prefix, typed->data, typed->size);
    *typed = slice_of(copy, prefix + typed->size);
    return ST_OK;
}

static enum status build_split_word(struct query_node *node, struct arena *arena,
                                    const struct query_clause *clause) {
    *node = (struct query_node){.kind = QUERY_ANY_OF};
    if (alloc_children(node, arena, clause->count))
        return ST_NOMEM;
    for (size_t i = 0; i < clause->count; i++) {
        struct slice typed;
        if (copy_typed(&typed, arena, clause, &clause->terms[i]))
            return ST_NOMEM;
        node->children[node->child_count++] = leaf(clause, typed, &clause->terms[i], 1);
    }
    return ST_OK;
}

static enum status build_list(struct query_node *node, struct arena *arena,
                              const struct query_clause *clauses, size_t count,
                              enum query_mode mode, bool top);

/* Builds a word or a phrase. */
static struct query_node build_words(const struct query_clause *clause) {
    struct query_node node = leaf(clause, clause->typed, clause->terms, clause->count);
    if (clause->quoted)
        node.word_count = 1;
    return node;
}

static enum status build_exact(struct query_node *node, struct arena *arena,
                               const struct query_clause *clause) {
    *node = (struct query_node){
        .kind = QUERY_EXACT, .typed = clause->typed, .field = clause->field, .child_count = 1};
    if (alloc_children(node, arena, 1))
        return ST_NOMEM;
    *node->children = build_words(clause);
    return ST_OK;
}

/* Builds what a pattern or a fuzzy word was expanded to. */
static enum status build_expansion(struct query_node *node, struct arena *arena,
                                   const struct query_clause *clause) {
    *node = (struct query_node){.kind = QUERY_EXPANSION,
                                .typed = clause->typed,
                                .field = clause->field,
                                .word_count = 1,
                                .child_count = clause->count};
    if (alloc_children(node, arena, clause->count))
        return ST_NOMEM;
    for (size_t i = 0; i < clause->count; i++)
        node->children[i] = leaf(clause, clause->typed, &clause->terms[i], 1);
    return ST_OK;
}

static enum status build_near(struct query_node *node, struct arena *arena,
                              const struct query_clause *clause) {
    *node = (struct query_node){.kind = QUERY_NEAR,
                                .typed = clause->typed,
                                .field = clause->children->field,
                                .distance = clause->distance,
                                .child_count = clause->child_count};
    if (alloc_children(node, arena, clause->child_count))
        return ST_NOMEM;
    for (size_t i = 0; i < clause->child_count; i++) {
        node->children[i] = build_words(&clause->children[i]);
        node->word_count += node->children[i].word_count;
    }
    return ST_OK;
}

static enum status build_clause(struct query_node *node, struct arena *arena,
                                const struct query_clause *clause, enum query_mode mode);

/* Builds it as the only child of a node of this kind. */
static enum status build_wrapped(struct query_node *node, enum query_kind kind, struct arena *arena,
                                 const struct query_clause *clause, enum query_mode mode) {
    *node = (struct query_node){.kind = kind, .child_count = 1};
    if (alloc_children(node, arena, 1))
        return ST_NOMEM;
    return build_clause(node->children, arena, clause, mode);
}

/* Builds the operands of AND or OR. */
static enum status build_operands(struct query_node *node, enum query_kind kind,
                                  struct arena *arena, const struct query_clause *clause,
                                  enum query_mode mode) {
    *node = (struct query_node){.kind = kind, .child_count = clause->child_count};
    if (alloc_children(node, arena, clause->child_count))
        return ST_NOMEM;
    enum status status = ST_OK;
    for (size_t i = 0; i < clause->child_count && !status; i++) {
        const struct query_clause *child = &clause->children[i];
        if (child->occur == OCCUR_MUST_NOT)
            status = build_wrapped(&node->children[i], QUERY_NOT, arena, child, QUERY_ANY);
        else
            status = build_clause(&node->children[i], arena, child, mode);
    }
    return status;
}

/* Builds the node of a clause, without regard to its sign. */
static enum status build_clause(struct query_node *node, struct arena *arena,
                                const struct query_clause *clause, enum query_mode mode) {
    enum status status = ST_OK;
    switch (clause->kind) {
    case CLAUSE_WORDS:
        *node = build_words(clause);
        break;
    case CLAUSE_FILTER:
        *node = (struct query_node){
            .kind = QUERY_FILTER, .typed = clause->typed, .filter = clause->filter};
        break;
    case CLAUSE_PATTERN:
    case CLAUSE_FUZZY:
        status = build_expansion(node, arena, clause);
        break;
    case CLAUSE_EXACT:
        status = build_exact(node, arena, clause);
        break;
    case CLAUSE_NEAR:
        status = build_near(node, arena, clause);
        break;
    case CLAUSE_LIST:
        status = build_list(node, arena, clause->children, clause->child_count, mode, false);
        break;
    case CLAUSE_AND:
        status = build_operands(node, QUERY_ALL_OF, arena, clause, mode);
        break;
    case CLAUSE_OR:
        status = build_operands(node, QUERY_ANY_OF, arena, clause, mode);
        break;
    }
    node->boost = clause->boost;
    return status;
}

/* The same of a member of a list that no sign or mode requires. */
static enum status build_optional(struct query_node *node, struct arena *arena,
                                  const struct query_clause *clause, enum query_mode mode) {
    bool splits = clause->kind == CLAUSE_WORDS && !clause->quoted && clause->count > 1;
    if (!splits || clause->occur != OCCUR_DEFAULT || mode != QUERY_ANY)
        return build_clause(node, arena, clause, mode);
    enum status status = build_split_word(node, arena, clause);
    node->boost = clause->boost;
    return status;
}

/* The same beside clauses that are required. */
static enum status build_beside(struct query_node *node, struct arena *arena,
                                const struct query_clause *clause, enum query_mode mode) {
    *node = (struct query_node){.kind = QUERY_OPTIONAL, .child_count = 1};
    if (alloc_children(node, arena, 1))
        return ST_NOMEM;
    return build_optional(node->children, arena, clause, mode);
}

/* Whether it is a filter, or a group of nothing else. */
static bool is_condition(const struct query_clause *clause) {
    bool is_group =
        clause->kind == CLAUSE_LIST || clause->kind == CLAUSE_AND || clause->kind == CLAUSE_OR;
    for (size_t i = 0; i < clause->child_count; i++)
        if (!is_condition(&clause->children[i]))
            return false;
    return is_group || clause->kind == CLAUSE_FILTER;
}

static enum occur occur_in(const struct query_clause *clause, enum query_mode mode) {
    bool required = mode != QUERY_ANY || is_condition(clause);
    return clause->occur == OCCUR_DEFAULT && required ? OCCUR_MUST : clause->occur;
}

static enum status build_list(struct query_node *node, struct arena *arena,
                              const struct query_clause *clauses, size_t count,
                              enum query_mode mode, bool top) {
    size_t words = 0, required = 0, conditions = 0; /* words: that are not excluded */
    for (size_t i = 0; i < count; i++) {
        bool condition = is_condition(&clauses[i]);
        conditions += condition;
        words += !condition && clauses[i].occur != OCCUR_MUST_NOT;
        required += !condition && occur_in(&clauses[i], mode) == OCCUR_MUST;
    }
    *node = (struct query_node){.kind = QUERY_ALL_OF};
    if (alloc_children(node, arena, count + 1))
        return ST_NOMEM;
    struct query_node *any = NULL; /* of the optional clauses, if nothing is required */
    if (!required && (words || (top && !conditions))) {
        any = &node->children[node->child_count++];
        *any = (struct query_node){.kind = QUERY_ANY_OF};
        if (alloc_children(any, arena, count))
            return ST_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        const struct query_clause *clause = &clauses[i];
        enum occur occur = occur_in(clause, mode);
        enum status status;
        if (occur == OCCUR_MUST_NOT)
            status = build_wrapped(&node->children[node->child_count++], QUERY_NOT, arena, clause,
                                   QUERY_ANY);
        else if (occur == OCCUR_MUST)
            status = build_clause(&node->children[node->child_count++], arena, clause, mode);
        else if (any)
            status = build_optional(&any->children[any->child_count++], arena, clause, mode);
        else
            status = build_beside(&node->children[node->child_count++], arena, clause, mode);
        if (status)
            return status;
    }
    return ST_OK;
}

enum status query_tree_build(struct query_node *root, struct arena *arena,
                             const struct query *query, enum query_mode mode) {
    return build_list(root, arena, query->clauses, query->count, mode, true);
}

size_t query_tree_leaf_count(const struct query_node *node, bool conditions) {
    size_t count = 0;
    switch (node->kind) {
    case QUERY_TERM:
    case QUERY_PHRASE:
    case QUERY_NEAR:
    case QUERY_EXPANSION:
        return !conditions;
    case QUERY_FILTER:
        return conditions;
    case QUERY_EXACT:
        count = conditions;
        break;
    default:
        break;
    }
    for (size_t i = 0; i < node->child_count; i++)
        count += query_tree_leaf_count(&node->children[i], conditions);
    return count;
}
