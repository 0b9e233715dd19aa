/* SPDX-License-Identifier: MIT */
/* Passages: sentences where they fit, else words, else characters; never half a cluster. */
#include "searcher/show/passage.h"
#include "tests/support/testing.h"

enum { OFFSET = 1000 }; /* of the views in their text */

/* The passage of at most `columns` columns around the first occurrence of a word. */
static struct passage around(struct slice *shown, const char *text, const char *word,
                             size_t columns, uint64_t offset) {
    struct text_view view = {.bytes = slice_of_string(text), .offset = offset};
    uint64_t start = offset + (uint64_t)(strstr(text, word) - text);
    struct text_range range = {start, start + strlen(word)},
                      limits = {offset, text_view_end(&view)};
    struct passage passage = passage_around(&view, range, limits, columns, false);
    *shown = slice_of(view.bytes.data + (passage.range.start - offset),
                      passage.range.end - passage.range.start);
    return passage;
}

static void assert_passage(const char *text, const char *word, size_t columns,
                           const char *expected) {
    struct slice shown;
    around(&shown, text, word, columns, 0);
    assert_slice(shown, slice_of_string(expected));
}

/* In a view that does not begin with the text. */
static void assert_within(const char *text, const char *word, size_t columns,
                          const char *expected) {
    struct slice shown;
    around(&shown, text, word, columns, OFFSET);
    assert_slice(shown, slice_of_string(expected));
}

static void test_passage__whole_words(void **state) {
    (void)state;
    const char *text = "one two three four five six";
    assert_within(text, "three", 100, text);
    assert_within(text, "three", 19, "two three four");
    assert_within(text, "three", 5, "three");
    assert_within(text, "one", 12, "one two");
    assert_within(text, "six", 12, "five six");
}

static void test_passage__characters_without_white_space(void **state) {
    (void)state;
    const char *text = "\u6771\u4eac\u90fd\u5e81\u6771\u90ca"; /* Han: two columns each */
    assert_within(text, "\u90fd", 6, "\u4eac\u90fd\u5e81");
    assert_within(text, "\u6771", 6, "\u6771\u4eac\u90fd");
    assert_within(text, "\u90ca", 6, "\u5e81\u6771\u90ca");
    assert_within(text, "\u90ca", 5, "\u6771\u90ca");
}

static void test_passage__shortens_but_keeps_a_cluster(void **state) {
    (void)state;
    assert_within("abcdef", "abcdef", 3, "abc");
    assert_within("ae\u0301\u0323 b", "e\u0301\u0323 b", 1, "e\u0301\u0323");
    assert_within("\u6771\u4eac", "\u6771\u4eac", 3, "\u6771");
    assert_within("\u6771\u4eac", "\u6771\u4eac", 1, "\u6771");
}

static void test_passage__keeps_within_limits(void **state) {
    (void)state;
    struct text_view view = {.bytes = slice_of_string("one two three four five"), .offset = OFFSET};
    struct text_range limits = {OFFSET + 4, OFFSET + 18}, range = {OFFSET + 8, OFFSET + 13};
    struct passage passage = passage_around(&view, range, limits, 100, false);
    assert_int_equal(passage.range.start, OFFSET + 4);
    assert_int_equal(passage.range.end, OFFSET + 18);
    assert_false(passage.begins_sentence || passage.ends_sentence);
}

static void test_passage__whole_sentences_where_they_fit(void **state) {
    (void)state;
    const char *text =
        "Oil came first. The gas flows. It is cold. Winter begins here and stays on.";
    assert_passage(text, "gas", 16, "The gas flows.");
    assert_passage(text, "gas", 28, "The gas flows. It is cold.");
    /* The next one does not fit, but the one before does. */
    assert_passage(text, "gas", 45, "Oil came first. The gas flows. It is cold.");
    assert_passage(text, "gas", 100, text);
    /* Too little: the beginning of the next sentence, too. */
    assert_passage("The gas. Winter begins here and stays on and on.", "gas", 30,
                   "The gas. Winter begins here");
}

static void test_passage__one_end_of_a_long_sentence(void **state) {
    (void)state;
    const char *text = "Before. All of this gas is one two three four five six seven eight nine "
                       "ten eleven twelve thirteen fourteen of it. After that.";
    struct slice shown;
    struct passage passage = around(&shown, text, "gas", 40, 0);
    assert_slice(shown, slice_of_string("All of this gas is one two three four"));
    assert_true(passage.begins_sentence);
    assert_false(passage.ends_sentence);
    passage = around(&shown, text, "fourteen", 40, 0);
    assert_slice(shown, slice_of_string("eleven twelve thirteen fourteen of it."));
    assert_false(passage.begins_sentence);
    assert_true(passage.ends_sentence);
    passage = around(&shown, text, "seven", 20, 0);
    assert_slice(shown, slice_of_string("six seven eight"));
    assert_false(passage.begins_sentence || passage.ends_sentence);
}

/* A mark has no column, but a passage of marks alone has an end. */
static void test_passage__bounded_by_bytes(void **state) {
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 5000; i++)
        assert_int_equal(buffer_append(&text, "\u200b", 3), ST_OK);
    struct text_view view = {.bytes = buffer_slice(&text)};
    struct text_range limits = {0, text.size};
    struct passage passage =
        passage_around(&view, (struct text_range){6000, 6003}, limits, 50, false);
    assert_true(passage.range.end - passage.range.start <= 3 + 2 * 50 * PASSAGE_COLUMN_BYTES);
    passage = passage_around(&view, limits, limits, 50, false);
    assert_true(passage.range.end - passage.range.start <= 2 * 50 * PASSAGE_COLUMN_BYTES);
    buffer_release(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passage__whole_words),
        cmocka_unit_test(test_passage__characters_without_white_space),
        cmocka_unit_test(test_passage__shortens_but_keeps_a_cluster),
        cmocka_unit_test(test_passage__keeps_within_limits),
        cmocka_unit_test(test_passage__whole_sentences_where_they_fit),
        cmocka_unit_test(test_passage__one_end_of_a_long_sentence),
        cmocka_unit_test(test_passage__bounded_by_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
