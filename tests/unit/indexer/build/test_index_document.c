/* SPDX-License-Identifier: MIT */
/* Values are sorted by field, limited in size, and all part of the content hash. */
#include "tests/support/testing.h"

#include "common/base/codec.h"
#include "indexer/build/index_document.h"

static struct field_value text_value(uint16_t field, const char *text) {
    return (struct field_value){
        .field = field, .type = FIELD_TYPE_TEXT, .text = slice_of_string(text)};
}

/* Many values of few fields, so that an unstable sort would show. */
static void test_index_document_sort__keeps_the_order_of_a_field(void **state) {
    (void)state;
    enum { COUNT = 1000 };
    struct testing_random random = testing_random();
    struct field_value values[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        values[i] = (struct field_value){.field = (uint16_t)(32 + testing_random_below(&random, 7)),
                                         .type = FIELD_TYPE_DATE,
                                         .key = (int64_t)i};
    for (unsigned round = 0; round < 2; round++) { /* sorted values stay as they are */
        assert_int_equal(index_document_sort(values, COUNT), ST_OK);
        for (size_t i = 1; i < COUNT; i++)
            assert_true(
                values[i - 1].field < values[i].field ||
                (values[i - 1].field == values[i].field && values[i - 1].key < values[i].key));
    }
    assert_int_equal(index_document_sort(NULL, 0), ST_OK);
}

static void test_index_document_value__first_of_its_field(void **state) {
    (void)state;
    const struct field_value values[] = {
        text_value(SCHEMA_TITLE, "A title"), text_value(SCHEMA_TEXT, "some text"),
        text_value(SCHEMA_AUTHOR, "Ada"), text_value(SCHEMA_AUTHOR, "Grace")};
    struct index_document document = {slice_of_string("id"), values, 4};
    assert_ptr_equal(index_document_value(&document, SCHEMA_AUTHOR), &values[2]);
    assert_null(index_document_value(&document, SCHEMA_DATE));
    assert_slice(index_document_string(&document, SCHEMA_TEXT), slice_of_string("some text"));
    assert_int_equal(index_document_string(&document, SCHEMA_TAG).size, 0);
}

/* As FORMAT.md has it. */
static void test_index_document_hash__as_the_format_has_it(void **state) {
    (void)state;
    const struct field_value values[] = {
        text_value(SCHEMA_TITLE, "title"),
        text_value(SCHEMA_TEXT, "text"),
        {.field = SCHEMA_DATE, .type = FIELD_TYPE_DATE, .key = -2},
        {.field = 0x1234, .type = FIELD_TYPE_KEYWORD, .text = slice_of_string("Key")},
    };
    struct index_document document = {slice_of_string("id"), values, 4};
    uint64_t text_hash = hash64("text", 4, 0), hash = text_hash;
    hash = hash64("\1\0\1\5\0\0\0\0\0\0\0", 11, hash);
    hash = hash64("title", 5, hash);
    hash = hash64("\10\0\4\376\377\377\377\377\377\377\377", 11, hash);
    hash = hash64("\x34\x12\2\3\0\0\0\0\0\0\0", 11, hash);
    hash = hash64("Key", 3, hash);
    uint64_t expected = (hash & UINT32_MAX) | (text_hash & 0xff) << 32;
    assert_int_equal(index_document_hash(&document), expected);
    assert_true(document_has_text_hash(expected, text_hash));
    assert_false(document_has_text_hash(expected, text_hash ^ 0x80));
}

/* What belongs to which field makes a difference, and whether two values are one. */
static void test_index_document_hash__no_two_documents_alike(void **state) {
    (void)state;
    const struct field_value values[] = {
        text_value(SCHEMA_TITLE, "ab"),  text_value(SCHEMA_TEXT, "ab"),
        text_value(SCHEMA_AUTHOR, "ab"), text_value(SCHEMA_AUTHOR, "a"),
        text_value(SCHEMA_AUTHOR, "b"),  text_value(SCHEMA_AUTHOR, ""),
    };
    enum { COUNT = sizeof values / sizeof *values };
    uint64_t hashes[COUNT * (COUNT + 1) / 2 + 1];
    size_t count = 0;
    for (size_t first = 0; first < COUNT; first++)
        for (size_t end = first + 1; end <= COUNT; end++) {
            struct index_document document = {slice_of_string("id"), values + first, end - first};
            hashes[count++] = index_document_hash(&document);
        }
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(hashes[i], hashes[k]);
}

static void test_index_document_check__limits(void **state) {
    (void)state;
    struct error err;
    struct field_value values[] = {text_value(SCHEMA_TITLE, "x"), text_value(SCHEMA_TEXT, "x"),
                                   text_value(SCHEMA_AUTHOR, "x")};
    struct index_document document = {slice_of_string("id"), values, 3};
    values[0].text.size = INDEX_DOCUMENT_VALUES_MAX - 1;
    values[1].text.size = INDEX_DOCUMENT_TEXT_MAX;
    assert_ok(index_document_check(&document, &err), &err);
    values[1].text.size++;
    assert_status(index_document_check(&document, &err), ST_SKIPPED, &err);
    assert_string_equal(err.text, "a text of 1997902849 bytes; at most 1997902848 are possible");
    values[1].text.size--;
    values[2].text.size = 2;
    assert_status(index_document_check(&document, &err), ST_SKIPPED, &err);
    assert_string_equal(err.text,
                        "title and other fields of 1048577 bytes; at most 1048576 are possible");
    values[2].text.size = SIZE_MAX;
    assert_status(index_document_check(&document, &err), ST_SKIPPED, &err);
    document.id.size = 0;
    assert_status(index_document_check(&document, &err), ST_SKIPPED, &err);
    assert_string_equal(err.text, "a document without an id");
}

/* Readers and the builder agree where the text begins. */
static void test_index_document_next__as_a_reader_expects(void **state) {
    (void)state;
    for (uint32_t length = 0; length < 5; length++)
        assert_int_equal(index_document_next(0, length), document_text_position(length));
    assert_int_equal(index_document_next(7, 7), 7);
    assert_int_equal(index_document_next(7, 9), 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index_document_sort__keeps_the_order_of_a_field),
        cmocka_unit_test(test_index_document_value__first_of_its_field),
        cmocka_unit_test(test_index_document_hash__as_the_format_has_it),
        cmocka_unit_test(test_index_document_hash__no_two_documents_alike),
        cmocka_unit_test(test_index_document_check__limits),
        cmocka_unit_test(test_index_document_next__as_a_reader_expects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
