#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "searcher/snippet.h"

static struct analyzer *analyzer;

static int set_up(void **state) {
    (void)state;
    struct analysis settings = {.stemmer = "english"};
    return analyzer_new(&analyzer, &settings, NULL);
}

static int tear_down(void **state) {
    (void)state;
    analyzer_free(analyzer);
    return 0;
}

/* Up to `max` snippets as one string: marks as [..], cuts as <, >, snippets separated by |. */
static const char *snippets_of(const char *words, struct slice text, size_t max) {
    static char shown[16384];
    struct snippet snippets[SNIPPET_MAX];
    struct snippet_finder finder;
    struct query query;
    struct arena arena = {0};
    size_t count, size = 0;
    assert_int_equal(query_parse(&query, analyzer, slice_of_string(words), NULL), ST_OK);
    assert_int_equal(snippet_finder_init(&finder, analyzer, &query, NULL), ST_OK);
    assert_int_equal(snippet_find(snippets, &count, max, &finder, text, &arena, NULL), ST_OK);
    assert_true(count <= max);
    for (size_t i = 0; i < count; i++) {
        const struct snippet *snippet = &snippets[i];
        if (i)
            shown[size++] = '|';
        if (snippet->cut_before)
            shown[size++] = '<';
        size_t mark = 0;
        bool open = false;
        for (size_t at = 0; at <= snippet->text.size; at++) {
            if (open && snippet->marks[mark].end == at) {
                shown[size++] = ']';
                open = false;
                mark++;
            }
            if (!open && mark < snippet->count && snippet->marks[mark].start == at) {
                shown[size++] = '[';
                open = true;
            }
            if (at < snippet->text.size)
                shown[size++] = (char)snippet->text.data[at];
            assert_true(size < sizeof shown - 4);
        }
        assert_int_equal(mark, snippet->count);
        if (snippet->cut_after)
            shown[size++] = '>';
    }
    shown[size] = '\0';
    arena_release(&arena);
    snippet_finder_release(&finder);
    query_release(&query);
    return shown;
}

static const char *best(const char *words, const char *text) {
    return snippets_of(words, slice_of_string(text), 1);
}

static void test_find__marks_what_matched(void **state) {
    (void)state;
    assert_string_equal(best("pipelines caf\xc3\xa9", "A Pipeline, a CAFE."),
                        "A [Pipeline], a [CAFE].");
    assert_string_equal(best("gas -leak", "A gas leak."), "A [gas] leak.");
    assert_string_equal(best("multi-agent", "One multi-agent system"),
                        "One [multi]-[agent] system");
}

static void test_find__folds_white_space(void **state) {
    (void)state;
    assert_string_equal(best("gas sea", "\n\n The\tgas \r\n\n sea\n"), "The [gas] [sea]");
}

static void test_find__a_phrase_only_where_it_stands(void **state) {
    (void)state;
    assert_string_equal(best("\"gas pipeline\"", "gas here, pipeline there, gas pipelines"),
                        "gas here, pipeline there, [gas] [pipelines]");
    assert_string_equal(best("\"gas pipeline\" gas", "gas here, pipeline there"),
                        "[gas] here, pipeline there");
    assert_string_equal(best("\"a b a b\"", "a b a b a c"), "[a] [b] [a] [b] a c");
}

static void test_find__bigrams_become_one_mark(void **state) {
    (void)state;
    assert_string_equal(best("\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd", /* three characters of Han */
                             "x \xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd\xe5\xba\x81 y"),
                        "x [\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd]\xe5\xba\x81 y");
}

static void test_find__nothing_matched(void **state) {
    (void)state;
    assert_string_equal(best("gas", ""), "");
    assert_string_equal(best("gas", " \n "), "");
    assert_string_equal(best("gas", "  oil only "), "oil only");
    assert_string_equal(best("", "some text"), "some text");
}

/* `count` words of filler, "w0 w1 ...", then what follows. */
static void append_filler(struct buffer *text, unsigned from, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        char word[16];
        int size = snprintf(word, sizeof word, "w%u ", from + i);
        assert_int_equal(buffer_append(text, word, (size_t)size), ST_OK);
    }
}

static void append(struct buffer *text, const char *words) {
    assert_int_equal(buffer_append(text, words, strlen(words)), ST_OK);
}

static size_t characters(const char *shown) {
    size_t count = 0;
    for (; *shown; shown++)
        count += (*shown & 0xc0) != 0x80 && !strchr("[]<>|", *shown);
    return count;
}

static void test_find__prefers_most_distinct_words(void **state) {
    (void)state;
    struct buffer text = {0};
    append(&text, "gas gas gas gas ");
    append_filler(&text, 100, 100);
    append(&text, "gas from norway ");
    append_filler(&text, 300, 100);
    const char *shown = snippets_of("gas norway", buffer_slice(&text), 1);
    assert_non_null(strstr(shown, "[gas] from [norway]"));
    assert_int_equal(shown[0], '<');
    assert_int_equal(shown[strlen(shown) - 1], '>');
    assert_true(characters(shown) <= SNIPPET_SIZE);
    assert_true(characters(shown) > SNIPPET_SIZE - 12);
    assert_int_equal(shown[1], 'w'); /* whole words at both ends */
    assert_int_equal(strlen(strrchr(shown, 'w')), strlen("w300>"));
    buffer_release(&text);
}

