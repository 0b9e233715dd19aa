/* SPDX-License-Identifier: MIT */
/* Which index is found, in what order, and how messages show paths. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/index/index_path.h"

static char root[256];          /* temporary folder of the test */
static char path[PATH_MAX];     /* the result */
static struct error note;       /* what was passed over */
static char expected[PATH_MAX]; /* below root */

static int set_up(void **state) {
    (void)state;
    char template[] = "/tmp/quern-test-XXXXXX";
    if (!mkdtemp(template) || chdir(template) != 0 || !getcwd(root, sizeof root))
        return -1;
    if (mkdir("home", 0700) || mkdir("room", 0700) || mkdir("room/deep", 0700) ||
        chdir("room/deep") != 0)
        return -1;
    snprintf(path, sizeof path, "%s/home", root);
    setenv("HOME", path, 1);
    unsetenv("XDG_DATA_HOME");
    unsetenv("QUERN_INDEX");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    static const char *const folders[] = {
        "room/deep/.quern",        "room/deep",         "room/.quern", "room",
        "home/.local/share/quern", "home/.local/share", "home/.local", "home"};
    if (chdir(root) != 0)
        return -1;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        rmdir(folders[i]);
    return chdir("/") || rmdir(root);
}

static void assert_found(const char *given, const char *below) {
    struct error err;
    assert_int_equal(index_path_find(path, &note, given, true, &err), ST_OK);
    snprintf(expected, sizeof expected, "%s/%s", root, below);
    assert_string_equal(path, expected);
}

static void test_index_path_find__takes_the_first_that_applies(void **state) {
    (void)state;
    struct error err;
    /* A machine may have /var/lib/quern, but this folder comes before it. */
    assert_int_equal(mkdir("../../home/.local", 0700), 0);
    assert_int_equal(mkdir("../../home/.local/share", 0700), 0);
    assert_int_equal(mkdir("../../home/.local/share/quern", 0700), 0);
    assert_found(NULL, "home/.local/share/quern");
    setenv("XDG_DATA_HOME", "relative", 1); /* is ignored */
    assert_found(NULL, "home/.local/share/quern");
    assert_int_equal(mkdir("../.quern", 0700), 0);
    assert_found(NULL, "room/.quern");
    assert_int_equal(mkdir(".quern", 0700), 0);
    assert_found(NULL, "room/deep/.quern");
    setenv("QUERN_INDEX", "", 1);
    assert_found(NULL, "room/deep/.quern");
    setenv("QUERN_INDEX", "some/where", 1);
    assert_int_equal(index_path_find(path, &note, NULL, false, &err), ST_OK);
    assert_string_equal(path, "some/where");
    assert_int_equal(index_path_find(path, &note, "else/where", false, &err), ST_OK);
    assert_string_equal(path, "else/where");
}

static void test_index_path_find__follows_xdg_data_home(void **state) {
    (void)state;
    snprintf(path, sizeof path, "%s/room", root);
    setenv("XDG_DATA_HOME", path, 1);
    if (access("/var/lib/quern", F_OK) == 0)
        skip();
    assert_found(NULL, "room/quern");
}

static void test_index_path_find__passes_over_folders_of_other_users(void **state) {
    (void)state;
    if (geteuid() != 0 || access("/var/lib/quern", F_OK) == 0)
        skip(); /* only root can give folders away */
    assert_int_equal(mkdir(".quern", 0777), 0);
    assert_int_equal(chown(".quern", 12345, 12345), 0);
    assert_found(NULL, "home/.local/share/quern");
    assert_int_equal(note.code, ST_SKIPPED);
    snprintf(expected, sizeof expected, "%s/room/deep/.quern: belongs to another user and ", root);
    assert_memory_equal(note.text, expected, strlen(expected));
    assert_int_equal(mkdir("../.quern", 0700), 0); /* one of the user's own further up */
    assert_found(NULL, "room/.quern");
    assert_int_equal(note.code, ST_SKIPPED);
    assert_int_equal(chown(".quern", geteuid(), getegid()), 0);
    assert_found(NULL, "room/deep/.quern");
    assert_int_equal(note.code, ST_OK);
}

/* Not even a link of the user's own, which may have come with an archive. */
static void test_index_path_find__passes_over_symbolic_links(void **state) {
    (void)state;
    assert_int_equal(mkdir("../../home/.local", 0700), 0);
    assert_int_equal(mkdir("../../home/.local/share", 0700), 0);
    assert_int_equal(mkdir("../../home/.local/share/quern", 0700), 0);
    assert_int_equal(symlink("../../home/.local", ".quern"), 0);
    assert_found(NULL, "home/.local/share/quern");
    assert_int_equal(note.code, ST_SKIPPED);
    assert_non_null(strstr(note.text, "/.quern: is a symbolic link and is not used; name it with"));
    assert_int_equal(unlink(".quern"), 0);
    assert_found(NULL, "home/.local/share/quern");
    assert_int_equal(note.code, ST_OK);
}

