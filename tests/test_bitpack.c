/* Packed blocks of 128 integers, sound and damaged. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/bitpack.h"

static uint32_t ones(unsigned width) {
    return width == 32 ? UINT32_MAX : (1u << width) - 1;
}

/* The layout as the header states it, bit by bit. */
static void naive_pack(uint8_t *out, const uint32_t *values, unsigned width) {
    memset(out, 0, 16 * (size_t)width);
    for (unsigned i = 0; i < BITPACK_BLOCK; i++)
        for (unsigned bit = 0; bit < width; bit++) {
            unsigned place = i / 4 * width + bit; /* in the lane of column i % 4 */
            unsigned byte = place / 32 * 16 + i % 4 * 4 + place % 32 / 8;
            if (values[i] >> bit & 1)
                out[byte] |= (uint8_t)(1u << place % 8);
        }
}

static void test_bitpack_encode__every_width(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned width = 0; width <= 32; width++)
        for (unsigned round = 0; round < 50; round++) {
            uint32_t values[BITPACK_BLOCK], read[BITPACK_BLOCK];
            for (unsigned i = 0; i < BITPACK_BLOCK; i++)
                values[i] = round == 0   ? ones(width)
                            : round == 1 ? 0
                                         : (uint32_t)testing_next(&random) & ones(width);
            /* Exactly so many bytes, for a sanitizer to guard. */
            uint8_t *packed = malloc(16 * (size_t)width + !width);
            uint8_t *naive = malloc(16 * (size_t)width + !width);
            assert_true(packed && naive);
            bitpack_encode(packed, values, width);
            naive_pack(naive, values, width);
            assert_memory_equal(packed, naive, 16 * (size_t)width);
            memset(read, 0xaa, sizeof read);
            bitpack_decode(read, packed, width);
            assert_memory_equal(read, values, sizeof values);
            free(packed);
            free(naive);
        }
}

static void test_bitpack_width__least_that_fits(void **state) {
    (void)state;
    uint32_t values[BITPACK_BLOCK] = {0};
    assert_int_equal(bitpack_width(values), 0);
    for (unsigned i = 0; i < BITPACK_BLOCK; i++)
        for (unsigned width = 1; width <= 32; width++) {
            values[i] = ones(width);
            assert_int_equal(bitpack_width(values), width);
            values[i] = 1u << (width - 1);
            assert_int_equal(bitpack_width(values), width);
            values[i] = 0;
        }
}

static void test_bitpack_undelta__sums(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 100; round++) {
        uint32_t values[BITPACK_BLOCK], expected[BITPACK_BLOCK];
        uint32_t base = round ? (uint32_t)testing_bits(&random, 31) : UINT32_MAX;
        uint32_t before = base;
        for (unsigned i = 0; i < BITPACK_BLOCK; i++) {
            values[i] = (uint32_t)testing_bits(&random, 20);
            before = expected[i] = before + values[i] + 1;
        }
        bitpack_undelta(values, base);
        assert_memory_equal(values, expected, sizeof values);
    }
}

/* The size of the smallest pfor: every width tried. */
static size_t least_size(const uint32_t *values) {
    unsigned most = bitpack_width(values);
    size_t least = 2 + 16 * (size_t)most;
    for (unsigned width = 0; width < most; width++) {
        size_t exceptions = 0;
        for (unsigned i = 0; i < BITPACK_BLOCK; i++)
            exceptions += values[i] >> width != 0;
        size_t size = 2 + 16 * (size_t)width + exceptions * (1 + (most - width + 7) / 8);
        if (size < least)
            least = size;
    }
    return least;
}

/* Encodes, checks the size from all sides, decodes from a piece of memory of just that size. */
static size_t round_trip(const uint32_t *values) {
    uint8_t packed[PFOR_MAX];
    uint32_t read[BITPACK_BLOCK];
    size_t size = pfor_encode(packed, values);
    assert_int_equal(size, least_size(values));
    assert_true(size <= PFOR_MAX);
    assert_int_equal(pfor_size(packed), size);
    uint8_t *exact = malloc(size);
    assert_non_null(exact);
    memcpy(exact, packed, size);
    assert_int_equal(pfor_decode(read, exact, size), size);
    assert_memory_equal(read, values, sizeof read);
    free(exact);
    for (size_t cut = 0; cut < size; cut++)
        assert_int_equal(pfor_decode(read, packed, cut), 0);
    return size;
}

