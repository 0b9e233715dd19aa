/* SPDX-License-Identifier: MIT */
/* Snippets of hostile texts: they stay small, and no character is cut. */
#include <stdlib.h>

#include "common/text/unicode.h"
#include "tests/support/snippet_fixture.h"
#include "tests/support/testing.h"

enum { TEXTS = 3000 };

/* Checks the snippets of texts that are made of random letters of an alphabet. */
static void check_random_texts(const char *const *alphabet, uint32_t letters, const char *words,
                               void (*check)(const struct snippet *, size_t, struct slice)) {
    struct testing_random random = testing_random();
    struct snippet_fixture_document *documents = calloc(TEXTS, sizeof *documents);
    struct buffer *texts = calloc(TEXTS, sizeof *texts);
    assert_true(documents && texts);
    for (size_t i = 0; i < TEXTS; i++) {
        for (uint32_t left = testing_random_below(&random, 600); left; left--)
            append_text(&texts[i], alphabet[testing_random_below(&random, letters)]);
        documents[i].text = buffer_slice(&texts[i]);
    }
    struct snippet_fixture fixture;
    snippet_fixture_open(&fixture, documents, TEXTS, true);
    snippet_fixture_query(&fixture, words, QUERY_ANY);
    for (uint32_t doc = 0; doc < TEXTS; doc++) {
        snippet_fixture_find(&fixture, doc, 1 + doc % 4);
        check(fixture.snippets, fixture.count, documents[doc].text);
        buffer_release(&texts[doc]);
    }
    snippet_fixture_close(&fixture);
    free(documents);
    free(texts);
}

static void check_marks(const struct snippet *snippets, size_t count, struct slice text) {
    assert_true(count > 0 || text.size == 0 || !strchr("gse", text.data[0]));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < snippets[i].count; k++) {
            assert_true(snippets[i].marks[k].start < snippets[i].marks[k].end);
            assert_true(snippets[i].marks[k].end <= snippets[i].text.size);
            assert_true(k == 0 || snippets[i].marks[k - 1].end < snippets[i].marks[k].start);
        }
}

/* The text has no runs of white space, so every snippet is a part of it. */
static void check_clusters(const struct snippet *snippets, size_t count, struct slice text) {
    bool *boundary = calloc(text.size + 1, sizeof *boundary);
    assert_non_null(boundary);
    for (size_t at = 0; at < text.size; at = unicode_cluster_after(text, at + 1))
        boundary[at] = true;
    boundary[text.size] = true;
    for (size_t i = 0; i < count; i++) {
        struct slice shown = snippets[i].text;
        bool fits = false;
        for (size_t at = 0; at + shown.size <= text.size && !fits; at++) {
            if (memcmp(text.data + at, shown.data, shown.size) != 0)
                continue;
            fits = boundary[at] && boundary[at + shown.size];
            for (size_t k = 0; k < snippets[i].count; k++)
                fits = fits && boundary[at + snippets[i].marks[k].start] &&
                       boundary[at + snippets[i].marks[k].end];
        }
        assert_true(fits);
    }
    free(boundary);
}

static void test_snippet_find__bounded_on_hostile_text(void **state) {
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 100000; i++)
        append_text(&text, "gas ");
    const char *shown = snippets_of("gas", buffer_slice(&text), SNIPPET_MAX);
    assert_true(strlen(shown) < 2 * SNIPPET_MAX * SNIPPET_COLUMNS);
    buffer_clear(&text);
    for (int i = 0; i < 1 << 20; i++)
        append_text(&text, "x"); /* one word of 1 MiB */
    shown = snippets_of("y", buffer_slice(&text), 1);
    assert_true(shown_characters(shown) <= SNIPPET_COLUMNS);
    char term[TERM_MAX + 1] = {0};
    memset(term, 'x', TERM_MAX);
    shown = snippets_of(term, buffer_slice(&text), 1);
    assert_int_equal(shown_characters(shown), SNIPPET_COLUMNS);
    assert_int_equal(shown[0], '[');
    /* The words of a window do not fit into a passage: some of them are shown. */
    buffer_clear(&text);
    append_text(&text, "gas ");
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 100; k++)
            append_text(&text, "x");
        append_text(&text, " ");
    }
    append_text(&text, "oil sea ");
    shown = snippets_of("gas oil sea", buffer_slice(&text), 1);
    assert_non_null(strstr(shown, "x [oil] [sea]"));
    assert_true(shown_characters(shown) <= SNIPPET_COLUMNS);
    buffer_release(&text);
}

