/* SPDX-License-Identifier: MIT */
/* Keys of all tables: their bytes are those of FORMAT.md, and decoding returns what was encoded. */
#include "tests/support/testing.h"

#include "common/store/keys.h"

static void test_keys_dict__segment_then_term(void **state) {
    (void)state;
    struct key bytes;
    struct slice term, key = keys_dict(&bytes, 0x01020304, slice_of_string("gas"));
    uint32_t segment;
    assert_slice(key, slice_of("\1\2\3\4gas", 7));
    assert_true(keys_split_dict(&segment, &term, key));
    assert_int_equal(segment, 0x01020304);
    assert_slice(term, slice_of_string("gas"));
    assert_false(keys_split_dict(&segment, &term, slice_of("\0\0\1", 3)));
}

static void test_keys_chunk__one_number(void **state) {
    (void)state;
    uint64_t number = keys_chunk(0x01020304, 9, 0x0abcdef);
    uint32_t stream, chunk, segment;
    assert_int_equal(number, UINT64_C(0x0102030490abcdef));
    keys_split_chunk(&stream, &chunk, keys_of_number(&number));
    assert_int_equal(stream, 9);
    assert_int_equal(chunk, 0x0abcdef);
    assert_true(keys_segment(&segment, TABLE_CHUNK, keys_of_number(&number)));
    assert_int_equal(segment, 0x01020304);
}

static void test_keys_deletes__one_number(void **state) {
    (void)state;
    uint64_t number = keys_deletes(7, UINT32_MAX >> 13);
    uint32_t segment;
    assert_int_equal(number, UINT64_C(0x000000070007ffff));
    assert_int_equal(keys_split_deletes(keys_of_number(&number)), UINT32_MAX >> 13);
    assert_true(keys_segment(&segment, TABLE_DELETES, keys_of_number(&number)));
    assert_int_equal(segment, 7);
}

static void test_keys_file__folder_then_name(void **state) {
    (void)state;
    struct key bytes;
    char long_name[KEYS_FILE_NAME_MAX + 1] = {0};
    struct slice name, key = keys_file(&bytes, UINT64_C(0xd49bf8084d157e79), slice_of("a", 1));
    uint64_t folder;
    assert_slice(key, slice_of("\xd4\x9b\xf8\x08\x4d\x15\x7e\x79"
                               "a",
                               9));
    assert_true(keys_split_file(&folder, &name, key));
    assert_true(folder == UINT64_C(0xd49bf8084d157e79));
    assert_slice(name, slice_of("a", 1));
    assert_false(keys_split_file(&folder, &name, slice_of(key.data, 7)));
    key = keys_file(&bytes, 1, slice_of(long_name, KEYS_FILE_NAME_MAX));
    assert_true(keys_split_file(&folder, &name, key));
    assert_int_equal(name.size, KEYS_FILE_NAME_MAX);
    assert_int_equal(keys_file(&bytes, 1, slice_of(long_name, sizeof long_name)).size, 0);
}

/* A walk that begins at the first key of a segment misses none of its records. */
static void test_keys_first_of_segment__is_the_least(void **state) {
    (void)state;
    struct key first, bytes;
    uint64_t number = keys_chunk(5, 0, 0);
    assert_slice(keys_first_of_segment(&first, TABLE_CHUNK, 5), keys_of_number(&number));
    number = keys_deletes(5, 0);
    assert_slice(keys_first_of_segment(&first, TABLE_DELETES, 5), keys_of_number(&number));
    struct slice least = keys_first_of_segment(&first, TABLE_DICT, 5);
    assert_true(slice_compare(least, keys_dict(&bytes, 5, slice_of("\0", 1))) < 0);
    assert_true(slice_compare(least, keys_dict(&bytes, 4, slice_of("\xff\xff", 2))) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_dict__segment_then_term),
        cmocka_unit_test(test_keys_chunk__one_number),
        cmocka_unit_test(test_keys_deletes__one_number),
        cmocka_unit_test(test_keys_file__folder_then_name),
        cmocka_unit_test(test_keys_first_of_segment__is_the_least),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
