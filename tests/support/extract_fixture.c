/* SPDX-License-Identifier: MIT */
/* One content for all tests of a program. */
#include "tests/support/extract_fixture.h"

#include "indexer/source/charset.h"

static struct content content;

const struct content *extract_fixture_run(enum format format, const char *path,
                                          struct slice bytes) {
    struct error err;
    struct extract_input input = {.bytes = bytes, .format = format, .name = slice_of_string(path)};
    assert_ok(extract_run(&content, &input, &err), &err);
    assert_true(content.field_count >= 2);
    for (size_t i = 0; i < content.field_count; i++) {
        assert_true(charset_is_utf8(content.fields[i].name));
        assert_true(charset_is_utf8(content.fields[i].value));
    }
    assert_slice(content.fields[0].name, slice_of_string("title"));
    assert_slice(content.fields[0].value, buffer_slice(&content.title));
    assert_slice(content.fields[1].name, slice_of_string("text"));
    assert_slice(content.fields[1].value, buffer_slice(&content.text));
    assert_true(content.title.size > 0);
    if (content.title.size <= 1000)
        assert_null(memchr(content.title.data, '\n', content.title.size));
    return &content;
}

void extract_fixture_assert(const char *path, struct slice bytes, const char *title,
                            const char *text, const char *file, int line) {
    extract_fixture_run(FORMAT_AUTO, path, bytes);
    testing_assert_slice(buffer_slice(&content.title), slice_of_string(title), file, line);
    testing_assert_slice(buffer_slice(&content.text), slice_of_string(text), file, line);
}

int extract_fixture_release(void **state) {
    (void)state;
    content_release(&content);
    return 0;
}

struct buffer extract_fixture_repeat(const char *before, const char *unit, size_t count,
                                     const char *after) {
    struct buffer out = {0};
    assert_int_equal(buffer_append(&out, before, strlen(before)), ST_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(buffer_append(&out, unit, strlen(unit)), ST_OK);
    assert_int_equal(buffer_append(&out, after, strlen(after)), ST_OK);
    return out;
}