static void test_find__prefers_rare_words(void **state) {
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 30; i++)
        append(&text, "gas oil ");
    append_filler(&text, 100, 200);
    append(&text, "norway gas ");
    append_filler(&text, 400, 200);
    const char *shown = snippets_of("gas oil norway", buffer_slice(&text), 1);
    assert_non_null(strstr(shown, "[norway] [gas]"));
    buffer_release(&text);
}

static void test_find__several_do_not_overlap(void **state) {
    (void)state;
    struct buffer text = {0};
    append_filler(&text, 100, 20);
    for (unsigned i = 0; i < 6; i++) {
        append(&text, i % 2 ? "oil " : "gas ");
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

static void test_find__equal_windows_the_first(void **state) {
    (void)state;
    struct buffer text = {0};
    append_filler(&text, 100, 40);
    append(&text, "gas ");
    append_filler(&text, 200, 100);
    append(&text, "gas ");
    append_filler(&text, 400, 40);
    assert_non_null(strstr(snippets_of("gas norway", buffer_slice(&text), 1), "w139 [gas] w200"));
    buffer_release(&text);
}

static void test_find__further_ones_show_other_words(void **state) {
    (void)state;
    struct buffer text = {0};
    append(&text, "gas oil ");
    append_filler(&text, 100, 100);
    append(&text, "gas oil ");
    append_filler(&text, 300, 100);
    append(&text, "norway ");
    const char *shown = snippets_of("gas oil norway", buffer_slice(&text), 2);
    assert_non_null(strstr(shown, "[gas] [oil]"));
    assert_non_null(strstr(shown, "[norway]"));
    buffer_release(&text);
}

static void test_find__a_new_document_starts_afresh(void **state) {
    (void)state;
    struct snippet snippet;
    struct snippet_finder finder;
    struct query query;
    struct arena arena = {0};
    size_t count;
    assert_int_equal(query_parse(&query, analyzer, slice_of_string("gas sea"), NULL), ST_OK);
    assert_int_equal(snippet_finder_init(&finder, analyzer, &query, NULL), ST_OK);
    for (int i = 0; i < 3; i++) {
        struct slice text = slice_of_string("the gas, the sea");
        assert_int_equal(snippet_find(&snippet, &count, 1, &finder, text, &arena, NULL), ST_OK);
        assert_int_equal(snippet.count, 2);
    }
    snippet_finder_release(&finder);
    query_release(&query);
    /* Another query with the same analyzer must not see this one's words. */
    assert_string_equal(best("oil", "the gas, the oil"), "the gas, the [oil]");
    arena_release(&arena);
}

static void test_find__bounded_on_hostile_text(void **state) {
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 100000; i++)
        append(&text, "gas ");
    const char *shown = snippets_of("gas", buffer_slice(&text), SNIPPET_MAX);
    assert_true(strlen(shown) < 2 * SNIPPET_MAX * SNIPPET_SIZE);
    buffer_clear(&text);
    for (int i = 0; i < 1 << 20; i++)
        append(&text, "x"); /* one word of a mebibyte */
    shown = snippets_of("y", buffer_slice(&text), 1);
    assert_true(characters(shown) <= SNIPPET_SIZE);
    char term[TERM_MAX + 1] = {0};
    memset(term, 'x', TERM_MAX);
    shown = snippets_of(term, buffer_slice(&text), 1);
    assert_true(characters(shown) <= SNIPPET_SIZE);
    buffer_release(&text);
}

static void test_find__takes_any_bytes(void **state) {
    (void)state;
    static const char alphabet[] = "gas sea \n\t\xff\xc3\xa9\xe6\x9d\xb1\xf0\x9f\x98\x80.-";
    uint32_t random = 7;
    for (int round = 0; round < 3000; round++) {
        random = random * 1664525 + 1013904223;
        size_t size = (random >> 16) % 600;
        uint8_t *text = malloc(size + 1);
        assert_non_null(text);
        for (size_t i = 0; i < size; i++) {
            random = random * 1664525 + 1013904223;
            text[i] = (uint8_t)alphabet[(random >> 16) % (sizeof alphabet - 1)];
        }
        snippets_of("gas sea \"sea gas\" \xe6\x9d\xb1", slice_of(text, size), 1 + round % 4);
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find__marks_what_matched),
        cmocka_unit_test(test_find__folds_white_space),
        cmocka_unit_test(test_find__a_phrase_only_where_it_stands),
        cmocka_unit_test(test_find__bigrams_become_one_mark),
        cmocka_unit_test(test_find__nothing_matched),
        cmocka_unit_test(test_find__prefers_most_distinct_words),
        cmocka_unit_test(test_find__prefers_rare_words),
        cmocka_unit_test(test_find__several_do_not_overlap),
        cmocka_unit_test(test_find__equal_windows_the_first),
        cmocka_unit_test(test_find__further_ones_show_other_words),
        cmocka_unit_test(test_find__a_new_document_starts_afresh),
        cmocka_unit_test(test_find__bounded_on_hostile_text),
        cmocka_unit_test(test_find__takes_any_bytes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
