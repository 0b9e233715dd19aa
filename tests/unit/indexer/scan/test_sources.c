/* SPDX-License-Identifier: MIT */
/* The list of sources is edited, and survives in an index. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/store/keys.h"
#include "indexer/scan/sources.h"

static struct slice text(const char *string) {
    return slice_of_string(string);
}

static struct source folder(const char *path) {
    return (struct source){.kind = SOURCE_FOLDER, .max_size = 1 << 20, .path = text(path)};
}

static struct source symbolic_link(const char *path) {
    return (struct source){.kind = SOURCE_LINK, .max_size = 1 << 20, .path = text(path)};
}

static struct source file(const char *path) {
    return (struct source){.kind = SOURCE_FILE, .max_size = 1 << 20, .path = text(path)};
}

static bool add(struct sources *sources, struct source source) {
    bool changed;
    struct error err;
    assert_int_equal(sources_add(&changed, sources, &source, &err), ST_OK);
    return changed;
}

/* Asserts that the paths are these, in order: "/a /b". */
static void assert_paths(const struct sources *sources, const char *expected) {
    char paths[256] = "";
    for (size_t i = 0; i < sources->count; i++) {
        size_t used = strlen(paths);
        snprintf(paths + used, sizeof paths - used, "%s%.*s", i ? " " : "",
                 (int)sources->items[i].path.size, (const char *)sources->items[i].path.data);
    }
    assert_string_equal(paths, expected);
}

static void test_sources_add__equal_once(void **state) {
    (void)state;
    struct sources sources = {0};
    assert_true(add(&sources, folder("/a")));
    assert_false(add(&sources, folder("/a")));
    assert_true(add(&sources, file("/f")));
    assert_false(add(&sources, file("/f")));
    assert_paths(&sources, "/a /f");
    sources_release(&sources);
}

static void test_sources_add__folder_below_is_covered(void **state) {
    (void)state;
    struct sources sources = {0};
    add(&sources, folder("/a"));
    assert_false(add(&sources, folder("/a/b")));
    assert_true(add(&sources, folder("/ab")));
    assert_paths(&sources, "/a /ab");
    assert_true(add(&sources, folder("/")));
    assert_paths(&sources, "/");
    sources_release(&sources);
}

/* A scan of the folder would skip the link, and a scan of the link is not one of the folder. */
static void test_sources_add__links_are_never_covered(void **state) {
    (void)state;
    struct sources sources = {0};
    add(&sources, folder("/a"));
    assert_true(add(&sources, symbolic_link("/a/current")));
    assert_false(add(&sources, symbolic_link("/a/current")));
    assert_true(add(&sources, symbolic_link("/b")));
    assert_true(add(&sources, folder("/b/c")));
    assert_true(add(&sources, folder("/b"))); /* it is no longer a link */
    assert_paths(&sources, "/a /a/current /b");
    sources_release(&sources);
}

static void test_sources_add__folder_below_with_other_options(void **state) {
    (void)state;
    struct sources sources = {0};
    add(&sources, folder("/a"));
    struct source other = folder("/a/b");
    other.no_ignore = true;
    assert_true(add(&sources, other));
    assert_paths(&sources, "/a /a/b");
    assert_false(add(&sources, folder("/a")));
    assert_paths(&sources, "/a /a/b");
    sources_release(&sources);
}

static void test_sources_add__same_path_gets_the_new_options(void **state) {
    (void)state;
    struct sources sources = {0};
    add(&sources, folder("/a"));
    add(&sources, folder("/c"));
    struct source other = folder("/a");
    other.text_field = text("body");
    assert_true(add(&sources, other));
    assert_paths(&sources, "/c /a");
    assert_true(slice_equal(sources.items[1].text_field, text("body")));
    other.fields = text("\x01p\x03\x04"
                        "cost");
    assert_true(add(&sources, other));
    assert_false(add(&sources, other));
    assert_paths(&sources, "/c /a");
    assert_slice(sources.items[1].fields, other.fields);
    other.lang = text("de");
    assert_true(add(&sources, other));
    assert_false(add(&sources, other));
    sources_release(&sources);
}

static void test_sources_add__files_are_never_covered(void **state) {
    (void)state;
    struct sources sources = {0};
    add(&sources, file("/a/.hidden"));
    assert_true(add(&sources, folder("/a")));
    assert_true(add(&sources, file("/a/x")));
    assert_paths(&sources, "/a/.hidden /a /a/x");
    sources_release(&sources);
}

static void test_sources_remove__path_and_below(void **state) {
    (void)state;
    struct sources sources = {0};
    add(&sources, file("/a/x"));
    add(&sources, folder("/a"));
    add(&sources, folder("/ab"));
    assert_int_equal(sources_remove(&sources, text("/none")), 0);
    assert_int_equal(sources_remove(&sources, text("/a")), 2);
    assert_paths(&sources, "/ab");
    sources_release(&sources);
}

struct fixture {
    const char *folder;
    struct writer *writer;
    struct error err;
};

