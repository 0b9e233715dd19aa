/* SPDX-License-Identifier: MIT */
/* Views of a text: columns, words and white space, wherever the view begins. */
#include "searcher/show/text_view.h"
#include "tests/support/testing.h"

enum { OFFSET = 1000 }; /* of the views in their text */

static struct text_view view_of(const char *bytes) {
    return (struct text_view){.bytes = slice_of_string(bytes), .offset = OFFSET};
}

static void test_text_view_skip__counts_columns(void **state) {
    (void)state;
    struct text_view view = view_of("a\u00e9\u6771b"); /* 1, 1, 2 and 1 column */
    uint64_t at = OFFSET, end = text_view_end(&view);
    assert_int_equal(text_view_skip_forward(&at, &view, end, 3), 2);
    assert_int_equal(at, OFFSET + 3);
    assert_int_equal(text_view_skip_forward(&at, &view, end, 3), 3);
    assert_int_equal(at, end);
    assert_int_equal(text_view_skip_back(&at, &view, OFFSET, 2), 1);
    assert_int_equal(at, OFFSET + 6);
    assert_int_equal(text_view_skip_back(&at, &view, OFFSET, 9), 4);
    assert_int_equal(at, OFFSET);
    /* A letter with its marks has one column, and is passed as a whole. */
    view = view_of("e\u0301\u0323x");
    at = OFFSET;
    assert_int_equal(text_view_skip_forward(&at, &view, text_view_end(&view), 1), 1);
    assert_int_equal(at, OFFSET + 5);
}

static void test_text_view_word__near_ends_only(void **state) {
    (void)state;
    struct text_view view = view_of("one three five");
    uint64_t end = text_view_end(&view);
    assert_int_equal(text_view_word_end(&view, OFFSET + 5, end), OFFSET + 9);
    assert_int_equal(text_view_word_end(&view, OFFSET + 4, end), OFFSET + 4);
    assert_int_equal(text_view_word_end(&view, OFFSET + 5, OFFSET + 9), OFFSET + 5);
    assert_int_equal(text_view_word_start(&view, OFFSET + 7, OFFSET), OFFSET + 4);
    assert_int_equal(text_view_word_start(&view, OFFSET + 9, OFFSET), OFFSET + 9);
    view = view_of("one 345678901234567890123456789012345678901234567890123 five");
    assert_int_equal(text_view_word_start(&view, OFFSET + 55, OFFSET), OFFSET + 55);
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
        cmocka_unit_test(test_text_view_skip__counts_columns),
        cmocka_unit_test(test_text_view_word__near_ends_only),
        cmocka_unit_test(test_text_view_has_text__not_white_space_or_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
