/* SPDX-License-Identifier: MIT */
/* A query means what its mode, its signs and its quotes say. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <string.h>

#include "searcher/plan/query_tree.h"

static struct schema schema;
static struct query_context context = {.schema = &schema};

static int set_up(void **state) {
    (void)state;
    struct analyzer_options settings = {.stemmer = "english"};
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

/* Appends the tree as query_tree.h writes it. */
static void show(struct buffer *out, const struct query_node *node) {
    static const char *const names[] = {
        [QUERY_TERM] = "TERM",     [QUERY_PHRASE] = "PHRASE",     [QUERY_ANY_OF] = "ANY_OF",
        [QUERY_ALL_OF] = "ALL_OF", [QUERY_OPTIONAL] = "OPTIONAL", [QUERY_NOT] = "NOT",
        [QUERY_FILTER] = "FILTER"};
    append(out, names[node->kind]);
    if (node->field || node->filter) {
        append(out, " ");
        assert_int_equal(buffer_append_slice(out, node->typed), ST_OK);
    }
    if (node->filter)
        return;
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
    assert_int_equal(query_parse(&query, &context, slice_of_string(text), NULL), ST_OK);
    assert_int_equal(query_tree_build(&root, &arena, &query, mode), ST_OK);
    show(&shown, &root);
    assert_slice(buffer_slice(&shown), slice_of_string(expected));
    assert_int_equal(query_tree_leaf_count(&root, false), leaves);
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

static void test_query_tree_build__requires_filters_in_every_mode(void **state) {
    (void)state;
    assert_tree("gas ext:pdf -lang:de", QUERY_ALL,
                "ALL_OF(TERM gas, FILTER ext:pdf, NOT(FILTER lang:de))", 1);
    assert_tree("gas ext:pdf -lang:de", QUERY_ANY,
                "ALL_OF(ANY_OF(TERM gas), FILTER ext:pdf, NOT(FILTER lang:de))", 1);
    assert_tree("+gas oil +size:>1k", QUERY_ANY,
                "ALL_OF(TERM gas, OPTIONAL(TERM oil), FILTER size:>1k)", 2);
}

static void test_query_tree_build__needs_no_words_beside_filters(void **state) {
    (void)state;
    for (int mode = QUERY_BEST; mode <= QUERY_ANY; mode++) {
        assert_tree("ext:pdf", (enum query_mode)mode, "ALL_OF(FILTER ext:pdf)", 0);
        assert_tree("-ext:pdf", (enum query_mode)mode, "ALL_OF(NOT(FILTER ext:pdf))", 0);
        assert_tree("-gas ext:pdf", (enum query_mode)mode, "ALL_OF(NOT(TERM gas), FILTER ext:pdf)",
                    1);
    }
}

static void test_query_tree_build__knows_the_fields_of_words(void **state) {
    (void)state;
    assert_tree("title:gas", QUERY_ALL, "ALL_OF(TERM title:gas gas)", 1);
    assert_tree("title:multi-agent", QUERY_ALL, "ALL_OF(PHRASE title:multi-agent multi agent)", 1);
    assert_tree("-title:(gas oil)", QUERY_ALL,
                "ALL_OF(ANY_OF(), NOT(TERM title:gas gas), NOT(TERM title:oil oil))", 2);
    assert_tree("title:multi-agent oil", QUERY_ANY,
                "ALL_OF(ANY_OF(ANY_OF(TERM title:multi multi, TERM title:agent agent), TERM oil))",
                3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_tree_build__requires_all_words),
        cmocka_unit_test(test_query_tree_build__accepts_any_word),
        cmocka_unit_test(test_query_tree_build__accepts_any_part_of_a_split_word),
        cmocka_unit_test(test_query_tree_build__keeps_optional_clauses_beside_required_ones),
        cmocka_unit_test(test_query_tree_build__matches_nothing_without_words_to_find),
        cmocka_unit_test(test_query_tree_build__requires_filters_in_every_mode),
        cmocka_unit_test(test_query_tree_build__needs_no_words_beside_filters),
        cmocka_unit_test(test_query_tree_build__knows_the_fields_of_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
