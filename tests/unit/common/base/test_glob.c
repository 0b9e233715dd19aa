/* SPDX-License-Identifier: MIT */
/* Patterns match what people expect of a shell, except that asterisks stand for slashes, too. */
#include "tests/support/testing.h"

#include "common/base/glob.h"

static bool matches(const char *pattern, const char *name) {
    return glob_matches(slice_of_string(pattern), slice_of_string(name));
}

static void test_glob_matches__the_whole_name(void **state) {
    (void)state;
    static const char *const yes[][2] = {
        {"", ""},
        {"*", ""},
        {"*", "/a/b"},
        {"*.md", "/srv/docs/a.md"},
        {"/srv/*/a.md", "/srv/x/y/a.md"},
        {"a*b*c", "abbbcbc"},
        {"a**b", "ab"},
        {"?", "é"},
        {"??", "天x"},
        {"?", "\xff"},
        {"*?", "天"},
        {"[abc]x", "bx"},
        {"[a-c-]", "-"},
        {"[!a-c]", "d"},
        {"[]]", "]"},
        {"[!]]", "a"},
        {"a[", "a["},
        {"[a", "[a"},
        {"\\*\\[\\\\", "*[\\"},
        {"a\\", "a\\"},
        {"[a\\]", "\\"},
    };
    static const char *const no[][2] = {
        {"", "a"},      {"a", ""},     {"*.md", "a.mdx"}, {"?", ""},     {"?", "ab"},
        {"??", "天"},   {"*??", "天"}, {"[abc]", "d"},    {"[abc]", ""}, {"[!a-c]", "b"},
        {"a*b", "abc"}, {"\\*", "a"},  {"A", "a"},        {"[a", "a"},   {"*a", "b"},
    };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!matches(yes[i][0], yes[i][1]))
            fail_msg("%s does not match %s", yes[i][0], yes[i][1]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (matches(no[i][0], no[i][1]))
            fail_msg("%s matches %s", no[i][0], no[i][1]);
}

/* Exponential time would not end. */
static void test_glob_matches__takes_little_time(void **state) {
    (void)state;
    struct buffer pattern = {0}, name = {0};
    for (int i = 0; i < 500; i++) {
        assert_int_equal(buffer_append(&pattern, "*a", 2), ST_OK);
        assert_int_equal(buffer_append(&name, "aaaaa", 5), ST_OK);
    }
    assert_true(glob_matches(buffer_slice(&pattern), buffer_slice(&name)));
    assert_int_equal(buffer_append(&pattern, "b", 1), ST_OK);
    assert_false(glob_matches(buffer_slice(&pattern), buffer_slice(&name)));
    buffer_release(&pattern);
    buffer_release(&name);
}

static void test_glob_append_escaped__matches_the_text_alone(void **state) {
    (void)state;
    static const char *const texts[] = {"", "a", "a*b", "[x]?", "\\", "a\\*"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buffer pattern = {0};
        assert_int_equal(glob_append_escaped(&pattern, slice_of_string(texts[i])), ST_OK);
        assert_true(glob_matches(buffer_slice(&pattern), slice_of_string(texts[i])));
        assert_int_equal(glob_is_pattern(slice_of_string(texts[i])), i > 1);
        buffer_release(&pattern);
    }
    assert_false(matches("a\\*b", "axb"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_glob_matches__the_whole_name),
        cmocka_unit_test(test_glob_matches__takes_little_time),
        cmocka_unit_test(test_glob_append_escaped__matches_the_text_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
