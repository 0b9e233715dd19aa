/* SPDX-License-Identifier: MIT */
/* A plan has the leaves of the query tree as clauses, each with its role, or as filters, and looks
 * them up in the fields of each index. */
#include <stdio.h>
#include <string.h>

#include "searcher/plan/planner.h"
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

enum { VALUES_MAX = 6 };

/* Two indexes, in which the fields that they have of their own have other numbers, and what a query
 * of both is read with. */
static struct {
    struct snapshot *snapshots[2];
    struct schema schema;
    struct query_context context;
} two;

struct test_value {
    const char *field, *text;
};

static void add_values(struct writer *writer, const char *id, const struct test_value *from) {
    struct error err;
    struct field_value values[VALUES_MAX];
    size_t count = 0;
    for (; from->field; from++) {
        const struct schema_field *field =
            schema_find(writer_schema(writer), slice_of_string(from->field));
        assert_non_null(field);
        values[count++] = (struct field_value){
            .field = field->number, .type = field->type, .text = slice_of_string(from->text)};
    }
    struct index_document document = {slice_of_string(id), values, count};
    enum writer_outcome outcome;
    assert_int_equal(index_document_sort(values, count), ST_OK);
    assert_ok(writer_add(&outcome, writer, &document, &err), &err);
}

static void add_field(struct writer *writer, const char *name, enum field_type type) {
    uint16_t number;
    struct error err;
    assert_ok(writer_add_field(&number, writer, slice_of_string(name), type, 0, &err), &err);
}

static void open_two(void) {
    struct error err;
    struct snapshot **snapshots = two.snapshots;
    const char *paths[] = {testing_path("first"), testing_path("second")};
    struct writer *writer = index_fixture_writer(paths[0]);
    add_field(writer, "note", FIELD_TYPE_TEXT);
    add_field(writer, "shelf", FIELD_TYPE_KEYWORD);
    add_values(writer, "1",
               (struct test_value[]){{"title", "gas pipeline"},
                                     {"text", "gas leak"},
                                     {"shelf", "A 1"},
                                     {"note", "gas oil gas"},
                                     {0}});
    add_values(writer, "2", (struct test_value[]){{"text", "gas gas gas"}, {"tag", "B"}, {0}});
    index_fixture_commit(writer);
    add_values(writer, "3", (struct test_value[]){{"title", "oil"}, {"author", "gas"}, {0}});
    index_fixture_commit(writer);
    writer_close(writer);
    writer = index_fixture_writer(paths[1]);
    add_field(writer, "shelf", FIELD_TYPE_KEYWORD);
    add_field(writer, "price", FIELD_TYPE_NUMBER);
    add_values(writer, "4", (struct test_value[]){{"title", "gas"}, {"shelf", "a 1"}, {0}});
    index_fixture_commit(writer);
    writer_close(writer);
    for (size_t i = 0; i < 2; i++)
        assert_ok(snapshot_open(&snapshots[i], paths[i], &err), &err);
    assert_int_equal(schema_copy(&two.schema, &snapshots[0]->catalog.schema), ST_OK);
    uint16_t number;
    assert_int_equal(
        schema_add(&number, &two.schema, slice_of_string("price"), FIELD_TYPE_NUMBER, 0), ST_OK);
    two.context = (struct query_context){.analyzer = fixture.analyzer, .schema = &two.schema};
}

static void close_two(void) {
    for (size_t i = 0; i < 2; i++)
        snapshot_close(two.snapshots[i]);
    schema_release(&two.schema);
}

static void open_plan_of_two(struct plan *plan, struct query *query, const char *text) {
    struct error err;
    assert_ok(query_parse(query, &two.context, slice_of_string(text), &err), &err);
    assert_ok(plan_init(plan, two.snapshots, 2, query, QUERY_ALL,
                        &(struct ranking){.k1 = 1.2, .b = 0.75}, &err),
              &err);
    assert_int_equal(plan->segment_count, 3);
}

/* Compares how many documents of each segment have the term. */
static void assert_documents(const struct plan_term *term, uint32_t a, uint32_t b, uint32_t c) {
    const uint32_t expected[] = {a, b, c};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(term->entries[i].documents, expected[i]);
    assert_int_equal(term->documents, a + b + c);
}

