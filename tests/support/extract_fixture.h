/* SPDX-License-Identifier: MIT */
/* For tests of formats: runs bytes through extract_run() and compares title and text. */
#ifndef QUERN_TESTS_SUPPORT_EXTRACT_FIXTURE_H
#define QUERN_TESTS_SUPPORT_EXTRACT_FIXTURE_H

#include "indexer/extract/extract.h"
#include "tests/support/testing.h"

/* Extracts the bytes and checks what holds for all: fields in UTF-8, and a title of one line. The
 * content is valid until the next call. */
const struct content *extract_fixture_run(enum format format, const char *path, struct slice bytes);

/* Asserts the title and the text of a file with this name and these bytes. */
#define assert_extracts(path, bytes, title, text)                                                  \
    extract_fixture_assert(path, bytes, title, text, __FILE__, __LINE__)
#define assert_string_extracts(path, bytes, title, text)                                           \
    assert_extracts(path, slice_of_string(bytes), title, text)
/* Asserts the text of a page without a title. */
#define assert_html(bytes, text) assert_string_extracts("a.html", bytes, "a.html", text)

void extract_fixture_assert(const char *path, struct slice bytes, const char *title,
                            const char *text, const char *file, int line);

/* Releases the content; a teardown of cmocka. */
int extract_fixture_release(void **state);

/* Returns `before`, `count` times `unit`, and `after`. Owned by the caller. */
struct buffer extract_fixture_repeat(const char *before, const char *unit, size_t count,
                                     const char *after);

#endif