static int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->folder = testing_folder();
    char index[80];
    snprintf(index, sizeof index, "%s/index", f->folder);
    struct writer_options options = {
        .analysis = {.stemmer = "none"}, .create = true, .memory = 16 * 1024 * 1024};
    assert_int_equal(writer_open(&f->writer, index, &options, &f->err), ST_OK);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    writer_close(f->writer);
    free(f);
    return 0;
}

static void test_sources_read__none_yet(void **state) {
    struct fixture *f = *state;
    struct sources sources = {0};
    assert_int_equal(sources_read(&sources, NULL, &f->err), ST_OK);
    assert_int_equal(sources_read(&sources, writer_snapshot(f->writer), &f->err), ST_OK);
    assert_int_equal(sources.count, 0);
    sources_release(&sources);
}

static void test_sources_read__what_was_written(void **state) {
    struct fixture *f = *state;
    struct sources sources = {0}, back = {0};
    struct source source = {
        .kind = SOURCE_FILE,
        .format = FORMAT_NDJSON,
        .no_ignore = true,
        .max_size = UINT64_C(1) << 40,
        .path = text("/srv/with\nnewline\xff.ndjson"),
        .id_field = text("key"),
        .title_field = text("subject,name"),
        .text_field = text("body"),
    };
    add(&sources, source);
    source = folder("/a");
    source.one_file_system = true;
    source.lang = text("de");
    source.fields = slice_of("\x01p\x03\x04"
                             "cost",
                             8);
    add(&sources, source);
    assert_int_equal(sources_write(&sources, f->writer, &f->err), ST_OK);
    assert_int_equal(writer_commit(f->writer, &f->err), ST_OK);
    assert_int_equal(sources_read(&back, writer_snapshot(f->writer), &f->err), ST_OK);
    assert_int_equal(back.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct source *a = &sources.items[i], *b = &back.items[i];
        assert_int_equal(a->kind, b->kind);
        assert_int_equal(a->format, b->format);
        assert_int_equal(a->no_ignore, b->no_ignore);
        assert_slice(b->lang, a->lang);
        assert_int_equal(a->one_file_system, b->one_file_system);
        assert_int_equal(a->max_size, b->max_size);
        assert_true(slice_equal(a->path, b->path));
        assert_true(slice_equal(a->id_field, b->id_field));
        assert_true(slice_equal(a->title_field, b->title_field));
        assert_true(slice_equal(a->text_field, b->text_field));
        assert_true(slice_equal(a->fields, b->fields));
    }
    sources_release(&sources);
    sources_release(&back);
}

static enum status read_record(struct fixture *f, const void *data, size_t size) {
    struct sources sources = {0};
    assert_int_equal(writer_put_meta(f->writer, keys_sources(), slice_of(data, size), &f->err),
                     ST_OK);
    assert_int_equal(writer_commit(f->writer, &f->err), ST_OK);
    enum status status = sources_read(&sources, writer_snapshot(f->writer), &f->err);
    sources_release(&sources);
    return status;
}

/* A folder /a, whose items are its kind, flags and path, and fields: number p of a member q. */
static const uint8_t good[] = {17, 1, 1, 1, 3, 1, 3, 5, 2, '/', 'a', 9, 5, 1, 'p', 3, 1, 'q'};

static void test_sources_read__cut_short_or_damaged(void **state) {
    struct fixture *f = *state;
    static const struct {
        size_t offset;
        uint8_t byte;
    } damage[] = {{0, 16}, {0, 18}, {3, 4}, {3, 0}, {4, 1}, {9, 'x'}, {14, 'P'}, {15, 6}};
    uint8_t record[sizeof good];
    assert_int_equal(read_record(f, good, sizeof good), ST_OK);
    for (size_t size = 1; size < sizeof good; size++)
        assert_int_equal(read_record(f, good, size), ST_CORRUPT);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        memcpy(record, good, sizeof good);
        record[damage[i].offset] = damage[i].byte;
        if (read_record(f, record, sizeof good) != ST_CORRUPT)
            fail_msg("damage %zu", i);
    }
}

/* Items that a later version adds are skipped. */
static void test_sources_read__of_a_later_version(void **state) {
    struct fixture *f = *state;
    uint8_t record[sizeof good + 3];
    memcpy(record, good, sizeof good);
    memcpy(record + sizeof good, "\x20\x01x", 3);
    record[0] += 3;
    assert_int_equal(read_record(f, record, sizeof record), ST_OK);
}

int main(void) {
#define WITH_INDEX(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources_add__equal_once),
        cmocka_unit_test(test_sources_add__folder_below_is_covered),
        cmocka_unit_test(test_sources_add__links_are_never_covered),
        cmocka_unit_test(test_sources_add__folder_below_with_other_options),
        cmocka_unit_test(test_sources_add__same_path_gets_the_new_options),
        cmocka_unit_test(test_sources_add__files_are_never_covered),
        cmocka_unit_test(test_sources_remove__path_and_below),
        WITH_INDEX(test_sources_read__none_yet),
        WITH_INDEX(test_sources_read__what_was_written),
        WITH_INDEX(test_sources_read__cut_short_or_damaged),
        WITH_INDEX(test_sources_read__of_a_later_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
