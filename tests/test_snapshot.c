/* Which generation counts, and what is said when there is none. */
#include "tests/support/testing.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/shelf.h"

static void write_current(const char *index, const char *bytes, size_t size) {
    char path[512];
    snprintf(path, sizeof path, "%s/CURRENT", index);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void test_snapshot_publish__names_the_generation(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    char path[512], expected[512];
    static const char *const names[] = {"gen-000001", "gen-000002", "gen-1234567"};
    for (size_t i = 0; i < 3; i++) {
        assert_ok(snapshot_publish(index, names[i], &err), &err);
        assert_ok(snapshot_generation(index, path, sizeof path, &err), &err);
        snprintf(expected, sizeof expected, "%s/%s", index, names[i]);
        assert_string_equal(path, expected);
    }
    snprintf(path, sizeof path, "%s/CURRENT.new", index);
    assert_int_equal(access(path, F_OK), -1);
}

/* Somebody else's hand in the file must not lead out of the index. */
static void test_snapshot_generation__other_names(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    char path[512];
    static const char *const names[] = {
        "", "\n", "../gen-000001", "/etc\n", "gen 1\n", "GEN-1\n", ".\n", "gen-000001/../../x\n"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_current(index, names[i], strlen(names[i]));
        assert_status(snapshot_generation(index, path, sizeof path, &err), ST_CORRUPT, &err);
        assert_non_null(strstr(err.text, "CURRENT: names no generation; rebuild the index"));
    }
    write_current(index, "gen-1\0x\n", 8); /* what a NUL hides does not count */
    assert_ok(snapshot_generation(index, path, sizeof path, &err), &err);
    write_current(index, "gen-000001", 10); /* nor does a missing newline */
    assert_ok(snapshot_generation(index, path, sizeof path, &err), &err);
    assert_status(snapshot_generation(index, path, strlen(index) + 5, &err), ST_INVALID, &err);
}

static void test_snapshot_open__no_index(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    struct snapshot *snapshot;
    char path[512];
    assert_status(snapshot_open(&snapshot, index, &err), ST_NOT_FOUND, &err);
    assert_non_null(strstr(err.text, "no index at "));
    snprintf(path, sizeof path, "%s/none", index);
    assert_status(snapshot_open(&snapshot, path, &err), ST_NOT_FOUND, &err);
    write_current(index, "x", 1);
    snprintf(path, sizeof path, "%s/CURRENT", index); /* a file where a folder should be */
    assert_status(snapshot_open(&snapshot, path, &err), ST_NOT_FOUND, &err);
    char endless[9000];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_status(snapshot_open(&snapshot, endless, &err), ST_INVALID, &err);
    assert_status(snapshot_publish(endless, "gen-000001", &err), ST_INVALID, &err);
    snprintf(path, sizeof path, "%s/none", index);
    assert_status(snapshot_publish(path, "gen-000001", &err), ST_EIO, &err);
    assert_int_equal(err.sys, ENOENT);
}

static void test_snapshot_open__generation_missing(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    struct snapshot *snapshot;
    struct writer *writer;
    struct writer_options options = shelf_options();
    write_current(index, "gen-000003\n", 11);
    assert_status(snapshot_open(&snapshot, index, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "gen-000003: the generation is missing; rebuild the index"));
    assert_status(writer_open(&writer, index, &options, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "gen-000003: the generation is missing; rebuild the index"));
}

/* A store in which no catalog was written yet is no index. */
static void test_snapshot_open__without_a_catalog(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    struct snapshot *snapshot;
    char path[512];
    snprintf(path, sizeof path, "%s/gen-000001", index);
    assert_ok(store_create(path, &err), &err);
    assert_ok(snapshot_publish(index, "gen-000001", &err), &err);
    enum status status = snapshot_open(&snapshot, index, &err);
    assert_true(status == ST_NOT_FOUND || status == ST_CORRUPT);
    /* Nothing is left open: the store can be. */
    struct store *store;
    assert_ok(store_open(&store, path, STORE_WRITE, &err), &err);
    store_close(store);
    snapshot_close(NULL);
}

/* A snapshot goes on showing what it showed, whatever is committed meanwhile. */
static void test_snapshot_of_store__stays_as_it_is(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    shelf_fill(index, (struct shelf_document[]){{"a", NULL, "one"}}, 1, 0);
    struct writer *writer = shelf_writer(index);
    struct snapshot *snapshot;
    assert_ok(snapshot_of_store(&snapshot, writer_snapshot(writer)->store, &err), &err);
    struct buffer before = {0}, after = {0};
    shelf_content(&before, snapshot);
    for (unsigned i = 0; i < 20; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", i);
        shelf_add(writer, id, NULL, "text", WRITER_NEW);
        if (i == 10)
            assert_ok(writer_remove(writer, slice_of_string("a"), &err), &err);
        assert_ok(writer_commit(writer, &err), &err);
    }
    shelf_content(&after, snapshot);
    assert_slice(buffer_slice(&after), buffer_slice(&before));
    snapshot_close(snapshot);
    writer_close(writer);
    buffer_release(&before);
    buffer_release(&after);
}

static void test_snapshot_of_snapshot__shows_that_state_or_none(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    shelf_fill(index, (struct shelf_document[]){{"a", NULL, "one"}}, 1, 0);
    struct writer *writer = shelf_writer(index);
    struct snapshot *first, *second, *third = NULL;
    assert_ok(snapshot_of_store(&first, writer_snapshot(writer)->store, &err), &err);
    assert_ok(snapshot_of_snapshot(&second, first, &err), &err);
    assert_int_equal(store_txn_id(second->txn), store_txn_id(first->txn));
    shelf_add(writer, "b", NULL, "two", WRITER_NEW);
    assert_ok(writer_commit(writer, &err), &err);
    assert_status(snapshot_of_snapshot(&third, first, &err), ST_BUSY, &err);
    assert_null(third);
    struct buffer before = {0}, after = {0};
    shelf_content(&before, first);
    shelf_content(&after, second);
    assert_slice(buffer_slice(&after), buffer_slice(&before));
    buffer_release(&before);
    buffer_release(&after);
    snapshot_close(second);
    snapshot_close(first);
    writer_close(writer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snapshot_publish__names_the_generation),
        cmocka_unit_test(test_snapshot_generation__other_names),
        cmocka_unit_test(test_snapshot_open__no_index),
        cmocka_unit_test(test_snapshot_open__generation_missing),
        cmocka_unit_test(test_snapshot_open__without_a_catalog),
        cmocka_unit_test(test_snapshot_of_store__stays_as_it_is),
        cmocka_unit_test(test_snapshot_of_snapshot__shows_that_state_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
