/* SPDX-License-Identifier: MIT */
/* Impacts bound every posting of a set, and no more than needed. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/segment/impact.h"

enum { MAX_POSTINGS = 400 };

struct posting {
    uint32_t frequency;
    uint8_t norm;
};

static bool covers(struct impact impact, uint32_t frequency, uint8_t norm) {
    return (impact.frequency == IMPACT_FREQUENCY_MAX || impact.frequency >= frequency) &&
           impact.norm <= norm;
}

static void bound_of(struct impact impacts[IMPACT_COUNT], const struct posting *postings,
                     size_t count) {
    struct impact_set set;
    memset(&set, 0xee, sizeof set);
    impact_set_clear(&set);
    for (size_t i = 0; i < count; i++)
        impact_set_add(&set, postings[i].frequency, postings[i].norm);
    impact_set_bound(impacts, &set);
}

static uint8_t capped(uint32_t frequency) {
    return (uint8_t)(frequency < IMPACT_FREQUENCY_MAX ? frequency : IMPACT_FREQUENCY_MAX);
}

/* The frontier in descending order of frequency, by comparing all pairs. */
static size_t frontier_of(struct impact *frontier, const struct posting *postings, size_t count) {
    size_t size = 0;
    for (int frequency = IMPACT_FREQUENCY_MAX; frequency > 0; frequency--) {
        int min_norm = -1;
        for (size_t i = 0; i < count; i++)
            if (capped(postings[i].frequency) == frequency &&
                (min_norm < 0 || postings[i].norm < min_norm))
                min_norm = postings[i].norm;
        bool beaten = min_norm < 0;
        for (size_t i = 0; i < count && !beaten; i++)
            beaten = capped(postings[i].frequency) > frequency && postings[i].norm <= min_norm;
        if (!beaten)
            frontier[size++] = (struct impact){(uint8_t)frequency, (uint8_t)min_norm};
    }
    return size;
}

static size_t random_postings(struct posting *postings, struct testing_random *random) {
    size_t count = 1 + testing_random_below(random, MAX_POSTINGS);
    unsigned bits = testing_random_below(random, 12);
    uint32_t norms = 1 + testing_random_below(random, 256);
    for (size_t i = 0; i < count; i++)
        postings[i] = (struct posting){.frequency = 1 + (uint32_t)testing_random_bits(random, bits),
                                       .norm = (uint8_t)testing_random_below(random, norms)};
    return count;
}

static void test_impact_set_bound__covers_every_posting(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 20000; round++) {
        struct posting postings[MAX_POSTINGS];
        size_t count = random_postings(postings, &random);
        struct impact impacts[IMPACT_COUNT];
        bound_of(impacts, postings, count);
        for (size_t i = 0; i < count; i++) {
            bool covered = false;
            for (unsigned k = 0; k < IMPACT_COUNT; k++)
                covered |= covers(impacts[k], postings[i].frequency, postings[i].norm);
            assert_true(covered);
        }
        for (unsigned k = 1; k < IMPACT_COUNT; k++)
            assert_true(impacts[k].frequency <= impacts[k - 1].frequency &&
                        impacts[k].norm <= impacts[k - 1].norm);
    }
}

/* Up to three pairs of the frontier are kept as they are. Of more, every impact has the frequency
 * of one posting and the norm of another, so it is not looser than needed. */
static void test_impact_set_bound__exact_where_it_fits(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    unsigned exact = 0, joined = 0;
    for (unsigned round = 0; round < 5000; round++) {
        struct posting postings[MAX_POSTINGS];
        struct impact impacts[IMPACT_COUNT], frontier[256];
        size_t count = random_postings(postings, &random);
        size_t size = frontier_of(frontier, postings, count);
        bound_of(impacts, postings, count);
        assert_int_equal(impacts[0].frequency, frontier[0].frequency);
        assert_int_equal(impacts[IMPACT_COUNT - 1].norm, frontier[size - 1].norm);
        for (size_t k = 0; k < IMPACT_COUNT && size <= IMPACT_COUNT; k++)
            assert_memory_equal(&impacts[k], &frontier[k < size ? k : size - 1], sizeof *impacts);
        for (size_t k = 0; k < IMPACT_COUNT && size > IMPACT_COUNT; k++) {
            bool frequency = false, norm = false;
            for (size_t i = 0; i < size; i++) {
                frequency |= frontier[i].frequency == impacts[k].frequency;
                norm |= frontier[i].norm == impacts[k].norm;
            }
            assert_true(frequency && norm);
        }
        exact += size <= IMPACT_COUNT;
        joined += size > IMPACT_COUNT;
    }
    assert_true(exact > 500 && joined > 500);
}

static void test_impact_set_bound__empty_set(void **state) {
    (void)state;
    struct impact impacts[IMPACT_COUNT];
    bound_of(impacts, NULL, 0);
    for (unsigned k = 0; k < IMPACT_COUNT; k++)
        assert_true(impacts[k].frequency == 0 && impacts[k].norm == 0);
}

static void test_impact_set_bound__saturates_frequencies(void **state) {
    (void)state;
    const struct posting postings[] = {{254, 3}, {255, 9}, {UINT32_MAX, 7}, {1, 0}};
    struct impact impacts[IMPACT_COUNT];
    bound_of(impacts, postings, 4);
    assert_true(impacts[0].frequency == IMPACT_FREQUENCY_MAX && impacts[0].norm == 7);
    assert_true(impacts[1].frequency == 254 && impacts[1].norm == 3);
    assert_true(impacts[2].frequency == 1 && impacts[2].norm == 0);
}

/* A list bounds the impacts of its blocks: these bounds still cover every posting. */
static void test_impact_set_add__bounds_of_bounds_cover(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 2000; round++) {
        struct impact_set all;
        impact_set_clear(&all);
        struct posting postings[4][MAX_POSTINGS];
        size_t counts[4];
        for (unsigned block = 0; block < 4; block++) {
            struct impact impacts[IMPACT_COUNT];
            counts[block] = random_postings(postings[block], &random);
            bound_of(impacts, postings[block], counts[block]);
            for (unsigned k = 0; k < IMPACT_COUNT; k++)
                impact_set_add(&all, impacts[k].frequency, impacts[k].norm);
        }
        struct impact impacts[IMPACT_COUNT];
        impact_set_bound(impacts, &all);
        for (unsigned block = 0; block < 4; block++)
            for (size_t i = 0; i < counts[block]; i++) {
                const struct posting *posting = &postings[block][i];
                bool covered = false;
                for (unsigned k = 0; k < IMPACT_COUNT; k++)
                    covered |= covers(impacts[k], posting->frequency, posting->norm);
                assert_true(covered);
            }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_impact_set_bound__covers_every_posting),
        cmocka_unit_test(test_impact_set_bound__exact_where_it_fits),
        cmocka_unit_test(test_impact_set_bound__empty_set),
        cmocka_unit_test(test_impact_set_bound__saturates_frequencies),
        cmocka_unit_test(test_impact_set_add__bounds_of_bounds_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
