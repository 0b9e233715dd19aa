/* SPDX-License-Identifier: MIT */
/* An error is one sentence that names the cause, however long it gets. */
#include <errno.h>
#include <string.h>

#include "tests/support/testing.h"

static void test_error_set__names_the_cause(void **state) {
    (void)state;
    struct error err;
    assert_int_equal(error_set(&err, ST_EIO, ENOENT, "%s: open", "a"), ST_EIO);
    assert_string_equal(err.text, "a: open: No such file or directory");
    assert_int_equal(err.code, ST_EIO);
    assert_int_equal(err.sys, ENOENT);
    error_set(&err, ST_INVALID, 0, "%s", "");
    assert_string_equal(err.text, "");
    assert_int_equal(error_set(NULL, ST_BUSY, 0, "x"), ST_BUSY);
}

/* However long the name of a file is, the sentence says what happened to it. */
static void test_error_set__cuts_the_middle(void **state) {
    (void)state;
    struct error err;
    char name[3 * sizeof err.text];
    for (size_t size = sizeof err.text / 3 * 3 - 90; size < sizeof name; size += 3) {
        for (size_t i = 0; i < size; i++)
            name[i] = "\xe6\x9d\xb1"[i % 3];
        name[size] = '\0';
        error_set(&err, ST_EIO, ENOENT, "%s: open", name);
        const char *end = strstr(err.text, ": No such file or directory");
        assert_non_null(end);
        size_t kept = (size_t)(end - err.text);
        if (kept == size + strlen(": open"))
            continue;
        assert_memory_equal(end - 3, "...", 3);
        assert_int_equal((kept - 3) % 3, 0);
        assert_true(strlen(err.text) >= sizeof err.text - 3);
    }
}

static void test_status_from_errno__no_room(void **state) {
    (void)state;
    assert_int_equal(status_from_errno(ENOSPC), ST_FULL);
    assert_int_equal(status_from_errno(EDQUOT), ST_FULL);
    assert_int_equal(status_from_errno(EROFS), ST_EIO);
    assert_int_equal(status_from_errno(0), ST_EIO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_set__names_the_cause),
        cmocka_unit_test(test_error_set__cuts_the_middle),
        cmocka_unit_test(test_status_from_errno__no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