static void test_pfor_encode__every_number_of_exceptions(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned low = 0; low < 32; low += 3)
        for (unsigned high = low + 1; high <= 32; high++)
            for (unsigned exceptions = 0; exceptions <= BITPACK_BLOCK;
                 exceptions += exceptions < 12 ? 1 : 29) {
                uint32_t values[BITPACK_BLOCK];
                for (unsigned i = 0; i < BITPACK_BLOCK; i++) {
                    bool great = i < exceptions;
                    unsigned width = great ? high : low;
                    values[i] = (uint32_t)testing_next(&random) & ones(width);
                    if (width)
                        values[i] |= 1u << (width - 1);
                }
                for (unsigned i = BITPACK_BLOCK; i-- > 1;) {
                    unsigned other = testing_below(&random, i + 1);
                    uint32_t value = values[i];
                    values[i] = values[other];
                    values[other] = value;
                }
                round_trip(values);
            }
}

static void test_pfor_encode__random(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 1000; round++) {
        uint32_t values[BITPACK_BLOCK];
        unsigned bits = testing_below(&random, 33);
        for (unsigned i = 0; i < BITPACK_BLOCK; i++)
            values[i] = (uint32_t)testing_bits(&random, bits);
        round_trip(values);
    }
}

static void test_pfor_encode__constants(void **state) {
    (void)state;
    uint32_t values[BITPACK_BLOCK] = {0};
    assert_int_equal(round_trip(values), 2);
    values[5] = 1;
    assert_int_equal(round_trip(values), 4);
    values[5] = 1u << 24;
    assert_int_equal(round_trip(values), 2 + 1 + 4);
    memset(values, 0xff, sizeof values);
    assert_int_equal(round_trip(values), 2 + BITPACK_MAX);
}

/* Whatever the head says, nothing outside of the bytes is read and nothing outside of the values is
 * written: a sanitizer watches, as do guards around the values. */
static void test_pfor_decode__every_head(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct {
        uint32_t before[4], values[BITPACK_BLOCK], after[256];
    } read;
    for (unsigned head = 0; head < 256; head++)
        for (unsigned exceptions = 0; exceptions < 256; exceptions++) {
            const uint8_t bytes[2] = {(uint8_t)head, (uint8_t)exceptions};
            size_t need = pfor_size(bytes);
            bool sane = (head & 63) <= 32 && exceptions <= BITPACK_BLOCK;
            assert_int_equal(need > PFOR_MAX, !sane);
            size_t size = sane ? need : PFOR_MAX;
            uint8_t *exact = malloc(size);
            assert_non_null(exact);
            for (size_t i = 0; i < size; i++)
                exact[i] = (uint8_t)testing_next(&random);
            memcpy(exact, bytes, 2);
            memset(&read, 0x5a, sizeof read);
            size_t used = pfor_decode(read.values, exact, size);
            assert_true(used == 0 || used == size);
            assert_int_equal(pfor_decode(read.values, exact, size - 1), 0);
            for (size_t i = 0; i < 4; i++)
                assert_int_equal(read.before[i], 0x5a5a5a5a);
            for (size_t i = 0; i < 256; i++)
                assert_int_equal(read.after[i], 0x5a5a5a5a);
            free(exact);
        }
}

static void test_pfor_decode__exception_out_of_the_block(void **state) {
    (void)state;
    uint32_t values[BITPACK_BLOCK] = {0}, read[BITPACK_BLOCK];
    uint8_t packed[PFOR_MAX];
    values[3] = 9;
    size_t size = pfor_encode(packed, values);
    assert_int_equal(size, 4);
    assert_int_equal(packed[2], 3);
    packed[2] = 127;
    assert_int_equal(pfor_decode(read, packed, size), size);
    packed[2] = 128;
    assert_int_equal(pfor_decode(read, packed, size), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bitpack_encode__every_width),
        cmocka_unit_test(test_bitpack_width__least_that_fits),
        cmocka_unit_test(test_bitpack_undelta__sums),
        cmocka_unit_test(test_pfor_encode__every_number_of_exceptions),
        cmocka_unit_test(test_pfor_encode__random),
        cmocka_unit_test(test_pfor_encode__constants),
        cmocka_unit_test(test_pfor_decode__every_head),
        cmocka_unit_test(test_pfor_decode__exception_out_of_the_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
