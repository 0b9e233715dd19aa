/* SPDX-License-Identifier: MIT */
/* Paths are split, joined, compared, and resolved from what users type. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/source/path.h"

static struct slice text(const char *string) {
    return slice_of_string(string);
}

static void assert_text(struct slice slice, const char *expected) {
    assert_int_equal(slice.size, strlen(expected));
    assert_memory_equal(slice.data, expected, slice.size);
}

static void test_path_split__folder_and_name(void **state) {
    (void)state;
    struct slice folder, name;
    path_split(&folder, &name, text("/a/b c/d"));
    assert_text(folder, "/a/b c");
    assert_text(name, "d");
    path_split(&folder, &name, text("/b"));
    assert_text(folder, "/");
    assert_text(name, "b");
}

static void test_path_join__root_and_others(void **state) {
    (void)state;
    struct buffer path = {0};
    assert_int_equal(path_join(&path, text("/"), text("b")), ST_OK);
    assert_text(buffer_slice(&path), "/b");
    buffer_clear(&path);
    assert_int_equal(path_join(&path, text("/a"), text("b")), ST_OK);
    assert_text(buffer_slice(&path), "/a/b");
    buffer_release(&path);
}

static void test_path_within__whole_names_only(void **state) {
    (void)state;
    assert_true(path_within(text("/a/b"), text("/a")));
    assert_true(path_within(text("/a"), text("/a")));
    assert_true(path_within(text("/a"), text("/")));
    assert_false(path_within(text("/ab"), text("/a")));
    assert_false(path_within(text("/"), text("/a")));
    assert_false(path_within(text("/b/a"), text("/a")));
    assert_false(path_within(text("/a"), text("")));
}

/* The current folder, with file, sub/inner, link -> sub, dangling -> nowhere. */
static char folder[200];

static int setup(void **state) {
    (void)state;
    char *resolved = realpath(testing_folder(), NULL);
    assert_non_null(resolved);
    snprintf(folder, sizeof folder, "%s", resolved);
    free(resolved);
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("sub", 0700), 0);
    testing_write_file("file", slice_of(NULL, 0));
    testing_write_file("sub/inner", slice_of(NULL, 0));
    return symlink("sub", "link") || symlink("nowhere", "dangling") || symlink("loop", "loop");
}

typedef enum status resolve(struct buffer *out, struct path_resolver *resolver, const char *typed,
                            struct error *err);

/* Asserts that `typed` resolves to `folder` followed by `below`. */
static void assert_leads(resolve *way, const char *typed, enum status expected, const char *below) {
    struct path_resolver resolver = {0};
    struct buffer path = {0};
    struct error err;
    char wanted[256];
    snprintf(wanted, sizeof wanted, "%s%s", folder, below);
    for (int round = 0; round < 2; round++) { /* the second time, the folder is remembered */
        assert_int_equal(way(&path, &resolver, typed, &err), expected);
        assert_text(buffer_slice(&path), wanted);
        assert_int_equal(path.data[path.size], 0);
    }
    buffer_release(&path);
    path_resolver_release(&resolver);
}

static void assert_resolves(const char *typed, enum status expected, const char *below) {
    assert_leads(path_resolve, typed, expected, below);
}

static void test_path_resolve_parent__the_link_itself(void **state) {
    (void)state;
    assert_leads(path_resolve_parent, "link", ST_OK, "/link");
    assert_leads(path_resolve_parent, "link//", ST_OK, "/link");
    assert_leads(path_resolve_parent, "link/.", ST_OK, "/sub");
    assert_leads(path_resolve_parent, "link/inner", ST_OK, "/sub/inner");
    assert_leads(path_resolve_parent, "sub/../link", ST_OK, "/link");
    assert_leads(path_resolve_parent, "dangling", ST_OK, "/dangling");
    assert_leads(path_resolve_parent, "loop", ST_OK, "/loop");
    assert_leads(path_resolve_parent, "file", ST_OK, "/file");
    assert_leads(path_resolve_parent, "sub/", ST_OK, "/sub");
    assert_leads(path_resolve_parent, "none", ST_NOT_FOUND, "/none");
    assert_leads(path_resolve_parent, ".", ST_OK, "");
}

static void test_path_normalize__no_link_is_followed(void **state) {
    (void)state;
    struct buffer path = {0};
    struct error err;
    char wanted[256];
    snprintf(wanted, sizeof wanted, "%s/link/inner", folder);
    assert_int_equal(path_normalize(&path, "./link//inner", &err), ST_OK);
    assert_text(buffer_slice(&path), wanted);
    assert_int_equal(path.data[path.size], 0);
    assert_int_equal(path_normalize(&path, "", &err), ST_NOT_FOUND);
    assert_int_equal(path.size, 0);
    buffer_release(&path);
}

