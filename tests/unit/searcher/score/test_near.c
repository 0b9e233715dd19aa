/* SPDX-License-Identifier: MIT */
/* Words near each other: as many occurrences as any choice of ranges has, each of which has all
 * words. */
#include "searcher/score/near.h"

#include "tests/support/testing.h"

enum { POSITIONS = 14, ELEMENTS = 3 };

static uint32_t starts[ELEMENTS][POSITIONS];
static struct near_element elements[ELEMENTS];

/* Whether [first, last] has enough of each element. */
static bool has_all(size_t count, uint32_t first, uint32_t last) {
    for (size_t i = 0; i < count; i++) {
        uint32_t found = 0;
        for (size_t k = 0; k < elements[i].count; k++)
            found += starts[i][k] >= first && starts[i][k] + elements[i].width - 1 <= last;
        if (found < elements[i].needed)
            return false;
    }
    return true;
}

/* The greatest number of disjoint ranges in the first `end` positions, by trying all of them. */
static uint32_t most(size_t count, uint64_t length, uint32_t end) {
    uint32_t best[POSITIONS + ELEMENTS + 1] = {0};
    for (uint32_t last = 0; last < end; last++) {
        best[last + 1] = best[last];
        for (uint32_t first = 0; first <= last; first++)
            if (last - first + 1 <= length && has_all(count, first, last) &&
                best[first] + 1 > best[last + 1])
                best[last + 1] = best[first] + 1;
    }
    return best[end];
}

static void check(size_t count, uint64_t length) {
    struct near_walk walk;
    uint32_t found = 0, after = 0;
    near_begin(&walk, elements, count, length);
    for (; near_next(&walk); found++) {
        uint32_t first = near_first(&walk), last = (uint32_t)walk.end - 1;
        assert_true(first >= after && last >= first && last - first + 1 <= length);
        assert_true(has_all(count, first, last));
        after = last + 1;
    }
    assert_int_equal(found, most(count, length, POSITIONS + ELEMENTS));
    assert_int_equal(near_count(elements, count, length), found);
}

static void test_near__finds_as_many_as_there_are(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (int round = 0; round < 20000 / TESTING_FEWER; round++) {
        size_t count = 1 + testing_random_below(&random, ELEMENTS);
        uint32_t frequent = 2 + testing_random_below(&random, 5);
        for (size_t i = 0; i < count; i++) {
            elements[i] = (struct near_element){.starts = starts[i],
                                                .width = 1 + testing_random_below(&random, 3),
                                                .needed = 1 + !testing_random_below(&random, 4)};
            for (uint32_t at = 0; at < POSITIONS; at++)
                if (!testing_random_below(&random, frequent))
                    starts[i][elements[i].count++] = at;
        }
        check(count, 1 + testing_random_below(&random, POSITIONS));
    }
}

static void test_near__any_length(void **state) {
    (void)state;
    elements[0] = (struct near_element){.starts = starts[0], .count = 1, .width = 1, .needed = 1};
    elements[1] = (struct near_element){.starts = starts[1], .count = 1, .width = 1, .needed = 1};
    starts[0][0] = 0;
    starts[1][0] = UINT32_MAX - 1;
    assert_int_equal(near_count(elements, 2, UINT64_MAX), 1);
    assert_int_equal(near_count(elements, 2, 1000), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_near__finds_as_many_as_there_are),
        cmocka_unit_test(test_near__any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