static void test_snippet_find__takes_any_bytes(void **state) {
    (void)state;
    static const char *const alphabet[] = {
        "g",    "a",    "s",    " ",    "s",    "e",    "a",    " ",    "\n", "\t", "\xff", "\xc3",
        "\xa9", "\xe6", "\x9d", "\xb1", "\xf0", "\x9f", "\x98", "\x80", ".",  "-",  "gas ", "sea "};
    check_random_texts(alphabet, sizeof alphabet / sizeof *alphabet,
                       "gas sea \"sea gas\" \xe6\x9d\xb1", check_marks);
}

static void test_snippet_find__no_cluster_is_cut(void **state) {
    (void)state;
    /* Combining marks, jamo, Thai and Devanagari vowels, flags, a family, skin tones, an Arabic
     * number sign that precedes its digits, a lone zero width joiner. */
    static const char *const alphabet[] = {"gas",
                                           "sea",
                                           ". ",
                                           "e\xcc\x81\xcc\xa3",
                                           "\xcc\x81",
                                           "\xe1\x84\x80",
                                           "\xe1\x85\xa1",
                                           "\xe1\x86\xa8",
                                           "\xea\xb0\x80",
                                           "\xe0\xb8\x99\xe0\xb8\xb3",
                                           "\xe0\xb8\xb3",
                                           "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7\xe0\xa4\xbf",
                                           "\xf0\x9f\x87\xa9",
                                           "\xf0\x9f\x87\xaa",
                                           "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
                                           "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd",
                                           "\xd8\x80\xd9\xa1",
                                           "\xe2\x80\x8d",
                                           "x",
                                           "\xe6\x9d\xb1",
                                           "\xd1\x81"};
    check_random_texts(alphabet, sizeof alphabet / sizeof *alphabet,
                       "gas sea \xe6\x9d\xb1\xe6\x9d\xb1 \xe0\xb8\x99\xe0\xb8\xb3 "
                       "\xe1\x84\x80\xe1\x85\xa1",
                       check_clusters);
    /* A cluster longer than a passage is shown in full. */
    struct buffer text = {0};
    append_text(&text, "gas ");
    append_text(&text, "e");
    for (int i = 0; i < 400; i++)
        append_text(&text, "\xcc\x81");
    append_text(&text, " oil");
    assert_string_equal(snippets_of("gas", buffer_slice(&text), 1), "[gas]>");
    buffer_release(&text);
}

/* Emoji joined by zero width joiners are words in one cluster, which windows may share. It is shown
 * once, and nothing is read past the text. */
static void test_snippet_find__windows_in_one_cluster(void **state) {
    (void)state;
    for (int count = 24; count < 120; count += 7)
        for (int after = 0; after < 2; after++) {
            struct buffer text = {0};
            for (int i = 0; i < count; i++)
                append_text(&text, i ? "\u200d\U0001f355" : "\U0001f355");
            append_text(&text, after ? " gas" : "");
            const char *shown = snippets_of("\U0001f355", buffer_slice(&text), 4);
            size_t emoji = 0;
            for (const char *at = shown; (at = strstr(at, "\U0001f355")); at++)
                emoji++;
            assert_int_equal(emoji, count);
            assert_null(strchr(shown, '|'));
            buffer_release(&text);
        }
}

/* The text between the words of a window is not read in full, however long it is. */
static void test_snippet_find__words_far_apart(void **state) {
    (void)state;
    struct buffer text = {0};
    append_text(&text, "gas ");
    for (int i = 0; i < 1 << 20; i++)
        append_text(&text, i % 2 ? "  " : ". ");
    append_text(&text, "oil sea");
    struct snippet_fixture_document document = {.text = buffer_slice(&text)};
    struct snippet_fixture fixture;
    snippet_fixture_open(&fixture, &document, 1, true);
    snippet_fixture_query(&fixture, "gas oil sea", QUERY_ANY);
    snippet_fixture_find(&fixture, 0, 1);
    assert_int_equal(fixture.count, 1);
    assert_non_null(strstr(snippet_fixture_show(&fixture), ". [oil] [sea]"));
    assert_true(fixture.finder.source.range.capacity < (size_t)64 * SNIPPET_COLUMNS);
    snippet_fixture_close(&fixture);
    buffer_release(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snippet_find__bounded_on_hostile_text),
        cmocka_unit_test(test_snippet_find__takes_any_bytes),
        cmocka_unit_test(test_snippet_find__no_cluster_is_cut),
        cmocka_unit_test(test_snippet_find__windows_in_one_cluster),
        cmocka_unit_test(test_snippet_find__words_far_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
