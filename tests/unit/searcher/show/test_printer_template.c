/* SPDX-License-Identifier: MIT */
/* Templates: what they print, and which are refused with a sentence. */
#include "searcher/show/printer_template.h"
#include "tests/support/testing.h"

static struct slice tags[2];
static int64_t date = 1700000000, size;
static struct snippet snippets[2];
static struct hit_field fields[3];
static struct result_hit hit;
static struct result_set results;

static int set_up(void **state) {
    (void)state;
    tags[0] = slice_of_string("sea");
    tags[1] = slice_of_string("a\tb");
    size = field_value_key_of_number(512);
    snippets[0] = (struct snippet){.text = slice_of_string("gas \x1b here")};
    snippets[1] = (struct snippet){.text = slice_of_string("and there")};
    fields[0] = (struct hit_field){.name = slice_of_string("date"),
                                   .number = SCHEMA_DATE,
                                   .type = FIELD_TYPE_DATE,
                                   .count = 1,
                                   .keys = &date};
    fields[1] = (struct hit_field){
        .name = slice_of_string("size"), .type = FIELD_TYPE_NUMBER, .count = 1, .keys = &size};
    fields[2] = (struct hit_field){
        .name = slice_of_string("tag"), .type = FIELD_TYPE_KEYWORD, .count = 2, .texts = tags};
    hit = (struct result_hit){.rank = 3,
                              .score = 1.5,
                              .id = slice_of_string("/home/me/a\nb"),
                              .title = slice_of_string("The title"),
                              .fields = fields,
                              .field_count = 3,
                              .snippets = snippets,
                              .snippet_count = 2};
    results = (struct result_set){.query_id = slice_of_string("q1"), .hits = &hit, .count = 1};
    return 0;
}

static void assert_prints(const char *template, const char *expected) {
    struct printer printer = {
        .format = &printer_template, .template = template, .folder = slice_of_string("/home/me")};
    struct error err;
    bool shows_passages;
    assert_ok(template_check(&shows_passages, template, &err), &err);
    assert_int_equal(printer_print(&printer, &results, NULL), ST_OK);
    assert_slice(buffer_slice(&printer.out), slice_of_string(expected));
    printer_release(&printer);
}

static void test_printer_template__directives(void **state) {
    (void)state;
    assert_prints("%s\\t%p\\n", "1.5\ta\\x0ab\n");
    assert_prints("%n. %t (%d)", "3. The title (2023-11-14T22:13:20Z)");
    assert_prints("%q%%%S", "q1%gas \\x1b here ... and there");
    assert_prints("%{tag}|%{size}|%{date}|%{title}|%{none}",
                  "sea,a b|512|2023-11-14T22:13:20Z|The title|");
    assert_prints("\\\\ text only \xc3\xa9", "\\ text only \xc3\xa9");
    assert_prints("", "");
}

static void test_printer_template__nul_and_sort_value(void **state) {
    (void)state;
    struct printer printer = {.format = &printer_template, .template = "%s\\0"};
    results.sorted = true;
    hit.sort_value = fields[1];
    assert_int_equal(printer_print(&printer, &results, NULL), ST_OK);
    assert_slice(buffer_slice(&printer.out), slice_of("512", 4));
    printer_release(&printer);
}

static void test_template_check__refuses_with_a_sentence(void **state) {
    (void)state;
    static const char *const wrong[][2] = {
        {"%x", "--format: no %x; there are %s %p %t %d %n %q %S %{field} %%"},
        {"%", "--format: no %; there are %s %p %t %d %n %q %S %{field} %%"},
        {"%\xc3\xa9", "--format: no %\xc3\xa9; there are %s %p %t %d %n %q %S %{field} %%"},
        {"%{tag", "--format: %{ needs the name of a field and }"},
        {"a\\x", "--format: no \\x; there are \\t \\n \\0 \\\\"},
        {"a\\", "--format: no \\; there are \\t \\n \\0 \\\\"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error err;
        bool shows_passages;
        assert_int_equal(template_check(&shows_passages, wrong[i][0], &err), ST_INVALID);
        assert_string_equal(err.text, wrong[i][1]);
    }
}

static void test_template_check__knows_whether_passages_are_shown(void **state) {
    (void)state;
    struct error err;
    bool shows_passages;
    assert_ok(template_check(&shows_passages, "%%S %s", &err), &err);
    assert_false(shows_passages);
    assert_ok(template_check(&shows_passages, "%s %S", &err), &err);
    assert_true(shows_passages);
}

static void test_template_check_fields__names_the_unknown_one(void **state) {
    (void)state;
    struct error err;
    struct schema schema;
    assert_int_equal(schema_init(&schema), ST_OK);
    assert_ok(template_check_fields("%{title} %{size}%s", &schema, &err), &err);
    assert_int_equal(template_check_fields("%{size} %{colour}", &schema, &err), ST_INVALID);
    assert_non_null(strstr(err.text, "no document has a field colour;"));
    assert_int_equal(template_check_fields("%{}", &schema, &err), ST_INVALID);
    assert_int_equal(template_check_fields("%{text}", &schema, &err), ST_INVALID);
    assert_non_null(strstr(err.text, "%S"));
    schema_release(&schema);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_printer_template__directives, set_up),
        cmocka_unit_test_setup(test_printer_template__nul_and_sort_value, set_up),
        cmocka_unit_test(test_template_check__refuses_with_a_sentence),
        cmocka_unit_test(test_template_check__knows_whether_passages_are_shown),
        cmocka_unit_test(test_template_check_fields__names_the_unknown_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
