/* SPDX-License-Identifier: MIT */
/* Queries are read as users mean them, and notes say what was guessed. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/query/query.h"
#include "tests/support/query_shape.h"

static struct schema schema;
static struct query_context context = {.schema = &schema};

static int set_up(void **state) {
    (void)state;
    struct analyzer_options settings = {.stemmer = "english",
                                        .stopwords = slice_of_string("the\nof\nand\n")};
    assert_int_equal(schema_init(&schema), ST_OK);
    return analyzer_new(&context.analyzer, &settings, NULL);
}

static int tear_down(void **state) {
    (void)state;
    analyzer_free(context.analyzer);
    schema_release(&schema);
    return 0;
}

/* The query in one line (query_shape.h). */
static const char *shape(const struct query *query) {
    static struct buffer line;
    buffer_clear(&line);
    query_shape_append(&line, query, 0);
    assert_int_equal(buffer_append_byte(&line, '\0'), ST_OK);
    return (const char *)line.data;
}

static void assert_reads(const char *text, const char *expected, const char *note) {
    struct query query;
    assert_int_equal(query_parse(&query, &context, slice_of_string(text), NULL), ST_OK);
    assert_string_equal(shape(&query), expected);
    if (note) {
        assert_non_null(query.note);
        assert_string_equal(query.note, note);
    } else {
        assert_null(query.note);
    }
    query_release(&query);
}

static void test_query_parse__separates_words(void **state) {
    (void)state;
    assert_reads("gas pipelines", "gas pipelin", NULL);
    assert_reads("  Gas\t\nGAS ", "gas gas", NULL);
    assert_reads("caf\xc3\xa9\xe3\x80\x80oil\xc2\xa0rig", "cafe oil rig", NULL);
    assert_reads("", "", NULL);
    assert_reads(" - + ", "", NULL);
}

/* Each part of a split word keeps the text that the user typed for it. */
static void test_query_parse__keeps_the_parts_of_split_words(void **state) {
    (void)state;
    struct query query;
    static const char text[] = "gas multi-Agents \"oil rig\" -well-known";
    assert_int_equal(query_parse(&query, &context, slice_of_string(text), NULL), ST_OK);
    assert_string_equal(shape(&query), "gas (multi agent) (oil rig) -(well known)");
    assert_false(query.clauses[1].quoted);
    assert_true(query.clauses[2].quoted);
    const struct query_term *terms = query.clauses[1].terms;
    assert_true(slice_equal(terms[0].typed, slice_of_string("multi")));
    assert_true(slice_equal(terms[1].typed, slice_of_string("Agents")));
    assert_true(slice_equal(query.clauses[2].terms[0].typed, slice_of_string("oil")));
    assert_int_equal(query_word_count(&query), 4); /* gas, multi, Agents and the phrase */
    query_release(&query);
}

static void test_query_parse__reads_signs(void **state) {
    (void)state;
    assert_reads("gas -leak +norway", "gas -leak +norway", NULL);
    assert_reads("gas - leak + norway", "gas leak norway", NULL);
    assert_reads("\"gas\"-leak \"oil\"+rig", "gas leak oil rig",
                 NULL); /* signs only count after white space */
    assert_reads("+-5 -+gas", "+5 -gas", NULL);
    assert_reads("gas -\"oil leak\" +\"north sea\"", "gas -(oil leak) +(north sea)", NULL);
}

static void test_query_parse__reads_phrases(void **state) {
    (void)state;
    assert_reads("\"gas pipeline\" norway", "(gas pipelin) norway", NULL);
    assert_reads("\"bank of the north\"", "(bank north@3)", NULL);
    assert_reads("\"the north\"", "north", NULL);
    assert_reads("gas\"north sea\"oil", "gas (north sea) oil", NULL);
    assert_reads("\"\" gas", "gas", NULL);
}

