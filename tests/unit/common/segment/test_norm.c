/* SPDX-License-Identifier: MIT */
/* Norms keep the order of lengths and are close to them. */
#include "tests/support/testing.h"

#include <math.h>

#include "common/segment/norm.h"

static void assert_near(uint32_t length) {
    uint8_t norm = norm_of_length(length);
    if (length < 32)
        assert_true(norm_length(norm) == length);
    else if (length < 1u << 19)
        assert_true(fabs(norm_length(norm) - length) < length / 32.0);
    else
        assert_int_equal(norm, 255);
}

static void test_norm_of_length__monotonic_and_close(void **state) {
    (void)state;
    unsigned before = 0;
    for (uint32_t length = 0; length <= 1u << 20; length++) {
        unsigned norm = norm_of_length(length);
        assert_true(norm == before || norm == before + 1);
        before = norm;
        assert_near(length);
    }
    assert_int_equal(before, 255);
}

static void test_norm_of_length__longest_documents(void **state) {
    (void)state;
    for (unsigned bits = 20; bits < 32; bits++) {
        assert_near(1u << bits);
        assert_near((1u << bits) + 1);
        assert_near(UINT32_MAX >> (31 - bits));
    }
}

/* A norm stands for a length with this norm, and a greater norm for a greater length. */
static void test_norm_length__is_in_the_range_of_its_code(void **state) {
    (void)state;
    for (unsigned norm = 0; norm < 256; norm++) {
        double length = norm_length((uint8_t)norm);
        assert_int_equal(norm_of_length((uint32_t)length), norm);
        assert_true(!norm || length > norm_length((uint8_t)(norm - 1)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_norm_of_length__monotonic_and_close),
        cmocka_unit_test(test_norm_of_length__longest_documents),
        cmocka_unit_test(test_norm_length__is_in_the_range_of_its_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
