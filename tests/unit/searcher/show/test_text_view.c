/* SPDX-License-Identifier: MIT */
/* Views of a text: passages end between words and characters, wherever the view begins. */
#include "searcher/show/text_view.h"
#include "tests/support/testing.h"

enum { OFFSET = 1000 }; /* of the views in their text */

static struct text_view view_of(const char *bytes) {
    return (struct text_view){.bytes = slice_of_string(bytes), .offset = OFFSET};
}

/* Widens bytes [start, end) of a view to `count` characters. */
static void assert_widened(const char *bytes, uint64_t start, uint64_t end, size_t count,
                           const char *expected) {
    struct text_view view = view_of(bytes);
    struct text_range limits = {OFFSET, text_view_end(&view)};
    struct text_range range =
        text_view_widen(&view, (struct text_range){OFFSET + start, OFFSET + end}, limits, count);
    assert_slice(slice_of(view.bytes.data + (range.start - OFFSET), range.end - range.start),
                 slice_of_string(expected));
}

static void test_text_view_widen__takes_whole_words(void **state) {
    (void)state;
    const char *text = "one two three four five six";
    assert_widened(text, 8, 13, 100, text);
    assert_widened(text, 8, 13, 19, "two three four");
    assert_widened(text, 8, 13, 5, "three");
    assert_widened(text, 0, 3, 12, "one two");
    assert_widened(text, 24, 27, 12, "five six");
}

static void test_text_view_widen__without_white_space_takes_characters(void **state) {
    (void)state;
    const char *text = "\u6771\u4eac\u90fd\u5e81\u6771\u4eac"; /* Han: three bytes each */
    assert_widened(text, 6, 9, 3, "\u4eac\u90fd\u5e81");
    assert_widened(text, 0, 3, 3, "\u6771\u4eac\u90fd");
    assert_widened(text, 15, 18, 3, "\u5e81\u6771\u4eac");
}

static void test_text_view_widen__shortens_but_keeps_a_cluster(void **state) {
    (void)state;
    assert_widened("abcdef", 0, 6, 3, "abc");
    assert_widened("ae\u0301\u0323 b", 1, 6, 1, "e\u0301\u0323");
    assert_widened("ae\u0301b", 0, 5, 2, "a"); /* not half of the e */
}

static void test_text_view_widen__keeps_within_limits(void **state) {
    (void)state;
    struct text_view view = view_of("one two three four five");
    struct text_range limits = {OFFSET + 4, OFFSET + 18};
    struct text_range range =
        text_view_widen(&view, (struct text_range){OFFSET + 8, OFFSET + 13}, limits, 100);
    assert_int_equal(range.start, OFFSET + 4);
    assert_int_equal(range.end, OFFSET + 18);
}

static void test_text_view_skip__counts_characters(void **state) {
    (void)state;
    struct text_view view = view_of("a\u00e9\u6771b");
    uint64_t at = OFFSET;
    assert_int_equal(text_view_skip_forward(&at, &view, text_view_end(&view), 3), 3);
    assert_int_equal(at, OFFSET + 6);
    assert_int_equal(text_view_skip_forward(&at, &view, text_view_end(&view), 3), 1);
    assert_int_equal(at, text_view_end(&view));
    assert_int_equal(text_view_skip_back(&at, &view, OFFSET, 2), 2);
    assert_int_equal(at, OFFSET + 3);
    assert_int_equal(text_view_skip_back(&at, &view, OFFSET, 9), 2);
    assert_int_equal(at, OFFSET);
}

static void test_text_view_has_text__not_white_space_or_controls(void **state) {
    (void)state;
    struct text_view view = view_of(" \t\r\n\x01x ");
    assert_false(text_view_has_text(&view, (struct text_range){OFFSET, OFFSET + 5}));
    assert_true(text_view_has_text(&view, (struct text_range){OFFSET, OFFSET + 6}));
    assert_false(text_view_has_text(&view, (struct text_range){OFFSET + 6, OFFSET + 7}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_view_widen__takes_whole_words),
        cmocka_unit_test(test_text_view_widen__without_white_space_takes_characters),
        cmocka_unit_test(test_text_view_widen__shortens_but_keeps_a_cluster),
        cmocka_unit_test(test_text_view_widen__keeps_within_limits),
        cmocka_unit_test(test_text_view_skip__counts_characters),
        cmocka_unit_test(test_text_view_has_text__not_white_space_or_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
