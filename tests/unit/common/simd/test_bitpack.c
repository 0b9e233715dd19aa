/* SPDX-License-Identifier: MIT */
/* Blocks of 128 integers survive packing in every width, in the documented layout. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/simd/bitpack.h"

static uint32_t low_bits(unsigned width) {
    return width == 32 ? UINT32_MAX : (1u << width) - 1;
}

/* The layout of the header, bit by bit. */
static void reference_pack(uint8_t *out, const uint32_t *values, unsigned width) {
    memset(out, 0, 16 * (size_t)width);
    for (unsigned i = 0; i < BITPACK_BLOCK; i++)
        for (unsigned bit = 0; bit < width; bit++) {
            unsigned bit_offset = i / 4 * width + bit; /* in the lane of column i % 4 */
            unsigned byte = bit_offset / 32 * 16 + i % 4 * 4 + bit_offset % 32 / 8;
            if (values[i] >> bit & 1)
                out[byte] |= (uint8_t)(1u << bit_offset % 8);
        }
}

static void test_bitpack_encode__every_width(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned width = 0; width <= 32; width++)
        for (unsigned round = 0; round < 50; round++) {
            uint32_t values[BITPACK_BLOCK], read[BITPACK_BLOCK];
            for (unsigned i = 0; i < BITPACK_BLOCK; i++)
                values[i] = round == 0   ? low_bits(width)
                            : round == 1 ? 0
                                         : (uint32_t)testing_random_next(&random) & low_bits(width);
            /* No byte to spare, so that a sanitizer notices any access beyond. */
            uint8_t *packed = malloc(16 * (size_t)width + !width);
            uint8_t *naive = malloc(16 * (size_t)width + !width);
            assert_true(packed && naive);
            bitpack_encode(packed, values, width);
            reference_pack(naive, values, width);
            assert_memory_equal(packed, naive, 16 * (size_t)width);
            memset(read, 0xaa, sizeof read);
            bitpack_decode(read, packed, width);
            assert_memory_equal(read, values, sizeof values);
            free(packed);
            free(naive);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bitpack_encode__every_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
