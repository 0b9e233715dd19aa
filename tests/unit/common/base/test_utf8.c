/* SPDX-License-Identifier: MIT */
/* Cuts of UTF-8 never leave half a code point, and never more than was asked for. */
#include "tests/support/testing.h"

#include "common/base/utf8.h"

static void test_utf8_cut__at_every_byte(void **state) {
    (void)state;
    static const char text[] = "a\xC3\xA9\xE6\x9D\xB1\xF0\x9F\x98\x80z"; /* a, é, 東, 😀, z */
    static const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
    for (size_t limit = 0; limit <= strlen(text); limit++)
        assert_int_equal(utf8_cut(text, strlen(text), limit), expected[limit]);
    assert_int_equal(utf8_cut(text, strlen(text), 100), strlen(text));
    assert_int_equal(utf8_cut(NULL, 0, 5), 0);
}

static void test_utf8_cut__ill_formed_bytes_end_anywhere(void **state) {
    (void)state;
    assert_int_equal(utf8_cut("\x80\x80\x80\x80\x80\x80", 6, 5), 5);
    assert_int_equal(utf8_cut("\x80\x80", 2, 1), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_cut__at_every_byte),
        cmocka_unit_test(test_utf8_cut__ill_formed_bytes_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
