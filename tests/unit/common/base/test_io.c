/* SPDX-License-Identifier: MIT */
/* Paths that are too long are refused, and writes are whole or fail with the cause. */
#include "tests/support/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/io.h"
#include "tests/support/child.h"

static void test_io_join__up_to_the_longest_path(void **state) {
    (void)state;
    struct error err;
    char path[PATH_MAX], folder[PATH_MAX];
    assert_ok(io_join(path, "/a", "b", &err), &err);
    assert_string_equal(path, "/a/b");
    memset(folder, 'x', sizeof folder);
    folder[PATH_MAX - 3] = '\0';
    assert_ok(io_join(path, folder, "b", &err), &err);
    assert_int_equal(strlen(path), PATH_MAX - 1);
    assert_status(io_join(path, folder, "bc", &err), ST_INVALID, &err);
}

static void test_io_write__failure_leaves_errno(void **state) {
    (void)state;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    assert_int_equal(io_write(full, slice_of_string("x")), ST_FULL);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(io_write(full, slice_of_string("")), ST_OK);
    close(full);
}

/* Counts what it reads, in reads smaller than the pipe is. */
static void read_all(void *context) {
    const int *ends = context;
    char bytes[1000];
    size_t size = 0;
    ssize_t got;
    close(ends[1]);
    while ((got = read(ends[0], bytes, sizeof bytes)) > 0)
        size += (size_t)got;
    require(size == 1 << 20);
}

static void test_io_write__more_than_a_pipe_holds(void **state) {
    (void)state;
    int ends[2];
    uint8_t *bytes = calloc(1, 1 << 20);
    assert_non_null(bytes);
    assert_int_equal(pipe(ends), 0);
    pid_t reader = child_start(read_all, ends);
    close(ends[0]);
    assert_int_equal(io_write(ends[1], slice_of(bytes, 1 << 20)), ST_OK);
    close(ends[1]);
    assert_int_equal(child_wait(reader), 0);
    free(bytes);
}

static void test_io_sync_folder__of_folders_only(void **state) {
    (void)state;
    struct error err;
    assert_ok(io_sync_folder(testing_folder(), &err), &err);
    assert_status(io_sync_folder("/nowhere/at/all", &err), ST_EIO, &err);
    assert_int_equal(err.sys, ENOENT);
    assert_status(io_sync_folder("/dev/null", &err), ST_EIO, &err);
    assert_int_equal(err.sys, ENOTDIR);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_io_join__up_to_the_longest_path),
        cmocka_unit_test(test_io_write__failure_leaves_errno),
        cmocka_unit_test(test_io_write__more_than_a_pipe_holds),
        cmocka_unit_test(test_io_sync_folder__of_folders_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
