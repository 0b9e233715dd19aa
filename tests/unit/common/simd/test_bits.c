/* SPDX-License-Identifier: MIT */
/* Positions and counts of ones equal those found by looking at one bit after the other. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/simd/bits.h"

static uint32_t reference_extract(uint32_t positions[64], uint64_t word) {
    uint32_t count = 0;
    for (unsigned bit = 0; bit < 64; bit++)
        if (word >> bit & 1)
            positions[count++] = bit;
    return count;
}

/* Extracts into memory that ends where bits_extract() may write last, so that a sanitizer notices
 * any access beyond; without one, guards before and after are compared. */
static void check_extract(uint64_t word, uint32_t base) {
    enum { GUARD = 4 };
    const uint32_t mark = 0xabcdef01;
    uint32_t positions[64], count = reference_extract(positions, word),
                            capacity = count + BITS_EXTRACT_OVERRUN;
    uint32_t *exact = malloc(capacity * sizeof *exact);
    uint32_t *guarded = malloc((capacity + 2 * GUARD) * sizeof *guarded);
    assert_true(exact && guarded);
    assert_int_equal(bits_extract(exact, word, base), count);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(exact[i], (uint32_t)(base + positions[i]));
    for (uint32_t i = 0; i < capacity + 2 * GUARD; i++)
        guarded[i] = mark;
    assert_int_equal(bits_extract(guarded + GUARD, word, base), count);
    assert_memory_equal(guarded + GUARD, exact, count * sizeof *exact);
    for (uint32_t i = 0; i < GUARD; i++) {
        assert_int_equal(guarded[i], mark);
        assert_int_equal(guarded[GUARD + capacity + i], mark);
    }
    free(exact);
    free(guarded);
}

static void check_select(uint64_t word) {
    uint32_t positions[64], count = reference_extract(positions, word);
    for (unsigned rank = 0; rank < count; rank++)
        assert_int_equal(bits_select(word, rank), positions[rank]);
}

static void check_prefix_counts(uint64_t word) {
    uint64_t counts = bits_prefix_counts(word);
    unsigned sum = 0;
    for (unsigned byte = 0; byte < 8; byte++) {
        for (unsigned bit = 0; bit < 8; bit++)
            sum += word >> (8 * byte + bit) & 1;
        assert_int_equal(counts >> 8 * byte & 255, sum);
    }
}

/* Special words, and words of every density. */
static void check_words(void (*check)(uint64_t word)) {
    struct testing_random random = testing_random();
    check(0);
    check(UINT64_MAX);
    for (unsigned bit = 0; bit < 64; bit++) {
        check(UINT64_C(1) << bit);
        check(~(UINT64_C(1) << bit));
        check(UINT64_MAX << bit);
        check(UINT64_MAX >> bit);
    }
    for (unsigned byte = 0; byte < 256; byte++)
        for (unsigned at = 0; at < 64; at += 8) {
            check((uint64_t)byte << at);
            check(~((uint64_t)byte << at));
            check(byte * UINT64_C(0x0101010101010101));
        }
    for (unsigned round = 0; round < 20000; round++) {
        uint64_t word = testing_random_next(&random);
        for (unsigned i = round % 9; i > 0; i--) /* about half of all ones, then 1/4 or 3/4, ... */
            word = round % 2 ? word & testing_random_next(&random)
                             : word | testing_random_next(&random);
        check(word);
    }
}

static void check_extracts(uint64_t word) {
    check_extract(word, 0);
    check_extract(word, 64 * 1000);
    check_extract(word, UINT32_MAX - 63); /* the largest positions */
}

static void test_bits_extract__every_place_in_order(void **state) {
    (void)state;
    check_words(check_extracts);
}

static void test_bits_select__every_rank(void **state) {
    (void)state;
    check_words(check_select);
}

static void test_bits_prefix_counts__by_bytes(void **state) {
    (void)state;
    check_words(check_prefix_counts);
}

static void test_bits_byte_positions__every_byte(void **state) {
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint32_t positions[64], count = reference_extract(positions, byte);
        for (uint32_t i = 0; i < 8; i++)
            assert_int_equal(bits_byte_positions[byte] >> 8 * i & 255,
                             i < count ? positions[i] : 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bits_extract__every_place_in_order),
        cmocka_unit_test(test_bits_select__every_rank),
        cmocka_unit_test(test_bits_prefix_counts__by_bytes),
        cmocka_unit_test(test_bits_byte_positions__every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
