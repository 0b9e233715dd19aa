/* SPDX-License-Identifier: MIT */
/* Nothing that a terminal or a parser acts on gets through. */
#include "tests/support/testing.h"

#include <string.h>

#include "common/text/escape.h"

static void assert_escaped(enum escape mode, const char *text, const char *expected) {
    struct buffer out = {0};
    assert_int_equal(escape_append(&out, slice_of_string(text), mode), ST_OK);
    assert_int_equal(buffer_append_byte(&out, '\0'), ST_OK);
    assert_string_equal((char *)out.data, expected);
    buffer_release(&out);
}

static void test_escape_append__each_mode(void **state) {
    (void)state;
    assert_escaped(ESCAPE_TEXT, "a\tb\r\nc\x1b[m\x7f", "a b  c\\x1b[m\\x7f");
    assert_escaped(ESCAPE_NAME, "a\tb\n c\\d\"", "a\\x09b\\x0a c\\d\"");
    assert_escaped(ESCAPE_WORD, "a b\xc2\xa0\x63\xe3\x80\x80", "a\\x20b\\u00a0c\\u3000");
    assert_escaped(ESCAPE_JSON, "a\"b\\c\n\x7f\xc2\x9b", "a\\\"b\\\\c\\u000a\\u007f\\u009b");
    assert_escaped(ESCAPE_TEXT, "", "");
}

static void test_escape_append__keeps_letters_of_all_scripts(void **state) {
    (void)state;
    static const char text[] = "caf\xc3\xa9 \xd8\xba\xd8\xa7\xd8\xb2 \xe4\xba\xac \xf0\x9f\x98\x80";
    assert_escaped(ESCAPE_TEXT, text, text);
    assert_escaped(ESCAPE_JSON, text, text);
}

static void test_escape_append__bidirectional_controls_and_line_separators(void **state) {
    (void)state;
    assert_escaped(ESCAPE_TEXT, "\xd8\x9c\xe2\x80\x8e\xe2\x80\xaa\xe2\x81\xa9\xe2\x80\xa8",
                   "\\u061c\\u200e\\u202a\\u2069\\u2028");
}

static void test_escape_append__replaces_ill_formed_utf8(void **state) {
    (void)state;
    assert_escaped(ESCAPE_TEXT, "a\xff\xc3", "a\xef\xbf\xbd\xef\xbf\xbd");
    assert_escaped(ESCAPE_TEXT, "\xf1\x80\xbd", "\xef\xbf\xbd"); /* truncated */
    assert_escaped(ESCAPE_TEXT, "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_escaped(ESCAPE_TEXT, "\xef\xbf\xbd", "\xef\xbf\xbd");
}

/* Of any two bytes, none that a terminal acts on gets through. */
static void test_escape_append__no_control_comes_through(void **state) {
    (void)state;
    struct buffer out = {0};
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        uint8_t text[] = {(uint8_t)(pair >> 8), (uint8_t)pair};
        for (int mode = ESCAPE_TEXT; mode <= ESCAPE_JSON; mode++) {
            buffer_clear(&out);
            assert_int_equal(escape_append(&out, slice_of(text, 2), (enum escape)mode), ST_OK);
            for (size_t i = 0; i < out.size; i++) {
                uint8_t byte = out.data[i];
                bool c1 = byte >= 0x80 && byte < 0xa0 && i > 0 && out.data[i - 1] == 0xc2;
                assert_false(byte < 0x20 || byte == 0x7f || c1);
            }
            assert_true(escape_is_utf8(buffer_slice(&out)));
        }
    }
    buffer_release(&out);
}

static void test_escape_is_utf8__well_formed_only(void **state) {
    (void)state;
    assert_true(escape_is_utf8(slice_of_string("")));
    assert_true(escape_is_utf8(slice_of_string("caf\xc3\xa9 \xef\xbf\xbd\xf4\x8f\xbf\xbf")));
    assert_false(escape_is_utf8(slice_of_string("caf\xc3")));
    assert_false(escape_is_utf8(slice_of_string("\xc0\x80")));
    assert_false(escape_is_utf8(slice_of_string("\xf1\x80\xbd")));
    assert_false(escape_is_utf8(slice_of_string("\xf4\x90\x80\x80")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escape_append__each_mode),
        cmocka_unit_test(test_escape_append__keeps_letters_of_all_scripts),
        cmocka_unit_test(test_escape_append__bidirectional_controls_and_line_separators),
        cmocka_unit_test(test_escape_append__replaces_ill_formed_utf8),
        cmocka_unit_test(test_escape_append__no_control_comes_through),
        cmocka_unit_test(test_escape_is_utf8__well_formed_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
