/* SPDX-License-Identifier: MIT */
/* Patterns and fuzzy words get the terms that the indexes have for them. */
#include "tests/support/testing.h"

#include "searcher/expand/form_terms.h"
#include "searcher/expand/query_expand.h"
#include "tests/support/index_fixture.h"

static const struct test_document documents[] = {
    {"a", "Pipelines", "a pipeline of gas, Café"},
    {"b", NULL, "piping pipers cafe gate go"},
    {"c", "In 2019", "v1.2.3 and v1.20, 2021 and 2022, 1999 2021st x20 c++"},
};

static struct snapshot *open_index(const struct test_document *all, size_t count) {
    const char *path = testing_path("index");
    struct snapshot *snapshot;
    struct error err;
    index_fixture_fill(path, all, count, 1);
    assert_ok(snapshot_open(&snapshot, path, &err), &err);
    return snapshot;
}

static struct query_clause clause_of(const char *text, uint32_t distance) {
    return (struct query_clause){.kind = distance ? CLAUSE_FUZZY : CLAUSE_PATTERN,
                                 .typed = slice_of_string(text),
                                 .pattern = slice_of_string(text),
                                 .distance = distance,
                                 .boost = 1};
}

static void assert_terms(const struct query_clause *clause, const char *expected) {
    struct buffer line = {0};
    for (size_t i = 0; i < clause->count; i++) {
        assert_int_equal(buffer_append_slice(&line, clause->terms[i].term), ST_OK);
        assert_int_equal(buffer_append_byte(&line, ' '), ST_OK);
        assert_slice(clause->terms[i].typed, clause->typed);
        assert_int_equal(clause->terms[i].offset, 0);
    }
    assert_slice(buffer_slice(&line), slice_of_string(expected));
    buffer_release(&line);
}

static void check(struct snapshot *snapshot, const char *text, uint32_t distance,
                  const char *expected) {
    struct query_clause clause = clause_of(text, distance);
    struct query query = {.clauses = &clause, .count = 1};
    struct error err;
    for (unsigned round = 0; round < 2; round++) { /* expanding again changes nothing */
        assert_ok(query_expand(&query, &snapshot, 1, &err), &err);
        assert_terms(&clause, expected);
        assert_null(query.warning);
    }
    arena_release(&query.arena);
}

static void test_query_expand__patterns_and_fuzzy_words(void **state) {
    (void)state;
    struct snapshot *snapshot = open_index(documents, 3);
    check(snapshot, "pip*", 0, "pipe pipelin piper ");
    check(snapshot, "*line", 0, "pipelin ");
    check(snapshot, "c?f*", 0, "cafe ");
    check(snapshot, "z*", 0, "");
    check(snapshot, "pipline", 1, "pipelin ");
    check(snapshot, "gat", 1, "gas gate ");
    check(snapshot, "ppline", 2, "pipelin ");
    check(snapshot, "ppline", 1, "");
    snapshot_close(snapshot);
}

static void test_query_expand__patterns_with_digits(void **state) {
    (void)state;
    struct snapshot *snapshot = open_index(documents, 3);
    check(snapshot, "202?", 0, "2021 2022 ");
    check(snapshot, "20*", 0, "2019 2021 2021st 2022 ");
    check(snapshot, "v1.*", 0, "v1.2.3 v1.20 ");
    check(snapshot, "*20", 0, "v1.20 x20 ");
    check(snapshot, "*9*", 0, "1999 2019 ");
    check(snapshot, "3*", 0, "");
    snapshot_close(snapshot);
}

static void test_query_expand__short_words_are_exact(void **state) {
    (void)state;
    struct snapshot *snapshot = open_index(documents, 3);
    check(snapshot, "go", 2, "go ");
    check(snapshot, "ga", 2, "");
    check(snapshot, "gaz", 1, "gas ");
    snapshot_close(snapshot);
}

static void test_query_expand__anywhere_in_the_tree(void **state) {
    (void)state;
    struct snapshot *snapshot = open_index(documents, 3);
    struct error err;
    struct query_clause leaves[] = {clause_of("pipe*", 0), clause_of("gaz", 1)};
    struct query_clause either = {.kind = CLAUSE_OR, .children = leaves, .child_count = 2};
    struct query_clause list = {.kind = CLAUSE_LIST, .children = &either, .child_count = 1};
    struct query query = {.clauses = &list, .count = 1};
    assert_ok(query_expand(&query, &snapshot, 1, &err), &err);
    assert_terms(&leaves[0], "pipelin piper ");
    assert_terms(&leaves[1], "gas ");
    arena_release(&query.arena);
    snapshot_close(snapshot);
}

static void test_query_expand__more_clauses_than_are_expanded(void **state) {
    (void)state;
    struct snapshot *snapshot = open_index(documents, 3);
    struct error err;
    struct query_clause clauses[QUERY_EXPAND_CLAUSES_MAX + 1];
    for (size_t i = 0; i < QUERY_EXPAND_CLAUSES_MAX + 1; i++)
        clauses[i] = clause_of("ga*", 0);
    struct query query = {.clauses = clauses, .count = QUERY_EXPAND_CLAUSES_MAX + 1};
    assert_ok(query_expand(&query, &snapshot, 1, &err), &err);
    assert_terms(&clauses[QUERY_EXPAND_CLAUSES_MAX - 1], "gas gate ");
    assert_terms(&clauses[QUERY_EXPAND_CLAUSES_MAX], "");
    assert_string_equal(query.warning, "ga*: left out, as are all patterns after the first 64");
    arena_release(&query.arena);
    snapshot_close(snapshot);
}

static void test_query_expand__more_terms_than_are_kept(void **state) {
    (void)state;
    struct buffer text = {0};
    struct error err;
    for (unsigned i = 0; i < FORM_TERMS_MAX + 10; i++) {
        char word[] = "q.... ";
        for (unsigned letter = 0, rest = i; letter < 4; letter++, rest /= 20)
            word[1 + letter] = (char)("bcdfghjklmnpqrtvwxza"[rest % 20]);
        assert_int_equal(buffer_append(&text, word, sizeof word - 1), ST_OK);
    }
    assert_int_equal(buffer_append(&text, "qbbbb qcbbb", sizeof "qbbbb qcbbb"), ST_OK);
    struct test_document document = {"a", NULL, (const char *)text.data};
    struct snapshot *snapshot = open_index(&document, 1);
    struct query_clause clause = clause_of("q*", 0);
    struct query query = {.clauses = &clause, .count = 1};
    assert_ok(query_expand(&query, &snapshot, 1, &err), &err);
    assert_int_equal(clause.count, FORM_TERMS_MAX);
    assert_string_equal(query.warning, "q*: matches too many words; the rarest are left out");
    size_t frequent = 0;
    for (size_t i = 0; i < clause.count; i++) {
        if (i)
            assert_true(slice_compare(clause.terms[i - 1].term, clause.terms[i].term) < 0);
        frequent += slice_equal(clause.terms[i].term, slice_of_string("qbbbb")) ||
                    slice_equal(clause.terms[i].term, slice_of_string("qcbbb"));
    }
    assert_int_equal(frequent, 2);
    arena_release(&query.arena);
    buffer_release(&text);
    snapshot_close(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_expand__patterns_and_fuzzy_words),
        cmocka_unit_test(test_query_expand__patterns_with_digits),
        cmocka_unit_test(test_query_expand__short_words_are_exact),
        cmocka_unit_test(test_query_expand__anywhere_in_the_tree),
        cmocka_unit_test(test_query_expand__more_clauses_than_are_expanded),
        cmocka_unit_test(test_query_expand__more_terms_than_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
