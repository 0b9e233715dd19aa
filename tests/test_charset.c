#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/source/charset.h"

#define BYTES(literal) slice_of("" literal, sizeof literal - 1)

static void assert_decodes(struct slice bytes, const char *declared, const char *expected) {
    struct buffer out = {0}, scratch = {0};
    struct slice text, label = slice_of_string(declared);
    assert_int_equal(charset_decode(&out, bytes, label), ST_OK);
    assert_true(charset_is_utf8(buffer_slice(&out)));
    assert_int_equal(out.size, strlen(expected));
    assert_memory_equal(out.data, expected, out.size);
    assert_int_equal(charset_text(&text, &scratch, bytes, label), ST_OK);
    assert_true(slice_equal(text, buffer_slice(&out)));
    buffer_release(&out);
    buffer_release(&scratch);
}

static void test_charset_decode__marks(void **state) {
    (void)state;
    assert_decodes(BYTES("\xEF\xBB\xBFgrün"), "", "grün");
    assert_decodes(BYTES("\xFF\xFEg\0\xFC\0=\xD8\x00\xDE"), "", "gü😀");
    assert_decodes(BYTES("\xFE\xFF\0g\0\xFC\xD8=\xDE\x00"), "", "gü😀");
    assert_decodes(BYTES("\xFF\xFE\x00\xD8g\0x"), "", "\uFFFDg\uFFFD");
    assert_decodes(BYTES("\xEF\xBB\xBF\xC3\xA9"), "windows-1252", "é");
}

static void test_charset_decode__declared(void **state) {
    (void)state;
    assert_decodes(BYTES("\xCF\xF0\xE8"), "Windows-1251", "При");
    assert_decodes(BYTES("\x93\xFA\x96\x7B"), "shift_jis", "日本");
    assert_decodes(BYTES("\xC4\xE3"), "GB2312", "你");
    assert_decodes(BYTES("\x80\x93\xE9"), "iso-8859-1", "€“é");
    assert_decodes(BYTES("a\xFF\xFF"), "euc-jp", "a\uFFFD\uFFFD");
    assert_decodes(BYTES("\x93\xFA\x96"), "shift_jis", "日\uFFFD");
    assert_decodes(BYTES("\xC3\xA9\xC3"), "utf-8", "é\uFFFD");
    assert_decodes(BYTES("\xC3\xA9"), "no such thing", "é");
    assert_decodes(BYTES(""), "euc-kr", "");
}

static void test_charset_decode__guess(void **state) {
    (void)state;
    assert_decodes(BYTES("caf\xE9 \x80"), "", "café €");
    assert_decodes(BYTES("é é \xFF"), "", "é é \uFFFD");
    assert_decodes(BYTES(""), "", "");
}

static void test_charset_repair__maximal_subparts(void **state) {
    (void)state;
    /* The example of the Unicode Standard, table 3-8, and truncated sequences, table 3-11. */
    assert_decodes(BYTES("a\xF1\x80\x80\xE1\x80\xC2"
                         "b\x80"
                         "c"),
                   "utf-8", "a\uFFFD\uFFFD\uFFFDb\uFFFDc");
    assert_decodes(BYTES("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82"
                         "A"),
                   "utf-8", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA");
    assert_decodes(BYTES("\uFFFD kept"), "utf-8", "\uFFFD kept");
}

static void test_charset_repair__all_pairs_of_bytes(void **state) {
    (void)state;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        const uint8_t bytes[] = {'0', (uint8_t)(pair >> 8), (uint8_t)pair};
        struct buffer out = {0};
        assert_int_equal(charset_repair(&out, slice_of(bytes, sizeof bytes)), ST_OK);
        assert_true(charset_is_utf8(buffer_slice(&out)));
        assert_true(out.size <= 4 * sizeof bytes);
        assert_int_equal(charset_is_utf8(slice_of(bytes, sizeof bytes)),
                         out.size == sizeof bytes && memcmp(out.data, bytes, out.size) == 0);
        buffer_release(&out);
    }
}

static void test_charset_append__not_scalar(void **state) {
    (void)state;
    struct buffer out = {0};
    const uint32_t points[] = {0x41, 0x7FF, 0xD800, 0xFFFF, 0x10FFFF, 0x110000};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        assert_int_equal(charset_append(&out, points[i]), ST_OK);
    assert_true(slice_equal(buffer_slice(&out),
                            slice_of_string("A\xDF\xBF\uFFFD\xEF\xBF\xBF\xF4\x8F\xBF\xBF\uFFFD")));
    buffer_release(&out);
}

static void test_charset_is_binary__signs(void **state) {
    (void)state;
    assert_true(charset_is_binary(BYTES("ab\0c")));
    assert_true(charset_is_binary(BYTES("%PDF-1.7\n")));
    assert_false(charset_is_binary(BYTES("plain \xFF\xFE")));
    assert_false(charset_is_binary(BYTES("\xFF\xFEg\0")));
    assert_false(charset_is_binary(BYTES("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_charset_decode__marks),
        cmocka_unit_test(test_charset_decode__declared),
        cmocka_unit_test(test_charset_decode__guess),
        cmocka_unit_test(test_charset_repair__maximal_subparts),
        cmocka_unit_test(test_charset_repair__all_pairs_of_bytes),
        cmocka_unit_test(test_charset_append__not_scalar),
        cmocka_unit_test(test_charset_is_binary__signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
