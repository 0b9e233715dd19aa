/* SPDX-License-Identifier: MIT */
/* Fields keep their numbers and types. */
#include "common/field/schema.h"

#include <math.h>

#include "tests/support/testing.h"

static uint16_t add(struct schema *schema, const char *name, enum field_type type,
                    enum status expected) {
    uint16_t number = 0;
    assert_int_equal(schema_add(&number, schema, slice_of_string(name), type, 0), expected);
    return number;
}

static void test_schema__has_the_built_in_fields(void **state) {
    (void)state;
    struct schema schema;
    assert_int_equal(schema_init(&schema), ST_OK);
    assert_int_equal(schema_find(&schema, slice_of_string("title"))->number, SCHEMA_TITLE);
    assert_int_equal(schema_field(&schema, SCHEMA_SIZE)->type, FIELD_TYPE_NUMBER);
    assert_null(schema_find(&schema, slice_of_string("price")));
    assert_null(schema_field(&schema, SCHEMA_ALL));
    schema_release(&schema);
}

static void test_schema__numbers_new_fields_in_turn(void **state) {
    (void)state;
    struct schema schema, copy = {0};
    assert_int_equal(schema_init(&schema), ST_OK);
    assert_int_equal(add(&schema, "price", FIELD_TYPE_NUMBER, ST_OK), SCHEMA_OWN_MIN);
    assert_int_equal(add(&schema, "key-2", FIELD_TYPE_KEYWORD, ST_OK), SCHEMA_OWN_MIN + 1);
    assert_int_equal(add(&schema, "price", FIELD_TYPE_NUMBER, ST_OK), SCHEMA_OWN_MIN);
    assert_int_equal(add(&schema, "price", FIELD_TYPE_DATE, ST_EXISTS), SCHEMA_OWN_MIN);
    assert_int_equal(schema_copy(&copy, &schema), ST_OK);
    assert_int_equal(schema_find(&copy, slice_of_string("key-2"))->type, FIELD_TYPE_KEYWORD);
    schema_release(&copy);
    schema_release(&schema);
}

static void test_schema__refuses_names_that_a_query_could_not_have(void **state) {
    (void)state;
    static const char *const bad[] = {"", "Price", "2nd", "a b", "a:b", "-a", "\xc3\xa9"};
    struct schema schema;
    assert_int_equal(schema_init(&schema), ST_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        add(&schema, bad[i], FIELD_TYPE_TEXT, ST_INVALID);
    char name[SCHEMA_NAME_SIZE_MAX + 2];
    memset(name, 'a', sizeof name);
    name[SCHEMA_NAME_SIZE_MAX + 1] = '\0';
    add(&schema, name, FIELD_TYPE_TEXT, ST_INVALID);
    name[SCHEMA_NAME_SIZE_MAX] = '\0';
    add(&schema, name, FIELD_TYPE_TEXT, ST_OK);
    schema_release(&schema);
}

static void test_schema_restore__refuses_contradictions(void **state) {
    (void)state;
    struct schema schema = {0};
    struct slice name = slice_of_string("price");
    assert_int_equal(schema_restore(&schema, 40, name, FIELD_TYPE_DATE, 0), ST_OK);
    assert_int_equal(schema_restore(&schema, 41, name, FIELD_TYPE_DATE, 0), ST_CORRUPT);
    name = slice_of_string("other");
    assert_int_equal(schema_restore(&schema, 40, name, FIELD_TYPE_DATE, 0), ST_CORRUPT);
    assert_int_equal(schema_restore(&schema, 41, name, (enum field_type)9, 0), ST_CORRUPT);
    assert_int_equal(schema_restore(&schema, 41, name, FIELD_TYPE_TEXT, 0), ST_OK);
    schema_release(&schema);
}

static void test_field_value_key__keeps_the_order_of_numbers(void **state) {
    (void)state;
    static const double ascending[] = {-INFINITY, -1e300, -10.5, -1e-300, 0,
                                       1e-300,    2,      10.5,  1e300};
    for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++) {
        int64_t key = field_value_key_of_number(ascending[i]);
        assert_true(field_value_number_of_key(key) == ascending[i]);
        assert_true(i == 0 || field_value_key_of_number(ascending[i - 1]) < key);
    }
    assert_true(field_value_key_of_number(-0.0) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema__has_the_built_in_fields),
        cmocka_unit_test(test_schema__numbers_new_fields_in_turn),
        cmocka_unit_test(test_schema__refuses_names_that_a_query_could_not_have),
        cmocka_unit_test(test_schema_restore__refuses_contradictions),
        cmocka_unit_test(test_field_value_key__keeps_the_order_of_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
