/* SPDX-License-Identifier: MIT */
/* Options that filter become the filters that users mean, wherever they are. */
#include "tests/support/testing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text/keyword.h"
#include "searcher/query/restriction.h"

enum { NOW = 1622505600 }; /* 2021-06-01 */

static struct schema schema;
static struct error err;
static char folder[4096];    /* the current one */
static struct buffer folded; /* its term */

/* In the folder are the folder docs and the file a.md. */
static int set_up(void **state) {
    (void)state;
    assert_int_equal(chdir(testing_folder()), 0);
    assert_non_null(getcwd(folder, sizeof folder));
    struct keyword_folder folder_of_keywords = {0};
    assert_int_equal(keyword_fold(&folded, &folder_of_keywords, slice_of_string(folder)), ST_OK);
    keyword_folder_release(&folder_of_keywords);
    assert_int_equal(mkdir("docs", 0700), 0);
    assert_int_equal(mkdir("docs/in[n]er", 0700), 0);
    testing_write_file("a.md", slice_of_string("a"));
    assert_int_equal(symlink("docs", "link"), 0);
    return schema_init(&schema);
}

static int tear_down(void **state) {
    (void)state;
    schema_release(&schema);
    buffer_release(&folded);
    return 0;
}

/* Adds a value; the lists of a test share the room for them. */
static void add(struct cli_list *list, const char *value) {
    static char texts[4][256];
    static char *items[4] = {texts[0], texts[1], texts[2], texts[3]};
    assert_in_range(strlen(value), 0, sizeof texts[0] - 1);
    list->items = items;
    strcpy(items[list->count++], value);
}

/* Shows the only filter as its values, separated by blanks, with the current folder as "@". */
static void assert_filter(const struct restriction *restriction, enum query_filter_kind kind,
                          const char *typed, const char *expected) {
    struct query_filter filters[RESTRICTION_FILTERS_MAX];
    struct arena arena = {0};
    struct buffer shown = {0};
    size_t count;
    assert_ok(restriction_filters(filters, &count, &arena, restriction, &schema, NOW, &err), &err);
    assert_int_equal(count, 1);
    assert_true(restriction_is_given(restriction));
    assert_int_equal(filters[0].kind, kind);
    for (size_t i = 0; i < filters[0].value_count; i++) {
        struct slice value = filters[0].values[i];
        struct slice base =
            kind == QUERY_FILTER_ID ? slice_of_string(folder) : buffer_slice(&folded);
        bool below = value.size >= base.size && memcmp(value.data, base.data, base.size) == 0;
        if (i)
            assert_int_equal(buffer_append_byte(&shown, ' '), ST_OK);
        if (below)
            assert_int_equal(buffer_append_byte(&shown, '@'), ST_OK);
        assert_int_equal(buffer_append_slice(&shown, below ? slice_after(value, base.size) : value),
                         ST_OK);
    }
    assert_slice(buffer_slice(&shown), slice_of_string(expected));
    assert_slice(filters[0].typed, slice_of_string(typed));
    buffer_release(&shown);
    arena_release(&arena);
}

static void test_restriction_filters__of_keywords(void **state) {
    (void)state;
    struct restriction restriction = {0};
    assert_false(restriction_is_given(&restriction));
    add(&restriction.ext, "PDF,.odt");
    add(&restriction.ext, "md");
    assert_filter(&restriction, QUERY_FILTER_VALUES, "ext:PDF,.odt,md", "pdf odt md");
    restriction = (struct restriction){0};
    add(&restriction.lang, "de");
    assert_filter(&restriction, QUERY_FILTER_VALUES, "lang:de", "de");
}

static void assert_path(const char *first, const char *second, enum query_filter_kind kind,
                        const char *expected) {
    struct restriction restriction = {0};
    char typed[256];
    add(&restriction.path, first);
    if (second)
        add(&restriction.path, second);
    snprintf(typed, sizeof typed, "path:%s%s%s", first, second ? "," : "", second ? second : "");
    assert_filter(&restriction, kind, typed, expected);
}

static void test_restriction_filters__of_folders(void **state) {
    (void)state;
    assert_path("docs", NULL, QUERY_FILTER_VALUES, "@/docs");
    assert_path("./docs/", "/", QUERY_FILTER_VALUES, "@/docs /");
    assert_path("link", NULL, QUERY_FILTER_VALUES, "@/docs"); /* documents have resolved paths */
    assert_path(".", NULL, QUERY_FILTER_VALUES, "@");
    assert_path("docs/../gone//x", NULL, QUERY_FILTER_VALUES, "@/gone/x"); /* is not there */
    assert_path("docs/in[n]er", NULL, QUERY_FILTER_VALUES, "@/docs/in[n]er");
}

