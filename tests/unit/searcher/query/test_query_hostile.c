/* SPDX-License-Identifier: MIT */
/* Queries of 64 KiB that are made to take long, or much memory, do not; and nor do any bytes. A reader
 * that looked at all text for each character would exceed the limit of time of every test. */
#include <stdlib.h>
#include <string.h>

#include "searcher/query/query.h"
#include "searcher/query/query_text.h"
#include "tests/support/query_shape.h"
#include "tests/support/testing.h"

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

/* What is bounded in a tree: its depth, and the words and clauses in it. */
struct extent {
    size_t depth, words, clauses;
};

static void measure(struct extent *extent, const struct query_clause *clauses, size_t count,
                    size_t depth) {
    extent->depth = depth > extent->depth ? depth : extent->depth;
    extent->clauses += count;
    for (size_t i = 0; i < count; i++) {
        bool is_form = clauses[i].kind == CLAUSE_PATTERN || clauses[i].kind == CLAUSE_FUZZY;
        extent->words += clauses[i].count + is_form;
        measure(extent, clauses[i].children, clauses[i].child_count, depth + 1);
    }
}

/* Reads a copy, so that a sanitizer sees a read past its end; then what is written of the query. */
static void check(struct slice text) {
    uint8_t *copy = malloc(text.size + 1);
    struct query query, reread;
    struct extent extent = {0};
    struct buffer written = {0};
    assert_non_null(copy);
    if (text.size)
        memcpy(copy, text.data, text.size);
    assert_int_equal(query_parse(&query, &context, slice_of(copy, text.size), NULL), ST_OK);
    measure(&extent, query.clauses, query.count, 1);
    assert_true(extent.words <= QUERY_WORDS_MAX);
    assert_true(extent.clauses <= 3 * QUERY_WORDS_MAX);
    assert_true(extent.depth <= 3 * (QUERY_DEPTH_MAX + 2));
    assert_true(query.arena.total <= 256 * QUERY_BYTES_MAX);
    assert_true(!query.note || strlen(query.note) < 1700);
    assert_int_equal(query_text_append(&written, &context, query.clauses, query.count), ST_OK);
    assert_int_equal(query_parse(&reread, &context, buffer_slice(&written), NULL), ST_OK);
    if (written.size <= QUERY_BYTES_MAX && !query_shape_equals(&query, &reread))
        fail_msg("%.*s... written as %.*s...", text.size < 200 ? (int)text.size : 200,
                 (const char *)text.data, written.size < 200 ? (int)written.size : 200,
                 (const char *)written.data);
    buffer_release(&written);
    query_release(&reread);
    query_release(&query);
    free(copy);
}

static const char *const units[] = {
    "(",          ")",       "( ",         ") ",     "\"",       "\" ",      "((a) ",
    "a) ",        "(a OR ",  "-(",         "-(a b ", "+(a AND ", "NOT (",    "NOT ",
    "AND ",       "a AND ",  "a OR ",      "OR OR ", "a NEAR ",  "NEAR/9 ",  "(a NEAR (",
    "\"a b\"~3 ", "\"a\"~ ", "\"a b\"^2 ", "a^2 ",   "^2",       "(a)^2 ",   "((a^2)^3 ",
    "a~1 ",       "~",       "~1",         "a~ ",    "*",        "?",        "*.",
    "?.?",        "a*b-",    "a* ",        "\\*",    "\\",       "\\(",      "f(",
    "f(x) ",      "f( ",     "=",          "=\"",    "=a ",      "title:",   "title:(",
    "titel:a ",   "*:",      "*:(",        "ext:a,", "ext:(a ",  "size:9 ",  "'",
    "‘",          "‘a ",     "“",          "«a»",    "「",       "צה\"",     "天",
    "天*",        "天~1 ",   "a-b~1 ",     "\xff",   "\xe3",     "\xcc\x81", "+",
    "-",          "- ",      "a(b ",       ":",      "http://",  "a_b_",     "1.",
    "x.",         "’",       "\"(\" ",     "(\"",
};

static void fill(struct buffer *text, const char *first, const char *second, size_t count) {
    buffer_clear(text);
    for (size_t i = 0; text->size < QUERY_BYTES_MAX; i++) {
        const char *unit = i % count ? first : second;
        assert_int_equal(buffer_append(text, unit, strlen(unit)), ST_OK);
    }
}

static void test_query_parse__reads_hostile_queries(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct buffer text = {0};
    const char *rounds = getenv("QUERN_ROUNDS");
    long count = rounds ? atol(rounds) / 1000 : 40 / TESTING_FEWER;
    size_t units_count = sizeof units / sizeof *units;
    for (size_t i = 0; i < units_count; i++) {
        fill(&text, units[i], units[i], 1);
        check(buffer_slice(&text));
    }
    for (long i = 0; i < count; i++) {
        fill(&text, units[testing_random_below(&random, (uint32_t)units_count)],
             units[testing_random_below(&random, (uint32_t)units_count)],
             1 + testing_random_below(&random, 70));
        check(buffer_slice(&text));
    }
    buffer_release(&text);
}

static void test_query_parse__reads_any_bytes(void **state) {
    (void)state;
    static const char signs[] = "()\"+-~^=*?:\\ \n ANDOR.'_/,";
    struct testing_random random = testing_random();
    const char *rounds = getenv("QUERN_ROUNDS");
    long count = rounds ? atol(rounds) : 30000 / TESTING_FEWER;
    for (long i = 0; i < count; i++) {
        uint8_t text[40];
        size_t size = testing_random_below(&random, sizeof text);
        for (size_t k = 0; k < size; k++)
            text[k] = testing_random_below(&random, 2)
                          ? (uint8_t)signs[testing_random_below(&random, sizeof signs - 1)]
                          : (uint8_t)testing_random_next(&random);
        check(slice_of(text, size));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_parse__reads_hostile_queries),
        cmocka_unit_test(test_query_parse__reads_any_bytes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
