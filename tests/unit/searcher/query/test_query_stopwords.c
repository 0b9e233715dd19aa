/* SPDX-License-Identifier: MIT */
/* Stop words are left out where they mean little, and nowhere else. */
#include "searcher/query/query_stopwords.h"

#include <string.h>

#include "searcher/query/query_text.h"
#include "tests/support/testing.h"

/* Asserts what is kept of the query. */
static void assert_kept(const char *stemmer, const char *text, const char *expected) {
    struct error err;
    struct analyzer *analyzer;
    struct analyzer_options options = {0};
    struct query query;
    struct buffer kept = {0};
    memcpy(options.stemmer, stemmer, strlen(stemmer) + 1);
    assert_ok(analyzer_new(&analyzer, &options, &err), &err);
    struct schema schema;
    assert_ok(schema_init(&schema), &err);
    const struct query_context context = {.analyzer = analyzer, .schema = &schema};
    assert_ok(query_parse(&query, &context, slice_of_string(text), &err), &err);
    assert_ok(query_remove_stopwords(&query, analyzer, &err), &err);
    assert_int_equal(query_text_append(&kept, &context, query.clauses, query.count), ST_OK);
    assert_slice(buffer_slice(&kept), slice_of_string(expected));
    buffer_release(&kept);
    query_release(&query);
    schema_release(&schema);
    analyzer_free(analyzer);
}

static void test_query_remove_stopwords__keeps_words_with_a_meaning(void **state) {
    (void)state;
    assert_kept("english", "What is the boiling point of water?", "boiling point water");
    assert_kept("porter", "the gas", "gas");
    assert_kept("german", "Was ist die Strömung für Über Öl", "Strömung Öl");
    assert_kept("turkish", "İÇİN gaz", "gaz");
    assert_kept("arabic", "\xd8\xa5\xd9\x84\xd9\x8e\xd9\x8a\xd9\x83 gas", "gas"); /* with a vowel */
    assert_kept("greek", "\xce\xb1\xcf\x80\xcf\x8c gas", "gas");                  /* an accent */
    assert_kept("none", "the gas", "the gas");
    assert_kept("tamil", "the gas", "the gas");
}

static void test_query_remove_stopwords__keeps_those_that_are_wanted(void **state) {
    (void)state;
    assert_kept("english", "+the gas", "+the gas");
    assert_kept("english", "gas -the", "gas -the");
    assert_kept("english", "\"to be\" the gas", "\"to be\" gas");
    assert_kept("english", "on-site the", "on-site");
    assert_kept("english", "to be or not to be", "to be or not to be");
    assert_kept("english", "the -gas", "the -gas");
    assert_kept("english", "the gas ext:the", "gas ext:the"); /* a filter */
    assert_kept("english", "the ext:pdf", "the ext:pdf");
    assert_kept("english", "the title:the gas", "gas");
    assert_kept("english", "", "\"\"");
}

static void test_query_remove_stopwords__knows_abbreviations(void **state) {
    (void)state;
    assert_kept("english", "IT security", "IT security");
    assert_kept("english", "title:IT IS", "title:IT IS");
    assert_kept("english", "WHO guidelines. A report", "WHO guidelines report");
    assert_kept("english", "WHO IS THE OWNER", "OWNER");
    assert_kept("english", "gas OR the AND oil", "gas OR the AND oil");
    assert_kept("english", "gas AND", "gas");
    assert_kept("english", "(the gas +oil) a leak", "(gas +oil) leak");
    assert_kept("english", "(the +oil) AND (the an)", "(+oil) AND (the an)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_remove_stopwords__keeps_words_with_a_meaning),
        cmocka_unit_test(test_query_remove_stopwords__keeps_those_that_are_wanted),
        cmocka_unit_test(test_query_remove_stopwords__knows_abbreviations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
