/* SPDX-License-Identifier: MIT */
/* Opening an index, and the states that snapshots show. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/commit/generation.h"
#include "tests/support/index_fixture.h"

static void test_snapshot_open__finds_no_index(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    struct snapshot *snapshot;
    char path[512];
    assert_status(snapshot_open(&snapshot, index, &err), ST_NOT_FOUND, &err);
    assert_non_null(strstr(err.text, "no index at "));
    snprintf(path, sizeof path, "%s/none", index);
    assert_status(snapshot_open(&snapshot, path, &err), ST_NOT_FOUND, &err);
    index_fixture_write_current(index, "x", 1);
    snprintf(path, sizeof path, "%s/CURRENT", index); /* a file in place of a folder */
    assert_status(snapshot_open(&snapshot, path, &err), ST_NOT_FOUND, &err);
    char endless[9000];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_status(snapshot_open(&snapshot, endless, &err), ST_INVALID, &err);
}

static void test_snapshot_open__reports_a_missing_generation(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    struct snapshot *snapshot;
    struct writer *writer;
    struct writer_options options = index_fixture_options();
    index_fixture_write_current(index, "gen-000003\n", 11);
    assert_status(snapshot_open(&snapshot, index, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "gen-000003: the generation is missing; rebuild the index"));
    assert_status(writer_open(&writer, index, &options, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "gen-000003: the generation is missing; rebuild the index"));
}

/* A store without a catalog is not an index. */
static void test_snapshot_open__refuses_a_store_without_a_catalog(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    struct snapshot *snapshot;
    char path[512];
    snprintf(path, sizeof path, "%s/gen-000001", index);
    assert_ok(store_create(path, &err), &err);
    assert_ok(generation_publish(index, "gen-000001", &err), &err);
    enum status status = snapshot_open(&snapshot, index, &err);
    assert_true(status == ST_NOT_FOUND || status == ST_CORRUPT);
    /* The failure left nothing open, so the store can be opened. */
    struct store *store;
    assert_ok(store_open(&store, path, STORE_WRITE, &err), &err);
    store_close(store);
    snapshot_close(NULL);
}

/* A snapshot shows the same state, whatever is committed meanwhile. */
static void test_snapshot_open_store__shows_the_same_state_beside_commits(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    index_fixture_fill(index, (struct test_document[]){{"a", NULL, "one"}}, 1, 0);
    struct writer *writer = index_fixture_writer(index);
    struct snapshot *snapshot;
    assert_ok(snapshot_open_store(&snapshot, writer_snapshot(writer)->store, &err), &err);
    struct buffer before = {0}, after = {0};
    index_fixture_dump(&before, snapshot);
    for (unsigned i = 0; i < 20; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", i);
        index_fixture_add(writer, id, NULL, "text", WRITER_ADDED);
        if (i == 10)
            assert_ok(writer_remove(writer, slice_of_string("a"), &err), &err);
        assert_ok(writer_commit(writer, &err), &err);
    }
    index_fixture_dump(&after, snapshot);
    assert_slice(buffer_slice(&after), buffer_slice(&before));
    snapshot_close(snapshot);
    writer_close(writer);
    buffer_release(&before);
    buffer_release(&after);
}

static void test_snapshot_open_same__shows_that_state_or_is_busy(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    index_fixture_fill(index, (struct test_document[]){{"a", NULL, "one"}}, 1, 0);
    struct writer *writer = index_fixture_writer(index);
    struct snapshot *first, *second, *third = NULL;
    assert_ok(snapshot_open_store(&first, writer_snapshot(writer)->store, &err), &err);
    assert_ok(snapshot_open_same(&second, first, &err), &err);
    assert_int_equal(store_txn_id(second->txn), store_txn_id(first->txn));
    index_fixture_add(writer, "b", NULL, "two", WRITER_ADDED);
    assert_ok(writer_commit(writer, &err), &err);
    assert_status(snapshot_open_same(&third, first, &err), ST_BUSY, &err);
    assert_null(third);
    struct buffer before = {0}, after = {0};
    index_fixture_dump(&before, first);
    index_fixture_dump(&after, second);
    assert_slice(buffer_slice(&after), buffer_slice(&before));
    buffer_release(&before);
    buffer_release(&after);
    snapshot_close(second);
    snapshot_close(first);
    writer_close(writer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snapshot_open__finds_no_index),
        cmocka_unit_test(test_snapshot_open__reports_a_missing_generation),
        cmocka_unit_test(test_snapshot_open__refuses_a_store_without_a_catalog),
        cmocka_unit_test(test_snapshot_open_store__shows_the_same_state_beside_commits),
        cmocka_unit_test(test_snapshot_open_same__shows_that_state_or_is_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
