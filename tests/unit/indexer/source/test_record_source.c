/* SPDX-License-Identifier: MIT */
/* A record source is found by its format, and reads through its operations alone. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <unistd.h>

#include "indexer/source/record_source.h"

static struct error err;

static int input_of(const char *text) {
    int descriptor = open(testing_path("records"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
    assert_int_equal(lseek(descriptor, 0, SEEK_SET), 0);
    return descriptor;
}

static void test_record_source_has_format__only_those_of_many_documents(void **state) {
    (void)state;
    for (enum format format = FORMAT_AUTO; format < FORMAT_COUNT; format++)
        assert_int_equal(record_source_has_format(format), format == FORMAT_NDJSON);
}

static void test_record_source_next__fields_by_name(void **state) {
    (void)state;
    static const char text[] = "{\"id\":\"a\",\"title\":\"A\",\"text\":\"first\"}\n";
    struct record_source_options options = {0};
    struct record_source *source;
    struct source_document document;
    int input = input_of(text);
    assert_ok(record_source_open(&source, FORMAT_NDJSON, input, "r", &options, &err), &err);
    assert_ok(record_source_next(&document, source, &err), &err);
    assert_slice(document.id, slice_of_string("a"));
    assert_slice(source_document_field(&document, FIELD_TITLE), slice_of_string("A"));
    assert_slice(source_document_field(&document, FIELD_TEXT), slice_of_string("first"));
    assert_int_equal(source_document_field(&document, "author").size, 0);
    assert_int_equal(document.mtime, 0);
    assert_int_equal(document.size, 0);
    assert_int_equal(record_source_next(&document, source, &err), ST_END);
    assert_int_equal(record_source_consumed(source), sizeof text - 1);
    record_source_close(source);
    close(input);
}

static void test_record_source_open__too_many_names(void **state) {
    (void)state;
    struct record_source_options options = {.fields.text =
                                                slice_of_string("a,b,c,d,e,f,g,h,i,j,k")};
    struct record_source *source;
    int input = input_of("");
    assert_status(record_source_open(&source, FORMAT_NDJSON, input, "r", &options, &err),
                  ST_INVALID, &err);
    record_source_close(NULL);
    close(input);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_source_has_format__only_those_of_many_documents),
        cmocka_unit_test(test_record_source_next__fields_by_name),
        cmocka_unit_test(test_record_source_open__too_many_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
