/* SPDX-License-Identifier: MIT */
/* The exit codes that scripts and cron rely on, as the manual lists them. */
#include "tests/support/testing.h"

#include "indexer/exit_code.h"

static void test_exit_code_from_status__follows_the_manual(void **state) {
    (void)state;
    assert_int_equal(exit_code_from_status(ST_OK), 0);
    assert_int_equal(exit_code_from_status(ST_SKIPPED), 1);
    assert_int_equal(exit_code_from_status(ST_INVALID), 64);
    assert_int_equal(exit_code_from_status(ST_CORRUPT), 65);
    assert_int_equal(exit_code_from_status(ST_NOT_FOUND), 66);
    assert_int_equal(exit_code_from_status(ST_LIMIT), 70);
    assert_int_equal(exit_code_from_status(ST_NOMEM), 71);
    assert_int_equal(exit_code_from_status(ST_EXISTS), 73);
    assert_int_equal(exit_code_from_status(ST_EIO), 74);
    assert_int_equal(exit_code_from_status(ST_FULL), 74);
    assert_int_equal(exit_code_from_status(ST_BUSY), 75);
    assert_int_equal(exit_code_from_status(ST_SETTINGS), 78);
    assert_int_equal(exit_code_from_status(ST_INTERRUPTED), 130);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_code_from_status__follows_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
