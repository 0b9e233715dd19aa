#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/place.h"

static char root[256];           /* a folder of our own */
static char path[PLACE_MAX];     /* what is found */
static char expected[PLACE_MAX]; /* below root */

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
    assert_int_equal(place_index(path, given, true, &err), ST_OK);
    snprintf(expected, sizeof expected, "%s/%s", root, below);
    assert_string_equal(path, expected);
}

static void test_index__in_this_order(void **state) {
    (void)state;
    struct error err;
    /* A machine may have /var/lib/quern; it stands behind this folder. */
    assert_int_equal(mkdir("../../home/.local", 0700), 0);
    assert_int_equal(mkdir("../../home/.local/share", 0700), 0);
    assert_int_equal(mkdir("../../home/.local/share/quern", 0700), 0);
    assert_found(NULL, "home/.local/share/quern");
    setenv("XDG_DATA_HOME", "relative", 1); /* to be ignored */
    assert_found(NULL, "home/.local/share/quern");
    assert_int_equal(mkdir("../.quern", 0700), 0);
    assert_found(NULL, "room/.quern");
    assert_int_equal(mkdir(".quern", 0700), 0);
    assert_found(NULL, "room/deep/.quern");
    setenv("QUERN_INDEX", "", 1);
    assert_found(NULL, "room/deep/.quern");
    setenv("QUERN_INDEX", "some/where", 1);
    assert_int_equal(place_index(path, NULL, false, &err), ST_OK);
    assert_string_equal(path, "some/where");
    assert_int_equal(place_index(path, "else/where", false, &err), ST_OK);
    assert_string_equal(path, "else/where");
}

static void test_index__xdg_data_home(void **state) {
    (void)state;
    snprintf(path, sizeof path, "%s/room", root);
    setenv("XDG_DATA_HOME", path, 1);
    if (access("/var/lib/quern", F_OK) == 0)
        skip();
    assert_found(NULL, "room/quern");
}

static void test_index__not_a_strangers(void **state) {
    (void)state;
    if (geteuid() != 0 || access("/var/lib/quern", F_OK) == 0)
        skip(); /* only root can give a folder away */
    assert_int_equal(mkdir(".quern", 0777), 0);
    assert_int_equal(chown(".quern", 12345, 12345), 0);
    assert_found(NULL, "home/.local/share/quern");
}

static void test_index__refuses(void **state) {
    (void)state;
    struct error err;
    char longer[PLACE_MAX + 10];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(place_index(path, "", false, &err), ST_INVALID);
    assert_int_equal(place_index(path, longer, false, &err), ST_LIMIT);
}

static void test_show__short(void **state) {
    (void)state;
    char shown[PLACE_MAX];
    snprintf(path, sizeof path, "%s/room/deep/.quern", root);
    assert_string_equal(place_show(shown, path), ".quern");
    snprintf(path, sizeof path, "%s/home/.local/share/quern", root);
    assert_string_equal(place_show(shown, path), "~/.local/share/quern");
    snprintf(path, sizeof path, "%s/room/deeper", root);
    assert_string_equal(place_show(shown, path), path);
    assert_string_equal(place_show(shown, "relative"), "relative");
}

static void assert_below(const char *whole, const char *base, const char *rest) {
    struct slice found = place_below(slice_of_string(whole), slice_of_string(base));
    assert_int_equal(found.size, strlen(rest));
    assert_memory_equal(found.data, rest, found.size);
}

static void test_below__whole_names(void **state) {
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
        cmocka_unit_test_setup_teardown(test_index__in_this_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_index__xdg_data_home, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_index__not_a_strangers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_index__refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_show__short, set_up, tear_down),
        cmocka_unit_test(test_below__whole_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
