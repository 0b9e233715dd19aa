/* SPDX-License-Identifier: MIT */
/* Words of a query stand for the words that a file has in their lines. */
#include "tests/support/testing.h"

#include "searcher/expand/synonyms.h"
#include "searcher/query/query.h"

struct recorder {
    struct synonyms_reporter reporter;
    struct buffer sentences;
};

static void record(struct synonyms_reporter *reporter, const char *sentence) {
    struct recorder *recorder = (struct recorder *)reporter;
    const char *name = strrchr(sentence, '/');
    name = name ? name + 1 : sentence;
    assert_int_equal(buffer_append(&recorder->sentences, name, strlen(name)), ST_OK);
    assert_int_equal(buffer_append_byte(&recorder->sentences, '\n'), ST_OK);
}

struct fixture {
    struct analyzer *analyzer;
    struct synonyms synonyms;
    struct recorder recorder;
};

static void load_in(struct fixture *fixture, const struct analyzer_options *options,
                    struct slice bytes) {
    const char *path = testing_path("synonyms");
    struct error err;
    *fixture = (struct fixture){.recorder.reporter.warn = record};
    testing_write_file(path, bytes);
    assert_ok(analyzer_new(&fixture->analyzer, options, &err), &err);
    assert_ok(synonyms_load(&fixture->synonyms, path, fixture->analyzer,
                            &fixture->recorder.reporter, &err),
              &err);
}

static void load(struct fixture *fixture, struct slice bytes) {
    struct analyzer_options options = {.stemmer = "english"};
    load_in(fixture, &options, bytes);
}

static void fixture_release(struct fixture *fixture) {
    synonyms_release(&fixture->synonyms);
    analyzer_free(fixture->analyzer);
    buffer_release(&fixture->recorder.sentences);
}

static void assert_warnings(struct fixture *fixture, const char *expected) {
    assert_slice(buffer_slice(&fixture->recorder.sentences), slice_of_string(expected));
}

/* Appends the terms of readings as "gas | natur gas". */
static void append_terms(struct buffer *line, const struct query_term *terms, size_t count) {
    if (line->size)
        assert_int_equal(buffer_append(line, " | ", 3), ST_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(terms[i].offset == i);
        assert_int_equal(i ? buffer_append_byte(line, ' ') : ST_OK, ST_OK);
        assert_int_equal(buffer_append_slice(line, terms[i].term), ST_OK);
    }
}

/* Asserts the readings of the first clause. */
static void check(struct fixture *fixture, const char *text, const char *expected) {
    struct query_context context = {.analyzer = fixture->analyzer};
    struct query query;
    struct buffer line = {0};
    struct error err;
    assert_ok(query_parse(&query, &context, slice_of_string(text), &err), &err);
    assert_ok(synonyms_expand(&query, &fixture->synonyms, &err), &err);
    const struct query_clause *clause = &query.clauses[0];
    append_terms(&line, clause->terms, clause->count);
    for (size_t i = 0; i < clause->other_count; i++)
        append_terms(&line, clause->others[i].terms, clause->others[i].count);
    assert_slice(buffer_slice(&line), slice_of_string(expected));
    buffer_release(&line);
    query_release(&query);
}

static void test_synonyms__groups_and_rules(void **state) {
    (void)state;
    struct fixture fixture;
    load(&fixture, slice_of_string("# fuels\n"
                                   "gas, petrol, Fuels   # of all kinds\n"
                                   "\n"
                                   "USA, \"united states\", c# => America\r\n"
                                   "america => usa"));
    assert_warnings(&fixture, "");
    check(&fixture, "gas", "gas | petrol | fuel");
    check(&fixture, "fuel", "fuel | gas | petrol");
    check(&fixture, "usa", "usa | america");
    check(&fixture, "\"United State\"", "unit state | america");
    check(&fixture, "america", "america | usa");
    check(&fixture, "c#", "c# | america");
    check(&fixture, "oil", "oil");
    fixture_release(&fixture);
}

static void test_synonyms__words_of_several_lines(void **state) {
    (void)state;
    struct fixture fixture;
    load(&fixture, slice_of_string("gas, petrol\ngas, natural gas\npetrol, gas, benzin\n"));
    check(&fixture, "gas", "gas | petrol | natur gas | benzin");
    check(&fixture, "petrol", "petrol | gas | benzin");
    check(&fixture, "\"natural gas\"", "natur gas | gas");
    check(&fixture, "natural-gas", "natur gas | gas");
    fixture_release(&fixture);
}

