/* SPDX-License-Identifier: MIT */
/* Declarations of fields are read, listed and compared with a schema. */
#include "tests/support/testing.h"

#include <stdio.h>

#include "indexer/scan/declared_field.h"

static struct error err;

static struct declared_field parsed(const char *text) {
    struct declared_field field;
    assert_ok(declared_field_parse(&field, text, &err), &err);
    return field;
}

static void assert_parsed(const char *text, const char *name, enum declared_type type,
                          const char *members) {
    struct declared_field field = parsed(text);
    assert_slice(field.name, slice_of_string(name));
    assert_int_equal(field.type, type);
    assert_slice(field.members, slice_of_string(members));
}

static void test_declared_field_parse__parts(void **state) {
    (void)state;
    assert_parsed("price", "price", DECLARED_ANY, "price");
    assert_parsed("price:number", "price", DECLARED_NUMBER, "price");
    assert_parsed("price=meta.price", "price", DECLARED_ANY, "meta.price");
    assert_parsed("by-line_2:keyword=Author Name,a:b=c", "by-line_2", DECLARED_KEYWORD,
                  "Author Name,a:b=c");
    assert_parsed("a:text", "a", DECLARED_TEXT, "a");
    assert_parsed("a:filter", "a", DECLARED_FILTER, "a");
    assert_parsed("date:date=when", "date", DECLARED_DATE, "when");
}

static void assert_refused(const char *text, const char *why) {
    struct declared_field field;
    assert_int_equal(declared_field_parse(&field, text, &err), ST_INVALID);
    if (!strstr(err.text, text) || !strstr(err.text, why))
        fail_msg("%s", err.text);
}

static void test_declared_field_parse__refused(void **state) {
    (void)state;
    assert_refused("", "a-z");
    assert_refused("Price", "a-z");
    assert_refused("a b", "a-z");
    assert_refused(":number", "a-z");
    assert_refused("a:", "number or date");
    assert_refused("a:int=b", "number or date");
    assert_refused("a=", "empty");
    assert_refused("a=b,,c", "empty");
    assert_refused("a=,b", "empty");
    assert_refused("a=b,", "empty");
    assert_refused("id=key", "--id-field");
    assert_refused("title", "--title-field");
    assert_refused("text:filter", "--text-field");
}

static void test_declared_field_append__list(void **state) {
    (void)state;
    struct buffer list = {0};
    struct declared_field field;
    const char *const declared[] = {"a", "b:filter=x,y", "c:date=z"};
    for (size_t i = 0; i < 3; i++) {
        field = parsed(declared[i]);
        assert_ok(declared_field_append(&list, &field, &err), &err);
    }
    field = parsed("b=w");
    assert_int_equal(declared_field_append(&list, &field, &err), ST_INVALID);
    assert_non_null(strstr(err.text, "--field b: declared twice"));
    struct reader reader = reader_of(list.data, list.size);
    assert_true(declared_field_next(&field, &reader));
    assert_slice(field.name, slice_of_string("a"));
    assert_true(declared_field_next(&field, &reader));
    assert_int_equal(field.type, DECLARED_FILTER);
    assert_slice(field.members, slice_of_string("x,y"));
    assert_true(declared_field_next(&field, &reader));
    assert_int_equal(field.type, DECLARED_DATE);
    assert_false(declared_field_next(&field, &reader));
    assert_false(reader.bad);
    assert_true(declared_field_has(buffer_slice(&list), "c"));
    assert_false(declared_field_has(buffer_slice(&list), "x"));
    /* No beginning of the list is one, except between two fields. */
    size_t whole = 0;
    for (size_t size = 0; size < list.size; size++) {
        reader = reader_of(list.data, size);
        while (declared_field_next(&field, &reader))
            ;
        whole += !reader.bad;
    }
    assert_int_equal(whole, 3);
    buffer_release(&list);
}

static void test_declared_field_append__at_most(void **state) {
    (void)state;
    struct buffer list = {0};
    char name[16];
    for (int i = 0; i < DECLARED_FIELDS_MAX; i++) {
        snprintf(name, sizeof name, "f%d", i);
        struct declared_field field = parsed(name);
        assert_ok(declared_field_append(&list, &field, &err), &err);
    }
    struct declared_field field = parsed("more");
    assert_int_equal(declared_field_append(&list, &field, &err), ST_INVALID);
    buffer_release(&list);
}

static void assert_resolves(const struct schema *schema, const char *text, enum field_type type,
                            uint8_t flags) {
    enum field_type got_type;
    uint8_t got_flags;
    struct declared_field field = parsed(text);
    assert_ok(declared_field_resolve(&got_type, &got_flags, &field, schema, &err), &err);
    assert_int_equal(got_type, type);
    assert_int_equal(got_flags, flags);
}

static void test_declared_field_resolve__by_the_schema(void **state) {
    (void)state;
    struct schema schema;
    uint16_t number;
    assert_int_equal(schema_init(&schema), ST_OK);
    assert_int_equal(schema_add(&number, &schema, slice_of_string("note"), FIELD_TYPE_TEXT, 0),
                     ST_OK);
    assert_resolves(&schema, "new", FIELD_TYPE_TEXT, SCHEMA_SEARCHED);
    assert_resolves(&schema, "new:filter", FIELD_TYPE_TEXT, 0);
    assert_resolves(&schema, "new:number", FIELD_TYPE_NUMBER, 0);
    assert_resolves(&schema, "date=when", FIELD_TYPE_DATE, 0);
    assert_resolves(&schema, "tag:keyword", FIELD_TYPE_KEYWORD, 0);
    assert_resolves(&schema, "note", FIELD_TYPE_TEXT, 0);
    assert_resolves(&schema, "note:filter", FIELD_TYPE_TEXT, 0);
    assert_resolves(&schema, "author:text", FIELD_TYPE_TEXT, SCHEMA_SEARCHED);
    const char *const refused[] = {"note:text", "date:text", "author:filter", "size:date"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        enum field_type type;
        uint8_t flags;
        struct declared_field field = parsed(refused[i]);
        assert_int_equal(declared_field_resolve(&type, &flags, &field, &schema, &err), ST_INVALID);
        assert_non_null(strstr(err.text, refused[i]));
    }
    schema_release(&schema);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_declared_field_parse__parts),
        cmocka_unit_test(test_declared_field_parse__refused),
        cmocka_unit_test(test_declared_field_append__list),
        cmocka_unit_test(test_declared_field_append__at_most),
        cmocka_unit_test(test_declared_field_resolve__by_the_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
