/* SPDX-License-Identifier: MIT */
/* Words of a query that are probably misspelt are found, and only these. */
#include "tests/support/testing.h"

#include "searcher/expand/query_correct.h"
#include "searcher/query/query.h"
#include "tests/support/index_fixture.h"

static const struct test_document documents[] = {
    {"a", "Norway", "a gas pipeline, and another pipeline"},
    {"b", NULL, "gas pipelines pipline"},
    {"c", NULL, "gas pipelines separate"},
};

struct fixture {
    struct snapshot *snapshot;
    struct analyzer *analyzer;
};

static void open_fixture(struct fixture *fixture) {
    const char *path = testing_path("index");
    struct analyzer_options options = {.stemmer = "english"};
    struct error err;
    index_fixture_fill(path, documents, 3, 2);
    assert_ok(snapshot_open(&fixture->snapshot, path, &err), &err);
    assert_ok(analyzer_new(&fixture->analyzer, &options, &err), &err);
}

static void close_fixture(struct fixture *fixture) {
    snapshot_close(fixture->snapshot);
    analyzer_free(fixture->analyzer);
}

/* Asserts corrections, as "typed:better ..." */
static void check(struct fixture *fixture, const char *text, const char *expected) {
    struct query_context context = {.analyzer = fixture->analyzer,
                                    .schema = &fixture->snapshot->catalog.schema};
    struct query_correction corrections[QUERY_CORRECT_MAX];
    struct buffer line = {0};
    struct query query;
    struct error err;
    size_t count;
    assert_ok(query_parse(&query, &context, slice_of_string(text), &err), &err);
    assert_ok(
        query_correct(corrections, &count, &query, fixture->analyzer, &fixture->snapshot, 1, &err),
        &err);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(buffer_append_slice(&line, corrections[i].typed), ST_OK);
        assert_int_equal(buffer_append_byte(&line, ':'), ST_OK);
        assert_int_equal(buffer_append_slice(&line, corrections[i].better), ST_OK);
        assert_int_equal(buffer_append_byte(&line, ' '), ST_OK);
    }
    assert_slice(buffer_slice(&line), slice_of_string(expected));
    buffer_release(&line);
    query_release(&query);
}

static void test_query_correct__words_that_no_document_has(void **state) {
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture);
    check(&fixture, "Gass pipeilne", "Gass:gas pipeilne:pipeline ");
    check(&fixture, "gas pipelines norwegian", "");
    check(&fixture, "\"gass pipeline\" gas", "gass:gas ");
    check(&fixture, "title:norwya", "norwya:norway ");
    check(&fixture, "gass-pipeline gass", "gass:gas ");
    close_fixture(&fixture);
}

static void test_query_correct__words_that_are_left_alone(void **state) {
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture);
    check(&fixture, "gas -pipeilne", "");
    check(&fixture, "2024x v1.2.3 c++", "");
    check(&fixture, "pipline", ""); /* occurs, if only in one document */
    check(&fixture, "ext:gass", "");
    close_fixture(&fixture);
}

static void test_query_correct__too_many_words(void **state) {
    (void)state;
    struct fixture fixture;
    open_fixture(&fixture);
    check(&fixture, "gass pipeilne norwya", "gass:gas pipeilne:pipeline norwya:norway ");
    check(&fixture, "gass pipeilne norwya seperate", "");
    close_fixture(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_correct__words_that_no_document_has),
        cmocka_unit_test(test_query_correct__words_that_are_left_alone),
        cmocka_unit_test(test_query_correct__too_many_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
