/* SPDX-License-Identifier: MIT */
/* All or nothing: a store is created, and commits are made, while the process dies before any one
 * of its system calls, or any one of them fails. This file defines the calls that change files, so
 * those of LMDB pass through it as well. */
#include "tests/support/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common/store/store.h"
#include "tests/support/child.h"
#include "tests/support/stores.h"

enum { DIED = 42, STEPS_MAX = 200, CHUNKS = 3, CHUNK = 20000 };

enum fault { DIE, FAIL_IO, FAIL_SPACE, WRITE_HALF, FAULTS };

static struct {
    bool armed;
    int left; /* calls that still succeed */
    enum fault fault;
} plan;

static void plan_arm(enum fault fault, int left) {
    plan.armed = true;
    plan.fault = fault;
    plan.left = left;
}

/* Returns whether the fault happened. It happens once. */
static bool plan_disarm(void) {
    bool met = !plan.armed;
    plan.armed = false;
    return met;
}

/* Whether this call is the one to fail. */
static bool plan_strikes(void) {
    if (!plan.armed || plan.left-- > 0)
        return false;
    if (plan.fault == DIE)
        _exit(DIED);
    plan.armed = false;
    errno = plan.fault == FAIL_SPACE ? ENOSPC : EIO;
    return true;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    if (plan_strikes()) {
        if (plan.fault != WRITE_HALF)
            return -1;
        size /= 2;
    }
    return syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (plan_strikes()) {
        if (plan.fault != WRITE_HALF)
            return -1;
        return syscall(SYS_write, fd, parts[0].iov_base, parts[0].iov_len / 2);
    }
    return syscall(SYS_writev, fd, parts, count);
}

