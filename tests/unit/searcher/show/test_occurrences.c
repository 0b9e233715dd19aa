/* SPDX-License-Identifier: MIT */
/* Occurrences of words near each other and of expansions: all of them and nothing else is marked,
 * whether documents are expected or not. */
#include <stdio.h>
#include <stdlib.h>

#include "searcher/show/occurrences.h"
#include "tests/support/snippet_fixture.h"
#include "tests/support/testing.h"

static struct snippet_fixture fixture;

static void open_texts(const char *const *texts, size_t count) {
    struct snippet_fixture_document documents[8] = {0};
    for (size_t i = 0; i < count; i++)
        documents[i].text = slice_of_string(texts[i]);
    snippet_fixture_open(&fixture, documents, count, true);
}

/* Makes the query's clauses the children of one clause. */
static void join_clauses(enum clause_kind kind, uint32_t distance) {
    struct query *query = &fixture.query;
    struct query_clause *all = malloc(sizeof *all);
    struct query_clause *children =
        arena_alloc(&query->arena, query->count * sizeof *query->clauses);
    assert_true(all && children);
    memcpy(children, query->clauses, query->count * sizeof *children);
    *all = (struct query_clause){.kind = kind,
                                 .typed = slice_of_string("all of it"),
                                 .boost = 1,
                                 .distance = distance,
                                 .children = children,
                                 .child_count = query->count};
    free(query->clauses);
    query->clauses = all;
    query->count = 1;
}

/* Makes one clause of words that are expanded to all of the query's. */
static void make_expansion(void) {
    struct query *query = &fixture.query;
    struct query_clause *first = &query->clauses[0];
    struct query_term *terms = arena_alloc(&query->arena, query->count * sizeof *terms);
    assert_non_null(terms);
    for (size_t i = 0; i < query->count; i++)
        terms[i] = query->clauses[i].terms[0];
    first->kind = CLAUSE_PATTERN;
    first->terms = terms;
    first->count = query->count;
    query->count = 1;
}

/* Makes all clauses but the first readings of that. */
static void make_readings(void) {
    struct query *query = &fixture.query;
    struct query_clause *first = &query->clauses[0];
    first->others = arena_alloc(&query->arena, query->count * sizeof *first->others);
    assert_non_null(first->others);
    for (size_t i = 1; i < query->count; i++)
        first->others[first->other_count++] = (struct query_reading){
            .terms = query->clauses[i].terms, .count = query->clauses[i].count};
    query->count = 1;
}

static void assert_near(const char *words, uint32_t distance, const char *text,
                        const char *expected) {
    open_texts(&text, 1);
    snippet_fixture_read(&fixture, words);
    join_clauses(CLAUSE_NEAR, distance);
    snippet_fixture_plan(&fixture, QUERY_ALL);
    snippet_fixture_find(&fixture, 0, 1);
    assert_string_equal(snippet_fixture_show(&fixture), expected);
    snippet_fixture_close(&fixture);
}

static void test_occurrences_find__words_near_each_other(void **state) {
    (void)state;
    assert_near("gas oil", 1, "gas and oil, gas or some oil", "[gas] and [oil], gas or some oil");
    assert_near("gas oil", 0, "gas and oil, then oil gas", "gas and oil, then [oil] [gas]");
    assert_near("gas oil", UINT32_MAX, "gas, long before it was oil",
                "[gas], long before it was [oil]");
    assert_near("\"gas pipe\" oil", 1, "gas pipe or oil, pipe oil",
                "[gas] [pipe] or [oil], pipe oil");
    assert_near("gas gas", 1, "gas or gas, no more gas", "[gas] or [gas], no more gas");
}

static void assert_expansion(const char *words, const char *text, const char *expected) {
    open_texts(&text, 1);
    snippet_fixture_read(&fixture, words);
    make_expansion();
    snippet_fixture_plan(&fixture, QUERY_ALL);
    snippet_fixture_find(&fixture, 0, 1);
    assert_string_equal(snippet_fixture_show(&fixture), expected);
    snippet_fixture_close(&fixture);
}