static void test_restriction_filters__of_files_and_patterns(void **state) {
    (void)state;
    assert_path("a.md", NULL, QUERY_FILTER_ID, "@/a.md @/a.md#*");
    assert_path("*.md", NULL, QUERY_FILTER_ID, "*.md");
    assert_path("/srv/*", "/", QUERY_FILTER_ID, "/srv/* /*");
    assert_path("x?", NULL, QUERY_FILTER_ID, "x? @/x?");
    assert_path(".//./x?", NULL, QUERY_FILTER_ID, ".//./x? @//./x?");
    assert_path("docs/in[n]er", "?", QUERY_FILTER_ID, "@/docs/in\\[n]er/* ? @/?");
    assert_int_equal(chdir("docs"), 0);
    assert_path("../x?", NULL, QUERY_FILTER_ID, "../x? @/x?");
    assert_path("../../../../../../../../../../x?", NULL, QUERY_FILTER_ID,
                "../../../../../../../../../../x? /x?");
    assert_int_equal(chdir(".."), 0);
}

static void assert_dates(const char *since, const char *until, int64_t min, int64_t max,
                         const char *typed) {
    struct restriction restriction = {.since = since, .until = until};
    struct query_filter filters[RESTRICTION_FILTERS_MAX];
    struct arena arena = {0};
    size_t count;
    assert_ok(restriction_filters(filters, &count, &arena, &restriction, &schema, NOW, &err), &err);
    assert_int_equal(count, 1);
    assert_int_equal(filters[0].kind, QUERY_FILTER_RANGE);
    assert_int_equal(filters[0].field, SCHEMA_DATE);
    assert_true(filters[0].range.min == min && filters[0].range.max == max);
    assert_slice(filters[0].typed, slice_of_string(typed));
    arena_release(&arena);
}

static void test_restriction_filters__of_dates(void **state) {
    (void)state;
    assert_dates("2021-06-01", NULL, NOW, INT64_MAX, "date:2021-06-01..");
    assert_dates(NULL, "2021-06-01", INT64_MIN, NOW + 86399, "date:..2021-06-01");
    assert_dates("7d", "1d", NOW - 604800, NOW - 86400, "date:7d..1d");
    assert_dates("2021-06", "2021-06", NOW, NOW + 30 * 86400 - 1, "date:2021-06..2021-06");
}

static void test_restriction_filters__combine(void **state) {
    (void)state;
    struct restriction restriction = {.since = "7d"};
    struct query_filter filters[RESTRICTION_FILTERS_MAX];
    struct arena arena = {0};
    size_t count;
    char path[] = "docs", value[] = "pdf";
    char *values[] = {path, value, value, value};
    restriction.path = (struct cli_list){.items = values, .count = 1};
    restriction.ext = (struct cli_list){.items = values + 1, .count = 1};
    restriction.type = (struct cli_list){.items = values + 2, .count = 1};
    restriction.lang = (struct cli_list){.items = values + 3, .count = 1};
    assert_ok(restriction_filters(filters, &count, &arena, &restriction, &schema, NOW, &err), &err);
    assert_int_equal(count, RESTRICTION_FILTERS_MAX);
    static const uint16_t fields[] = {SCHEMA_FOLDER, SCHEMA_EXT, SCHEMA_TYPE, SCHEMA_LANG,
                                      SCHEMA_DATE};
    for (size_t i = 0; i < count; i++)
        assert_int_equal(filters[i].field, fields[i]);
    arena_release(&arena);
}

static void assert_refused(const struct restriction *restriction, const char *option) {
    struct query_filter filters[RESTRICTION_FILTERS_MAX];
    struct arena arena = {0};
    size_t count;
    assert_status(restriction_filters(filters, &count, &arena, restriction, &schema, NOW, &err),
                  ST_INVALID, &err);
    assert_non_null(strstr(err.text, option));
    arena_release(&arena);
}

static void test_restriction_filters__refuse(void **state) {
    (void)state;
    char nothing[] = "", comma[] = ",";
    char *empty[] = {nothing, comma};
    assert_refused(&(struct restriction){.since = "soon"}, "--since=soon");
    assert_refused(&(struct restriction){.until = ""}, "--until=");
    assert_refused(&(struct restriction){.since = "1d", .until = "2d"}, "--since");
    assert_refused(&(struct restriction){.ext = {.items = empty + 1, .count = 1}}, "--ext");
    assert_refused(&(struct restriction){.path = {.items = empty, .count = 1}}, "--path");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restriction_filters__of_keywords),
        cmocka_unit_test(test_restriction_filters__of_folders),
        cmocka_unit_test(test_restriction_filters__of_files_and_patterns),
        cmocka_unit_test(test_restriction_filters__of_dates),
        cmocka_unit_test(test_restriction_filters__combine),
        cmocka_unit_test(test_restriction_filters__refuse),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
