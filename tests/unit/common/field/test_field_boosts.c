/* SPDX-License-Identifier: MIT */
/* Weights are read field by field, and added to those there are. */
#include "tests/support/testing.h"

#include "common/field/field_boosts.h"

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

static void test_field_boosts_parse__adds_to_those_there_are(void **state) {
    (void)state;
    struct field_boosts boosts = {0};
    assert_ok(field_boosts_parse(&boosts, &schema, "title:3,name:0.5", &err), &err);
    assert_int_equal(boosts.count, 2);
    assert_int_equal(boosts.items[0].field, SCHEMA_TITLE);
    assert_int_equal(boosts.items[0].sixteenths, 48);
    assert_int_equal(boosts.items[1].sixteenths, 8);
    assert_ok(field_boosts_parse(&boosts, &schema, "title:1.99,author:0,", &err), &err);
    assert_int_equal(boosts.count, 3);
    assert_int_equal(boosts.items[0].sixteenths, 32);
    assert_int_equal(boosts.items[2].sixteenths, 0);
    assert_ok(field_boosts_parse(&boosts, &schema, "none", &err), &err);
    assert_int_equal(boosts.count, 0);
}

static void test_field_boosts_parse__refuses(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "title",  "title:", "title:x", "title:-1", "title:65", "titel:2",  "text:2",      "ext:2",
        "date:2", ":2",     "title=2", "title:2;", "Title:2",  "title:2 ", "none,title:2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct field_boosts boosts = {0};
        if (field_boosts_parse(&boosts, &schema, wrong[i], &err) != ST_INVALID)
            fail_msg("%s: accepted", wrong[i]);
    }
}

static void test_field_boosts_parse__limits_fields(void **state) {
    (void)state;
    struct field_boosts boosts = {0};
    for (int i = 0; i <= FIELD_BOOSTS_MAX; i++) {
        char name[16], text[24];
        uint16_t number;
        int size = snprintf(name, sizeof name, "f%d", i);
        assert_int_equal(schema_add(&number, &schema, slice_of(name, (size_t)size), FIELD_TYPE_TEXT,
                                    SCHEMA_SEARCHED),
                         ST_OK);
        snprintf(text, sizeof text, "%s:2", name);
        assert_int_equal(field_boosts_parse(&boosts, &schema, text, &err),
                         i < FIELD_BOOSTS_MAX ? ST_OK : ST_LIMIT);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field_boosts_parse__adds_to_those_there_are),
        cmocka_unit_test(test_field_boosts_parse__refuses),
        cmocka_unit_test(test_field_boosts_parse__limits_fields),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
