/* SPDX-License-Identifier: MIT */
/* The folders of an index are created, named and published safely. */
#include "tests/support/testing.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/commit/generation.h"

static void test_generation_publish__names_the_generation(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    char path[PATH_MAX], expected[512];
    static const char *const names[] = {"gen-000001", "gen-000002", "gen-1234567"};
    for (size_t i = 0; i < 3; i++) {
        assert_ok(generation_publish(index, names[i], &err), &err);
        assert_ok(current_generation(path, index, &err), &err);
        snprintf(expected, sizeof expected, "%s/%s", index, names[i]);
        assert_string_equal(path, expected);
    }
    snprintf(path, sizeof path, "%s/CURRENT.new", index);
    assert_int_equal(access(path, F_OK), -1);
}

static void test_generation_publish__refuses(void **state) {
    (void)state;
    struct error err;
    char path[PATH_MAX], endless[9000];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_status(generation_publish(endless, "gen-000001", &err), ST_INVALID, &err);
    snprintf(path, sizeof path, "%s/none", testing_folder());
    assert_status(generation_publish(path, "gen-000001", &err), ST_EIO, &err);
    assert_int_equal(err.sys, ENOENT);
}

/* What a killed run left at CURRENT.new is replaced, and a link there is not followed. */
static void test_generation_publish__replaces_what_is_in_the_way(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    char temporary[512], victim[512], path[PATH_MAX];
    snprintf(temporary, sizeof temporary, "%s/CURRENT.new", index);
    snprintf(victim, sizeof victim, "%s/victim", testing_folder());
    testing_write_file(victim, slice_of_string("precious\n"));
    for (int hard = 0; hard < 2; hard++) {
        assert_int_equal(hard ? link(victim, temporary) : symlink(victim, temporary), 0);
        assert_ok(generation_publish(index, "gen-000004", &err), &err);
        assert_ok(current_generation(path, index, &err), &err);
        struct buffer bytes = {0};
        testing_read_file(&bytes, victim);
        assert_slice(buffer_slice(&bytes), slice_of_string("precious\n"));
        buffer_release(&bytes);
        struct stat info;
        snprintf(path, sizeof path, "%s/CURRENT", index);
        assert_int_equal(lstat(path, &info), 0);
        assert_true(S_ISREG(info.st_mode) && info.st_nlink == 1);
    }
}

static void test_generation_check_folder__of_others(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    char path[PATH_MAX];
    static const char *const left[] = {"lock", "CURRENT.new", "gen-000001", "gen-000002.new"};
    assert_ok(generation_check_folder(index, &err), &err);
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        snprintf(path, sizeof path, "%s/%s", index, left[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    assert_ok(generation_check_folder(index, &err), &err);
    static const char *const others[] = {"notes.txt", ".hidden", "gen-foo", "CURRENT.old",
                                         "lost+found"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(path, sizeof path, "%s/%s", index, others[i]);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_status(generation_check_folder(index, &err), ST_EXISTS, &err);
        assert_non_null(strstr(err.text, others[i]));
        assert_int_equal(rmdir(path), 0);
    }
    snprintf(path, sizeof path, "%s/none", index);
    assert_status(generation_check_folder(path, &err), ST_EIO, &err);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generation_publish__names_the_generation),
        cmocka_unit_test(test_generation_publish__refuses),
        cmocka_unit_test(test_generation_publish__replaces_what_is_in_the_way),
        cmocka_unit_test(test_generation_check_folder__of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
