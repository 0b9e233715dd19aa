/* SPDX-License-Identifier: MIT */
/* A list keeps its items as it grows, and a size that cannot be had changes nothing. */
#include "common/base/array.h"

#include <stdint.h>
#include <stdlib.h>

#include "tests/support/testing.h"

static void test_array_reserve__keeps_the_items(void **state) {
    (void)state;
    uint32_t *items = NULL;
    size_t capacity = 0, moves = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        size_t before = capacity;
        items = array_reserve(items, &capacity, i + 1, sizeof *items);
        assert_non_null(items);
        assert_true(capacity > i);
        moves += capacity != before;
        items[i] = i;
    }
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(items[i], i);
    assert_true(moves < 20);
    free(items);
}

static void test_array_reserve__leaves_enough_room_alone(void **state) {
    (void)state;
    size_t capacity = 0;
    char *items = array_reserve(NULL, &capacity, 1000, 1);
    assert_non_null(items);
    assert_int_equal(capacity, 1000);
    assert_ptr_equal(array_reserve(items, &capacity, 1000, 1), items);
    assert_int_equal(capacity, 1000);
    free(items);
}

static void test_array_reserve__refuses_impossible_sizes(void **state) {
    (void)state;
    size_t capacity = 0;
    char *items = array_reserve(NULL, &capacity, 1, 1);
    assert_non_null(items);
    items[0] = 'a';
    size_t before = capacity;
    assert_null(array_reserve(items, &capacity, SIZE_MAX, 2));
    assert_int_equal(capacity, before);
    assert_int_equal(items[0], 'a');
    free(items);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_array_reserve__keeps_the_items),
        cmocka_unit_test(test_array_reserve__leaves_enough_room_alone),
        cmocka_unit_test(test_array_reserve__refuses_impossible_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
