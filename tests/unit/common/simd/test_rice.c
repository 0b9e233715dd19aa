/* SPDX-License-Identifier: MIT */
/* Blocks survive Rice coding in the documented layout, and damage never leads beyond the input. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/simd/rice.h"

/* The layout of the header, bit by bit; k is the encoder's choice. */
static size_t reference_encode(uint8_t *out, const uint32_t *values, unsigned k) {
    uint32_t remainders[BITPACK_BLOCK];
    for (unsigned i = 0; i < BITPACK_BLOCK; i++)
        remainders[i] = values[i] & ((1u << k) - 1);
    out[0] = (uint8_t)k;
    bitpack_encode(out + 1, remainders, k);
    uint8_t *unary = out + 1 + 16 * (size_t)k;
    memset(unary, 0, RICE_MAX - (size_t)(unary - out));
    size_t bit = 0;
    for (unsigned i = 0; i < BITPACK_BLOCK; i++, bit++) {
        bit += values[i] >> k;
        unary[bit / 8] |= (uint8_t)(1u << bit % 8);
    }
    return (size_t)(unary - out) + (bit + 7) / 8;
}

static size_t encoded_size(const uint32_t *values, unsigned k) {
    uint64_t bits = BITPACK_BLOCK;
    for (unsigned i = 0; i < BITPACK_BLOCK; i++)
        bits += values[i] >> k;
    return 1 + 16 * (size_t)k + (size_t)((bits + 7) / 8);
}

static void check(const uint32_t *values) {
    uint8_t coded[RICE_MAX], naive[RICE_MAX];
    uint32_t read[BITPACK_BLOCK], sums[BITPACK_BLOCK];
    size_t size = rice_encode(coded, values);
    assert_in_range(size, 17, RICE_MAX);
    assert_int_equal(size, reference_encode(naive, values, coded[0]));
    assert_memory_equal(coded, naive, size);
    for (unsigned k = 0; k <= RICE_K_MAX; k++)
        assert_true(size <= encoded_size(values, k) + size / 20); /* the search stops downhill */
    /* No byte to spare, so that a sanitizer notices any access beyond; then cut short anywhere. */
    uint8_t *exact = malloc(size);
    assert_non_null(exact);
    memcpy(exact, coded, size);
    assert_int_equal(rice_decode(read, exact, size), size);
    assert_memory_equal(read, values, sizeof read);
    uint32_t base = 0x8000 + values[0];
    assert_int_equal(rice_decode_prefix_sums(sums, exact, size, base), size);
    for (unsigned i = 0; i < BITPACK_BLOCK; i++) {
        base += values[i] + 1;
        assert_int_equal(sums[i], base);
    }
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *less = malloc(cut ? cut : 1);
        assert_non_null(less);
        memcpy(less, coded, cut);
        assert_int_equal(rice_decode(read, less, cut), 0);
        assert_int_equal(rice_decode_prefix_sums(sums, less, cut, 0), 0);
        free(less);
    }
    /* Bytes after a block are ignored. */
    uint8_t more[RICE_MAX + 100];
    memset(more, 0xff, sizeof more);
    memcpy(more, coded, size);
    assert_int_equal(rice_decode(read, more, sizeof more), size);
    assert_memory_equal(read, values, sizeof read);
    free(exact);
}

static void test_rice_encode__every_magnitude(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    uint32_t values[BITPACK_BLOCK];
    for (unsigned bits = 0; bits <= 32; bits++)
        for (unsigned round = 0; round < 4; round++) {
            for (unsigned i = 0; i < BITPACK_BLOCK; i++)
                values[i] = round == 0 ? (uint32_t)((UINT64_C(1) << bits) - 1)
                                       : (uint32_t)testing_random_bits(&random, bits);
            check(values);
        }
}

/* Mostly small values and some large ones, as gaps between clustered documents are. */
static void test_rice_encode__mixed(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    uint32_t values[BITPACK_BLOCK];
    for (unsigned round = 0; round < 300; round++) {
        unsigned small = testing_random_below(&random, 12),
                 great = testing_random_below(&random, 33);
        unsigned often = 1 + testing_random_below(&random, 64);
        for (unsigned i = 0; i < BITPACK_BLOCK; i++)
            values[i] = (uint32_t)testing_random_bits(
                &random, testing_random_below(&random, often) ? small : great);
        check(values);
    }
}

/* One large value among zeros, at any index, which makes the quotients as long as possible. */
static void test_rice_encode__one_great(void **state) {
    (void)state;
    for (unsigned at = 0; at < BITPACK_BLOCK; at += 9)
        for (unsigned bits = 1; bits <= 32; bits++) {
            uint32_t values[BITPACK_BLOCK] = {0};
            values[at] = (uint32_t)((UINT64_C(1) << bits) - 1);
            check(values);
        }
}

/* Random bytes decode to a block within them or to none. */
static void test_rice_decode__nonsense(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    unsigned refused = 0;
    for (unsigned round = 0; round < 20000; round++) {
        size_t size = testing_random_below(&random, 600);
        uint8_t *bytes = malloc(size ? size : 1);
        uint32_t values[BITPACK_BLOCK], sums[BITPACK_BLOCK], sum = 7;
        assert_non_null(bytes);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)testing_random_bits(&random, round % 9);
        if (size && round % 2)
            bytes[0] %= 36;
        size_t used = rice_decode(values, bytes, size);
        assert_true(used <= size);
        assert_int_equal(rice_decode_prefix_sums(sums, bytes, size, 7), used);
        for (unsigned i = 0; used && i < BITPACK_BLOCK; i++)
            assert_int_equal(sums[i], sum += values[i] + 1);
        refused += used == 0;
        free(bytes);
    }
    assert_in_range(refused, 1000, 19000);
}

/* Zeros before the first one that make a block as long as possible, or a byte longer, which no
 * writer does and no reader accepts. */
static void test_rice_decode__quotients_too_long(void **state) {
    (void)state;
    for (unsigned k = 0; k <= RICE_K_MAX; k++) {
        size_t header_size = 1 + 16 * (size_t)k;
        for (size_t size = RICE_MAX - 1; size <= RICE_MAX + 1; size++) {
            uint32_t values[BITPACK_BLOCK];
            uint8_t *bytes = calloc(size, 1);
            assert_non_null(bytes);
            bytes[0] = (uint8_t)k;
            for (size_t one = 0; one < BITPACK_BLOCK; one++)
                bytes[size - 1 - one / 8] |= (uint8_t)(1u << one % 8);
            assert_true(size - header_size >= BITPACK_BLOCK / 8);
            size_t expected = size <= RICE_MAX ? size : 0;
            assert_int_equal(rice_decode(values, bytes, size), expected);
            assert_int_equal(rice_decode_prefix_sums(values, bytes, size, 0), expected);
            free(bytes);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rice_encode__every_magnitude),
        cmocka_unit_test(test_rice_encode__mixed),
        cmocka_unit_test(test_rice_encode__one_great),
        cmocka_unit_test(test_rice_decode__nonsense),
        cmocka_unit_test(test_rice_decode__quotients_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
