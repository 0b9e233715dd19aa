/* SPDX-License-Identifier: MIT */
/* Front matter becomes title and fields, and broken front matter text. */
#include "tests/support/extract_fixture.h"

#include <stdio.h>

/* Asserts title, text and, as "name=value;", the other fields. */
static void assert_matter(const char *bytes, const char *title, const char *text,
                          const char *fields) {
    assert_string_extracts("a.md", bytes, title, text);
    struct buffer got = {0};
    const struct content *content =
        extract_fixture_run(FORMAT_AUTO, "a.md", slice_of_string(bytes));
    for (size_t i = 2; i < content->field_count; i++) {
        buffer_append_slice(&got, content->fields[i].name);
        buffer_append_byte(&got, '=');
        buffer_append_slice(&got, content->fields[i].value);
        buffer_append_byte(&got, ';');
    }
    assert_slice(buffer_slice(&got), slice_of_string(fields));
    buffer_release(&got);
}

static void test_front_matter_read__yaml(void **state) {
    (void)state;
    assert_matter("---\ntitle: 'F: m'\n---\n# H\n", "F: m", "H\n", "");
    assert_matter("---\r\ntitle: Plain # comment\r\n...\r\ntext", "Plain", "text\n", "");
    assert_matter("---\ntitle: \"\\u00e9t\\u00e9 \\\"x\\\"\"\n---\n", "été \"x\"", "", "");
    assert_matter("---\ntitle: >-\n  folded\n  title\n---\n", "folded title", "", "");
    assert_matter("--- \nTitle: |\n  literal\n  title\n---\n", "literal title", "", "");
    assert_matter("---\nx: 1\n---\n# H\n", "H", "", "x=1;");
    assert_matter("---\ntitle: ~\n---\n# H\n", "H", "", "");
    assert_matter("---\ntitle: [a, b]\nTitle: c\n---\n", "a", "", "");
    assert_matter("---\n---\n# H\n", "H", "", "");
    assert_matter("---\ndate: 2026-11-28\ntags: [a, 'b c']\nauthor:\n- Ann\n- {name: Bob}\n"
                  "deep: {x: y}\nempty:\nurl: http://x\n---\nt\n",
                  "a.md", "t\n", "date=2026-11-28;tags=a;tags=b c;author=Ann;url=http://x;");
}

static void test_front_matter_read__toml(void **state) {
    (void)state;
    assert_matter("+++\ntitle = \"A \\u00e9\"\ndate = 2026-11-28\ntags = ['a', 'b']\nn = 1\n"
                  "[deep]\nx = 'y'\n+++\n# H\n",
                  "A é", "H\n", "date=2026-11-28;tags=a;tags=b;n=1;");
    assert_matter("+++ \r\n# comment\r\n\"title\" = \"\"\"\r\na\\\n   b \"q\"\"\"\" # c\r\n"
                  "d = 1979-05-27 07:32:00\ne.f = 1\ng = [\n {h = 1, i = [2]}, 'j', # k\n [3],\n]\n"
                  "l = -1.5e3\r\n+++\r\n# H\n",
                  "ab \"q\"", "H\n", "d=1979-05-27 07:32:00;g=j;l=-1.5e3;");
    assert_matter("+++\ntitle = '''\nlong\ntitle'''\n+++\n", "long title", "", "");
}

static void test_front_matter_read__broken_is_text(void **state) {
    (void)state;
    assert_matter("---\n\nnot closed\n", "a.md", "not closed\n", "");
    assert_matter("---\n\nA *slide*\n\n---\n\n# H\n", "H", "A slide\nH\n", "");
    assert_matter("---\n- a\n- b\n---\n", "a.md", "a\nb\n", "");
    assert_matter("---\ntitle: C: the language\nx: [1\n---\n# H\n", "C: the language", "x: [1\nH\n",
                  "");
    assert_matter("---\na: b\n\tc: d\n---\nt\n", "a.md", "a: b\nc: d\nt\n", "");
    assert_matter("---\ntitle: x\ny: z\n--- w\n---\nt\n", "title: x y: z --- w", "t\n", "");
    assert_matter("+++\ntitle = \n+++\nt\n", "a.md", "title =\nt\n", "");
    assert_matter("+++\na = \"x\nb = 1\n+++\nt\n", "a.md", "a = \"x\nb = 1\nt\n", "");
    assert_matter("+++\na = [1\n+++\nt\n", "a.md", "a = [1\nt\n", "");
    assert_matter("+++\na = '\\q' \"\\q\"\n+++\nt\n", "a.md", "a = '\\q' \"\\q\"\nt\n", "");
    assert_matter("+++\n= 1\n+++\nt\n", "a.md", "= 1\nt\n", "");
    assert_matter(" ---\nx: 1\n ---\n", "x: 1", "", "");
}

static void test_front_matter_read__bounded_on_hostile_input(void **state) {
    (void)state;
    assert_matter("---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\nd: *a\n---\n# H\n", "H", "",
                  "a=x;a=x;");
    const struct {
        const char *before, *unit;
        size_t count;
        const char *after;
    } cases[] = {
        {"---\na: ", "[", 60000, "\n---\nneedle"},    {"---\n", "- ", 30000, "\n---\nneedle"},
        {"---\na: ", "{a: ", 15000, "\n---\nneedle"}, {"---\n", "? ", 30000, "\n---\nneedle"},
        {"+++\na = ", "[", 60000, "\n+++\nneedle"},   {"+++\n", "[a", 30000, "]\n+++\nneedle"},
        {"+++\n", "a.", 30000, "a=1\n+++\nneedle"},   {"---\n", "x: y\n", 200000, "---\nneedle"},
    };
    struct buffer long_name = extract_fixture_repeat("---\n", "a", 1000, ": [x, x, x, x]\n---\n");
    const struct content *named =
        extract_fixture_run(FORMAT_AUTO, "a.md", buffer_slice(&long_name));
    assert_int_equal(named->field_count, 2);
    buffer_release(&long_name);
    /* The most memory that fields can take: values of a byte in a list with the longest name. */
    char name[128];
    snprintf(name, sizeof name, "+++\n%0100d = [", 0);
    struct buffer list = extract_fixture_repeat(name, "1,", 32000, "]\n+++\n");
    const struct content *listed = extract_fixture_run(FORMAT_AUTO, "a.md", buffer_slice(&list));
    assert_int_equal(listed->field_count, 2 + 32000);
    assert_true(listed->field_bytes.total < 4 << 20);
    buffer_release(&list);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer page =
            extract_fixture_repeat(cases[i].before, cases[i].unit, cases[i].count, cases[i].after);
        const struct content *content =
            extract_fixture_run(FORMAT_AUTO, "a.md", buffer_slice(&page));
        assert_non_null(memmem(content->text.data, content->text.size, "needle", 6));
        buffer_release(&page);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_front_matter_read__yaml),
        cmocka_unit_test(test_front_matter_read__toml),
        cmocka_unit_test(test_front_matter_read__broken_is_text),
        cmocka_unit_test(test_front_matter_read__bounded_on_hostile_input),
    };
    return cmocka_run_group_tests(tests, NULL, extract_fixture_release);
}
