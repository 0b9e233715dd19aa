/* SPDX-License-Identifier: MIT */
/* Windows: no other window is better than the one that is chosen. */
#include <stdio.h>
#include <stdlib.h>

#include "searcher/show/snippet_window.h"
#include "tests/support/testing.h"

enum { CLAUSES = 5, OCCURRENCES = 40 };

/* Clauses like those of a plan, with made-up occurrences. */
static struct query_node nodes[CLAUSES];
static struct plan_clause clauses[CLAUSES];
static struct occurrence_list lists[CLAUSES];
static uint32_t starts[CLAUSES][OCCURRENCES];

static void set_clause(size_t i, double idf, uint32_t words) {
    static uint32_t offsets[CLAUSES][2];
    nodes[i].term_count = words > 1 ? 2 : 1;
    offsets[i][1] = words - 1;
    clauses[i] = (struct plan_clause){.node = &nodes[i], .offsets = offsets[i], .idf = idf};
    lists[i] = (struct occurrence_list){.clause = &clauses[i], .starts = starts[i], .width = words};
}

static void occurs(size_t i, uint32_t start) {
    starts[i][lists[i].count++] = start;
}

static size_t choose(struct snippet_window *windows, size_t max, size_t count, uint32_t span) {
    struct error err;
    struct snippet_window_chooser chooser;
    struct occurrences occurrences = {.lists = lists, .count = count};
    assert_ok(snippet_window_chooser_init(&chooser, &occurrences, &err), &err);
    size_t chosen = snippet_window_choose(windows, max, &chooser, span);
    snippet_window_chooser_release(&chooser);
    return chosen;
}

static void test_snippet_window_choose__weight_then_closeness_then_order(void **state) {
    (void)state;
    struct snippet_window window;
    set_clause(0, 1, 1);
    set_clause(1, 1, 1);
    set_clause(2, 3, 1);
    assert_int_equal(choose(&window, 1, 3, 10), 0);
    occurs(0, 5);
    occurs(0, 100);
    assert_int_equal(choose(&window, 1, 3, 10), 1);
    assert_true(window.first == 5 && window.last == 5); /* the first of two equal ones */
    occurs(1, 109);
    choose(&window, 1, 3, 10);
    assert_true(window.first == 100 && window.last == 109); /* has more clauses */
    choose(&window, 1, 3, 9);
    assert_true(window.first == 5 && window.last == 5); /* they do not fit here */
    occurs(0, 200);
    occurs(1, 203);
    choose(&window, 1, 3, 10);
    assert_true(window.first == 200 && window.last == 203); /* has them closer together */
    occurs(2, 300);
    choose(&window, 1, 3, 10);
    assert_true(window.first == 300 && window.last == 300); /* has a rare one */
}

static void test_snippet_window_choose__a_phrase_longer_than_the_span(void **state) {
    (void)state;
    struct snippet_window window;
    set_clause(0, 1, 30);
    set_clause(1, 1, 1);
    occurs(0, 50);
    occurs(1, 60);
    occurs(1, 81);
    assert_int_equal(choose(&window, 1, 2, 10), 1);
    assert_true(window.first == 50 && window.last == 79);
}

/* The rank of a window: greater weight, fewer other words, earlier. */
struct measure {
    uint64_t weight;
    uint32_t between, first, last;
};

static bool is_better(const struct measure *a, const struct measure *b) {
    if (a->weight != b->weight)
        return a->weight > b->weight;
    if (a->between != b->between)
        return a->between < b->between;
    return a->last < b->last;
}

static struct measure measure(size_t count, uint32_t first, uint32_t last) {
    struct measure measure = {.first = first, .last = last};
    uint32_t words = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < lists[i].count; k++)
            if (starts[i][k] >= first && starts[i][k] + lists[i].width - 1 <= last) {
                measure.weight += ((uint64_t)clauses[i].idf << 40) + 1;
                words += lists[i].width;
                break;
            }
    measure.between = last - first + 1 > words ? last - first + 1 - words : 0;
    return measure;
}

/* The best of the windows that begin and end with an occurrence. */
static struct measure best_of_all(size_t count, uint32_t span) {
    struct measure best = {0};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < lists[i].count; k++)
            for (size_t j = 0; j < count; j++)
                for (size_t l = 0; l < lists[j].count; l++) {
                    uint32_t first = starts[i][k], last = starts[j][l] + lists[j].width - 1;
                    bool single = i == j && k == l;
                    if (last < first || (last - first >= span && !single))
                        continue;
                    struct measure here = measure(count, first, last);
                    if (is_better(&here, &best))
                        best = here;
                }
    return best;
}

static void fill(struct testing_random *random, size_t count, uint32_t end) {
    for (size_t i = 0; i < count; i++) {
        set_clause(i, 1 + testing_random_below(random, 3), testing_random_below(random, 3) ? 1 : 3);
        uint32_t at = 0;
        for (uint32_t n = testing_random_below(random, OCCURRENCES); n; n--) {
            at += 1 + testing_random_below(random, 2 * end / OCCURRENCES);
            occurs(i, at);
        }
    }
}

static void test_snippet_window_choose__the_best_of_all(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 500; round++) {
        size_t count = 1 + testing_random_below(&random, CLAUSES);
        uint32_t span = 3 + testing_random_below(&random, 30);
        fill(&random, count, 20u << testing_random_below(&random, 6));
        struct measure expected = best_of_all(count, span);
        struct snippet_window window;
        assert_int_equal(choose(&window, 1, count, span), expected.weight > 0);
        if (!expected.weight)
            continue;
        struct measure chosen = measure(count, window.first, window.last);
        assert_false(is_better(&expected, &chosen));
    }
}

static void test_snippet_window_choose__further_ones_lie_apart(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 500; round++) {
        size_t count = 1 + testing_random_below(&random, CLAUSES);
        uint32_t span = 3 + testing_random_below(&random, 30);
        struct snippet_window best, windows[6];
        fill(&random, count, 1000);
        if (!choose(&best, 1, count, span))
            continue;
        size_t chosen = choose(windows, 6, count, span);
        bool has_best = false;
        for (size_t i = 0; i < chosen; i++) {
            has_best |= windows[i].first == best.first && windows[i].last == best.last;
            assert_true(i == 0 || windows[i].first > windows[i - 1].last + span);
        }
        assert_true(has_best);
    }
}

static void test_snippet_window_choose__further_ones_show_other_clauses(void **state) {
    (void)state;
    struct snippet_window windows[2];
    set_clause(0, 1, 1);
    set_clause(1, 1, 1);
    set_clause(2, 1, 1);
    for (uint32_t at = 0; at < 500; at += 100) {
        occurs(0, at);
        occurs(1, at + 1);
    }
    occurs(2, 350);
    assert_int_equal(choose(windows, 2, 3, 10), 2);
    assert_int_equal(windows[0].first, 0);
    assert_int_equal(windows[1].first, 350);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snippet_window_choose__weight_then_closeness_then_order),
        cmocka_unit_test(test_snippet_window_choose__a_phrase_longer_than_the_span),
        cmocka_unit_test(test_snippet_window_choose__the_best_of_all),
        cmocka_unit_test(test_snippet_window_choose__further_ones_lie_apart),
        cmocka_unit_test(test_snippet_window_choose__further_ones_show_other_clauses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
