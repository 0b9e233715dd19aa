/* SPDX-License-Identifier: MIT */
/* A query means what its mode, its signs and its quotes say. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <string.h>

#include "searcher/query/query_tree.h"

static struct analyzer *analyzer;

static int set_up(void **state) {
    (void)state;
    struct analyzer_options settings = {.stemmer = "english"};
    return analyzer_new(&analyzer, &settings, NULL);
}

static int tear_down(void **state) {
    (void)state;
    analyzer_free(analyzer);
    return 0;
}

static void append(struct buffer *out, const char *text) {
    assert_int_equal(buffer_append(out, text, strlen(text)), ST_OK);
}

/* Appends the tree as query_tree.h writes it. */
static void show(struct buffer *out, const struct query_node *node) {
    static const char *const names[] = {
        [QUERY_TERM] = "TERM",     [QUERY_PHRASE] = "PHRASE",     [QUERY_ANY_OF] = "ANY_OF",
        [QUERY_ALL_OF] = "ALL_OF", [QUERY_OPTIONAL] = "OPTIONAL", [QUERY_NOT] = "NOT"};
    append(out, names[node->kind]);
    for (size_t i = 0; i < node->term_count; i++) {
        append(out, " ");
        assert_int_equal(buffer_append_slice(out, node->terms[i].term), ST_OK);
    }
    if (node->kind == QUERY_TERM || node->kind == QUERY_PHRASE)
        return;
    for (size_t i = 0; i < node->child_count; i++) {
        append(out, i ? ", " : "(");
        show(out, &node->children[i]);
    }
    append(out, node->child_count ? ")" : "()");
}

static void assert_tree(const char *text, enum query_mode mode, const char *expected,
                        size_t leaves) {
    struct query query;
    struct query_node root;
    struct arena arena = {0};
    struct buffer shown = {0};
    assert_int_equal(query_parse(&query, analyzer, slice_of_string(text), NULL), ST_OK);
    assert_int_equal(query_tree_build(&root, &arena, &query, mode), ST_OK);
    show(&shown, &root);
    assert_slice(buffer_slice(&shown), slice_of_string(expected));
    assert_int_equal(query_tree_leaf_count(&root), leaves);
    buffer_release(&shown);
    arena_release(&arena);
    query_release(&query);
}

static void test_query_tree_build__requires_all_words(void **state) {
    (void)state;
    for (int mode = QUERY_BEST; mode <= QUERY_ALL; mode++) {
        assert_tree("gas", (enum query_mode)mode, "ALL_OF(TERM gas)", 1);
        assert_tree("gas multi-agent -leak", (enum query_mode)mode,
                    "ALL_OF(TERM gas, PHRASE multi agent, NOT(TERM leak))", 3);
        assert_tree("+gas \"oil rig\" -well-known", (enum query_mode)mode,
                    "ALL_OF(TERM gas, PHRASE oil rig, NOT(PHRASE well known))", 3);
    }
}

static void test_query_tree_build__accepts_any_word(void **state) {
    (void)state;
    assert_tree("gas", QUERY_ANY, "ALL_OF(ANY_OF(TERM gas))", 1);
    assert_tree("gas -leak oil \"oil rig\"", QUERY_ANY,
                "ALL_OF(ANY_OF(TERM gas, TERM oil, PHRASE oil rig), NOT(TERM leak))", 4);
}

static void test_query_tree_build__accepts_any_part_of_a_split_word(void **state) {
    (void)state;
    assert_tree("gas multi-agent -well-known", QUERY_ANY,
                "ALL_OF(ANY_OF(TERM gas, ANY_OF(TERM multi, TERM agent)), NOT(PHRASE well known))",
                4);
    assert_tree("+multi-agent", QUERY_ANY, "ALL_OF(PHRASE multi agent)", 1);
}

static void test_query_tree_build__keeps_optional_clauses_beside_required_ones(void **state) {
    (void)state;
    assert_tree("gas +norway -leak", QUERY_ANY,
                "ALL_OF(OPTIONAL(TERM gas), TERM norway, NOT(TERM leak))", 3);
    assert_tree("+norway multi-agent", QUERY_ANY,
                "ALL_OF(TERM norway, OPTIONAL(ANY_OF(TERM multi, TERM agent)))", 3);
}

static void test_query_tree_build__matches_nothing_without_words_to_find(void **state) {
    (void)state;
    for (int mode = QUERY_BEST; mode <= QUERY_ANY; mode++) {
        assert_tree("", (enum query_mode)mode, "ALL_OF(ANY_OF())", 0);
        assert_tree("-gas", (enum query_mode)mode, "ALL_OF(ANY_OF(), NOT(TERM gas))", 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_tree_build__requires_all_words),
        cmocka_unit_test(test_query_tree_build__accepts_any_word),
        cmocka_unit_test(test_query_tree_build__accepts_any_part_of_a_split_word),
        cmocka_unit_test(test_query_tree_build__keeps_optional_clauses_beside_required_ones),
        cmocka_unit_test(test_query_tree_build__matches_nothing_without_words_to_find),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
