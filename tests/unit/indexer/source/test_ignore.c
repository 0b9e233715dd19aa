/* SPDX-License-Identifier: MIT */
/* Patterns match as gitignore(5) says, in little time. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "indexer/source/ignore.h"

static enum ignore_verdict verdict_of(const char *rules, const char *path, bool is_directory) {
    struct ignore *ignore;
    assert_int_equal(ignore_parse(&ignore, slice_of_string(rules)), ST_OK);
    enum ignore_verdict verdict = ignore_match(ignore, path, is_directory);
    ignore_free(ignore);
    return verdict;
}

static bool skips(const char *rules, const char *path) {
    return verdict_of(rules, path, false) == IGNORE_SKIP;
}

static bool skips_folder(const char *rules, const char *path) {
    return verdict_of(rules, path, true) == IGNORE_SKIP;
}

static void test_ignore_match__name_at_any_depth(void **state) {
    (void)state;
    assert_true(skips("*.o\n", "a.o"));
    assert_true(skips("*.o\n", "deep/down/a.o"));
    assert_false(skips("*.o\n", "a.c"));
    assert_true(skips("build", "src/build"));
    assert_false(skips("build", "builder"));
}

static void test_ignore_match__slash_anchors_at_the_folder(void **state) {
    (void)state;
    assert_true(skips("/top.txt\n", "top.txt"));
    assert_false(skips("/top.txt\n", "sub/top.txt"));
    assert_true(skips("doc/*.txt\n", "doc/a.txt"));
    assert_false(skips("doc/*.txt\n", "doc/server/a.txt"));
    assert_false(skips("doc/*.txt\n", "x/doc/a.txt"));
}

static void test_ignore_match__two_stars_span_folders(void **state) {
    (void)state;
    assert_true(skips("**/foo\n", "foo"));
    assert_true(skips("**/foo\n", "a/b/foo"));
    assert_true(skips("**/foo/bar\n", "x/foo/bar"));
    assert_true(skips("abc/**\n", "abc/x"));
    assert_true(skips("abc/**\n", "abc/x/y"));
    assert_false(skips_folder("abc/**\n", "abc"));
    assert_true(skips("a/**/b\n", "a/b"));
    assert_true(skips("a/**/b\n", "a/x/b"));
    assert_true(skips("a/**/b\n", "a/x/y/b"));
    assert_false(skips("a/**/b\n", "a/x/y/c"));
    assert_true(skips("a/**/b/**/c\n", "a/b/b/x/c"));
}

static void test_ignore_match__folders_only(void **state) {
    (void)state;
    assert_true(skips_folder("cache/\n", "cache"));
    assert_true(skips_folder("cache/\n", "a/cache"));
    assert_false(skips("cache/\n", "cache"));
}

static void test_ignore_match__last_rule_decides(void **state) {
    (void)state;
    assert_int_equal(verdict_of("*.log\n!keep.log\n", "keep.log", false), IGNORE_KEEP);
    assert_int_equal(verdict_of("*.log\n!keep.log\n", "other.log", false), IGNORE_SKIP);
    assert_int_equal(verdict_of("!keep.log\n*.log\n", "keep.log", false), IGNORE_SKIP);
    assert_int_equal(verdict_of("*.log\n", "a.txt", false), IGNORE_NONE);
}

static void test_ignore_parse__comments_blanks_quotes(void **state) {
    (void)state;
    assert_false(skips("# note\n\n   \n", "# note"));
    assert_true(skips("\\#note\n", "#note"));
    assert_true(skips("\\!note\n", "!note"));
    assert_true(skips("a.txt   \r\n", "a.txt"));
    assert_true(skips("a\\ \n", "a "));
    assert_true(skips("last", "last"));
    assert_true(skips("\xEF\xBB\xBF*.o\n", "a.o"));
    assert_true(skips("a\\\\ \n", "a\\")); /* the second backslash is quoted, the space is not */
    assert_true(skips("a\\  \n", "a "));
    assert_true(skips("a\t\n", "a\t"));
    assert_true(skips("a b\n", "a b"));
    assert_true(skips("foo\\/bar\n", "foo/bar"));
    assert_false(skips("README\n", "readme"));
    assert_int_equal(verdict_of("a//\n", "a", true), IGNORE_NONE);
    assert_int_equal(verdict_of("", "a", false), IGNORE_NONE);
    assert_int_equal(verdict_of("/\n!\n!/\n", "a", true), IGNORE_NONE);
}