static void test_synonyms__what_stays_as_it_is(void **state) {
    (void)state;
    struct fixture fixture;
    load(&fixture, slice_of_string("gas, petrol\n"));
    check(&fixture, "-gas oil", "gas");
    check(&fixture, "\"gas pipeline\"", "gas pipelin");
    fixture_release(&fixture);
}

static void test_synonyms__lines_that_are_wrong(void **state) {
    (void)state;
    struct fixture fixture;
    struct buffer bytes = {0};
    static const char start[] = "gas\n"
                                "gas, , oil\n"
                                "gas => oil => coal\n"
                                "=> oil\n"
                                "gas =>\n"
                                "gas, ...\n"
                                "gas, \"a\" b\n"
                                "gas, petrol\n";
    assert_int_equal(buffer_append(&bytes, start, sizeof start - 1), ST_OK);
    for (unsigned i = 0; i < SYNONYMS_WORDS_MAX + 1; i++)
        assert_int_equal(buffer_append(&bytes, i ? ",gas" : "gas", i ? 4 : 3), ST_OK);
    assert_int_equal(buffer_append_byte(&bytes, '\n'), ST_OK);
    for (unsigned i = 0; i < SYNONYMS_LINE_MAX + 1; i++)
        assert_int_equal(buffer_append_byte(&bytes, ','), ST_OK);
    load(&fixture, buffer_slice(&bytes));
    assert_warnings(&fixture, "synonyms:1: a single word has no synonyms; the line is left out\n"
                              "synonyms:2: a word is missing; the line is left out\n"
                              "synonyms:3: more than one =>; the line is left out\n"
                              "synonyms:4: a word is missing; the line is left out\n"
                              "synonyms:5: a word is missing; the line is left out\n"
                              "synonyms:6: one of the words is none; the line is left out\n"
                              "synonyms:7: one of the words is none; the line is left out\n"
                              "synonyms:9: more than 256 words; the line is left out\n"
                              "synonyms:10: more than 64 KiB; the line is left out\n");
    check(&fixture, "gas", "gas | petrol");
    buffer_release(&bytes);
    fixture_release(&fixture);
}

static void test_synonyms__any_bytes(void **state) {
    (void)state;
    static const char bytes[] = {'g', 'a', 's', ',', '=', '>', '#', '\n', ' ', '"', '\xC3', '\0'};
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 200 / TESTING_FEWER; round++) {
        struct fixture fixture;
        struct buffer file = {0};
        for (uint32_t size = testing_random_below(&random, 200); size; size--)
            assert_int_equal(
                buffer_append_byte(&file,
                                   (uint8_t)bytes[testing_random_below(&random, sizeof bytes)]),
                ST_OK);
        load(&fixture, buffer_slice(&file));
        buffer_release(&file);
        fixture_release(&fixture);
    }
}

static void test_synonyms__no_file(void **state) {
    (void)state;
    struct synonyms synonyms = {0};
    struct recorder recorder = {.reporter.warn = record};
    struct error err;
    const char *path = testing_path("missing");
    assert_status(synonyms_load(&synonyms, path, NULL, &recorder.reporter, &err), ST_EIO, &err);
    assert_non_null(strstr(err.text, "missing: open: No such file"));
    synonyms_release(&synonyms);
}

/* A clause has the terms of its other languages already. */
static void test_synonyms_expand__in_all_languages(void **state) {
    (void)state;
    struct fixture fixture;
    struct analyzer_options options = {.stemmer = "english", .other_stemmers = {"german"}};
    load_in(&fixture, &options, slice_of_string("Haus, houses, old Gärten\ngas, oil"));
    check(&fixture, "Häuser", "hauser | hous | old garten | old gart");
    check(&fixture, "house", "hous | haus | old garten | old gart");
    check(&fixture, "gas", "gas | oil");
    assert_warnings(&fixture, "");
    fixture_release(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_synonyms_expand__in_all_languages),
        cmocka_unit_test(test_synonyms__groups_and_rules),
        cmocka_unit_test(test_synonyms__words_of_several_lines),
        cmocka_unit_test(test_synonyms__what_stays_as_it_is),
        cmocka_unit_test(test_synonyms__lines_that_are_wrong),
        cmocka_unit_test(test_synonyms__any_bytes),
        cmocka_unit_test(test_synonyms__no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
