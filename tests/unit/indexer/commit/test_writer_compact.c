/* SPDX-License-Identifier: MIT */
/* Compaction beside readers, and what a full disk does to it and to a commit. */
#include "tests/support/testing.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/commit/merge_policy.h"
#include "tests/support/index_fixture.h"

static bool is_there(const char *index, const char *generation) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", index, generation);
    return access(path, F_OK) == 0;
}

static void test_writer_compact__one_segment_in_a_new_generation(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    struct writer *writer = index_fixture_writer(index);
    char id[16];
    for (unsigned i = 0; i < 30; i++) {
        snprintf(id, sizeof id, "%u", i);
        index_fixture_add(writer, id, "title", "some text", WRITER_ADDED);
        if (i % 10 == 9)
            index_fixture_commit(writer);
    }
    for (unsigned i = 0; i < 30; i += 7) {
        snprintf(id, sizeof id, "%u", i);
        index_fixture_remove(writer, id, ST_OK);
    }
    index_fixture_commit(writer);
    struct buffer before = {0}, after = {0};
    index_fixture_dump(&before, writer_snapshot(writer));
    assert_ok(writer_compact(writer, &err), &err);
    index_fixture_dump(&after, writer_snapshot(writer));
    assert_slice(buffer_slice(&after), buffer_slice(&before));
    const struct catalog *catalog = &writer_snapshot(writer)->catalog;
    assert_int_equal(catalog->segment_count, 1);
    assert_int_equal(catalog->segments[0].deleted, 0);
    assert_int_equal(catalog->segments[0].documents, 25);
    assert_string_equal(catalog->stemmer, "english");
    assert_true(catalog->keep_text);
    assert_false(is_there(index, "gen-000001"));
    assert_true(is_there(index, "gen-000002"));
    /* The writer continues. */
    index_fixture_add(writer, "0", NULL, "again", WRITER_ADDED);
    index_fixture_add(writer, "1", "title", "some text", WRITER_UNCHANGED);
    index_fixture_remove(writer, "2", ST_OK);
    index_fixture_commit(writer);
    assert_int_equal(index_fixture_documents(writer), 25);
    assert_ok(writer_compact(writer, &err), &err);
    assert_int_equal(index_fixture_documents(writer), 25);
    assert_true(is_there(index, "gen-000003"));
    writer_close(writer);
    writer = index_fixture_writer(index);
    index_fixture_assert_text(writer, "0", "again");
    assert_int_equal(index_fixture_documents(writer), 25);
    writer_close(writer);
    buffer_release(&before);
    buffer_release(&after);
}

/* Three documents a segment at most, after merges and compactions. */
static void test_writer_compact__keeps_the_limits(void **state) {
    (void)state;
    static const struct merge_limits limits = {.documents = 3, .tokens = 1000, .bytes = 1 << 30};
    const char *index = testing_path("index");
    struct writer_options options = index_fixture_options();
    struct writer *writer;
    struct error err;
    struct buffer before = {0}, after = {0};
    options.limits = &limits;
    assert_ok(writer_open(&writer, index, &options, &err), &err);
    for (unsigned i = 0; i < 30; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", i);
        index_fixture_add(writer, id, "title", "some text", WRITER_ADDED);
        index_fixture_commit(writer);
        const struct catalog *catalog = &writer_snapshot(writer)->catalog;
        for (size_t k = 0; k < catalog->segment_count; k++)
            assert_in_range(catalog->segments[k].documents, 1, 3);
    }
    index_fixture_remove(writer, "11", ST_OK);
    index_fixture_commit(writer);
    index_fixture_dump(&before, writer_snapshot(writer));
    assert_ok(writer_compact(writer, &err), &err);
    index_fixture_commit(writer);
    index_fixture_dump(&after, writer_snapshot(writer));
    assert_slice(buffer_slice(&after), buffer_slice(&before));
    const struct catalog *catalog = &writer_snapshot(writer)->catalog;
    assert_in_range(catalog->segment_count, 10, 15);
    for (size_t k = 0; k < catalog->segment_count; k++) {
        assert_in_range(catalog->segments[k].documents, 1, 3);
        assert_int_equal(catalog->segments[k].deleted, 0);
    }
    writer_close(writer);
    buffer_release(&before);
    buffer_release(&after);
}

/* Runs that are interrupted again and again. */
static void test_writer_open__merges_what_others_left(void **state) {
    (void)state;
    const char *index = testing_path("index");
    volatile sig_atomic_t stop = 0;
    struct writer_options options = index_fixture_options();
    struct writer *writer;
    struct error err;
    options.stop = &stop;
    assert_ok(writer_open(&writer, index, &options, &err), &err);
    stop = 1;
    for (unsigned i = 0; i < 60; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", i);
        index_fixture_add(writer, id, NULL, "some text", WRITER_ADDED);
        assert_status(writer_commit(writer, &err),
                      i < MERGE_POLICY_LARGE_MAX ? ST_OK : ST_INTERRUPTED, &err);
    }
    assert_int_equal(writer_snapshot(writer)->catalog.segment_count, 60);
    writer_close(writer);
    stop = 0;
    assert_ok(writer_open(&writer, index, &options, &err), &err);
    assert_in_range(writer_snapshot(writer)->catalog.segment_count, 1, MERGE_POLICY_SEGMENTS_MAX);
    assert_int_equal(index_fixture_documents(writer), 60);
    writer_close(writer);
}

