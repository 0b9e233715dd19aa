/* SPDX-License-Identifier: MIT */
/* Options about fields are read with the types of the fields. */
#include "tests/support/testing.h"

#include <string.h>

#include "searcher/query/field_options.h"

static struct schema schema;
static struct error err;

static int set_up(void **state) {
    (void)state;
    return schema_init(&schema);
}

static int tear_down(void **state) {
    (void)state;
    schema_release(&schema);
    return 0;
}

static void assert_sort(const char *text, const char *field, bool descending) {
    struct sort_order order;
    assert_ok(sort_order_parse(&order, &schema, text, &err), &err);
    assert_string_equal(order.field ? order.field->name : "score", field);
    assert_int_equal(order.descending, descending);
}

static void test_sort_order_parse__knows_the_natural_order(void **state) {
    (void)state;
    assert_sort("score", "score", false);
    assert_sort("score:desc", "score", false);
    assert_sort("date", "date", true);
    assert_sort("date:asc", "date", false);
    assert_sort("size:desc", "size", true);
    assert_sort("ext", "ext", false);
    assert_sort("ext:desc", "ext", true);
    static const char *const wrong[] = {
        "",     "title",     "dates",    "date:", "date:up",      ":asc",
        "Date", "score:asc", "score:up", "text",  "date:asc:desc"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sort_order order;
        if (sort_order_parse(&order, &schema, wrong[i], &err) != ST_INVALID)
            fail_msg("%s: accepted", wrong[i]);
        assert_non_null(strstr(err.text, "--sort"));
    }
}

static void assert_facet(const char *text, uint16_t field, uint32_t limit) {
    struct facet_request facet;
    assert_ok(facet_request_parse(&facet, &schema, text, &err), &err);
    assert_int_equal(facet.field->number, field);
    assert_int_equal(facet.limit, limit);
}

static void test_facet_request_parse__counts_keywords(void **state) {
    (void)state;
    assert_facet("ext", SCHEMA_EXT, FACET_LIMIT);
    assert_facet("tag:1", SCHEMA_TAG, 1);
    assert_facet("date:20", SCHEMA_DATE, 20);
    assert_facet("tag:10000", SCHEMA_TAG, FACET_LIMIT_MAX);
    static const char *const wrong[] = {"",
                                        "size",
                                        "title",
                                        "tags",
                                        "tag:0",
                                        "tag:-1",
                                        "tag:10001",
                                        "tag:x",
                                        "tag:",
                                        "tag:1:2",
                                        "tag:99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct facet_request facet;
        if (facet_request_parse(&facet, &schema, wrong[i], &err) != ST_INVALID)
            fail_msg("%s: accepted", wrong[i]);
        assert_non_null(strstr(err.text, "--facet"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort_order_parse__knows_the_natural_order),
        cmocka_unit_test(test_facet_request_parse__counts_keywords),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
