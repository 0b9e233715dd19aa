/* SPDX-License-Identifier: MIT */
/* Snippets: which passages of a text are shown. */
#include <stdlib.h>

#include "tests/support/snippet_fixture.h"
#include "tests/support/testing.h"

static void test_snippet_find__prefers_most_distinct_words(void **state) {
    (void)state;
    struct buffer text = {0};
    append_text(&text, "gas gas gas gas ");
    append_filler(&text, 100, 100);
    append_text(&text, "gas from norway ");
    append_filler(&text, 300, 100);
    const char *shown = snippets_of("gas norway", buffer_slice(&text), 1);
    assert_non_null(strstr(shown, "[gas] from [norway]"));
    assert_int_equal(shown[0], '<');
    assert_int_equal(shown[strlen(shown) - 1], '>');
    assert_true(shown_characters(shown) <= SNIPPET_COLUMNS);
    assert_true(shown_characters(shown) > SNIPPET_COLUMNS - 12);
    assert_int_equal(shown[1], 'w'); /* whole words at both ends */
    assert_int_equal(strlen(strrchr(shown, 'w')), strlen("w300>"));
    buffer_release(&text);
}

static void test_snippet_find__prefers_rare_words(void **state) {
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 30; i++)
        append_text(&text, "gas oil ");
    append_filler(&text, 100, 200);
    append_text(&text, "norway gas ");
    append_filler(&text, 400, 200);
    struct snippet_fixture_document documents[20] = {{.text = buffer_slice(&text)}};
    for (size_t i = 1; i < 20; i++)
        documents[i].text = slice_of_string("gas and oil");
    struct snippet_fixture fixture;
    snippet_fixture_open(&fixture, documents, 20, true);
    assert_non_null(
        strstr(snippet_fixture_best(&fixture, "gas oil norway", QUERY_BEST, 0), "[norway] [gas]"));
    snippet_fixture_close(&fixture);
    buffer_release(&text);
}

static void test_snippet_find__prefers_closest_words(void **state) {
    (void)state;
    struct buffer text = {0};
    append_text(&text, "gas in the long pipeline ");
    append_filler(&text, 100, 100);
    append_text(&text, "pipeline for gas ");
    append_filler(&text, 300, 100);
    append_text(&text, "pipeline of gas ");
    append_filler(&text, 500, 100);
    assert_non_null(
        strstr(snippets_of("gas pipeline", buffer_slice(&text), 1), "[pipeline] for [gas]"));
    buffer_release(&text);
}

/* In any block of the text, in scripts with and without spaces. */
static void test_snippet_find__the_best_of_a_long_text(void **state) {
    (void)state;
    static const char *const fillers[] = {"filler text goes here and there ",
                                          "\xd1\x81\xd0\xbb\xd0\xbe\xd0\xb2\xd0\xbe ",
                                          "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd",
                                          "\xe0\xb8\x99\xe0\xb8\xb3",
                                          "(...) ",
                                          "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7\n"};
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
        for (size_t before = 30000; before < 4000000; before *= 5) {
            struct buffer text = {0};
            while (text.size < before)
                append_text(&text, fillers[i]);
            append_text(&text, " needle the rare needle is here ");
            while (text.size < 2 * before)
                append_text(&text, fillers[i]);
            const char *shown = snippets_of("rare \"needle is\"", buffer_slice(&text), 1);
            assert_non_null(strstr(shown, " needle the [rare] [needle] [is] here "));
            assert_int_equal(shown[0], '<');
            assert_int_equal(shown[strlen(shown) - 1], '>');
            buffer_release(&text);
        }
}

/* The indexer cuts such a text where a word might continue. Counting words has to cut it there too.
 */
static void test_snippet_find__after_text_without_white_space(void **state) {
    (void)state;
    struct buffer text = {0};
    append_text(&text, "some words and ");
    while (text.size < 10000000)
        append_text(&text, "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd");
    append_text(&text, " at last the needle is here");
    assert_non_null(
        strstr(snippets_of("needle", buffer_slice(&text), 1), " at last the [needle] is here"));
    buffer_release(&text);
}

static void test_snippet_find__equal_windows_the_first(void **state) {
    (void)state;
    struct buffer text = {0};
    append_filler(&text, 100, 40);
    append_text(&text, "gas ");
    append_filler(&text, 200, 100);
    append_text(&text, "gas ");
    append_filler(&text, 400, 40);
    assert_non_null(strstr(snippets_of("gas norway", buffer_slice(&text), 1), "w139 [gas] w200"));
    buffer_release(&text);
}

static void test_snippet_find__further_ones_show_other_words(void **state) {
    (void)state;
    struct buffer text = {0};
    append_text(&text, "gas oil ");
    append_filler(&text, 100, 100);
    append_text(&text, "gas oil ");
    append_filler(&text, 300, 100);
    append_text(&text, "norway ");
    const char *shown = snippets_of("gas oil norway", buffer_slice(&text), 2);
    assert_non_null(strstr(shown, "[gas] [oil]"));
    assert_non_null(strstr(shown, "[norway]"));
    buffer_release(&text);
}

static void test_snippet_find__several_do_not_overlap(void **state) {
    (void)state;
    struct buffer text = {0};
    append_filler(&text, 100, 20);
    for (unsigned i = 0; i < 6; i++) {
        append_text(&text, i % 2 ? "oil " : "gas ");
        append_filler(&text, 200 + 20 * i, 20);
    }
    const char *shown = snippets_of("gas oil", buffer_slice(&text), 4);
    unsigned last = 0, snippets = 1;
    for (const char *at = shown; *at; at++) {
        snippets += *at == '|';
        if (*at == 'w') {
            unsigned word = (unsigned)atoi(at + 1);
            assert_true(word > last); /* in order, none twice */
            last = word;
        }
    }
    assert_true(snippets >= 2);
    buffer_release(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snippet_find__prefers_most_distinct_words),
        cmocka_unit_test(test_snippet_find__prefers_rare_words),
        cmocka_unit_test(test_snippet_find__prefers_closest_words),
        cmocka_unit_test(test_snippet_find__the_best_of_a_long_text),
        cmocka_unit_test(test_snippet_find__after_text_without_white_space),
        cmocka_unit_test(test_snippet_find__equal_windows_the_first),
        cmocka_unit_test(test_snippet_find__further_ones_show_other_words),
        cmocka_unit_test(test_snippet_find__several_do_not_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