static void test_occurrences_find__expansions(void **state) {
    (void)state;
    assert_expansion("gas oil coal", "coal, wood, coals and oil",
                     "[coal], wood, [coals] and [oil]");
    assert_expansion("gas missing", "oil and gas", "oil and [gas]");
}

/* The window of an expansion with the words of another clause is the best one. */
static void test_occurrences_find__expansions_choose_the_passage(void **state) {
    (void)state;
    struct buffer text = {0};
    append_text(&text, "coal ");
    append_filler(&text, 0, 60);
    append_text(&text, "norway oil ");
    append_filler(&text, 60, 60);
    append_text(&text, "norway");
    assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
    const char *texts[] = {(const char *)text.data};
    open_texts(texts, 1);
    snippet_fixture_read(&fixture, "gas coal oil norway");
    struct query_clause norway = fixture.query.clauses[3];
    fixture.query.count = 3;
    make_expansion();
    fixture.query.clauses[fixture.query.count++] = norway;
    snippet_fixture_plan(&fixture, QUERY_ALL);
    snippet_fixture_find(&fixture, 0, 1);
    assert_non_null(strstr(snippet_fixture_show(&fixture), "[norway] [oil]"));
    snippet_fixture_close(&fixture);
    buffer_release(&text);
}

static void assert_exact(const char *words, const char *text, const char *expected) {
    struct snippet_fixture_document document = {.title = slice_of_string("Pipe and pipes"),
                                                .text = slice_of_string(text)};
    snippet_fixture_open(&fixture, &document, 1, true);
    snippet_fixture_read(&fixture, words);
    for (size_t i = 0; i < fixture.query.count; i++)
        fixture.query.clauses[i].kind = CLAUSE_EXACT;
    snippet_fixture_plan(&fixture, QUERY_ANY);
    snippet_fixture_find(&fixture, 0, 1);
    assert_string_equal(snippet_fixture_show(&fixture), expected);
}

static void test_occurrences_find__exact_words(void **state) {
    (void)state;
    assert_exact("pipes", "a pipe, pipes and PIPES", "a pipe, [pipes] and [PIPES]");
    assert_int_equal(fixture.title_mark_count, 2); /* it has the word */
    snippet_fixture_close(&fixture);
    assert_exact("\"gas pipes\"", "gas pipe, gas pipes", "gas pipe, [gas] [pipes]");
    assert_int_equal(fixture.title_mark_count, 0);
    snippet_fixture_close(&fixture);
    assert_exact("piped", "a pipe, pipes", "a pipe, pipes");
    assert_int_equal(fixture.title_mark_count, 0);
    snippet_fixture_close(&fixture);
    /* They choose the passage. */
    struct buffer text = {0};
    append_text(&text, "pipe pipe pipe pipe ");
    append_filler(&text, 0, 2000);
    append_text(&text, "of pipes");
    assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
    const char *texts[] = {(const char *)text.data};
    open_texts(texts, 1);
    snippet_fixture_read(&fixture, "pipes");
    fixture.query.clauses[0].kind = CLAUSE_EXACT;
    snippet_fixture_plan(&fixture, QUERY_ANY);
    snippet_fixture_find(&fixture, 0, 1);
    assert_non_null(strstr(snippet_fixture_show(&fixture), "of [pipes]"));
    buffer_release(&text);
    snippet_fixture_close(&fixture);
}

static void assert_readings(const char *words, const char *text, const char *expected) {
    open_texts(&text, 1);
    snippet_fixture_read(&fixture, words);
    make_readings();
    snippet_fixture_plan(&fixture, QUERY_ALL);
    snippet_fixture_find(&fixture, 0, 1);
    assert_string_equal(snippet_fixture_show(&fixture), expected);
    snippet_fixture_close(&fixture);
}

static void test_occurrences_find__phrases_of_expansions(void **state) {
    (void)state;
    assert_readings("gas \"crude oil\"", "oil, crude oil, gas", "oil, [crude] [oil], [gas]");
    assert_readings("\"crude oil\" gas coal", "crude gas oil", "crude [gas] oil");
}

