/* SPDX-License-Identifier: MIT */
/* Opening a store: what is refused, and several processes at once. */
#include "tests/support/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/store/keys.h"
#include "common/store/store.h"
#include "tests/support/child.h"
#include "tests/support/stores.h"

static void test_store_open__finds_no_store(void **state) {
    (void)state;
    struct error err;
    struct store *store;
    assert_status(store_open(&store, "/nowhere", STORE_READ, &err), ST_NOT_FOUND, &err);
    assert_status(store_open(&store, testing_folder(), STORE_WRITE, &err), ST_NOT_FOUND, &err);
    assert_status(store_open(&store, "/dev/null", STORE_READ, &err), ST_NOT_FOUND, &err);
}

static void open_in_child(void *context) {
    struct error err;
    struct store *store;
    struct store_txn *txn;
    require(!store_open(&store, context, STORE_READ, &err));
    require(!store_begin(&txn, store, false, &err));
    store_abort(txn);
    store_close(store);
}

/* Two environments on one file would drop each other's locks. */
static void test_store_open__once_in_a_process(void **state) {
    (void)state;
    struct error err;
    const char *path = stores_new();
    char other[512];
    snprintf(other, sizeof other, "%s-link", path);
    assert_int_equal(symlink(path, other), 0);
    struct store *store = stores_open(path, STORE_WRITE), *second;
    assert_status(store_open(&second, path, STORE_READ, &err), ST_BUSY, &err);
    assert_status(store_open(&second, other, STORE_READ, &err), ST_BUSY, &err);
    assert_int_equal(child_run(open_in_child, (void *)(uintptr_t)path), 0);
    struct store *elsewhere = stores_open(stores_new(), STORE_WRITE);
    store_close(elsewhere);
    store_close(store);
    store_close(stores_open(other, STORE_READ));
}

static void open_with_closed_streams(void *context) {
    struct error err;
    struct store *store;
    for (int closed = STDIN_FILENO; closed <= STDERR_FILENO; closed++) {
        int saved = fcntl(closed, F_DUPFD, 10);
        close(closed);
        enum status status = store_open(&store, context, STORE_WRITE, &err);
        dup2(saved, closed);
        require(status == ST_INVALID);
    }
}

static void test_store_open__refuses_while_a_standard_stream_is_closed(void **state) {
    (void)state;
    const char *path = stores_new();
    assert_int_equal(child_run(open_with_closed_streams, (void *)(uintptr_t)path), 0);
}

/* As a user who may read the store, but not write to its table of readers. */
static void open_without_permission(void *context) {
    struct error err;
    struct store *store;
    if (geteuid() == 0)
        require(setgid(65534) == 0 && setuid(65534) == 0);
    require(store_open(&store, context, STORE_READ, &err) == ST_EIO);
    require(err.sys == EACCES && strstr(err.text, "lock.mdb"));
}

static void test_store_open__says_which_permission_is_missing(void **state) {
    (void)state;
    const char *folder = testing_folder();
    char path[512], file[600];
    struct error err;
    snprintf(path, sizeof path, "%s/store", folder);
    assert_ok(store_create(path, &err), &err);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(path, 0755), 0);
    snprintf(file, sizeof file, "%s/data.mdb", path);
    assert_int_equal(chmod(file, 0444), 0);
    snprintf(file, sizeof file, "%s/lock.mdb", path);
    assert_int_equal(chmod(file, 0444), 0);
    assert_int_equal(child_run(open_without_permission, path), 0);
}

static void make_fifo(const char *store, const char *name) {
    char file[512];
    snprintf(file, sizeof file, "%s/%s", store, name);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(mkfifo(file, 0600), 0);
}

static void open_fifos(void *context) {
    const char *const *paths = context;
    struct error err;
    struct store *store;
    require(store_open(&store, paths[0], STORE_READ, &err) == ST_CORRUPT);
    require(store_open(&store, paths[0], STORE_WRITE, &err) == ST_CORRUPT);
    require(store_open(&store, paths[1], STORE_READ, &err) < 0);
    require(store_open(&store, paths[1], STORE_WRITE, &err) < 0);
}

static void test_store_open__does_not_wait_for_pipes(void **state) {
    (void)state;
    const char *paths[] = {stores_new(), stores_new()};
    make_fifo(paths[0], "data.mdb");
    store_close(stores_open(paths[1], STORE_READ)); /* makes the lock file */
    make_fifo(paths[1], "lock.mdb");
    assert_int_equal(child_run(open_fifos, paths), 0);
}

/* On a file system that is mounted read-only. Exits with 77 if mounting is not allowed. */
static void open_on_read_only_media(void *context) {
    const char *path = context;
    struct error err;
    struct store *store;
    struct store_txn *txn;
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount(path, path, NULL, MS_BIND, NULL) ||
        mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL))
        _exit(77);
    require(!store_open(&store, path, STORE_READ, &err));
    require(!store_begin(&txn, store, false, &err));
    struct slice value;
    require(!store_get(&value, txn, TABLE_META, slice_of_string("a"), &err));
    require(slice_equal(value, slice_of_string("one")));
    store_abort(txn);
    store_close(store);
    require(store_open(&store, path, STORE_WRITE, &err) == ST_EIO && err.sys == EROFS);
}

static void test_store_open__reads_from_read_only_media(void **state) {
    (void)state;
    const char *path = stores_new();
    struct store *store = stores_open(path, STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    stores_put(txn, "a", "one");
    stores_commit(txn);
    store_close(store);
    int code = child_run(open_on_read_only_media, (void *)(uintptr_t)path);
    if (code == 77) {
        print_message("skipped: no right to mount for reading\n");
        skip();
    }
    assert_int_equal(code, 0);
}

/* Searchers come and go while commits go on, and none mistakes a state for damage. */
static void commit_many(void *context) {
    struct error err;
    struct store *store;
    require(!store_open(&store, context, STORE_WRITE, &err));
    for (uint64_t i = 1; i <= 500; i++) {
        struct store_txn *txn;
        require(!store_begin(&txn, store, true, &err));
        for (uint64_t key = 0; key < 3; key++)
            require(!store_put(txn, TABLE_DELETES, keys_of_number(&key), keys_of_number(&i), &err));
        require(!store_commit(txn, &err));
    }
    store_close(store);
}

static void test_store_open__sees_whole_commits_while_others_go_on(void **state) {
    (void)state;
    struct error err;
    const char *path = stores_new();
    pid_t child = child_start(commit_many, (void *)(uintptr_t)path);
    uint64_t last = 0;
    while (last < 500) {
        struct store *store = stores_open(path, STORE_READ);
        for (int i = 0; i < 10; i++) {
            struct store_txn *txn = stores_begin(store, false);
            for (uint64_t key = 0; key < 3; key++) {
                struct slice value;
                uint64_t seen = 0;
                if (store_get(&value, txn, TABLE_DELETES, keys_of_number(&key), &err) == ST_OK)
                    memcpy(&seen, value.data, sizeof seen);
                if (key == 0)
                    last = seen;
                assert_int_equal(seen, last);
            }
            store_abort(txn);
        }
        store_close(store);
    }
    assert_int_equal(child_wait(child), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_open__finds_no_store),
        cmocka_unit_test(test_store_open__once_in_a_process),
        cmocka_unit_test(test_store_open__refuses_while_a_standard_stream_is_closed),
        cmocka_unit_test(test_store_open__says_which_permission_is_missing),
        cmocka_unit_test(test_store_open__does_not_wait_for_pipes),
        cmocka_unit_test(test_store_open__reads_from_read_only_media),
        cmocka_unit_test(test_store_open__sees_whole_commits_while_others_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