static void test_query_parse__knows_the_quotes_of_all_languages(void **state) {
    (void)state;
    static const char *const phrases[] = {
        "“gas pipeline”",  "”gas pipeline”",   "„gas pipeline“",     "„gas pipeline”",
        "«gas pipeline»",  "»gas pipeline«",   "»gas pipeline»",     "« gas pipeline »",
        "‹gas pipeline›",  "›gas pipeline‹",   "「gas pipeline」",   "『gas pipeline』",
        "｢gas pipeline｣",  "〝gas pipeline〟", "〝gas pipeline〞",   "＂gas pipeline＂",
        "‟gas pipeline”",  "‘gas pipeline’",   "‚gas pipeline‘",     "‚gas pipeline’",
        "“gas pipeline\"", "\"gas pipeline“",  "\" gas pipeline \"", "«\u00A0gas pipeline\u202F»",
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        char text[100];
        snprintf(text, sizeof text, "oil %s -%s norway", phrases[i], phrases[i]);
        assert_reads(text, "oil (gas pipelin) -(gas pipelin) norway", NULL);
    }
    assert_reads("“gas” „oil“«north sea»rig", "gas oil (north sea) rig", NULL);
    assert_reads("“gas pipeline norway", "(gas pipelin norway)",
                 "read as: \"gas pipeline norway\" (closed a quote)");
    assert_reads("« gas", "gas", "read as: \"gas\" (closed a quote)");
}

static void test_query_parse__knows_apostrophes_from_quotes(void **state) {
    (void)state;
    assert_reads("don’t dogs’ tails ‘tis", "don't dog tail tis", NULL);
    assert_reads("‘gas pipeline’s leak", "gas pipelin leak", NULL);
    assert_reads("‘gas don’t leak’ oil", "(gas don't leak) oil", NULL);
    assert_reads("rock ’n’ roll ’90s", "rock n roll 90s", NULL);
    assert_reads("'gas pipeline'", "gas pipelin", NULL);
    assert_reads("15\" monitor 17” screen", "15 monitor 17 screen", NULL);
    assert_reads("gas” leak", "gas leak", NULL);
    assert_reads("צה\"ל צה״ל צה”ל", "צה\"ל צה\"ל צה\"ל", NULL);
    assert_reads("\"צה\"ל היום\" ב\"הארץ היום\"", "(צה\"ל היום) ב (הארץ היום)", NULL);
}

static void test_query_parse__splits_words(void **state) {
    (void)state;
    assert_reads("multi-agent", "(multi agent)", NULL);
    assert_reads("node.js max_count jane.doe@x.org", "(node js) (max count) (jane doe x org)",
                 NULL);
    assert_reads("U.S. e.g. 20.04 v1.2.3 don't", "u.s e.g 20.04 v1.2.3 don't", NULL);
    assert_reads("c# .net C++ \"c# language\" c#.net invoice#",
                 "c# .net c++ (c# languag) (c# .net) invoice#", NULL);
    assert_reads("👩‍💻 🇩🇪 🍕🍕 1️⃣", "(👩 💻) 🇩🇪 (🍕 🍕) (1 ⃣)", NULL);
    assert_reads("-multi-agent gas", "-(multi agent) gas", NULL);
    assert_reads("京都 茶 1945年", "京都 茶 (1945 年)", NULL);
    assert_reads("京都で", "(京都 都で)", NULL);
}

static void test_query_parse__notes_what_it_guessed(void **state) {
    (void)state;
    assert_reads("norway \"gas pipeline", "norway (gas pipelin)",
                 "read as: norway \"gas pipeline\" (closed a quote)");
    assert_reads("-gas", "-gas", "read as: -gas (words to exclude alone match nothing)");
    assert_reads("the gas and oil", "gas oil", "read as: gas oil (left out: the and)");
    assert_reads("?!", "", "read as: \"\" (left out: ?!)");
    assert_reads("+the \"gas", "gas", "read as: \"gas\" (closed a quote; left out: the)");
}

static void test_query_parse__keeps_what_the_user_typed(void **state) {
    (void)state;
    struct query query;
    struct slice text = slice_of_string("-Pipelines \"Gas  Leak\"");
    assert_int_equal(query_parse(&query, &context, text, NULL), ST_OK);
    assert_true(slice_equal(query.clauses[0].typed, slice_of_string("Pipelines")));
    assert_true(slice_equal(query.clauses[1].typed, slice_of_string("\"Gas  Leak\"")));
    query_release(&query);
}

