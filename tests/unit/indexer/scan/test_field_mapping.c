/* SPDX-License-Identifier: MIT */
/* Named fields become typed values, and what does not fit is left out. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/column/value_table.h"
#include "common/text/analyzer.h"
#include "indexer/scan/declared_field.h"
#include "indexer/scan/field_mapping.h"

static struct schema schema;
static struct buffer declared;
static struct field_mapping mapping;
static struct index_document document;

static void declare(const char *text) {
    struct error err;
    struct declared_field field;
    enum field_type type;
    uint8_t flags;
    uint16_t number;
    assert_ok(declared_field_parse(&field, text, &err), &err);
    assert_ok(declared_field_append(&declared, &field, &err), &err);
    assert_ok(declared_field_resolve(&type, &flags, &field, &schema, &err), &err);
    assert_int_equal(schema_add(&number, &schema, field.name, type, flags), ST_OK);
}

static int set_up(void **state) {
    (void)state;
    assert_int_equal(schema_init(&schema), ST_OK);
    declare("price:number=cost,Price");
    declare("place:keyword");
    declare("note:filter");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    schema_release(&schema);
    buffer_release(&declared);
    field_mapping_release(&mapping);
    return 0;
}

static void map(const struct source_document *source) {
    assert_int_equal(
        field_mapping_run(&document, &mapping, &schema, buffer_slice(&declared), source), ST_OK);
    for (size_t i = 1; i < document.value_count; i++)
        assert_true(document.values[i - 1].field <= document.values[i].field);
}

/* Writes "name=value" for what the document has, then "name:why" for what does not fit. */
static void describe(char *out, size_t size) {
    size_t used = 0;
    *out = '\0';
    for (size_t i = 0; i < document.value_count; i++) {
        const struct field_value *value = &document.values[i];
        used += (size_t)snprintf(out + used, size - used, "%s%s=", used ? " " : "",
                                 schema_field(&schema, value->field)->name);
        if (value->type == FIELD_TYPE_NUMBER)
            used += (size_t)snprintf(out + used, size - used, "%g",
                                     field_value_number_of_key(value->key));
        else if (value->type == FIELD_TYPE_DATE)
            used += (size_t)snprintf(out + used, size - used, "%lld", (long long)value->key);
        else
            used += (size_t)snprintf(out + used, size - used, "%.*s", (int)value->text.size,
                                     (const char *)value->text.data);
    }
    for (size_t i = 0; i < mapping.misfit_count; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s:%s", used ? " " : "",
                                 schema_field(&schema, mapping.misfits[i].field)->name,
                                 mapping.misfits[i].why);
}

/* `fields` are names and values in turn, ended by NULL. */
static size_t list_fields(struct field *list, const char *const *fields) {
    size_t count = 0;
    for (; fields[2 * count]; count++)
        list[count] = (struct field){slice_of_string(fields[2 * count]),
                                     slice_of_string(fields[2 * count + 1])};
    return count;
}

static void assert_record(const char *const *fields, const char *expected) {
    char got[1024];
    struct field list[32];
    struct source_document source = {.id = slice_of_string("7"), .fields = list};
    source.field_count = list_fields(list, fields);
    map(&source);
    describe(got, sizeof got);
    assert_string_equal(got, expected);
}

#define FIELDS(...) ((const char *const[]){__VA_ARGS__, NULL, NULL})

static void test_field_mapping_run__record(void **state) {
    (void)state;
    assert_record(FIELDS("title", "T", "text", "x", "tag", "b,c", "price", " -1.5e1 ", "tag", "a",
                         "unknown", "no", "place", "Oslo", "date", "1970-01-02", "note", "n"),
                  "title=T text=x date=86400 tag=b,c tag=a price=-15 place=Oslo note=n");
    assert_record(FIELDS("title", "", "text", "", "tag", " ", "lang", "de_AT.UTF-8", "lang", "PT"),
                  "lang=de lang=pt");
}

static void test_field_mapping_run__language_of_the_source(void **state) {
    (void)state;
    char got[100];
    struct field lang = {slice_of_string("lang"), slice_of_string("EN-us")};
    struct source_document source = {
        .id = slice_of_string("7"), .fields = &lang, .lang = slice_of_string("De")};
    map(&source);
    describe(got, sizeof got);
    assert_string_equal(got, "lang=de");
    source.field_count = 1;
    map(&source);
    describe(got, sizeof got);
    assert_string_equal(got, "lang=en");
}

static void test_field_mapping_run__misfits(void **state) {
    (void)state;
    assert_record(
        FIELDS("price", "abc", "price", "3", "date", "last week", "price", "true", "size", "1e999"),
        "price=3 price:not a number date:not a date price:not a number "
        "size:not a number");
    assert_slice(mapping.misfits[0].value, slice_of_string("abc"));
    const struct field_problem problem = {slice_of_string("place"), "an object, not a value"};
    struct source_document source = {
        .id = slice_of_string("7"), .problems = &problem, .problem_count = 1};
    map(&source);
    assert_int_equal(document.value_count, 0);
    assert_int_equal(mapping.misfit_count, 1);
    assert_string_equal(mapping.misfits[0].why, "an object, not a value");
}

