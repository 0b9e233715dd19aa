/* SPDX-License-Identifier: MIT */
/* Random numbers that depend on their seed alone, for tests and benchmarks. */
#ifndef QUERN_TESTS_SUPPORT_TESTING_RANDOM_H
#define QUERN_TESTS_SUPPORT_TESTING_RANDOM_H

#include <stdint.h>

struct testing_random {
    uint64_t state;
};

/* SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). */
static inline uint64_t testing_random_next(struct testing_random *random) {
    uint64_t value = random->state += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

/* A number from 0 to limit - 1. */
static inline uint32_t testing_random_below(struct testing_random *random, uint32_t limit) {
    return (uint32_t)((testing_random_next(random) >> 32) * limit >> 32);
}

/* A number of 0 to `bits` bits, every size equally likely: small numbers are as frequent as great
 * ones. */
static inline uint64_t testing_random_bits(struct testing_random *random, unsigned bits) {
    unsigned size = testing_random_below(random, bits + 1);
    return size ? testing_random_next(random) >> (64 - size) : 0;
}

/* A number in (0, 1]. */
static inline double testing_random_fraction(struct testing_random *random) {
    return ((double)(testing_random_next(random) >> 11) + 1) * 0x1p-53;
}

#endif
