/* SPDX-License-Identifier: MIT */
/* Lines of passages: exact where the text is the file's, found where it was extracted, and none
 * where the file has nothing like it. */
#include "searcher/show/file_place.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/testing.h"

static struct file_view file;

/* Opens a file of these bytes, as file_view_open() would. */
static void set_file(struct slice bytes) {
    const char *path = testing_path("file");
    file_view_close(&file);
    int descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes.data, bytes.size), bytes.size);
    file = (struct file_view){
        .descriptor = descriptor, .open = true, .size = bytes.size, .bytes = file.bytes};
}

/* The place of the mark in the passage, which is in square brackets from the mark on, if `offset` is
 * that of the mark in a text of `text_size` bytes. */
static void assert_place(uint64_t text_size, uint64_t offset, const char *passage, uint64_t line,
                         uint64_t column) {
    char text[512];
    size_t from = strcspn(passage, "[");
    memcpy(text, passage, from);
    strcpy(text + from, passage + from + 1);
    struct file_place place;
    assert_int_equal(file_view_find(&place, &file, text_size, offset, slice_of_string(text), from),
                     ST_OK);
    if (place.line != line || place.column != column)
        fail_msg("%s: %d:%d, not %d:%d", passage, (int)place.line, (int)place.column, (int)line,
                 (int)column);
}

static void test_file_view_find__of_plain_text(void **state) {
    (void)state;
    const char *text = "gas here\r\n\tand gas\n\n  there, gas\n";
    set_file(slice_of_string(text));
    size_t size = strlen(text);
    assert_place(size, 0, "[gas here and", 1, 1);
    assert_place(size, 15, "gas here and [gas there, gas", 2, 6);
    assert_place(size, 29, "and gas there, [gas", 4, 10);
    /* The heading was taken from the beginning of the text. */
    assert_place(size - 10, 5, "and [gas there, gas", 2, 6);
}

/* Equal passages are told apart by their offsets, in files that are too large to be searched. */
static void test_file_view_find__of_large_files(void **state) {
    (void)state;
    struct buffer text = {0};
    assert_int_equal(buffer_reserve(&text, 2 * FILE_VIEW_MAX), ST_OK);
    assert_int_equal(buffer_append(&text, "all lines are equal\n", 20), ST_OK);
    while (text.size <= FILE_VIEW_MAX)
        assert_int_equal(buffer_append(&text, text.data, text.size), ST_OK);
    set_file(buffer_slice(&text));
    uint64_t last = text.size - 20;
    assert_place(text.size, last + 4, "all [lines are equal", last / 20 + 1, 5);
    assert_place(text.size, 20 * 5000, "[all lines are equal", 5001, 1);
    assert_place(text.size, last + 4, "all [words are equal", 0, 0);
    buffer_release(&text);
}

static void test_file_view_find__of_extracted_text(void **state) {
    (void)state;
    const char *text = "---\ntitle: gas\n---\n<p class=\"gas pipeline\">The <b>gas</b>\n"
                       "[pipeline](http://gas.example/gas) *leaked*\nfor long\n";
    set_file(slice_of_string(text));
    assert_place(99, 4, "The [gas pipeline leaked for long", 4, 32);
    assert_place(99, 8, "The gas [pipeline leaked for long", 5, 2);
    assert_place(99, 4, "gas pipeline [leaked for long", 5, 37);
    assert_place(0, 0, "[gas", 2, 8); /* a title */
    assert_place(99, 4, "no [such words", 0, 0);
    assert_place(99, 4, "other words around [gas are not enough", 0, 0);
}

static void test_file_view_find__bounded_on_hostile_files(void **state) {
    (void)state;
    struct buffer text = {0};
    assert_int_equal(buffer_append(&text, "gas", 3), ST_OK);
    for (int i = 0; i < 200000; i++)
        assert_int_equal(buffer_append(&text, i < 100000 ? "gas" : "*<[", 3), ST_OK);
    set_file(buffer_slice(&text));
    assert_place(0, 0, "[gas pipeline and so on", 0, 0);
    buffer_release(&text);
    set_file(slice_of(NULL, 0));
    assert_place(0, 0, "[gas", 0, 0);
}

/* A file that became shorter while it is open. */
static void test_file_view_find__truncated(void **state) {
    (void)state;
    set_file(slice_of_string("one\ntwo\ngas\n"));
    assert_int_equal(ftruncate(file.descriptor, 5), 0);
    assert_place(12, 8, "one two [gas", 0, 0);
    assert_place(0, 0, "[gas", 0, 0);
    file_view_release(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_view_find__of_plain_text),
        cmocka_unit_test(test_file_view_find__of_large_files),
        cmocka_unit_test(test_file_view_find__of_extracted_text),
        cmocka_unit_test(test_file_view_find__bounded_on_hostile_files),
        cmocka_unit_test(test_file_view_find__truncated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
