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

/* Builds the node of a clause, without regard to its sign. */
static enum status build_clause(struct query_node *node, struct arena *arena,
                                const struct query_clause *clause, enum query_mode mode) {
    bool optional = clause->occur == OCCUR_DEFAULT && mode == QUERY_ANY;
    if (clause->kind == CLAUSE_FILTER) {
        *node = (struct query_node){
            .kind = QUERY_FILTER, .typed = clause->typed, .filter = clause->filter};
        return ST_OK;
    }
    if (optional && !clause->quoted && clause->count > 1)
        return build_split_word(node, arena, clause);
    *node = leaf(clause, clause->typed, clause->terms, clause->count);
    if (clause->quoted)
        node->word_count = 1;
    return ST_OK;
}

/* Builds it as the only child of a node of this kind. */
static enum status build_wrapped(struct query_node *node, enum query_kind kind, struct arena *arena,
                                 const struct query_clause *clause, enum query_mode mode) {
    *node = (struct query_node){.kind = kind, .child_count = 1};
    if (alloc_children(node, arena, 1))
        return ST_NOMEM;
    return build_clause(node->children, arena, clause, mode);
}

static enum occur occur_in(const struct query_clause *clause, enum query_mode mode) {
    bool required = mode != QUERY_ANY || clause->kind == CLAUSE_FILTER;
    return clause->occur == OCCUR_DEFAULT && required ? OCCUR_MUST : clause->occur;
}

enum status query_tree_build(struct query_node *root, struct arena *arena,
                             const struct query *query, enum query_mode mode) {
    size_t words = 0, required = 0, filters = 0; /* words: that are not excluded */
    for (size_t i = 0; i < query->count; i++) {
        const struct query_clause *clause = &query->clauses[i];
        bool is_filter = clause->kind == CLAUSE_FILTER;
        filters += is_filter;
        words += !is_filter && clause->occur != OCCUR_MUST_NOT;
        required += !is_filter && occur_in(clause, mode) == OCCUR_MUST;
    }
    *root = (struct query_node){.kind = QUERY_ALL_OF};
    if (alloc_children(root, arena, query->count + 1))
        return ST_NOMEM;
    struct query_node *any = NULL; /* of the optional clauses, if nothing is required */
    if (!required && (words || !filters)) {
        any = &root->children[root->child_count++];
        *any = (struct query_node){.kind = QUERY_ANY_OF};
        if (alloc_children(any, arena, query->count))
            return ST_NOMEM;
    }
    for (size_t i = 0; i < query->count; i++) {
        const struct query_clause *clause = &query->clauses[i];
        enum occur occur = occur_in(clause, mode);
        enum status status;
        if (occur == OCCUR_MUST_NOT)
            status =
                build_wrapped(&root->children[root->child_count++], QUERY_NOT, arena, clause, mode);
        else if (occur == OCCUR_MUST)
            status = build_clause(&root->children[root->child_count++], arena, clause, mode);
        else if (any)
            status = build_clause(&any->children[any->child_count++], arena, clause, mode);
        else
            status = build_wrapped(&root->children[root->child_count++], QUERY_OPTIONAL, arena,
                                   clause, mode);
        if (status)
            return status;
    }
    return ST_OK;
}

size_t query_tree_leaf_count(const struct query_node *node, bool filters) {
    if (node->kind == QUERY_TERM || node->kind == QUERY_PHRASE || node->kind == QUERY_FILTER)
        return (node->kind == QUERY_FILTER) == filters;
    size_t count = 0;
    for (size_t i = 0; i < node->child_count; i++)
        count += query_tree_leaf_count(&node->children[i], filters);
    return count;
}
