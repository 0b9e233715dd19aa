/* SPDX-License-Identifier: MIT */
/* Documents of deleted files are removed, unless more were deleted than is likely on purpose. */
#include "tests/support/testing.h"

#include "indexer/scan/delete_guard.h"

static struct error err;

/* Checks the folder /s, in which `now` of `before` files are left. */
static enum status check(uint64_t before, uint64_t now, enum delete_limit_kind kind,
                         unsigned value) {
    struct delete_counts counts = {.remembered = before, .present = now, .deleted = before - now};
    struct delete_limit limit = {kind, value};
    return delete_guard_check(&counts, &limit, slice_of_string("/s"), true, &err);
}

static void test_delete_guard_check__percent(void **state) {
    (void)state;
    assert_int_equal(check(200, 150, DELETE_PERCENT, 25), ST_OK);
    assert_int_equal(check(200, 150, DELETE_PERCENT, 24), ST_LIMIT);
    assert_string_equal(err.text, "/s: 150 files now, 200 before; kept them. To remove them: "
                                  "--max-delete=none");
    assert_int_equal(check(200, 150, DELETE_UNLIMITED, 0), ST_OK);
}

static void test_delete_guard_check__a_few_files_may_always_go(void **state) {
    (void)state;
    assert_int_equal(check(21, 1, DELETE_PERCENT, 0), ST_OK);
    assert_int_equal(check(22, 1, DELETE_PERCENT, 25), ST_LIMIT);
    assert_string_equal(err.text, "/s: 1 file now, 22 before; kept them. To remove them: "
                                  "--max-delete=none");
    assert_int_equal(check(22, 1, DELETE_PERCENT, 100), ST_OK);
}

static void test_delete_guard_check__count(void **state) {
    (void)state;
    assert_int_equal(check(10, 7, DELETE_COUNT, 3), ST_OK);
    assert_int_equal(check(10, 7, DELETE_COUNT, 2), ST_LIMIT);
    assert_int_equal(check(10, 7, DELETE_COUNT, 0), ST_LIMIT);
}

static void test_delete_guard_check__nothing_left(void **state) {
    (void)state;
    assert_int_equal(check(1204, 0, DELETE_PERCENT, 100), ST_LIMIT);
    assert_string_equal(err.text, "/s: 0 files now, 1,204 before; kept them (not mounted?). "
                                  "To remove them: --max-delete=none");
    assert_int_equal(check(1204, 0, DELETE_COUNT, 5000), ST_LIMIT);
    assert_int_equal(check(1204, 0, DELETE_UNLIMITED, 0), ST_OK);
}

/* A source that is a single file is not an empty folder once it is deleted. */
static void test_delete_guard_check__the_only_file(void **state) {
    (void)state;
    struct delete_counts counts = {.remembered = 1, .deleted = 1};
    struct delete_limit limit = {DELETE_PERCENT, 25};
    assert_ok(delete_guard_check(&counts, &limit, slice_of_string("/s/a"), false, &err), &err);
}

static void test_delete_guard_check__nothing_gone(void **state) {
    (void)state;
    assert_int_equal(check(3, 3, DELETE_COUNT, 0), ST_OK);
    assert_int_equal(check(0, 0, DELETE_COUNT, 0), ST_OK);
}

static void test_delete_guard_check__another_device(void **state) {
    (void)state;
    struct delete_counts counts = {
        .remembered = 10, .present = 9, .deleted = 1, .device_changed = true};
    struct delete_limit limit = {DELETE_PERCENT, 100};
    assert_int_equal(delete_guard_check(&counts, &limit, slice_of_string("/s"), true, &err),
                     ST_LIMIT);
    assert_non_null(strstr(err.text, "(another device is mounted there)"));
    limit.kind = DELETE_UNLIMITED;
    assert_ok(delete_guard_check(&counts, &limit, slice_of_string("/s"), true, &err), &err);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delete_guard_check__percent),
        cmocka_unit_test(test_delete_guard_check__a_few_files_may_always_go),
        cmocka_unit_test(test_delete_guard_check__count),
        cmocka_unit_test(test_delete_guard_check__nothing_left),
        cmocka_unit_test(test_delete_guard_check__the_only_file),
        cmocka_unit_test(test_delete_guard_check__nothing_gone),
        cmocka_unit_test(test_delete_guard_check__another_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
