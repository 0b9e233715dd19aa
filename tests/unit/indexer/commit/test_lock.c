/* SPDX-License-Identifier: MIT */
/* Only one writer has an index, even after the one before was killed. */
#include "tests/support/testing.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/commit/lock.h"

/* Starts a process that holds the lock until it is killed, or until this process ends. */
static pid_t hold(const char *index) {
    int ready[2], alive[2];
    char byte = 'n';
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(alive), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        int fd;
        struct error err;
        close(alive[1]);
        byte = lock_acquire(&fd, index, &err) ? 'n' : 'y';
        if (write(ready[1], &byte, 1) == 1 && read(alive[0], &byte, 1) == 0)
            _exit(0);
        _exit(1);
    }
    close(ready[1]);
    close(alive[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    close(ready[0]);
    return pid;
}

static void end(pid_t pid) {
    int status;
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void test_lock_acquire__held_by_another_process(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    pid_t pid = hold(index);
    int fd = 0;
    char holder[64];
    snprintf(holder, sizeof holder, "busy: pid %ld, running 00:00:0", (long)pid);
    assert_status(lock_acquire(&fd, index, &err), ST_BUSY, &err);
    assert_int_equal(fd, -1);
    assert_non_null(strstr(err.text, index));
    assert_non_null(strstr(err.text, holder));
    end(pid);
    assert_ok(lock_acquire(&fd, index, &err), &err);
    lock_release(fd);
}

/* flock() belongs to the open file, so even one process cannot take it twice. */
static void test_lock_acquire__twice(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    int first, second;
    for (unsigned round = 0; round < 3; round++) {
        assert_ok(lock_acquire(&first, index, &err), &err);
        assert_status(lock_acquire(&second, index, &err), ST_BUSY, &err);
        assert_int_equal(second, -1);
        lock_release(first);
    }
    lock_release(-1);
}

/* A holder whose note cannot be read is still a holder. */
static void test_lock_acquire__without_a_note(void **state) {
    (void)state;
    const char *index = testing_folder();
    char path[512];
    struct error err;
    int first, second;
    snprintf(path, sizeof path, "%s/lock", index);
    assert_ok(lock_acquire(&first, index, &err), &err);
    assert_int_equal(truncate(path, 0), 0);
    assert_status(lock_acquire(&second, index, &err), ST_BUSY, &err);
    assert_non_null(strstr(err.text, "index busy; nothing done"));
    lock_release(first);
}

static void test_lock_acquire__impossible(void **state) {
    (void)state;
    const char *index = testing_folder();
    char path[512], other[512];
    struct error err;
    int fd = 7;
    snprintf(path, sizeof path, "%s/none", index);
    assert_status(lock_acquire(&fd, path, &err), ST_EIO, &err);
    assert_int_equal(err.sys, ENOENT);
    assert_int_equal(fd, -1);
    /* A link in its place must not make us write into another file. */
    snprintf(path, sizeof path, "%s/lock", index);
    snprintf(other, sizeof other, "%s/other", index);
    assert_int_equal(symlink(other, path), 0);
    assert_status(lock_acquire(&fd, index, &err), ST_EIO, &err);
    assert_int_equal(access(other, F_OK), -1);
    char length[5000];
    memset(length, 'x', sizeof length - 1);
    length[sizeof length - 1] = '\0';
    assert_status(lock_acquire(&fd, length, &err), ST_INVALID, &err);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lock_acquire__held_by_another_process),
        cmocka_unit_test(test_lock_acquire__twice),
        cmocka_unit_test(test_lock_acquire__without_a_note),
        cmocka_unit_test(test_lock_acquire__impossible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