int fsync(int fd) {
    return plan_strikes() ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    return plan_strikes() ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t size) {
    return plan_strikes() ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int rename(const char *from, const char *to) {
    return plan_strikes() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int mkdir(const char *path, mode_t mode) {
    return plan_strikes() ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

/* Changes all records of the store to this version. */
static enum status put_version(struct store_txn *txn, uint64_t version, struct error *err) {
    struct slice value = slice_of(&version, sizeof version);
    enum status status = ST_OK;
    for (enum store_table table = 0; table < TABLE_COUNT && !status; table++)
        status = store_put(txn, table, slice_of("8 bytes.", 8), value, err);
    for (uint64_t key = 0; key < CHUNKS && !status; key++) {
        uint8_t *dest;
        status = store_reserve(&dest, txn, TABLE_CHUNK, slice_of(&key, sizeof key), CHUNK, err);
        if (!status)
            memset(dest, (int)version, CHUNK);
    }
    return status;
}

/* Asserts that all records have one version, and returns it. */
static uint64_t get_version(struct store_txn *txn) {
    struct error err;
    struct slice value;
    uint64_t version = 0;
    for (enum store_table table = 0; table < TABLE_COUNT; table++) {
        assert_ok(store_get(&value, txn, table, slice_of("8 bytes.", 8), &err), &err);
        assert_int_equal(value.size, sizeof version);
        if (table == 0)
            memcpy(&version, value.data, sizeof version);
        assert_memory_equal(value.data, &version, sizeof version);
    }
    for (uint64_t key = 0; key < CHUNKS; key++) {
        assert_ok(store_get(&value, txn, TABLE_CHUNK, slice_of(&key, sizeof key), &err), &err);
        assert_int_equal(value.size, CHUNK);
        for (size_t i = 0; i < CHUNK; i++)
            if (value.data[i] != (version & 0xff))
                fail_msg("byte %zu of chunk %d is of another version", i, (int)key);
    }
    return version;
}

static enum status commit_version(struct store *store, uint64_t version, struct error *err) {
    struct store_txn *txn;
    enum status status = store_begin(&txn, store, true, err);
    if (status)
        return status;
    if ((status = put_version(txn, version, err)) == ST_OK)
        return store_commit(txn, err);
    store_abort(txn);
    return status;
}

static uint64_t read_version(struct store *store) {
    struct error err;
    struct store_txn *txn;
    assert_ok(store_begin(&txn, store, false, &err), &err);
    uint64_t version = get_version(txn);
    store_abort(txn);
    return version;
}

static bool exists(const char *path) {
    struct stat found;
    return lstat(path, &found) == 0;
}

struct attempt {
    const char *path;
    int step;
    uint64_t version;
};

static void create_and_die(void *context) {
    const struct attempt *attempt = context;
    struct error err;
    plan_arm(DIE, attempt->step);
    require(!store_create(attempt->path, &err));
}

/* The store is usable from its first commit on. */
static void check_new_store(const char *path) {
    struct error err;
    struct store *store = stores_open(path, STORE_WRITE);
    assert_ok(commit_version(store, 1, &err), &err);
    assert_int_equal(read_version(store), 1);
    store_close(store);
}

static void test_store_create__is_whole_or_absent_when_killed(void **state) {
    (void)state;
    struct error err;
    int code = DIED, step = 0, whole = 0;
    for (; code == DIED; step++) {
        struct attempt attempt = {.path = testing_path("store"), .step = step};
        assert_true(step < STEPS_MAX);
        code = child_run(create_and_die, &attempt);
        if (exists(attempt.path))
            whole++;
        else
            assert_ok(store_create(attempt.path, &err), &err);
        check_new_store(attempt.path);
    }
    assert_int_equal(code, 0);
    assert_true(step > 10 && whole > 1);
}

static void test_store_create__leaves_nothing_when_a_call_fails(void **state) {
    (void)state;
    struct error err;
    for (enum fault fault = FAIL_IO; fault < FAULTS; fault++) {
        bool met = true;
        for (int step = 0; met; step++) {
            const char *path = testing_path("store");
            char draft[512];
            snprintf(draft, sizeof draft, "%s.new", path);
            assert_true(step < STEPS_MAX);
            plan_arm(fault, step);
            enum status status = store_create(path, &err);
            met = plan_disarm();
            assert_true(met || status == ST_OK);
            assert_false(exists(draft));
            if (!exists(path)) {
                assert_true(status < 0 && strstr(err.text, path));
                assert_ok(store_create(path, &err), &err);
            }
            check_new_store(path);
        }
    }
}

static void commit_and_die(void *context) {
    const struct attempt *attempt = context;
    struct error err;
    struct store *store;
    struct store_txn *txn;
    require(!store_open(&store, attempt->path, STORE_WRITE, &err));
    require(!store_begin(&txn, store, true, &err));
    require(!put_version(txn, attempt->version, &err));
    plan_arm(DIE, attempt->step);
    require(!store_commit(txn, &err));
}

/* A writer dies while no process has the store open, or (`held`) while another has: then it leaves
 * a lock that the next writer takes over. */
static void check_killed_commits(bool held) {
    struct error err;
    const char *path = testing_path("store");
    assert_ok(store_create(path, &err), &err);
    struct store *store = stores_open(path, STORE_WRITE);
    uint64_t version = 1;
    assert_ok(commit_version(store, version, &err), &err);
    int code = DIED, step = 0, old = 0, new = 0;
    for (; code == DIED; step++) {
        assert_true(step < STEPS_MAX);
        struct attempt attempt = {.path = path, .step = step, .version = version + 1};
        if (!held)
            store_close(store);
        code = child_run(commit_and_die, &attempt);
        if (!held)
            store = stores_open(path, STORE_WRITE);
        uint64_t seen = read_version(store);
        assert_in_range(seen, version, version + 1);
        assert_ok(commit_version(store, version + 2, &err), &err);
        assert_int_equal(read_version(store), version + 2);
        old += seen == version;
        new += seen != version;
        version += 2;
    }
    store_close(store);
    assert_int_equal(code, 0);
    assert_true(old > 2 && new > 1);
}

static void test_store_commit__is_whole_or_absent_when_killed(void **state) {
    (void)state;
    check_killed_commits(false);
}

static void test_store_commit__is_whole_or_absent_when_killed_beside_others(void **state) {
    (void)state;
    check_killed_commits(true);
}

static void test_store_commit__is_whole_or_absent_when_a_call_fails(void **state) {
    (void)state;
    struct error err;
    const char *path = testing_path("store");
    assert_ok(store_create(path, &err), &err);
    struct store *store = stores_open(path, STORE_WRITE);
    uint64_t version = 1;
    assert_ok(commit_version(store, version, &err), &err);
    for (enum fault fault = FAIL_IO; fault < FAULTS; fault++) {
        bool met = true;
        for (int step = 0; met; step++) {
            assert_true(step < STEPS_MAX);
            plan_arm(fault, step);
            enum status status = commit_version(store, version + 1, &err);
            met = plan_disarm();
            assert_true(met || status == ST_OK);
            if (status) {
                assert_int_equal(status, fault == FAIL_SPACE ? ST_FULL : ST_EIO);
                assert_non_null(strstr(err.text, path));
                assert_int_equal(commit_version(store, 99, &err), ST_EIO);
            } else {
                version++;
            }
            store_close(store);
            store = stores_open(path, STORE_WRITE);
            assert_int_equal(read_version(store), version);
        }
    }
    store_close(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_create__is_whole_or_absent_when_killed),
        cmocka_unit_test(test_store_create__leaves_nothing_when_a_call_fails),
        cmocka_unit_test(test_store_commit__is_whole_or_absent_when_killed),
        cmocka_unit_test(test_store_commit__is_whole_or_absent_when_killed_beside_others),
        cmocka_unit_test(test_store_commit__is_whole_or_absent_when_a_call_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
