/* SPDX-License-Identifier: MIT */
/* Fields of a document are found by name, wherever they are in its list. */
#include "tests/support/testing.h"

#include "common/base/codec.h"
#include "indexer/build/indexed_fields.h"

static struct field field_of(const char *name, const char *value) {
    return (struct field){slice_of_string(name), slice_of_string(value)};
}

static void test_indexed_fields_of__by_name(void **state) {
    (void)state;
    const struct field fields[] = {field_of("author", "Ada"), field_of(FIELD_TEXT, "some text"),
                                   field_of("titles", "no"), field_of(FIELD_TITLE, "A title"),
                                   field_of(FIELD_TITLE, "Another")};
    struct source_document document = {.fields = fields, .field_count = 5};
    struct indexed_fields indexed = indexed_fields_of(&document);
    assert_slice(indexed.values[INDEXED_TITLE], slice_of_string("A title"));
    assert_slice(indexed.values[INDEXED_TEXT], slice_of_string("some text"));
    document.field_count = 3;
    indexed = indexed_fields_of(&document);
    assert_int_equal(indexed.values[INDEXED_TITLE].size, 0);
    assert_slice(indexed.values[INDEXED_TEXT], slice_of_string("some text"));
}

/* As FORMAT.md has it: the hash of the text, seeded with that of the title. */
static void test_indexed_fields_hash__as_the_format_has_it(void **state) {
    (void)state;
    struct indexed_fields fields = {{slice_of_string("title"), slice_of_string("text")}};
    uint64_t expected = document_hash(hash64("text", 4, hash64("title", 5, 0)));
    assert_int_equal(indexed_fields_hash(&fields), expected);
}

static void test_indexed_fields_check__limits(void **state) {
    (void)state;
    struct error err;
    struct indexed_fields fields = {
        {slice_of("x", INDEXED_TITLE_MAX), slice_of("x", INDEXED_TEXT_MAX)}};
    assert_ok(indexed_fields_check(&fields, &err), &err);
    fields.values[INDEXED_TEXT].size++;
    assert_status(indexed_fields_check(&fields, &err), ST_SKIPPED, &err);
    assert_string_equal(err.text, "a text of 1998951425 bytes; at most 1998951424 are possible");
    fields.values[INDEXED_TITLE].size++;
    assert_status(indexed_fields_check(&fields, &err), ST_SKIPPED, &err);
    assert_string_equal(err.text, "a title of 1048577 bytes; at most 1048576 are possible");
}

/* Readers and the builder agree where the text begins. */
static void test_indexed_fields_next__as_a_reader_expects(void **state) {
    (void)state;
    for (uint32_t length = 0; length < 5; length++)
        assert_int_equal(indexed_fields_next(0, length), document_text_position(length));
    assert_int_equal(indexed_fields_next(7, 7), 7);
    assert_int_equal(indexed_fields_next(7, 9), 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_indexed_fields_of__by_name),
        cmocka_unit_test(test_indexed_fields_hash__as_the_format_has_it),
        cmocka_unit_test(test_indexed_fields_check__limits),
        cmocka_unit_test(test_indexed_fields_next__as_a_reader_expects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
