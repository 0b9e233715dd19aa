/* SPDX-License-Identifier: MIT */
/* Keys have the order of their values, and values are read as documents and queries write them. */
#include "tests/support/testing.h"

#include <float.h>

#include "common/field/field_value.h"

static void test_field_value_key_of_number__keeps_the_order(void **state) {
    (void)state;
    static const double ascending[] = {-DBL_MAX, -1e6,         -2,      -1.5, -1,  -DBL_TRUE_MIN,
                                       0,        DBL_TRUE_MIN, DBL_MIN, 1e-9, 0.1, 1,
                                       2,        1e6,          DBL_MAX};
    for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++) {
        int64_t key = field_value_key_of_number(ascending[i]);
        assert_true(field_value_number_of_key(key) == ascending[i]);
        for (size_t k = 0; k < i; k++)
            assert_true(field_value_key_of_number(ascending[k]) < key);
    }
    assert_true(field_value_key_of_number(-0.0) == field_value_key_of_number(0));
}

static void assert_quantity(const char *text, double thousand, double expected) {
    double number;
    assert_int_equal(field_value_parse_quantity(&number, slice_of_string(text), thousand), ST_OK);
    assert_true(number == expected);
}

static void test_field_value_parse_quantity__knows_units(void **state) {
    (void)state;
    assert_quantity("10", 1024, 10);
    assert_quantity("10k", 1024, 10240);
    assert_quantity("10K", 1000, 10000);
    assert_quantity("2M", 1024, 2097152);
    assert_quantity("1.5G", 1024, 1610612736);
    assert_quantity("-1t", 1000, -1e12);
    assert_quantity(".5k", 1000, 500);
    static const char *const wrong[] = {"", "k", "10kk", "10kb", "1e308k", "1 k", "10p", "0x1k"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double number;
        if (field_value_parse_quantity(&number, slice_of_string(wrong[i]), 1000) != ST_INVALID)
            fail_msg("%s: accepted", wrong[i]);
    }
}

static void assert_key(enum field_type type, const char *text, int64_t expected) {
    int64_t key;
    assert_int_equal(field_value_parse_key(&key, type, slice_of_string(text)), ST_OK);
    assert_true(key == expected);
}

static void test_field_value_parse_key__reads_documents(void **state) {
    (void)state;
    assert_key(FIELD_TYPE_NUMBER, "10.50", field_value_key_of_number(10.5));
    assert_key(FIELD_TYPE_NUMBER, " -3e2\t", field_value_key_of_number(-300));
    assert_key(FIELD_TYPE_NUMBER, "-0", 0);
    assert_key(FIELD_TYPE_DATE, "1970-01-02", 86400);
    assert_key(FIELD_TYPE_DATE, "86400", 86400);
    static const char *const wrong[] = {"", " ", "10k", "1,5", "1e999", "ten", "inf", "nan"};
    int64_t key;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (field_value_parse_key(&key, FIELD_TYPE_NUMBER, slice_of_string(wrong[i])) != ST_INVALID)
            fail_msg("%s: accepted", wrong[i]);
    assert_int_equal(field_value_parse_key(&key, FIELD_TYPE_NUMBER, slice_of("1\0002", 3)),
                     ST_INVALID);
    struct buffer digits = {0};
    for (int i = 0; i < 600; i++)
        assert_int_equal(buffer_append_byte(&digits, i == 300 ? '.' : '1'), ST_OK);
    assert_int_equal(field_value_parse_key(&key, FIELD_TYPE_NUMBER, buffer_slice(&digits)),
                     ST_INVALID);
    digits.size = 500;
    assert_int_equal(field_value_parse_key(&key, FIELD_TYPE_NUMBER, buffer_slice(&digits)), ST_OK);
    buffer_release(&digits);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field_value_key_of_number__keeps_the_order),
        cmocka_unit_test(test_field_value_parse_quantity__knows_units),
        cmocka_unit_test(test_field_value_parse_key__reads_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