static void test_query_parse__limits_words_and_bytes(void **state) {
    (void)state;
    struct buffer text = {0};
    for (size_t i = 0; i < QUERY_WORDS_MAX + 1; i++)
        assert_int_equal(buffer_append(&text, "gas ", 4), ST_OK);
    struct query query;
    assert_int_equal(query_parse(&query, &context, buffer_slice(&text), NULL), ST_OK);
    assert_int_equal(query.count, QUERY_WORDS_MAX);
    assert_non_null(strstr(query.note, "words after the first 1,024 are left out"));
    assert_true(strlen(query.note) < 1600);
    query_release(&query);

    while (text.size <= QUERY_BYTES_MAX)
        assert_int_equal(buffer_append_byte(&text, ' '), ST_OK);
    text.data[5] = '"';
    assert_int_equal(query_parse(&query, &context, buffer_slice(&text), NULL), ST_OK);
    assert_non_null(strstr(query.note, "text after the first 64 KiB is left out"));
    assert_true(strlen(query.note) < 1600);
    query_release(&query);
    buffer_release(&text);
}

/* A note is cut between grapheme clusters; here each is an e with two marks, 5 bytes. */
static void test_query_parse__cuts_notes_between_characters(void **state) {
    (void)state;
    static const char letter[] = "e\xcc\x81\xcc\xa3";
    for (size_t lead = 0; lead < 5; lead++) {
        struct buffer text = {0};
        assert_int_equal(buffer_append(&text, "\"xxxx", 1 + lead), ST_OK);
        for (size_t i = 0; i < 500; i++)
            assert_int_equal(buffer_append(&text, letter, 5), ST_OK);
        struct query query;
        assert_int_equal(query_parse(&query, &context, buffer_slice(&text), NULL), ST_OK);
        const char *end = strstr(query.note, "...");
        assert_non_null(end);
        assert_memory_equal(end - 5, letter, 5);
        query_release(&query);
        buffer_release(&text);
    }
}