static void append_ranges(struct buffer *out, const struct occurrences *found) {
    char item[64];
    for (size_t i = 0; i < found->count; i++) {
        const struct occurrence_list *list = &found->lists[i];
        for (size_t k = 0; k < list->count; k++) {
            snprintf(item, sizeof item, "%u-%u ", occurrences_first(list, k),
                     occurrences_last(list, k));
            append_text(out, item);
        }
        for (size_t k = 0; k < list->word_count; k++) {
            snprintf(item, sizeof item, "w%u ", list->words[k].position);
            append_text(out, item);
        }
        append_text(out, "\n");
    }
}

/* Documents that were expected, in all or in part, or not at all. */
static void test_occurrences_expect__finds_the_same(void **state) {
    (void)state;
    static const char *const texts[] = {"gas oil gas",      "coal",      "none",
                                        "oil gas coal gas", "crude oil", "gas"};
    static const uint32_t all[] = {0, 1, 2, 3, 4, 5}, some[] = {1, 3, 5};
    struct {
        const uint32_t *docs;
        size_t count;
    } expected[] = {{all, 0}, {all, 6}, {some, 3}};
    struct buffer found[3] = {0};
    struct error err;
    open_texts(texts, 6);
    snippet_fixture_read(&fixture, "gas oil coal");
    make_expansion();
    snippet_fixture_plan(&fixture, QUERY_ANY);
    for (size_t i = 0; i < 3; i++) {
        struct occurrences occurrences;
        assert_ok(occurrences_init(&occurrences, &fixture.plan, &err), &err);
        if (expected[i].count)
            assert_ok(
                occurrences_expect(&occurrences, 0, expected[i].docs, expected[i].count, &err),
                &err);
        for (uint32_t doc = 0; doc < 6; doc++) {
            assert_ok(occurrences_find(&occurrences, 0, doc, &err), &err);
            append_ranges(&found[i], &occurrences);
        }
        assert_int_equal(buffer_append_byte(&found[i], '\0'), ST_OK);
        occurrences_release(&occurrences);
    }
    assert_string_equal((const char *)found[0].data,
                        "0-0 1-1 2-2 w0 w1 w2 \n0-0 w0 \n\n0-0 1-1 2-2 3-3 w0 w1 w2 w3 \n"
                        "1-1 w1 \n0-0 w0 \n");
    assert_string_equal((const char *)found[1].data, (const char *)found[0].data);
    assert_string_equal((const char *)found[2].data, (const char *)found[0].data);
    for (size_t i = 0; i < 3; i++)
        buffer_release(&found[i]);
    snippet_fixture_close(&fixture);
}

/* An occurrence that has another one in it is none of its own. */
static void test_occurrences_find__the_shortest_ranges(void **state) {
    (void)state;
    static const char *const texts[] = {"crude oil and oil"};
    struct error err;
    struct buffer found = {0};
    open_texts(texts, 1);
    snippet_fixture_read(&fixture, "\"crude oil\" oil");
    make_readings();
    snippet_fixture_plan(&fixture, QUERY_ALL);
    assert_ok(occurrences_find(&fixture.finder.occurrences, 0, 0, &err), &err);
    append_ranges(&found, &fixture.finder.occurrences);
    assert_int_equal(buffer_append_byte(&found, '\0'), ST_OK);
    assert_string_equal((const char *)found.data, "1-1 3-3 w0 w1 w1 w3 \n");
    buffer_release(&found);
    snippet_fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_occurrences_find__words_near_each_other),
        cmocka_unit_test(test_occurrences_find__expansions),
        cmocka_unit_test(test_occurrences_find__expansions_choose_the_passage),
        cmocka_unit_test(test_occurrences_find__phrases_of_expansions),
        cmocka_unit_test(test_occurrences_find__the_shortest_ranges),
        cmocka_unit_test(test_occurrences_find__exact_words),
        cmocka_unit_test(test_occurrences_expect__finds_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
