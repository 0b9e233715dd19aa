#include "tests/support/test_extract.h"

#include "indexer/source/charset.h"

static struct extract extract;

const struct content *test_extract_run(enum format format, const char *path, struct slice bytes) {
    struct error err;
    const struct content *content = &extract.content;
    assert_ok(extract_run(&extract, format, path, bytes, &err), &err);
    assert_true(charset_is_utf8(buffer_slice(&content->title)));
    assert_true(charset_is_utf8(buffer_slice(&content->text)));
    assert_true(charset_is_utf8(buffer_slice(&content->fields)));
    assert_true(content->title.size > 0);
    if (content->title.size <= 1000)
        assert_null(memchr(content->title.data, '\n', content->title.size));
    return content;
}

void test_extract_assert(const char *path, struct slice bytes, const char *title, const char *text,
                         const char *file, int line) {
    const struct content *content = test_extract_run(FORMAT_AUTO, path, bytes);
    testing_assert_slice(buffer_slice(&content->title), slice_of_string(title), file, line);
    testing_assert_slice(buffer_slice(&content->text), slice_of_string(text), file, line);
}

int test_extract_release(void **state) {
    (void)state;
    extract_release(&extract);
    return 0;
}

struct buffer test_extract_repeat(const char *before, const char *unit, size_t count,
                                  const char *after) {
    struct buffer out = {0};
    assert_int_equal(buffer_append(&out, before, strlen(before)), ST_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(buffer_append(&out, unit, strlen(unit)), ST_OK);
    assert_int_equal(buffer_append(&out, after, strlen(after)), ST_OK);
    return out;
}