static void assert_file(const char *path, const char *const *fields, const char *expected) {
    char got[2048];
    struct field list[32];
    struct source_document source = {.id = slice_of_string(path),
                                     .fields = list,
                                     .format = FORMAT_MARKDOWN,
                                     .mtime = 17,
                                     .size = 5};
    source.field_count = list_fields(list, fields);
    map(&source);
    describe(got, sizeof got);
    assert_string_equal(got, expected);
}

static void test_field_mapping_run__file(void **state) {
    (void)state;
    assert_file("/srv/my docs/budget-2024.ODS", FIELDS("title", "T", "text", "x"),
                "title=T text=x name=budget-2024.ODS ext=ODS type=markdown folder=/srv/my docs "
                "folder=/srv folder=/ date=17 size=5");
    assert_file("/.hidden", FIELDS("text", "x"),
                "text=x name=.hidden type=markdown folder=/ date=17 size=5");
    assert_file("/a. b", FIELDS("text", "x"),
                "text=x name=a. b type=markdown folder=/ date=17 size=5");
    assert_file("/a\xFF/b\xFF", FIELDS("text", "x"),
                "text=x name=b\uFFFD type=markdown folder=/a\uFFFD folder=/ date=17 size=5");
}

static void test_field_mapping_run__metadata(void **state) {
    (void)state;
    assert_file("/a",
                FIELDS("og:description", "no", "Description", "D", "created", "1971", "Date",
                       "1970-01-02", "keywords", "gas, oil & water,,", "Tags", "x", "author", "Ann",
                       "DC.Creator", "Bob", "lang", "de-AT", "price", "4", "COST", "3", "place",
                       "p", "type", "post", "size", "9", "unknown", "no"),
                "name=a type=markdown lang=de folder=/ date=86400 size=5 author=Ann author=Bob "
                "description=D tag=gas tag=oil & water tag=x price=3 price=4 place=p");
    /* The date that fits, or the time of the file; what does not fit is told if nothing does. */
    assert_file("/a", FIELDS("date", "soon", "created", "1970-01-02"),
                "name=a type=markdown folder=/ date=86400 size=5");
    assert_file("/a", FIELDS("date", "soon"),
                "name=a type=markdown folder=/ date=17 size=5 date:not a date");
}

/* A declaration takes the place of what metadata.h would find. */
static void test_field_mapping_run__declared_built_in(void **state) {
    (void)state;
    declare("date=modified");
    declare("size=bytes");
    assert_file("/a", FIELDS("date", "1971", "modified", "1970-01-02", "bytes", "9"),
                "name=a type=markdown folder=/ date=86400 size=9");
    assert_file("/a", FIELDS("date", "1971"), "name=a type=markdown folder=/ date=17 size=5");
}

static void test_field_mapping_run__bounded(void **state) {
    (void)state;
    enum { COUNT = 10000 };
    struct field *list = malloc(COUNT * sizeof *list);
    char *value = malloc(INDEX_DOCUMENT_VALUES_MAX + 1);
    assert_true(list && value);
    memset(value, 'x', INDEX_DOCUMENT_VALUES_MAX + 1);
    struct source_document source = {.id = slice_of_string("7"), .fields = list};
    for (size_t i = 0; i < COUNT; i++)
        list[i] = (struct field){slice_of_string("tag"), slice_of(value, 1 + i % 5)};
    source.field_count = COUNT;
    map(&source);
    assert_int_equal(document.value_count, FIELD_VALUES_MAX);
    assert_int_equal(mapping.misfit_count, 1);
    assert_string_equal(mapping.misfits[0].why, "too many values");
    list[0] = (struct field){slice_of_string("note"), slice_of(value, INDEX_DOCUMENT_VALUES_MAX)};
    list[1] = (struct field){slice_of_string("author"), slice_of(value, 1)};
    source.field_count = 2;
    map(&source);
    assert_int_equal(document.value_count, 1);
    assert_int_equal(mapping.misfits[0].field, SCHEMA_AUTHOR);
    assert_string_equal(mapping.misfits[0].why, "too long");
    list[0] = (struct field){slice_of_string("tag"), slice_of(value, INDEX_DOCUMENT_VALUES_MAX)};
    map(&source);
    assert_int_equal(document.value_count, 2);
    assert_int_equal(document.values[1].text.size, VALUE_SHOWN_MAX);
    /* A path of 2,000 folders. */
    char deep[4096] = "";
    for (int i = 0; i < 2000; i++)
        strcpy(deep + 2 * i, "/a");
    source = (struct source_document){.id = slice_of_string(deep), .format = FORMAT_TEXT};
    map(&source);
    assert_int_equal(mapping.misfit_count, 0);
    assert_int_equal(document.value_count, 1 + 1 + 1 + TERM_MAX / 2 + 1);
    free(list);
    free(value);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_field_mapping_run__record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_field_mapping_run__language_of_the_source, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_field_mapping_run__misfits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_field_mapping_run__file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_field_mapping_run__metadata, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_field_mapping_run__declared_built_in, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_field_mapping_run__bounded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