static void test_ignore_glob__wildcards(void **state) {
    (void)state;
    assert_true(ignore_glob("a?c", "abc"));
    assert_false(ignore_glob("a?c", "ac"));
    assert_true(ignore_glob("[a-c]x", "bx"));
    assert_false(ignore_glob("[!a-c]x", "bx"));
    assert_true(ignore_glob("[]x]", "]"));
    assert_true(ignore_glob("[a-]", "-"));
    assert_true(ignore_glob("[[:digit:]]*.txt", "7up.txt"));
    assert_false(ignore_glob("[[:digit:]]*.txt", "up.txt"));
    assert_true(ignore_glob("a\\*b", "a*b"));
    assert_false(ignore_glob("a\\*b", "axb"));
    assert_false(ignore_glob("[open", "[open"));
    assert_true(ignore_glob("\\[open", "[open"));
    assert_false(ignore_glob("[[:nonsense:]]", "n"));
    assert_true(ignore_glob("[[:]", ":"));
    assert_false(ignore_glob("a\\", "a\\"));
    assert_false(ignore_glob("a\\", "a"));
    assert_true(ignore_glob("a/***/b", "a/x/y/b"));
    assert_true(ignore_glob("*", "\xFF\n"));
    assert_false(ignore_glob("*", "a/b"));
    assert_true(ignore_glob("a*b*c", "a-b-b-c"));
    assert_false(ignore_glob("a*b*c", "a-b-b-d"));
}

/* With the usual backtracking this would take longer than the machine lasts. */
static void test_ignore_glob__many_stars(void **state) {
    (void)state;
    char pattern[201], name[251];
    for (size_t i = 0; i < 200; i += 2)
        memcpy(pattern + i, "a*", 2);
    memcpy(pattern + 199, "b", 2);
    memset(name, 'a', 250);
    name[250] = '\0';
    assert_false(ignore_glob(pattern, name));
    name[249] = 'b';
    assert_true(ignore_glob(pattern, name));
}

/* Sets that do not end, or all end at the same place, must not each be read to the end of the
 * pattern. */
static void test_ignore_glob__many_sets(void **state) {
    (void)state;
    enum { SIZE = 1 << 20 };
    char *pattern = malloc(SIZE + 3), name[251];
    assert_non_null(pattern);
    memset(name, 'a', 250);
    name[250] = '\0';
    memset(pattern, '[', SIZE);
    pattern[SIZE] = '\0';
    assert_false(ignore_glob(pattern, name));
    memcpy(pattern, "*[", 2);
    for (size_t i = 2; i < SIZE; i += 2)
        memcpy(pattern + i, "[:", 2);
    pattern[SIZE] = '\0';
    assert_false(ignore_glob(pattern, name));
    memcpy(pattern + SIZE, "a]", 3);
    assert_true(ignore_glob(pattern, name + 230));
    free(pattern);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ignore_match__name_at_any_depth),
        cmocka_unit_test(test_ignore_match__slash_anchors_at_the_folder),
        cmocka_unit_test(test_ignore_match__two_stars_span_folders),
        cmocka_unit_test(test_ignore_match__folders_only),
        cmocka_unit_test(test_ignore_match__last_rule_decides),
        cmocka_unit_test(test_ignore_parse__comments_blanks_quotes),
        cmocka_unit_test(test_ignore_glob__wildcards),
        cmocka_unit_test(test_ignore_glob__many_stars),
        cmocka_unit_test(test_ignore_glob__many_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
