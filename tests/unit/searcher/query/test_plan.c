/* SPDX-License-Identifier: MIT */
/* A plan has the leaves of the query tree as clauses, each with its role. */
#include <stdio.h>
#include <string.h>

#include "searcher/query/plan.h"
#include "tests/support/index_fixture.h"
#include "tests/support/testing.h"

static struct {
    struct snapshot *snapshot;
    struct analyzer *analyzer;
} fixture;

/* Two segments of two documents each. */
static int set_up(void **state) {
    (void)state;
    struct error err;
    static const struct test_document documents[] = {
        {"1", NULL, "gas pipeline"},
        {"2", NULL, "gas"},
        {"3", NULL, "oil"},
        {"4", NULL, "gas oil multi agent"},
    };
    const char *path = testing_path("index");
    struct writer_options options = index_fixture_options();
    index_fixture_fill(path, documents, 4, 2);
    assert_ok(snapshot_open(&fixture.snapshot, path, &err), &err);
    assert_ok(analyzer_new(&fixture.analyzer, &options.analysis, &err), &err);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    snapshot_close(fixture.snapshot);
    analyzer_free(fixture.analyzer);
    return 0;
}

static void open_plan(struct plan *plan, struct query *query, const char *text,
                      enum query_mode mode) {
    struct error err;
    assert_ok(query_parse(query, &(struct query_context){.analyzer = fixture.analyzer},
                          slice_of_string(text), &err),
              &err);
    assert_ok(plan_init(plan, &fixture.snapshot, 1, query, mode,
                        &(struct ranking){.k1 = 1.2, .b = 0.75}, &err),
              &err);
}

static void close_plan(struct plan *plan, struct query *query) {
    plan_release(plan);
    query_release(query);
}

/* Compares the clauses, each shown as role, multiplicity and terms: "+1:gas", "?2:oil rig". */
static void assert_clauses(const char *text, enum query_mode mode, const char *expected) {
    static const char roles[] = {
        [PLAN_REQUIRED] = '+', [PLAN_OPTIONAL] = '?', [PLAN_EXCLUDED] = '-'};
    struct plan plan;
    struct query query;
    char shown[512] = "";
    size_t size = 0;
    open_plan(&plan, &query, text, mode);
    for (size_t i = 0; i < plan.count; i++) {
        const struct plan_clause *clause = &plan.clauses[i];
        size += (size_t)snprintf(shown + size, sizeof shown - size, "%s%c%u:", i ? ", " : "",
                                 roles[clause->role], (unsigned)clause->multiplicity);
        for (size_t k = 0; k < clause->node->term_count; k++) {
            struct slice term = clause->node->terms[k].term;
            size += (size_t)snprintf(shown + size, sizeof shown - size, "%s%.*s", k ? " " : "",
                                     (int)term.size, (const char *)term.data);
        }
    }
    assert_string_equal(shown, expected);
    close_plan(&plan, &query);
}

static void test_plan_init__gives_each_leaf_its_role(void **state) {
    (void)state;
    assert_clauses("gas multi-agent -oil", QUERY_ALL, "+1:gas, +1:multi agent, -1:oil");
    assert_clauses("gas multi-agent -oil", QUERY_ANY, "?1:gas, ?1:multi, ?1:agent, -1:oil");
    assert_clauses("gas +multi-agent", QUERY_ANY, "?1:gas, +1:multi agent");
    assert_clauses("-gas", QUERY_ANY, "-1:gas");
    assert_clauses("", QUERY_ALL, "");
}

static void test_plan_init__merges_equal_phrases(void **state) {
    (void)state;
    assert_clauses("gas gas", QUERY_ANY, "?1:gas, ?1:gas");
    assert_clauses("\"gas oil\" \"oil gas\" \"gas oil\" \"gas oil\"", QUERY_ANY,
                   "?3:gas oil, ?1:oil gas, ?0:gas oil, ?0:gas oil");
    assert_clauses("+\"gas oil\" \"gas oil\" -\"gas oil\"", QUERY_ANY,
                   "+1:gas oil, ?1:gas oil, -1:gas oil"); /* roles differ */
    assert_clauses("multi-agent \"multi agent\"", QUERY_ALL, "+2:multi agent, +0:multi agent");
}

static void test_plan_init__knows_every_segment(void **state) {
    (void)state;
    struct plan plan;
    struct query query;
    open_plan(&plan, &query, "gas nothing", QUERY_ANY);
    assert_int_equal(plan.documents, 4);
    assert_int_equal(plan.segment_count, 2);
    const struct plan_term *gas = plan.clauses[0].terms, *nothing = plan.clauses[1].terms;
    assert_int_equal(gas->documents, 3);
    assert_int_equal(gas->entries[0].documents, 2);
    assert_int_equal(gas->entries[1].documents, 1);
    assert_int_equal(nothing->documents, 0);
    assert_true(plan.clauses[0].idf == bm25_idf(4, 3));
    close_plan(&plan, &query);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_init__gives_each_leaf_its_role),
        cmocka_unit_test(test_plan_init__merges_equal_phrases),
        cmocka_unit_test(test_plan_init__knows_every_segment),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