static void test_plan_init__scores_a_field_by_its_own_statistics(void **state) {
    (void)state;
    struct plan plan;
    struct query query;
    open_two();
    open_plan_of_two(&plan, &query, "title:gas note:\"oil gas\" gas title:oil");
    assert_int_equal(plan.count, 4);
    assert_int_equal(plan.field_count, 3);
    const struct plan_field *all = plan.fields, *title = plan.clauses[0].field,
                            *note = plan.clauses[1].field;
    assert_int_equal(all->number, SCHEMA_ALL);
    assert_int_equal(all->documents, 4);
    assert_true(all->average_length == plan.average_length);
    assert_int_equal(title->number, SCHEMA_TITLE);
    assert_int_equal(title->documents, 3);
    assert_true(title->average_length == 4.0 / 3);
    assert_int_equal(note->number, SCHEMA_OWN_MIN);
    assert_int_equal(note->documents, 1);
    assert_true(note->average_length == 3);
    assert_ptr_equal(plan.clauses[2].field, all);
    assert_ptr_equal(plan.clauses[3].field, title);
    assert_documents(&plan.clauses[0].terms[0], 1, 0, 1);
    assert_documents(&plan.clauses[1].terms[0], 1, 0, 0);
    assert_documents(&plan.clauses[1].terms[1], 1, 0, 0);
    assert_documents(&plan.clauses[2].terms[0], 2, 1, 1);
    assert_documents(&plan.clauses[3].terms[0], 0, 1, 0);
    assert_true(plan.clauses[0].idf == bm25_idf(3, 2));
    close_plan(&plan, &query);
    close_two();
}

static void test_plan_init__finds_the_text_by_what_is_elsewhere(void **state) {
    (void)state;
    struct plan plan;
    struct query query;
    open_two();
    open_plan_of_two(&plan, &query, "text:\"gas oil\"");
    const struct plan_clause *clause = plan.clauses;
    assert_ptr_equal(clause->field, plan.fields);
    assert_int_equal(clause->other_count, 4); /* title, name, author, description; note is apart */
    assert_documents(&clause->terms[0], 2, 1, 1);
    assert_documents(&clause->others[0], 1, 0, 1); /* title: gas */
    assert_documents(&clause->others[1], 0, 1, 0); /* title: oil */
    assert_documents(&clause->others[2], 0, 0, 0); /* name: gas */
    assert_documents(&clause->others[4], 0, 1, 0); /* author: gas */
    close_plan(&plan, &query);
    close_two();
}

static void test_plan_init__keeps_filters_apart(void **state) {
    (void)state;
    struct plan plan;
    struct query query;
    open_two();
    open_plan_of_two(&plan, &query, "gas shelf:\"A  1\" -tag:b,c price:>10");
    assert_int_equal(plan.count, 1);
    assert_int_equal(plan.filter_count, 3);
    const struct plan_filter *shelf = plan.filters, *tag = shelf + 1, *price = shelf + 2;
    assert_string_equal(shelf->field->name, "shelf");
    assert_int_equal(shelf->term_count, 1);
    assert_documents(&shelf->terms[0], 1, 0, 1); /* other numbers in the second index */
    assert_false(shelf->excluded);
    assert_true(tag->excluded);
    assert_int_equal(tag->term_count, 2);
    assert_documents(&tag->terms[0], 1, 0, 0);
    assert_documents(&tag->terms[1], 0, 0, 0);
    assert_int_equal(price->node->filter->kind, QUERY_FILTER_RANGE);
    assert_int_equal(schema_same_field(&two.snapshots[0]->catalog.schema, price->field),
                     SCHEMA_NONE);
    assert_int_equal(schema_same_field(&two.snapshots[1]->catalog.schema, price->field),
                     SCHEMA_OWN_MIN + 1);
    close_plan(&plan, &query);
    close_two();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_init__gives_each_leaf_its_role),
        cmocka_unit_test(test_plan_init__merges_equal_phrases),
        cmocka_unit_test(test_plan_init__knows_every_segment),
        cmocka_unit_test(test_plan_init__scores_a_field_by_its_own_statistics),
        cmocka_unit_test(test_plan_init__finds_the_text_by_what_is_elsewhere),
        cmocka_unit_test(test_plan_init__keeps_filters_apart),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
