/* SPDX-License-Identifier: MIT */
/* The k best documents are those that sorting all of them gives. */
#include <stdlib.h>

#include "searcher/match/topk.h"
#include "tests/support/testing.h"

static int compare(const void *a, const void *b) {
    const struct topk_entry *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

/* Offers documents with scores below `scores` and compares the result with a sort of all. */
static void check(struct testing_random *random, size_t limit, size_t count, uint32_t scores) {
    struct topk topk;
    struct topk_entry *all = calloc(count + 1, sizeof *all);
    assert_non_null(all);
    assert_int_equal(topk_init(&topk, limit), ST_OK);
    for (size_t i = 0; i < count; i++) {
        all[i] = (struct topk_entry){.score = testing_random_below(random, scores),
                                     .segment = (uint32_t)(i / 50),
                                     .doc = (uint32_t)(i % 50)};
        size_t better = 0;
        for (size_t k = 0; k < i; k++)
            better += all[k].score >= all[i].score;
        bool wanted = better < limit, admitted = all[i].score >= topk.threshold;
        assert_true(admitted || !wanted);
        if (limit <= 10)
            assert_int_equal(admitted, wanted); /* the threshold of a heap is exact */
        topk_offer(&topk, all[i].score, all[i].segment, all[i].doc);
    }
    assert_int_equal(topk_sort(&topk), ST_OK);
    qsort(all, count, sizeof *all, compare);
    assert_int_equal(topk.count, count < limit ? count : limit);
    for (size_t i = 0; i < topk.count; i++)
        assert_int_equal(compare(&topk.entries[i], &all[i]), 0);
    topk_release(&topk);
    free(all);
}

static void test_topk_offer__keeps_the_best_in_order(void **state) {
    (void)state;
    static const size_t limits[] = {0, 1, 2, 3, 10, 64, 200, 300, 1000};
    struct testing_random random = testing_random();
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (size_t count = 0; count < 3000; count += 1 + count / 3) {
            check(&random, limits[i], count, 5);
            check(&random, limits[i], count, UINT32_MAX / 2);
        }
}

static void test_topk_offer__keeps_the_first_of_equal_documents(void **state) {
    (void)state;
    struct topk topk;
    assert_int_equal(topk_init(&topk, 3), ST_OK);
    for (uint32_t doc = 0; doc < 10; doc++)
        topk_offer(&topk, 7, 0, doc);
    topk_offer(&topk, 7, 1, 0);
    assert_int_equal(topk_sort(&topk), ST_OK);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(topk.entries[i].doc, i);
    topk_release(&topk);
}

static void test_topk_offer__admits_a_score_of_0_while_there_is_room(void **state) {
    (void)state;
    struct topk topk;
    assert_int_equal(topk_init(&topk, 2), ST_OK);
    topk_offer(&topk, 0, 0, 0);
    assert_int_equal(topk.threshold, 0);
    topk_offer(&topk, 0, 0, 1);
    assert_int_equal(topk.threshold, 1);
    assert_int_equal(topk.count, 2);
    topk_release(&topk);
}

static void test_topk_init__admits_nothing_if_k_is_0(void **state) {
    (void)state;
    struct topk topk;
    assert_int_equal(topk_init(&topk, 0), ST_OK);
    assert_int_equal(topk.threshold, UINT32_MAX);
    topk_offer(&topk, UINT32_MAX - 1, 0, 0);
    assert_int_equal(topk_sort(&topk), ST_OK);
    assert_int_equal(topk.count, 0);
    topk_release(&topk);
}

/* Offers scores, then adds up to the slack to each; the best of these were kept. */
static void check_with_slack(struct testing_random *random, size_t count, size_t expected,
                             uint32_t range, uint32_t slack) {
    struct topk whole, part;
    assert_int_equal(topk_init(&whole, 100), ST_OK);
    assert_int_equal(topk_init(&part, 100), ST_OK);
    assert_int_equal(topk_expect(&part, expected, slack), ST_OK);
    for (uint32_t doc = 0; doc < count; doc++) {
        uint32_t score = testing_random_below(random, range);
        topk_offer(&whole, score, 0, doc);
        topk_offer(&part, score, 0, doc);
    }
    assert_int_equal(topk_sort(&whole), ST_OK);
    assert_int_equal(topk_sort(&part), ST_OK);
    uint32_t last = whole.count < expected ? 0 : whole.entries[expected - 1].score;
    for (size_t i = 0; i < whole.count && whole.entries[i].score + (uint64_t)slack >= last; i++)
        assert_memory_equal(&whole.entries[i], &part.entries[i], sizeof *whole.entries);
    if (whole.count >= expected)
        assert_true(part.threshold + (uint64_t)slack >= last);
    topk_release(&whole);
    topk_release(&part);
}

static void test_topk_expect__keeps_what_may_become_the_best(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (size_t count = 0; count < 3000; count += 1 + count / 3)
        for (size_t expected = 1; expected <= 100; expected = 3 * expected + 1)
            for (uint32_t slack = 0; slack < 2000; slack = 4 * slack + 1)
                check_with_slack(&random, count, expected, 1000, slack);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_topk_offer__keeps_the_best_in_order),
        cmocka_unit_test(test_topk_offer__keeps_the_first_of_equal_documents),
        cmocka_unit_test(test_topk_offer__admits_a_score_of_0_while_there_is_room),
        cmocka_unit_test(test_topk_init__admits_nothing_if_k_is_0),
        cmocka_unit_test(test_topk_expect__keeps_what_may_become_the_best),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
