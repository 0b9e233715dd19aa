/* SPDX-License-Identifier: MIT */
/* Creating a store: complete or not at all, and for its owner only. */
#include "tests/support/testing.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/store/store.h"
#include "tests/support/stores.h"

static void test_store_create__for_its_owner_only(void **state) {
    (void)state;
    mode_t mask = umask(0);
    const char *path = stores_new();
    umask(mask);
    struct stat folder, data;
    char file[512];
    snprintf(file, sizeof file, "%s/data.mdb", path);
    assert_int_equal(stat(path, &folder), 0);
    assert_int_equal(stat(file, &data), 0);
    assert_int_equal(folder.st_mode & 0777, 0700);
    assert_int_equal(data.st_mode & 0777, 0600);
}

static void test_store_create__refuses_an_existing_path(void **state) {
    (void)state;
    struct error err;
    const char *path = stores_new();
    assert_status(store_create(path, &err), ST_INVALID, &err);
    assert_status(store_create("/proc/version", &err), ST_INVALID, &err);
    assert_status(store_create("/nowhere/at/all", &err), ST_EIO, &err);
    assert_int_equal(err.sys, ENOENT);
    struct store *store = stores_open(path, STORE_WRITE); /* the store is still whole */
    store_close(store);
}

static void test_store_create__replaces_what_a_crash_left(void **state) {
    (void)state;
    struct error err;
    const char *path = testing_path("store");
    char draft[512], file[600];
    snprintf(draft, sizeof draft, "%s.new", path);
    snprintf(file, sizeof file, "%s/data.mdb", draft);
    assert_int_equal(mkdir(draft, 0700), 0);
    testing_write_file(file, slice_of_string("half a page"));
    assert_ok(store_create(path, &err), &err);
    assert_int_not_equal(access(draft, F_OK), 0);
    store_close(stores_open(path, STORE_READ));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_create__for_its_owner_only),
        cmocka_unit_test(test_store_create__refuses_an_existing_path),
        cmocka_unit_test(test_store_create__replaces_what_a_crash_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
