/* SPDX-License-Identifier: MIT */
/* Snippets: what is shown of a passage, and which words in it are marked. */
#include <stdio.h>

#include "tests/support/snippet_fixture.h"
#include "tests/support/testing.h"

static void test_snippet_find__marks_what_matched(void **state) {
    (void)state;
    assert_string_equal(best_snippet("pipelines caf\xc3\xa9", "A Pipeline, a CAFE."),
                        "A [Pipeline], a [CAFE].");
    assert_string_equal(best_snippet("gas -leak", "A gas leak."), "A [gas] leak.");
    assert_string_equal(best_snippet("multi-agent", "One multi-agent system"),
                        "One [multi]-[agent] system");
    assert_string_equal(best_snippet("node", "With Node.js."), "With [Node].js.");
    assert_string_equal(best_snippet("\"c# language\" c", "The C# language."),
                        "The [C#] [language].");
    assert_string_equal(best_snippet("\"c language\"", "The C# language."), "The [C]# [language].");
    assert_string_equal(best_snippet("net .net framework", "A .NET framework"),
                        "A [.NET] [framework]");
    assert_string_equal(best_snippet("茶", "京都で茶を飲む。"), "京都で[茶]を飲む。");
    assert_string_equal(best_snippet("都", "京都。"), "京[都]。");
    assert_string_equal(best_snippet("京都で 茶", "京都で茶を飲む。"), "[京都で茶]を飲む。");
    assert_string_equal(best_snippet("1945年", "1945年3月に"), "[1945年]3月に");
    assert_string_equal(best_snippet("물과", "중국의 물과 차"), "중국의 [물과] 차");
}

static void test_snippet_find__folds_white_space(void **state) {
    (void)state;
    assert_string_equal(best_snippet("gas sea", "\n\n The\tgas \r\n\n sea\n"), "The [gas] [sea]");
}

static void test_snippet_find__a_phrase_only_where_it_occurs(void **state) {
    (void)state;
    assert_string_equal(best_snippet("\"gas pipeline\"", "gas here, pipeline there, gas pipelines"),
                        "gas here, pipeline there, [gas] [pipelines]");
    assert_string_equal(best_snippet("\"gas pipeline\" gas", "gas here, pipeline there"),
                        "[gas] here, pipeline there");
    assert_string_equal(best_snippet("\"a b a b\"", "a b a b a c"), "[a] [b] [a] [b] a c");
}

static void test_snippet_find__bigrams_become_one_mark(void **state) {
    (void)state;
    assert_string_equal(
        best_snippet("\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd", /* three characters of Han */
                     "x \xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd\xe5\xba\x81 y"),
        "x [\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd]\xe5\xba\x81 y");
}

static void test_snippet_find__nothing_matched(void **state) {
    (void)state;
    assert_string_equal(best_snippet("gas", ""), "");
    assert_string_equal(best_snippet("gas", " \n "), "");
    assert_string_equal(best_snippet("gas", "  oil only "), "oil only");
    assert_string_equal(best_snippet("", "some text"), "some text");
}

/* Not only the words that made the passage the best one. */
static void test_snippet_find__marks_all_that_is_shown(void **state) {
    (void)state;
    assert_string_equal(
        best_snippet("gas pipeline",
                     "Pipelines. There are 456 kilometers of crude oil pipeline, 298 "
                     "kilometers of refined petroleum pipeline, and 2,948 kilometers of "
                     "natural gas pipeline."),
        "[Pipelines]. There are 456 kilometers of crude oil [pipeline], 298 kilometers of refined "
        "petroleum [pipeline], and 2,948 kilometers of natural [gas] [pipeline].");
    struct buffer text = {0};
    for (int i = 0; i < 20000; i++)
        append_text(&text, "gas ");
    const char *shown = snippets_of("gas", buffer_slice(&text), 1);
    size_t marks = 0;
    for (const char *at = shown; *at; at++)
        marks += *at == '[';
    assert_int_equal(marks, SNIPPET_COLUMNS / 4);
    buffer_release(&text);
}

