/* SPDX-License-Identifier: MIT */
/* Scores follow the formula, and bounds are above them, for any parameters. */
#include <math.h>

#include "common/segment/norm.h"
#include "searcher/score/bm25.h"
#include "tests/support/testing.h"

static const double k1_values[] = {0, 0.4, 1.2, 3, 100};
static const double b_values[] = {0, 0.3, 0.75, 1};
static const double averages[] = {0.5, 7, 300, 250000};
static const uint32_t frequencies[] = {1,   2,   3,    4,     7,     15,      16,       100,
                                       254, 255, 1000, 65535, 65536, 1000000, 16777216, 16777217};

enum { FREQUENCIES = sizeof frequencies / sizeof *frequencies };

/* Calls `check` with every combination of parameters and weights from the lowest to the highest. */
static void for_settings(void (*check)(const struct bm25 *bm25, float weight, double k1, double b,
                                       double average)) {
    static const float weights[] = {0, 1, 1000.5f, 123456789, 2147483520};
    for (size_t i = 0; i < sizeof k1_values / sizeof *k1_values; i++)
        for (size_t k = 0; k < sizeof b_values / sizeof *b_values; k++)
            for (size_t l = 0; l < sizeof averages / sizeof *averages; l++) {
                struct bm25 bm25;
                bm25_init(&bm25, k1_values[i], b_values[k], averages[l]);
                for (size_t m = 0; m < sizeof weights / sizeof *weights; m++)
                    check(&bm25, weights[m], k1_values[i], b_values[k], averages[l]);
            }
}

static void check_formula(const struct bm25 *bm25, float weight, double k1, double b,
                          double average) {
    for (unsigned norm = 1; norm < 256; norm++)
        for (unsigned i = 0; i < FREQUENCIES; i++) {
            double tf = frequencies[i];
            double length = norm_length((uint8_t)norm);
            double expected = weight * tf / (tf + k1 * (1 - b + b * length / average));
            double score = bm25_score(weight, bm25->inverse_k[norm], frequencies[i]);
            assert_true(fabs(score - expected) <= 1 + weight * 3e-7);
        }
}

static void test_bm25_score__follows_the_formula(void **state) {
    (void)state;
    for_settings(check_formula);
}

static void check_monotone(const struct bm25 *bm25, float weight, double k1, double b,
                           double average) {
    (void)k1, (void)b, (void)average;
    for (unsigned norm = 1; norm < 256; norm++) {
        float inverse_k = bm25->inverse_k[norm];
        if (norm > 1)
            assert_true(inverse_k <= bm25->inverse_k[norm - 1]);
        uint32_t before = 0;
        for (unsigned i = 0; i < FREQUENCIES; i++) {
            uint32_t score = bm25_score(weight, inverse_k, frequencies[i]);
            assert_true(score >= before && score <= (uint32_t)weight);
            if (norm > 1)
                assert_true(score <= bm25_score(weight, bm25->inverse_k[norm - 1], frequencies[i]));
            before = score;
        }
    }
}

static void test_bm25_score__grows_with_frequency_and_falls_with_length(void **state) {
    (void)state;
    for_settings(check_monotone);
}

static struct testing_random shared;

/* Asserts that no score of random postings is above their bound. */
static void check_bound(const struct bm25 *bm25, float weight, double k1, double b,
                        double average) {
    (void)k1, (void)b, (void)average;
    for (unsigned round = 0; round < 20; round++) {
        uint32_t tf[130];
        uint8_t norm[130];
        struct impact_set set;
        struct impact impacts[IMPACT_COUNT];
        unsigned count = 1 + testing_random_below(&shared, 130);
        uint32_t limit = testing_random_below(&shared, 2) ? 20 : 600;
        impact_set_clear(&set);
        for (unsigned i = 0; i < count; i++) {
            tf[i] = 1 + testing_random_below(&shared, limit);
            norm[i] = (uint8_t)(1 + testing_random_below(&shared, 255));
            impact_set_add(&set, tf[i], norm[i]);
        }
        impact_set_bound(impacts, &set);
        uint32_t bound = bm25_bound(bm25, weight, 1, impacts);
        assert_true(bound <= (uint32_t)weight);
        for (unsigned i = 0; i < count; i++)
            assert_true(bm25_score(weight, bm25->inverse_k[norm[i]], tf[i]) <= bound);
    }
}

