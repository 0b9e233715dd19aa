/* SPDX-License-Identifier: MIT */
/* Counts, sizes, durations and ages are read and written as the manuals say. */
#include "tests/support/testing.h"

#include "common/base/number.h"

static void test_number_parse_count__digits_only(void **state) {
    (void)state;
    uint64_t n = 7;
    assert_int_equal(number_parse_count(&n, "0"), ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(number_parse_count(&n, "18446744073709551615"), ST_OK);
    assert_true(n == UINT64_MAX);
    n = 7;
    static const char *const wrong[] = {"",
                                        "-1",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1k",
                                        "0x1",
                                        "1.0",
                                        "18446744073709551616",
                                        "99999999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(number_parse_count(&n, wrong[i]), ST_INVALID);
    assert_int_equal(n, 7);
}

static void test_number_parse_size__units(void **state) {
    (void)state;
    uint64_t n;
    assert_int_equal(number_parse_size(&n, "512"), ST_OK);
    assert_int_equal(n, 512);
    assert_int_equal(number_parse_size(&n, "64K"), ST_OK);
    assert_int_equal(n, 65536);
    assert_int_equal(number_parse_size(&n, "256m"), ST_OK);
    assert_int_equal(n, 268435456);
    assert_int_equal(number_parse_size(&n, "3G"), ST_OK);
    assert_int_equal(n, 3221225472);
    assert_int_equal(number_parse_size(&n, "2T"), ST_OK);
    assert_int_equal(n, 2199023255552);
    assert_int_equal(number_parse_size(&n, "16777215T"), ST_OK);
    assert_int_equal(number_parse_size(&n, "16777216T"), ST_INVALID); /* 2^64 */
    assert_int_equal(number_parse_size(&n, "K"), ST_INVALID);
    assert_int_equal(number_parse_size(&n, "1KB"), ST_INVALID);
}

static void test_number_parse_duration__units(void **state) {
    (void)state;
    uint64_t n;
    assert_int_equal(number_parse_duration(&n, "30"), ST_OK);
    assert_int_equal(n, 30000);
    assert_int_equal(number_parse_duration(&n, "250ms"), ST_OK);
    assert_int_equal(n, 250);
    assert_int_equal(number_parse_duration(&n, "15m"), ST_OK);
    assert_int_equal(n, 900000);
    assert_int_equal(number_parse_duration(&n, "7d"), ST_OK);
    assert_int_equal(n, 604800000);
    assert_int_equal(number_parse_duration(&n, "1w"), ST_OK);
    assert_int_equal(n, 604800000);
    assert_int_equal(number_parse_duration(&n, "1y"), ST_INVALID);
    assert_int_equal(number_parse_duration(&n, "1.5h"), ST_INVALID);
}

static void test_number_parse_real__plain_decimals(void **state) {
    (void)state;
    double x = 7;
    assert_int_equal(number_parse_real(&x, "0.75"), ST_OK);
    assert_true(x == 0.75);
    assert_int_equal(number_parse_real(&x, "-1e3"), ST_OK);
    assert_true(x == -1000);
    static const char *const wrong[] = {"", ".", "1,5", "0x10", "inf", "nan", "1e999", " 1", "1e"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(number_parse_real(&x, wrong[i]), ST_INVALID);
    assert_true(x == -1000);
}

static void test_number_format_count__thousands(void **state) {
    (void)state;
    char text[NUMBER_TEXT_MAX];
    assert_string_equal(number_format_count(text, 0), "0");
    assert_string_equal(number_format_count(text, 999), "999");
    assert_string_equal(number_format_count(text, 1204), "1,204");
    assert_string_equal(number_format_count(text, 100000), "100,000");
    assert_string_equal(number_format_count(text, UINT64_MAX), "18,446,744,073,709,551,615");
}

static void test_number_format_size__one_digit(void **state) {
    (void)state;
    char text[NUMBER_TEXT_MAX];
    assert_string_equal(number_format_size(text, 1023), "1023 bytes");
    assert_string_equal(number_format_size(text, 1536), "1.5 KiB");
    assert_string_equal(number_format_size(text, (1 << 20) - 1), "1.0 MiB");
    assert_string_equal(number_format_size(text, UINT64_MAX), "16.0 EiB");
}

static void test_number_format_age__two_units_or_more(void **state) {
    (void)state;
    char text[NUMBER_TEXT_MAX];
    assert_string_equal(number_format_age(text, -5), "0 s");
    assert_string_equal(number_format_age(text, 119), "119 s");
    assert_string_equal(number_format_age(text, 120), "2 min");
    assert_string_equal(number_format_age(text, 7200), "2 h");
    assert_string_equal(number_format_age(text, 47 * 3600), "47 h");
    assert_string_equal(number_format_age(text, 48 * 3600), "2 d");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number_parse_count__digits_only),
        cmocka_unit_test(test_number_parse_size__units),
        cmocka_unit_test(test_number_parse_duration__units),
        cmocka_unit_test(test_number_parse_real__plain_decimals),
        cmocka_unit_test(test_number_format_count__thousands),
        cmocka_unit_test(test_number_format_size__one_digit),
        cmocka_unit_test(test_number_format_age__two_units_or_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