/* Where any word is enough, a part of one may match alone, and is marked. */
static void test_snippet_find__marks_parts_of_words(void **state) {
    (void)state;
    struct snippet_fixture_document document = {.text = slice_of_string("Nobody mentioned it.")};
    struct snippet_fixture fixture;
    snippet_fixture_open(&fixture, &document, 1, true);
    assert_string_equal(snippet_fixture_best(&fixture, "well-mentioned", QUERY_ANY, 0),
                        "Nobody [mentioned] it.");
    assert_string_equal(snippet_fixture_best(&fixture, "well-mentioned", QUERY_ALL, 0),
                        "Nobody mentioned it.");
    snippet_fixture_close(&fixture);
}

static void test_snippet_find__of_the_text_not_the_title(void **state) {
    (void)state;
    struct snippet_fixture_document documents[] = {
        {.title = slice_of_string("Gas pipeline"), .text = slice_of_string("The gas flows.")},
        {.title = slice_of_string("Gas"), .text = slice_of_string("  It flows.")},
        {.title = slice_of_string("Gas")}};
    struct snippet_fixture fixture;
    snippet_fixture_open(&fixture, documents, 3, true);
    assert_string_equal(snippet_fixture_best(&fixture, "gas pipeline", QUERY_ANY, 0),
                        "The [gas] flows.");
    assert_string_equal(snippet_fixture_best(&fixture, "\"pipeline the\"", QUERY_ANY, 0),
                        "The gas flows.");
    assert_string_equal(snippet_fixture_best(&fixture, "gas", QUERY_ANY, 1), "It flows.");
    assert_string_equal(snippet_fixture_best(&fixture, "gas", QUERY_ANY, 2), "");
    snippet_fixture_close(&fixture);
    snippet_fixture_open(&fixture, documents, 3, false);
    assert_string_equal(snippet_fixture_best(&fixture, "gas", QUERY_ANY, 0), "");
    snippet_fixture_close(&fixture);
}

static void assert_title_marks(struct snippet_fixture *fixture, const char *words, uint32_t doc,
                               const char *expected) {
    char found[64] = "";
    snippet_fixture_query(fixture, words, QUERY_ANY);
    snippet_fixture_find(fixture, doc, 1);
    for (size_t i = 0; i < fixture->title_mark_count; i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%u-%u ",
                 fixture->title_marks[i].start, fixture->title_marks[i].end);
    assert_string_equal(found, expected);
}

static void test_snippet_mark_title__as_passages(void **state) {
    (void)state;
    struct snippet_fixture_document documents[] = {
        {.title = slice_of_string("Gas pipelines of gas"), .text = slice_of_string("A gas leak.")},
        {.title = slice_of_string("\u6771\u4eac\u90fd"), .text = slice_of_string("gas")},
        {.text = slice_of_string("gas")}};
    struct snippet_fixture fixture;
    snippet_fixture_open(&fixture, documents, 3, true);
    assert_title_marks(&fixture, "gas", 0, "0-3 17-20 ");
    assert_title_marks(&fixture, "\"gas pipeline\" leak", 0, "0-3 4-13 ");
    assert_title_marks(&fixture, "leak", 0, "");
    assert_title_marks(&fixture, "leak -pipeline", 0, "");
    assert_title_marks(&fixture, "\u6771\u4eac\u90fd", 1, "0-9 ");
    assert_title_marks(&fixture, "gas", 2, "");
    snippet_fixture_close(&fixture);
    snippet_fixture_open(&fixture, documents, 3, false); /* without texts, too */
    assert_title_marks(&fixture, "pipeline", 0, "4-13 ");
    snippet_fixture_close(&fixture);
}

