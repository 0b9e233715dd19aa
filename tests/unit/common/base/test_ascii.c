/* SPDX-License-Identifier: MIT */
/* ASCII classes are right for all 256 bytes; lines and ends of slices are cut where they should. */
#include "common/base/ascii.h"

#include "tests/support/testing.h"

static void test_ascii__classifies_every_byte(void **state) {
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        uint8_t b = (uint8_t)byte;
        assert_int_equal(ascii_is_space(b), b != 0 && strchr(" \t\n\v\f\r", b) != NULL);
        assert_int_equal(ascii_is_digit(b), b != 0 && strchr("0123456789", b) != NULL);
        bool capital = b >= 65 && b <= 90;
        assert_int_equal(ascii_is_letter(b), capital || (b >= 97 && b <= 122));
        assert_int_equal(ascii_lower(b), capital ? b + 32 : b);
    }
}

static void test_ascii_trim__drops_both_ends(void **state) {
    (void)state;
    assert_slice(ascii_trim(slice_of_string(" \t a b\r\n")), slice_of_string("a b"));
    assert_slice(ascii_trim(slice_of_string(" \v\f ")), slice_of_string(""));
    assert_slice(ascii_trim(slice_of_string("")), slice_of_string(""));
    assert_slice(ascii_trim(slice_of_string("\xc2\xa0")), slice_of_string("\xc2\xa0"));
}

static void test_ascii_take_line__takes_lines_with_and_without_newline(void **state) {
    (void)state;
    struct slice text = slice_of_string("one\n\nthree");
    assert_slice(ascii_take_line(&text), slice_of_string("one"));
    assert_slice(ascii_take_line(&text), slice_of_string(""));
    assert_slice(ascii_take_line(&text), slice_of_string("three"));
    assert_int_equal(text.size, 0);
    text = slice_of_string("end\n");
    assert_slice(ascii_take_line(&text), slice_of_string("end"));
    assert_int_equal(text.size, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ascii__classifies_every_byte),
        cmocka_unit_test(test_ascii_trim__drops_both_ends),
        cmocka_unit_test(test_ascii_take_line__takes_lines_with_and_without_newline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
