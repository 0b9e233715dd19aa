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

static bool are_equal(const struct query_term *a, const struct query_term *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (a[i].offset != b[i].offset || !slice_equal(a[i].term, b[i].term))
            return false;
    return true;
}

/* The terms of a clause in language `number`: 0 is the first one. */
static const struct query_term *terms_in(const struct query_clause *clause, size_t number) {
    return number && clause->language_count ? clause->languages[number - 1].terms : clause->terms;
}

/* Whether terms `first` to `first + count` are the same in a language as in one before it. */
static bool is_repeated(const struct query_clause *clause, size_t language, size_t first,
                        size_t count) {
    for (size_t i = 0; i < language; i++)
        if (are_equal(terms_in(clause, i) + first, terms_in(clause, language) + first, count))
            return true;
    return false;
}

/* Builds an EXPANSION without children, but with room for `count`. */
static enum status begin_expansion(struct query_node *node, struct arena *arena,
                                   const struct query_clause *clause, struct slice typed,
                                   size_t word_count, size_t count) {
    *node = (struct query_node){
        .kind = QUERY_EXPANSION, .typed = typed, .field = clause->field, .word_count = word_count};
    return alloc_children(node, arena, count);
}

/* An EXPANSION of one child is this child. */
static void end_expansion(struct query_node *node) {
    if (node->child_count == 1)
        *node = *node->children;
}

/* Builds terms `first` to `first + count` of a clause: in all languages, and if they are all of it, what
 * they stand for besides. */
static enum status build_terms(struct query_node *node, struct arena *arena,
                               const struct query_clause *clause, struct slice typed, size_t first,
                               size_t count, size_t word_count) {
    size_t others = count == clause->count ? clause->other_count : 0;
    if (begin_expansion(node, arena, clause, typed, word_count,
                        1 + clause->language_count + others))
        return ST_NOMEM;
    for (size_t i = 0; i <= clause->language_count; i++)
        if (!is_repeated(clause, i, first, count))
            node->children[node->child_count++] =
                leaf(clause, typed, terms_in(clause, i) + first, count);
    for (size_t i = 0; i < others; i++)
        node->children[node->child_count++] =
            leaf(clause, typed, clause->others[i].terms, clause->others[i].count);
    for (size_t i = 0; i < node->child_count; i++)
        node->children[i].word_count = word_count;
    end_expansion(node);
    return ST_OK;
}

static enum status build_split_word(struct query_node *node, struct arena *arena,
                                    const struct query_clause *clause) {
    *node = (struct query_node){.kind = QUERY_ANY_OF};
    if (alloc_children(node, arena, clause->count + clause->other_count))
        return ST_NOMEM;
    for (size_t i = 0; i < clause->count; i++) {
        struct slice typed;
        if (copy_typed(&typed, arena, clause, &clause->terms[i]) ||
            build_terms(&node->children[node->child_count++], arena, clause, typed, i, 1, 1))
            return ST_NOMEM;
    }
    for (size_t i = 0; i < clause->other_count; i++)
        node->children[node->child_count++] =
            leaf(clause, clause->typed, clause->others[i].terms, clause->others[i].count);
    return ST_OK;
}

static enum status build_list(struct query_node *node, struct arena *arena,
                              const struct query_clause *clauses, size_t count,
                              enum query_mode mode, bool top);

/* Builds a word or a phrase. */
static enum status build_words(struct query_node *node, struct arena *arena,
                               const struct query_clause *clause) {
    size_t words = clause->added ? 0 : clause->quoted ? 1 : clause->count;
    return build_terms(node, arena, clause, clause->typed, 0, clause->count, words);
}

static enum status build_exact(struct query_node *node, struct arena *arena,
                               const struct query_clause *clause) {
    *node = (struct query_node){
        .kind = QUERY_EXACT, .typed = clause->typed, .field = clause->field, .child_count = 1};
    if (alloc_children(node, arena, 1))
        return ST_NOMEM;
    return build_words(node->children, arena, clause);
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

/* Whether all children of a NEAR are the same in a language as in one before it. */
static bool near_is_repeated(const struct query_clause *clause, size_t language) {
    for (size_t i = 0; i < language; i++) {
        size_t same = 0;
        while (same < clause->child_count &&
               are_equal(terms_in(&clause->children[same], i),
                         terms_in(&clause->children[same], language), clause->children[same].count))
            same++;
        if (same == clause->child_count)
            return true;
    }
    return false;
}

static enum status build_near_in(struct query_node *node, struct arena *arena,
                                 const struct query_clause *clause, size_t language) {
    *node = (struct query_node){.kind = QUERY_NEAR,
                                .typed = clause->typed,
                                .field = clause->children->field,
                                .distance = clause->distance,
                                .child_count = clause->child_count};
    if (alloc_children(node, arena, clause->child_count))
        return ST_NOMEM;
    for (size_t i = 0; i < clause->child_count; i++) {
        const struct query_clause *words = &clause->children[i];
        node->children[i] = leaf(words, words->typed, terms_in(words, language), words->count);
        if (words->quoted)
            node->children[i].word_count = 1;
        node->word_count += node->children[i].word_count;
    }
    return ST_OK;
}

/* Builds a NEAR for each language in which it is another one. */
static enum status build_near(struct query_node *node, struct arena *arena,
                              const struct query_clause *clause) {
    size_t languages = 0;
    for (size_t i = 0; i < clause->child_count; i++)
        if (clause->children[i].language_count > languages)
            languages = clause->children[i].language_count;
    if (begin_expansion(node, arena, clause->children, clause->typed, 0, 1 + languages))
        return ST_NOMEM;
    for (size_t i = 0; i <= languages; i++)
        if (!near_is_repeated(clause, i) &&
            build_near_in(&node->children[node->child_count++], arena, clause, i))
            return ST_NOMEM;
    node->word_count = node->children->word_count;
    end_expansion(node);
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
        status = build_words(node, arena, clause);
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

static enum occur occur_in(const struct query_clause *clause, enum query_mode mode) {
    bool required = mode != QUERY_ANY || query_clause_is_condition(clause);
    return clause->occur == OCCUR_DEFAULT && required ? OCCUR_MUST : clause->occur;
}

static enum status build_list(struct query_node *node, struct arena *arena,
                              const struct query_clause *clauses, size_t count,
                              enum query_mode mode, bool top) {
    size_t words = 0, required = 0, conditions = 0; /* words: that are not excluded */
    for (size_t i = 0; i < count; i++) {
        bool condition = query_clause_is_condition(&clauses[i]);
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