static void test_writer_compact__all_deleted(void **state) {
    (void)state;
    struct error err;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    assert_ok(writer_compact(writer, &err), &err);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_commit(writer);
    index_fixture_remove(writer, "a", ST_OK);
    index_fixture_commit(writer);
    assert_ok(writer_compact(writer, &err), &err);
    assert_int_equal(index_fixture_documents(writer), 0);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_commit(writer);
    index_fixture_assert_text(writer, "a", "one");
    writer_close(writer);
}

/* A reader that has the old generation open continues to read it; a later one reads the new one. */
static void test_writer_compact__beside_a_reader(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    struct writer *writer = index_fixture_writer(index);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_add(writer, "b", NULL, "two", WRITER_ADDED);
    index_fixture_commit(writer);
    struct buffer expected = {0};
    index_fixture_dump(&expected, writer_snapshot(writer));
    writer_close(writer);
    int ready[2], done[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(done), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        struct snapshot *snapshot;
        struct buffer content = {0};
        close(done[1]);
        if (snapshot_open(&snapshot, index, &err) || write(ready[1], "r", 1) != 1 ||
            read(done[0], &byte, 1) != 1)
            _exit(1);
        index_fixture_dump(&content, snapshot);
        bool equal = slice_equal(buffer_slice(&content), buffer_slice(&expected));
        snapshot_close(snapshot);
        if (!equal || snapshot_open(&snapshot, index, &err))
            _exit(2);
        _exit(catalog_live_documents(&snapshot->catalog) == 1 ? 0 : 3);
    }
    close(ready[1]);
    close(done[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    writer = index_fixture_writer(index);
    index_fixture_remove(writer, "b", ST_OK);
    index_fixture_commit(writer);
    assert_ok(writer_compact(writer, &err), &err);
    assert_false(is_there(index, "gen-000001"));
    writer_close(writer);
    assert_int_equal(write(done[1], "d", 1), 1);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(ready[0]);
    close(done[1]);
    buffer_release(&expected);
}

/* No file of this process may exceed `bytes`, as if the disk were full. */
static void limit_files(rlim_t bytes) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, SIG_IGN);
}

static void add_many(struct writer *writer, unsigned count, enum writer_outcome expected) {
    struct testing_random random = testing_random();
    for (unsigned i = 0; i < count; i++) {
        char id[16];
        struct buffer text = {0};
        snprintf(id, sizeof id, "%u", i);
        testing_random_words(&text, &random, 100, 50000);
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
        index_fixture_add(writer, id, NULL, (const char *)text.data, expected);
        buffer_release(&text);
    }
}

static void test_writer_commit__disk_full(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    struct writer *writer = index_fixture_writer(index);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_commit(writer);
    add_many(writer, 1000, WRITER_ADDED);
    limit_files(100000);
    enum status status = writer_commit(writer, &err);
    assert_true(status == ST_EIO || status == ST_FULL);
    assert_true(err.text[0]);
    limit_files(RLIM_INFINITY);
    /* The writer can only be closed, and what was committed is there. */
    assert_status(writer_commit(writer, &err), ST_EIO, &err);
    assert_non_null(strstr(err.text, "an earlier commit failed"));
    writer_close(writer);
    writer = index_fixture_writer(index);
    index_fixture_assert_text(writer, "a", "one");
    assert_int_equal(index_fixture_documents(writer), 1);
    add_many(writer, 1000, WRITER_ADDED);
    index_fixture_commit(writer);
    assert_int_equal(index_fixture_documents(writer), 1001);
    writer_close(writer);
}

/* The old generation continues, and nothing is left of the new one. */
static void test_writer_compact__disk_full(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    struct writer *writer = index_fixture_writer(index);
    add_many(writer, 1000, WRITER_ADDED);
    index_fixture_commit(writer);
    limit_files(100000);
    enum status status = writer_compact(writer, &err);
    limit_files(RLIM_INFINITY);
    assert_true(status == ST_EIO || status == ST_FULL);
    assert_true(is_there(index, "gen-000001"));
    assert_false(is_there(index, "gen-000002"));
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_commit(writer);
    assert_int_equal(index_fixture_documents(writer), 1001);
    assert_ok(writer_compact(writer, &err), &err);
    assert_int_equal(index_fixture_documents(writer), 1001);
    writer_close(writer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writer_compact__one_segment_in_a_new_generation),
        cmocka_unit_test(test_writer_compact__keeps_the_limits),
        cmocka_unit_test(test_writer_open__merges_what_others_left),
        cmocka_unit_test(test_writer_compact__all_deleted),
        cmocka_unit_test(test_writer_compact__beside_a_reader),
        cmocka_unit_test(test_writer_commit__disk_full),
        cmocka_unit_test(test_writer_compact__disk_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