static void test_bm25_bound__is_above_every_score(void **state) {
    (void)state;
    shared = testing_random();
    for_settings(check_bound);
}

static void test_bm25_idf__falls_with_documents_and_stays_positive(void **state) {
    (void)state;
    assert_true(fabs(bm25_idf(10, 3) - log(1 + (10 - 3 + 0.5) / (3 + 0.5))) < 1e-15);
    for (uint64_t n = 1; n < UINT64_C(1) << 33; n *= 7)
        for (uint64_t df = 0; df < n; df += 1 + n / 97) {
            assert_true(bm25_idf(n, df) > bm25_idf(n, df + 1));
            assert_true(bm25_idf(n, df + 1) > 0);
        }
}

/* Scales idfs as a plan does, and adds up the scores of a document that matches all clauses. */
static void check_scale(const double *idfs, unsigned count) {
    double sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += idfs[i];
    int exponent = bm25_scale_exponent(sum);
    uint64_t total = 0;
    for (unsigned i = 0; i < count; i++)
        total += bm25_score((float)ldexp(idfs[i], exponent), INFINITY, 1);
    assert_true(total < UINT64_C(1) << 31);
    assert_true(ldexp(sum, exponent) > 0.999 * (1 << 30));
}

static void test_bm25_scale_exponent__keeps_sums_below_2_to_the_31(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    double idfs[1024];
    for (unsigned round = 0; round < 2000; round++) {
        unsigned count = 1 + testing_random_below(&random, round % 2 ? 8 : 1024);
        for (unsigned i = 0; i < count; i++)
            idfs[i] = bm25_idf(1 + testing_random_bits(&random, 32), 0) *
                      (double)(1 + testing_random_below(&random, 1000)) / 1000;
        check_scale(idfs, count);
    }
    for (int exponent = -60; exponent < 12; exponent++) {
        double power = ldexp(1, exponent);
        check_scale(&power, 1);
        double below = nextafter(power, 0); /* a float rounds it up to `power` */
        check_scale(&below, 1);
        double halves[] = {below / 2, below / 2};
        check_scale(halves, 2);
    }
}

static void test_bm25_scale_exponent__scales_words_that_all_documents_have(void **state) {
    (void)state;
    for (uint64_t n = 1; n < UINT64_C(1) << 33; n *= 10) {
        double idf = bm25_idf(n, n);
        check_scale(&idf, 1);
    }
    assert_int_equal(bm25_scale_exponent(0), 0);
}

/* Sums of any size are scaled to between 2^30 and 2^31. */
static void test_bm25_scale_exponent__is_the_greatest(void **state) {
    (void)state;
    assert_int_equal(bm25_scale_exponent(0.36464), 32); /* the example of FORMAT.md */
    assert_int_equal(bm25_scale_exponent(3), 29);
    for (double sum = 1e-9; sum < 1e6; sum *= 1.37) {
        assert_true(ldexp(sum, bm25_scale_exponent(sum)) < (double)(UINT64_C(1) << 31));
        assert_true(ldexp(sum, bm25_scale_exponent(sum) + 1) > 0.999 * (double)(UINT64_C(1) << 31));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bm25_score__follows_the_formula),
        cmocka_unit_test(test_bm25_score__grows_with_frequency_and_falls_with_length),
        cmocka_unit_test(test_bm25_bound__is_above_every_score),
        cmocka_unit_test(test_bm25_idf__falls_with_documents_and_stays_positive),
        cmocka_unit_test(test_bm25_scale_exponent__keeps_sums_below_2_to_the_31),
        cmocka_unit_test(test_bm25_scale_exponent__scales_words_that_all_documents_have),
        cmocka_unit_test(test_bm25_scale_exponent__is_the_greatest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