static void test_snippet_find__offset_of_the_first_mark(void **state) {
    (void)state;
    struct snippet_fixture_document document = {.text = slice_of_string("  A\n\n the  gas, a gas")};
    struct snippet_fixture fixture;
    snippet_fixture_open(&fixture, &document, 1, true);
    assert_string_equal(snippet_fixture_best(&fixture, "gas", QUERY_ANY, 0),
                        "A the [gas], a [gas]");
    assert_int_equal(fixture.snippets[0].offset, 11);
    snippet_fixture_best(&fixture, "nothing", QUERY_ANY, 0);
    assert_int_equal(fixture.snippets[0].offset, 2);
    snippet_fixture_close(&fixture);
}

static void test_snippet_find__shows_sentences(void **state) {
    (void)state;
    struct buffer text = {0};
    append_text(&text, "Nothing here. ");
    append_filler(&text, 0, 60);
    append_text(&text, "ends. The gas flows through a long pipe to the sea, where it is burnt; it "
                       "is cold and dark there. Winter begins here, and ");
    append_filler(&text, 60, 60);
    assert_string_equal(snippets_of("gas", buffer_slice(&text), 1),
                        "<The [gas] flows through a long pipe to the sea, where it is burnt; it is "
                        "cold and dark there.>");
    buffer_release(&text);
}

/* Even where two passages share the text between them. */
static void test_snippet_find__begins_and_ends_with_whole_words(void **state) {
    (void)state;
    for (unsigned apart = 25; apart < 45; apart++) {
        struct buffer text = {0};
        append_filler(&text, 100, 40);
        for (unsigned i = 0; i < 3; i++) {
            append_text(&text, "gas ");
            append_filler(&text, 200 + 100 * i, apart);
        }
        const char *shown = snippets_of("gas", buffer_slice(&text), 3);
        assert_true(shown[0] == '<' && (shown[1] == 'w' || shown[1] == '['));
        for (const char *at = strstr(shown, ">|<"); at; at = strstr(at + 1, ">|<")) {
            assert_true(at[3] == 'w' || at[3] == '[');
            assert_true(at[-1] == ']' || (at[-4] == 'w' && at[-5] == ' '));
        }
        buffer_release(&text);
    }
}

static void test_snippet_find__a_new_document_starts_afresh(void **state) {
    (void)state;
    struct snippet_fixture_document documents[] = {{.text = slice_of_string("the gas, the sea")},
                                                   {.text = slice_of_string("no such words")},
                                                   {.text = slice_of_string("sea of oil, gas")}};
    static const char *const expected[] = {"the [gas], the [sea]", "no such words",
                                           "[sea] of oil, [gas]"};
    struct snippet_fixture fixture;
    snippet_fixture_open(&fixture, documents, 3, true);
    snippet_fixture_query(&fixture, "gas sea", QUERY_ANY);
    for (uint32_t doc = 0; doc < 3; doc++) {
        snippet_fixture_find(&fixture, doc, 1);
        assert_string_equal(snippet_fixture_show(&fixture), expected[doc]);
    }
    snippet_fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snippet_find__marks_what_matched),
        cmocka_unit_test(test_snippet_find__folds_white_space),
        cmocka_unit_test(test_snippet_find__a_phrase_only_where_it_occurs),
        cmocka_unit_test(test_snippet_find__bigrams_become_one_mark),
        cmocka_unit_test(test_snippet_find__nothing_matched),
        cmocka_unit_test(test_snippet_find__marks_all_that_is_shown),
        cmocka_unit_test(test_snippet_find__marks_parts_of_words),
        cmocka_unit_test(test_snippet_find__of_the_text_not_the_title),
        cmocka_unit_test(test_snippet_mark_title__as_passages),
        cmocka_unit_test(test_snippet_find__offset_of_the_first_mark),
        cmocka_unit_test(test_snippet_find__shows_sentences),
        cmocka_unit_test(test_snippet_find__begins_and_ends_with_whole_words),
        cmocka_unit_test(test_snippet_find__a_new_document_starts_afresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
