/* SPDX-License-Identifier: MIT */
/* Packed numbers come back, whatever their width and number. */
#include "tests/support/testing.h"

#include <string.h>

#include "common/column/packed.h"

static void test_packed__numbers_come_back(void **state) {
    (void)state;
    static const uint32_t counts[] = {1, 2, 3, 63, 127, 128, 129, 255, 256, 1000, 1024};
    static uint64_t numbers[1024], decoded[1024];
    static uint32_t decoded_u32[1024];
    static uint8_t bytes[1024 * 8 + 1];
    struct testing_random random = testing_random();
    for (unsigned width = 0; width <= 64; width++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            uint32_t count = counts[c];
            for (uint32_t i = 0; i < count; i++)
                numbers[i] = width ? testing_random_next(&random) >> (64 - width) : 0;
            size_t size = packed_size(count, width);
            memset(bytes, 0xa5, sizeof bytes);
            packed_encode(bytes, numbers, count, width);
            assert_int_equal(bytes[size], 0xa5);
            packed_decode(decoded, bytes, count, width);
            assert_memory_equal(decoded, numbers, count * sizeof *numbers);
            for (uint32_t i = 0; i < count; i += 1 + count / 50)
                assert_true(packed_number(bytes, count, width, i) == numbers[i]);
            assert_true(packed_number(bytes, count, width, count - 1) == numbers[count - 1]);
            if (width > 32)
                continue;
            packed_decode_u32(decoded_u32, bytes, count, width);
            for (uint32_t i = 0; i < count; i++)
                assert_int_equal(decoded_u32[i], numbers[i]);
        }
}

static void test_packed_width__bits_of_a_number(void **state) {
    (void)state;
    assert_int_equal(packed_width(0), 0);
    for (unsigned bits = 1; bits <= 64; bits++) {
        assert_int_equal(packed_width(UINT64_C(1) << (bits - 1)), bits);
        assert_int_equal(packed_width(UINT64_MAX >> (64 - bits)), bits);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packed__numbers_come_back),
        cmocka_unit_test(test_packed_width__bits_of_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
