/* SPDX-License-Identifier: MIT */
/* Memory of one arena becomes that of another. */
#include "common/base/bytes.h"
#include "tests/support/testing.h"

static void test_arena_take__keeps_what_both_have(void **state) {
    (void)state;
    struct arena arena = {0}, other = {0}, empty = {0};
    char *first = arena_copy(&arena, "first", 5);
    char *second = arena_copy(&other, "second", 6);
    char *large = arena_alloc(&other, 1 << 20);
    assert_true(first && second && large);
    large[(1 << 20) - 1] = 'x';
    size_t total = arena.total + other.total;
    arena_take(&arena, &other);
    arena_take(&arena, &empty);
    assert_int_equal(arena.total, total);
    assert_int_equal(other.total, 0);
    assert_null(other.blocks);
    char *third = arena_copy(&arena, "third", 5);
    assert_string_equal(first, "first");
    assert_string_equal(second, "second");
    assert_int_equal(large[(1 << 20) - 1], 'x');
    assert_string_equal(third, "third");
    arena_take(&empty, &arena);
    assert_string_equal(second, "second");
    arena_release(&empty);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_take__keeps_what_both_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
