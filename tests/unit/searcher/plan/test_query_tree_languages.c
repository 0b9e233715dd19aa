/* SPDX-License-Identifier: MIT */
/* A word that has several terms is an EXPANSION of them. */
#include "tests/support/testing.h"

#include <stdlib.h>
#include <string.h>

#include "searcher/plan/query_tree.h"

static struct schema schema;
static struct query_context context = {.schema = &schema};

static int set_up(void **state) {
    (void)state;
    struct analyzer_options settings = {.stemmer = "english", .other_stemmers = {"german", "none"}};
    assert_int_equal(schema_init(&schema), ST_OK);
    return analyzer_new(&context.analyzer, &settings, NULL);
}

static int tear_down(void **state) {
    (void)state;
    analyzer_free(context.analyzer);
    schema_release(&schema);
    return 0;
}

static void append(struct buffer *out, const char *text) {
    assert_int_equal(buffer_append(out, text, strlen(text)), ST_OK);
}

/* Appends the tree, with the words that a node counts as. */
static void show(struct buffer *out, const struct query_node *node) {
    static const char *const names[] = {
        [QUERY_TERM] = "TERM",     [QUERY_PHRASE] = "PHRASE",       [QUERY_ANY_OF] = "ANY_OF",
        [QUERY_ALL_OF] = "ALL_OF", [QUERY_OPTIONAL] = "OPTIONAL",   [QUERY_NOT] = "NOT",
        [QUERY_NEAR] = "NEAR",     [QUERY_EXPANSION] = "EXPANSION", [QUERY_EXACT] = "EXACT"};
    append(out, names[node->kind]);
    if (node->word_count > 1)
        append(out, "*2");
    for (size_t i = 0; i < node->term_count; i++) {
        append(out, " ");
        assert_int_equal(buffer_append_slice(out, node->terms[i].term), ST_OK);
    }
    for (size_t i = 0; i < node->child_count; i++) {
        append(out, i ? ", " : "(");
        show(out, &node->children[i]);
    }
    if (node->child_count)
        append(out, ")");
}

static void assert_query(const struct query *query, enum query_mode mode, const char *expected) {
    struct query_node root;
    struct arena arena = {0};
    struct buffer shown = {0};
    assert_int_equal(query_tree_build(&root, &arena, query, mode), ST_OK);
    show(&shown, &root);
    assert_slice(buffer_slice(&shown), slice_of_string(expected));
    buffer_release(&shown);
    arena_release(&arena);
}

static void assert_tree(const char *text, enum query_mode mode, const char *expected) {
    struct query query;
    assert_int_equal(query_parse(&query, &context, slice_of_string(text), NULL), ST_OK);
    assert_query(&query, mode, expected);
    query_release(&query);
}

static void test_query_tree_build__one_term_a_language(void **state) {
    (void)state;
    assert_tree("gas", QUERY_ALL, "ALL_OF(TERM gas)");
    assert_tree("laufen", QUERY_ALL, "ALL_OF(EXPANSION(TERM laufen, TERM lauf))");
    assert_tree("running", QUERY_ANY, "ALL_OF(ANY_OF(EXPANSION(TERM run, TERM running)))");
    assert_tree("houses Häuser", QUERY_ALL,
                "ALL_OF(EXPANSION(TERM hous, TERM houses), EXPANSION(TERM hauser, TERM haus))");
    assert_tree("-laufen gas", QUERY_ALL,
                "ALL_OF(NOT(EXPANSION(TERM laufen, TERM lauf)), TERM gas)");
}

static void test_query_tree_build__one_phrase_a_language(void **state) {
    (void)state;
    assert_tree("\"gas pipeline\"", QUERY_ALL,
                "ALL_OF(EXPANSION(PHRASE gas pipelin, PHRASE gas pipeline))");
    assert_tree("gas-running", QUERY_ALL,
                "ALL_OF(EXPANSION*2(PHRASE*2 gas run, PHRASE*2 gas running))");
    assert_tree("gas-running", QUERY_ANY,
                "ALL_OF(ANY_OF(ANY_OF(TERM gas, EXPANSION(TERM run, TERM running))))");
}

static void test_query_tree_build__one_near_a_language(void **state) {
    (void)state;
    struct query query;
    assert_int_equal(query_parse(&query, &context, slice_of_string("gas \"old Häuser\""), NULL),
                     ST_OK);
    struct query_clause near = {
        .kind = CLAUSE_NEAR, .distance = 3, .children = query.clauses, .child_count = 2};
    struct query outer = {.schema = &schema, .clauses = &near, .count = 1};
    assert_query(&outer, QUERY_ALL,
                 "ALL_OF(EXPANSION*2(NEAR*2(TERM gas, PHRASE old hauser), "
                 "NEAR*2(TERM gas, PHRASE old haus)))");
    query_release(&query);
    assert_int_equal(query_parse(&query, &context, slice_of_string("gas oil"), NULL), ST_OK);
    near.children = query.clauses;
    assert_query(&outer, QUERY_ALL, "ALL_OF(NEAR*2(TERM gas, TERM oil))");
    query_release(&query);
}

static void test_query_tree_build__exact_in_any_language(void **state) {
    (void)state;
    struct query query;
    assert_int_equal(query_parse(&query, &context, slice_of_string("laufen"), NULL), ST_OK);
    query.clauses->kind = CLAUSE_EXACT;
    assert_query(&query, QUERY_ALL, "ALL_OF(EXACT(EXPANSION(TERM laufen, TERM lauf)))");
    query_release(&query);
}

static void test_query_tree_build__what_words_stand_for(void **state) {
    (void)state;
    struct query query;
    struct query_term pipe[] = {{.term = slice_of_string("gas")},
                                {.term = slice_of_string("line"), .offset = 1}};
    struct query_reading others[] = {{pipe, 1}, {pipe, 2}};
    assert_int_equal(query_parse(&query, &context, slice_of_string("laufen a-b"), NULL), ST_OK);
    for (size_t i = 0; i < 2; i++) {
        query.clauses[i].others = others;
        query.clauses[i].other_count = 2;
    }
    assert_query(&query, QUERY_ALL,
                 "ALL_OF(EXPANSION(TERM laufen, TERM lauf, TERM gas, PHRASE gas line), "
                 "EXPANSION*2(PHRASE*2 a b, TERM*2 gas, PHRASE*2 gas line))");
    assert_query(&query, QUERY_ANY,
                 "ALL_OF(ANY_OF(EXPANSION(TERM laufen, TERM lauf, TERM gas, PHRASE gas line), "
                 "ANY_OF(TERM a, TERM b, TERM gas, PHRASE*2 gas line)))");
    query_release(&query);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_tree_build__one_term_a_language),
        cmocka_unit_test(test_query_tree_build__one_phrase_a_language),
        cmocka_unit_test(test_query_tree_build__one_near_a_language),
        cmocka_unit_test(test_query_tree_build__exact_in_any_language),
        cmocka_unit_test(test_query_tree_build__what_words_stand_for),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
