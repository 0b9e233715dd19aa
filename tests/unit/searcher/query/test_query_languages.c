/* SPDX-License-Identifier: MIT */
/* Words of a query have terms in each language of the index. */
#include "searcher/query/query_languages.h"

#include "searcher/query/query.h"
#include "tests/support/testing.h"

/* Appends "term,term|term,term" of a clause: of the first language, then of the others. */
static void append_readings(struct buffer *out, const struct query_clause *clause) {
    for (size_t language = 0; language <= clause->language_count; language++) {
        const struct query_term *terms = clause->terms;
        size_t count = clause->count;
        if (language) {
            terms = clause->languages[language - 1].terms;
            count = clause->languages[language - 1].count;
            assert_int_equal(buffer_append_byte(out, '|'), ST_OK);
        }
        assert_int_equal(count, clause->count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(terms[i].offset, clause->terms[i].offset);
            if (i)
                assert_int_equal(buffer_append_byte(out, ','), ST_OK);
            assert_int_equal(buffer_append_slice(out, terms[i].term), ST_OK);
        }
    }
}

/* Asserts the readings of the clauses, with a space before each. */
static void assert_readings(const struct analyzer_options *options, const char *text,
                            const char *expected) {
    struct error err;
    struct analyzer *analyzer;
    struct query query;
    struct buffer out = {0};
    struct schema schema;
    assert_ok(analyzer_new(&analyzer, options, &err), &err);
    assert_ok(schema_init(&schema), &err);
    const struct query_context context = {.analyzer = analyzer, .schema = &schema};
    for (size_t round = 0; round < 2; round++) { /* the analyzer has its first language again */
        assert_ok(query_parse(&query, &context, slice_of_string(text), &err), &err);
        buffer_clear(&out);
        for (size_t i = 0; i < query.count; i++) {
            assert_int_equal(buffer_append_byte(&out, ' '), ST_OK);
            if (query.clauses[i].kind == CLAUSE_WORDS)
                append_readings(&out, &query.clauses[i]);
        }
        assert_slice(buffer_slice(&out), slice_of_string(expected));
        query_release(&query);
    }
    buffer_release(&out);
    schema_release(&schema);
    analyzer_free(analyzer);
}

static void test_query_parse__terms_of_all_languages(void **state) {
    (void)state;
    static const struct analyzer_options two = {.stemmer = "english", .other_stemmers = {"german"}},
                                         three = {.stemmer = "german",
                                                  .other_stemmers = {"vietnamese", "english"}};
    assert_readings(&two, "houses Häuser gas", " hous hauser|haus gas");
    assert_readings(&two, "\"running Häuser\" -laufen", " run,hauser|running,haus laufen|lauf");
    assert_readings(&two, "title:Häuser ext:pdf c++ .net 東京都 l'été 20.04",
                    " hauser|haus  c++ .net 東京,京都 l'ete 20.04");
    assert_readings(&three, "thị houses", " thi|thị|thi hous|houses|hous");
    assert_readings(&three, "multi-houses", " multi,hous|multi,houses|multi,hous");
}

static void test_query_parse__one_language(void **state) {
    (void)state;
    static const struct analyzer_options one = {.stemmer = "german"};
    assert_readings(&one, "houses Häuser", " hous haus");
}

static void test_query_parse__stop_words_of_the_index(void **state) {
    (void)state;
    static const struct analyzer_options options = {.stemmer = "english",
                                                    .other_stemmers = {"turkish"},
                                                    .stopwords = {(const uint8_t *)"ıt\n", 4}};
    assert_readings(&options, "IT houses", " it hous|houses");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_parse__terms_of_all_languages),
        cmocka_unit_test(test_query_parse__one_language),
        cmocka_unit_test(test_query_parse__stop_words_of_the_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