/* A phrase counts as its words. A cut one is not excluded: it would exclude more than was typed. */
static void test_query_parse__cuts_long_phrases(void **state) {
    (void)state;
    static const struct {
        const char *before, *unit;
        size_t clauses, words;
    } cases[] = {
        {"\"", "gas oil ", 1, QUERY_WORDS_MAX},
        {"oil \"", "gas ", 2, QUERY_WORDS_MAX - 1},
        {"", "gas.oil-", 1, QUERY_WORDS_MAX},
        {"", "ガス", 1, QUERY_WORDS_MAX},
        {"oil -\"", "gas ", 1, 1},
        {"oil -", "gas.oil-", 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer text = {0};
        struct query query;
        assert_int_equal(buffer_append(&text, cases[i].before, strlen(cases[i].before)), ST_OK);
        while (text.size < QUERY_BYTES_MAX - 10)
            assert_int_equal(buffer_append(&text, cases[i].unit, strlen(cases[i].unit)), ST_OK);
        assert_int_equal(query_parse(&query, &context, buffer_slice(&text), NULL), ST_OK);
        assert_int_equal(query.count, cases[i].clauses);
        assert_int_equal(query.clauses[query.count - 1].count, cases[i].words);
        assert_non_null(strstr(query.note, "words after the first 1,024 are left out"));
        assert_true(strlen(query.note) < 1600);
        query_release(&query);
        buffer_release(&text);
    }
}

/* Text is not cut within a word, which would make a word that the user did not type. */
static void test_query_parse__cuts_text_between_words(void **state) {
    (void)state;
    struct buffer text = {0};
    struct query query;
    for (size_t i = 0; i < QUERY_BYTES_MAX; i++)
        assert_int_equal(buffer_append_byte(&text, i < QUERY_BYTES_MAX - 3 ? ' ' : 'x'), ST_OK);
    assert_int_equal(buffer_append(&text, "yz", 2), ST_OK);
    memcpy(text.data, "gas", 3);
    assert_int_equal(query_parse(&query, &context, buffer_slice(&text), NULL), ST_OK);
    assert_string_equal(shape(&query), "gas");
    assert_non_null(strstr(query.note, "text after the first 64 KiB is left out"));
    query_release(&query);
    buffer_release(&text);
}

static void test_query_parse__accepts_any_bytes(void **state) {
    (void)state;
    static const char alphabet[] =
        "ab\"+- \\\0\n\xff\xc3\xa9\xe3\x80\x80\xe2\x98\x99\x9c\x9d\xc2\xab\xbb\xd7\x90(*:~^#.";
    uint32_t random = 1;
    for (int round = 0; round < 20000; round++) {
        char text[24];
        size_t size = 0;
        for (random = random * 1664525 + 1013904223; size < random >> 27 && size < 24; size++) {
            random = random * 1664525 + 1013904223;
            text[size] = alphabet[(random >> 16) % (sizeof alphabet - 1)];
        }
        struct query query;
        char *copy = malloc(size + 1); /* so that a sanitizer sees a read past the end */
        assert_non_null(copy);
        memcpy(copy, text, size);
        assert_int_equal(query_parse(&query, &context, slice_of(copy, size), NULL), ST_OK);
        for (size_t i = 0; i < query.count; i++)
            assert_true(query.clauses[i].kind != CLAUSE_WORDS ||
                        (query.clauses[i].count && query.clauses[i].terms[0].offset == 0));
        query_release(&query);
        free(copy);
    }
}

static void assert_arguments(const char **arguments, int count, const char *expected) {
    struct query query;
    assert_int_equal(query_parse_arguments(&query, &context, count, (char *const *)arguments, NULL),
                     ST_OK);
    assert_string_equal(shape(&query), expected);
    query_release(&query);
}

static void test_query_parse_arguments__reads_a_single_one_as_a_query(void **state) {
    (void)state;
    const char *one[] = {"gas -leak \"north sea\""};
    assert_arguments(one, 1, "gas -leak (north sea)");
    assert_arguments(one, 0, "");
}

static void test_query_parse_arguments__reads_one_with_a_space_as_a_phrase(void **state) {
    (void)state;
    const char *several[] = {"gas pipeline", "norway", "-north sea", "-leak"};
    assert_arguments(several, 4, "(gas pipelin) norway -(north sea) -leak");
    const char *quoted[] = {"oil", "\"gas pipeline\" norway", "\"north"};
    assert_arguments(quoted, 3, "oil (gas pipelin) norway north");
    const char *empty[] = {"", "gas", " "};
    assert_arguments(empty, 3, "gas");
    const char *typographic[] = {"“gas pipeline” norway", "O’Neill report", "-", "+gas oil"};
    assert_arguments(typographic, 4, "(gas pipelin) norway (o'neil report) +(gas oil)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_parse__separates_words),
        cmocka_unit_test(test_query_parse__keeps_the_parts_of_split_words),
        cmocka_unit_test(test_query_parse__reads_signs),
        cmocka_unit_test(test_query_parse__reads_phrases),
        cmocka_unit_test(test_query_parse__knows_the_quotes_of_all_languages),
        cmocka_unit_test(test_query_parse__knows_apostrophes_from_quotes),
        cmocka_unit_test(test_query_parse__splits_words),
        cmocka_unit_test(test_query_parse__notes_what_it_guessed),
        cmocka_unit_test(test_query_parse__keeps_what_the_user_typed),
        cmocka_unit_test(test_query_parse__limits_words_and_bytes),
        cmocka_unit_test(test_query_parse__cuts_notes_between_characters),
        cmocka_unit_test(test_query_parse__cuts_long_phrases),
        cmocka_unit_test(test_query_parse__cuts_text_between_words),
        cmocka_unit_test(test_query_parse__accepts_any_bytes),
        cmocka_unit_test(test_query_parse_arguments__reads_a_single_one_as_a_query),
        cmocka_unit_test(test_query_parse_arguments__reads_one_with_a_space_as_a_phrase),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
