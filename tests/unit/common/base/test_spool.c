/* SPDX-License-Identifier: MIT */
/* A spool returns the bytes that were appended, from memory and from temporary files. */
#include "tests/support/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/spool.h"
#include "common/base/temp_file.h"

/* Replaces open() of the C library in this program. */
static bool unnamed_are_unsupported;

int open(const char *path, int flags, ...) {
    if (unnamed_are_unsupported && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(args, mode_t) : 0;
    va_end(args);
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* Appends random pieces and asserts that they are read back. */
static void check_spool(const char *folder, uint64_t limit, size_t size) {
    struct testing_random random = testing_random();
    struct error err;
    struct spool spool = {.folder = folder, .limit = limit};
    struct buffer expected = {0};
    while (expected.size < size) {
        uint64_t piece[16];
        size_t bytes = 1 + testing_random_below(&random, sizeof piece);
        for (size_t i = 0; i < 16; i++)
            piece[i] = testing_random_next(&random);
        assert_int_equal(buffer_append(&expected, piece, bytes), ST_OK);
        assert_ok(spool_append(&spool, piece, bytes, &err), &err);
        assert_true(spool.memory.size <= limit);
        assert_int_equal(spool.file_size + spool.memory.size, expected.size);
    }
    for (unsigned again = 0; again < 2; again++) {
        const void *data;
        assert_ok(spool_read(&data, &spool, &err), &err);
        assert_slice(slice_of(data, expected.size), buffer_slice(&expected));
    }
    assert_int_equal(spool.file_size > 0, size > limit);
    assert_true(!spool.file_size || !spool.memory.capacity);
    spool_release(&spool);
    buffer_release(&expected);
}

static void test_spool_read__what_was_appended(void **state) {
    (void)state;
    const char *folder = testing_folder();
    check_spool(folder, UINT64_MAX, 100000);
    check_spool(folder, 1 << 20, 100000);
    check_spool(folder, 1000, 900);
    check_spool(folder, 1000, 100000);
    check_spool(folder, 128, 100000);
    /* The files are gone. */
    assert_int_equal(rmdir(folder), 0);
}

static void test_spool_read__nothing(void **state) {
    (void)state;
    struct error err;
    struct spool spool = {.folder = "/nowhere", .limit = 1};
    const void *data;
    assert_ok(spool_read(&data, &spool, &err), &err);
    assert_int_equal(spool.file_size + spool.memory.size, 0);
    spool_release(&spool);
}

static void test_spool_append__no_folder(void **state) {
    (void)state;
    struct error err;
    struct spool spool = {.folder = "/nowhere", .limit = 8};
    uint64_t number = 1;
    assert_ok(spool_append(&spool, &number, sizeof number, &err), &err);
    assert_status(spool_append(&spool, &number, sizeof number, &err), ST_EIO, &err);
    spool_release(&spool);
}

/* On a file system without unnamed files. */
static void test_temp_file_open__with_a_name(void **state) {
    (void)state;
    const char *folder = testing_folder();
    unnamed_are_unsupported = true;
    check_spool(folder, 1000, 5000);
    unnamed_are_unsupported = false;
    assert_int_equal(rmdir(folder), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spool_read__what_was_appended),
        cmocka_unit_test(test_spool_read__nothing),
        cmocka_unit_test(test_spool_append__no_folder),
        cmocka_unit_test(test_temp_file_open__with_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