static void test_index_path_expand__replaces_a_tilde_as_shells_do(void **state) {
    (void)state;
    struct error err;
    assert_int_equal(index_path_expand(path, "~/notes", &err), ST_OK);
    snprintf(expected, sizeof expected, "%s/home/notes", root);
    assert_string_equal(path, expected);
    assert_int_equal(index_path_expand(path, "~", &err), ST_OK);
    snprintf(expected, sizeof expected, "%s/home", root);
    assert_string_equal(path, expected);
    static const char *const others[] = {"", "a/~/b", "~user/x", "./~/x", "/~", "none", "-"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(index_path_expand(path, others[i], &err), ST_OK);
        assert_string_equal(path, others[i]);
    }
    unsetenv("HOME"); /* that of the password file, if the user is in it */
    if (index_path_expand(path, "~/notes", &err) == ST_OK)
        assert_int_equal(path[0], '/');
    char longer[PATH_MAX + 10] = "~/";
    memset(longer + 2, 'x', sizeof longer - 3);
    assert_int_equal(index_path_expand(path, longer, &err), ST_LIMIT);
}

static void test_index_path_find__expands_a_tilde_in_the_variable(void **state) {
    (void)state;
    setenv("QUERN_INDEX", "~/mine", 1);
    assert_found(NULL, "home/mine");
}

/* If the current folder was deleted, nothing that depends on it is guessed. */
static void test_index_path_find__reports_a_deleted_current_folder(void **state) {
    (void)state;
    struct error err;
    assert_int_equal(mkdir("gone", 0700), 0);
    assert_int_equal(chdir("gone"), 0);
    assert_int_equal(rmdir("../gone"), 0);
    assert_int_equal(index_path_find(path, &note, NULL, false, &err), ST_NOT_FOUND);
    assert_non_null(strstr(err.text, "the current folder cannot be named"));
    assert_int_equal(index_path_find(path, &note, "mine", true, &err), ST_NOT_FOUND);
    assert_memory_equal(err.text, "mine: the current folder", 24);
    setenv("QUERN_INDEX", "../mine", 1);
    assert_int_equal(index_path_find(path, &note, NULL, true, &err), ST_NOT_FOUND);
    assert_memory_equal(err.text, "../mine: the current folder", 27);
    assert_int_equal(index_path_find(path, &note, "/mine", true, &err), ST_OK);
    assert_string_equal(path, "/mine");
    setenv("QUERN_INDEX", "~/mine", 1);
    assert_found(NULL, "home/mine");
}

static void test_index_path_find__refuses_empty_and_long_paths(void **state) {
    (void)state;
    struct error err;
    char longer[PATH_MAX + 10];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(index_path_find(path, &note, "", false, &err), ST_INVALID);
    assert_int_equal(index_path_find(path, &note, longer, false, &err), ST_LIMIT);
}

static void test_index_path_shorten__is_relative_to_the_nearest_folder(void **state) {
    (void)state;
    char shown[PATH_MAX];
    snprintf(path, sizeof path, "%s/room/deep/.quern", root);
    assert_string_equal(index_path_shorten(shown, path), ".quern");
    snprintf(path, sizeof path, "%s/home/.local/share/quern", root);
    assert_string_equal(index_path_shorten(shown, path), "~/.local/share/quern");
    snprintf(path, sizeof path, "%s/room/deeper", root);
    assert_string_equal(index_path_shorten(shown, path), path);
    assert_string_equal(index_path_shorten(shown, "relative"), "relative");
}

static void assert_below(const char *whole, const char *base, const char *rest) {
    struct slice found = index_path_relative(slice_of_string(whole), slice_of_string(base));
    assert_int_equal(found.size, strlen(rest));
    assert_memory_equal(found.data, rest, found.size);
}

static void test_index_path_relative__compares_whole_names(void **state) {
    (void)state;
    assert_below("/a/b/c", "/a/b", "c");
    assert_below("/a/b/c", "/a", "b/c");
    assert_below("/a/b/c", "/", "a/b/c");
    assert_below("/a/bc", "/a/b", "/a/bc");
    assert_below("/a/b", "/a/b", "/a/b");
    assert_below("/a/b/", "/a/b", "/a/b/");
    assert_below("/x", "/a/b", "/x");
    assert_below("7", "/", "7");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_index_path_find__takes_the_first_that_applies, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_index_path_find__follows_xdg_data_home, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_index_path_find__passes_over_folders_of_other_users,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_index_path_find__passes_over_symbolic_links, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_index_path_find__expands_a_tilde_in_the_variable,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_index_path_find__reports_a_deleted_current_folder,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_index_path_find__refuses_empty_and_long_paths, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_index_path_expand__replaces_a_tilde_as_shells_do,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_index_path_shorten__is_relative_to_the_nearest_folder,
                                        set_up, tear_down),
        cmocka_unit_test(test_index_path_relative__compares_whole_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