static void test_path_resolve__existing(void **state) {
    (void)state;
    assert_resolves("file", ST_OK, "/file");
    assert_resolves("./file", ST_OK, "/file");
    assert_resolves("sub//inner", ST_OK, "/sub/inner");
    assert_resolves("sub/../file", ST_OK, "/file");
    assert_resolves("sub/", ST_OK, "/sub");
    assert_resolves("sub/..", ST_OK, "");
    assert_resolves(".", ST_OK, "");
}

static void test_path_resolve__links_lead_to_their_target(void **state) {
    (void)state;
    assert_resolves("link", ST_OK, "/sub");
    assert_resolves("link/inner", ST_OK, "/sub/inner");
}

static void test_path_resolve__deleted_file_keeps_its_path(void **state) {
    (void)state;
    assert_resolves("sub/none", ST_NOT_FOUND, "/sub/none");
    assert_resolves("link/none", ST_NOT_FOUND, "/sub/none");
    assert_resolves("no/./where//at/../all", ST_NOT_FOUND, "/no/where/all");
    assert_resolves("file/none", ST_NOT_FOUND, "/file/none");
}

static void test_path_resolve__normalized_path_that_exists_is_not_deleted(void **state) {
    (void)state;
    assert_resolves("dangling", ST_EIO, "/dangling");
    assert_resolves("file/", ST_EIO, "/file");
    assert_resolves("file/.", ST_EIO, "/file");
    assert_resolves("none/../file", ST_EIO, "/file");
    assert_resolves("file/../sub/inner", ST_EIO, "/sub/inner");
}

static void test_path_resolve__loops_end(void **state) {
    (void)state;
    assert_resolves("loop", ST_EIO, "/loop");
}

static void test_path_resolve__root_and_empty(void **state) {
    (void)state;
    struct path_resolver resolver = {0};
    struct buffer path = {0};
    struct error err;
    assert_int_equal(path_resolve(&path, &resolver, "/", &err), ST_OK);
    assert_text(buffer_slice(&path), "/");
    assert_int_equal(path_resolve(&path, &resolver, "/tmp", &err), ST_OK);
    assert_text(buffer_slice(&path), "/tmp");
    assert_int_equal(path_resolve(&path, &resolver, "", &err), ST_NOT_FOUND);
    assert_int_equal(path.size, 0);
    buffer_release(&path);
    path_resolver_release(&resolver);
}

/* A relative name then has no path, and certainly not one below the root. */
static void test_path_resolve__current_folder_deleted(void **state) {
    (void)state;
    struct path_resolver resolver = {0};
    struct buffer path = {0};
    struct error err;
    assert_int_equal(mkdir("gone", 0700), 0);
    assert_int_equal(chdir("gone"), 0);
    assert_int_equal(rmdir("../gone"), 0);
    static const char *const relative[] = {".", "x", "./x", "x/", "..", "../sub", "x/../y"};
    for (size_t i = 0; i < sizeof relative / sizeof *relative; i++) {
        assert_int_equal(path_resolve(&path, &resolver, relative[i], &err), ST_NOT_FOUND);
        assert_int_equal(path.size, 0);
        assert_memory_equal(err.text, relative[i], strlen(relative[i]));
        assert_non_null(strstr(err.text, ": the current folder cannot be named"));
    }
    assert_int_equal(path_resolve(&path, &resolver, folder, &err), ST_OK);
    assert_text(buffer_slice(&path), folder);
    assert_int_equal(chdir(folder), 0);
    buffer_release(&path);
    path_resolver_release(&resolver);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_split__folder_and_name),
        cmocka_unit_test(test_path_join__root_and_others),
        cmocka_unit_test(test_path_within__whole_names_only),
        cmocka_unit_test(test_path_resolve_parent__the_link_itself),
        cmocka_unit_test(test_path_normalize__no_link_is_followed),
        cmocka_unit_test(test_path_resolve__existing),
        cmocka_unit_test(test_path_resolve__links_lead_to_their_target),
        cmocka_unit_test(test_path_resolve__deleted_file_keeps_its_path),
        cmocka_unit_test(test_path_resolve__normalized_path_that_exists_is_not_deleted),
        cmocka_unit_test(test_path_resolve__loops_end),
        cmocka_unit_test(test_path_resolve__root_and_empty),
        cmocka_unit_test(test_path_resolve__current_folder_deleted),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
