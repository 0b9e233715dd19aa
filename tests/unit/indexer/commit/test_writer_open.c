/* SPDX-License-Identifier: MIT */
/* Opening an index for writing: leftovers of a killed run, settings, no index, another writer. */
#include "tests/support/testing.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/store/keys.h"
#include "tests/support/index_fixture.h"

/* Records of segments that no catalog names are deleted from all tables, as a killed run leaves
 * them. */
static void test_writer_open__sweeps_orphans(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct test_document papers[] = {
        {"a", NULL, "one"}, {"b", NULL, "two"}, {"c", NULL, "three"}};
    index_fixture_fill(index, papers, 3, 1);
    char path[512];
    snprintf(path, sizeof path, "%s/gen-000001", index);
    struct error err;
    struct store *store;
    struct store_txn *txn;
    assert_ok(store_open(&store, path, STORE_WRITE, &err), &err);
    for (uint32_t segment = 4; segment < 5000; segment += 7) {
        assert_ok(store_begin(&txn, store, true, &err), &err);
        for (unsigned i = 0; i < 7; i++) {
            uint64_t chunk = keys_chunk(segment + i, i, 0), deletes = keys_deletes(segment + i, i);
            struct key bytes;
            struct slice block = keys_dict(&bytes, segment + i, slice_of("x", 1));
            struct slice value = slice_of("orphan", 6);
            assert_ok(store_put(txn, TABLE_CHUNK, keys_of_number(&chunk), value, &err), &err);
            assert_ok(store_put(txn, TABLE_DELETES, keys_of_number(&deletes), value, &err), &err);
            assert_ok(store_put(txn, TABLE_DICT, block, value, &err), &err);
        }
        assert_ok(store_commit(txn, &err), &err);
    }
    store_close(store);
    struct writer *writer = index_fixture_writer(index);
    static const enum store_table tables[] = {TABLE_CHUNK, TABLE_DELETES, TABLE_DICT};
    for (size_t i = 0; i < 3; i++) {
        struct store_cursor *cursor;
        struct slice key, value;
        struct snapshot *snapshot = writer_snapshot(writer);
        assert_ok(store_cursor_open(&cursor, snapshot->txn, tables[i], &err), &err);
        enum status status = store_cursor_seek(&key, &value, cursor, slice_of(NULL, 0), &err);
        for (; !status; status = store_cursor_next(&key, &value, cursor, &err)) {
            uint32_t segment;
            assert_true(keys_segment(&segment, tables[i], key));
            assert_in_range(segment, 1, 3);
        }
        assert_status(status, ST_END, &err);
        store_cursor_close(cursor);
    }
    index_fixture_add(writer, "d", NULL, "four", WRITER_ADDED);
    index_fixture_commit(writer);
    assert_int_equal(index_fixture_documents(writer), 4);
    writer_close(writer);
}

/* A key too short to name a segment is damage: it is neither read past its end nor deleted as an
 * orphan. */
static void test_writer_open__key_without_a_segment(void **state) {
    (void)state;
    const char *index = testing_path("index");
    index_fixture_fill(index, (struct test_document[]){{"a", NULL, "one"}}, 1, 0);
    char path[512];
    snprintf(path, sizeof path, "%s/gen-000001", index);
    struct error err;
    struct store *store;
    struct store_txn *txn;
    assert_ok(store_open(&store, path, STORE_WRITE, &err), &err);
    assert_ok(store_begin(&txn, store, true, &err), &err);
    struct slice key = slice_of("\xff\xff", 2), value = slice_of("damage", 6);
    assert_ok(store_put(txn, TABLE_DICT, key, value, &err), &err);
    assert_ok(store_commit(txn, &err), &err);
    store_close(store);
    struct writer *writer = NULL;
    struct writer_options options = index_fixture_options();
    assert_status(writer_open(&writer, index, &options, &err), ST_CORRUPT, &err);
    assert_null(writer);
    assert_non_null(strstr(err.text, "gen-000001: damaged: a key of table dict"));
    assert_ok(store_open(&store, path, STORE_READ, &err), &err);
    assert_ok(store_begin(&txn, store, false, &err), &err);
    assert_ok(store_get(&value, txn, TABLE_DICT, key, &err), &err);
    store_abort(txn);
    store_close(store);
}

/* Generations other than the current one are deleted, complete or not. */
static void test_writer_open__sweeps_generations(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    char path[512];
    struct writer *writer = index_fixture_writer(index);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_commit(writer);
    writer_close(writer);
    static const char *const others[] = {"gen-000002", "gen-000007.new", "gen-000009"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", index, others[i]);
        assert_ok(store_create(path, &err), &err);
    }
    writer = index_fixture_writer(index);
    index_fixture_assert_text(writer, "a", "one");
    DIR *folder = opendir(index);
    assert_non_null(folder);
    unsigned generations = 0;
    for (const struct dirent *entry; (entry = readdir(folder));)
        generations += strncmp(entry->d_name, "gen-", 4) == 0;
    closedir(folder);
    assert_int_equal(generations, 1);
    writer_close(writer);
}

static enum status open_with(const char *index, const struct writer_options *options,
                             struct error *err) {
    struct writer *writer = NULL;
    enum status status = writer_open(&writer, index, options, err);
    assert_int_equal(writer == NULL, status != ST_OK);
    writer_close(writer);
    return status;
}

static void test_writer_open__settings(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    struct writer_options options = index_fixture_options();
    options.analysis.stopwords = slice_of_string("the\nof\n");
    assert_ok(open_with(index, &options, &err), &err);
    /* Without settings of its own, the writer uses those of the index. */
    struct writer_options other = {.memory = 1 << 20};
    assert_ok(open_with(index, &other, &err), &err);
    options.analysis_given = options.keep_text_given = true;
    options.create = false;
    assert_ok(open_with(index, &options, &err), &err);
    other = options;
    other.keep_text = false;
    assert_status(open_with(index, &other, &err), ST_SETTINGS, &err);
    assert_non_null(strstr(err.text, "made with other settings (text kept; now no text kept)"));
    assert_non_null(strstr(err.text, "leave these options out, or index into another folder"));
    other = options;
    strcpy(other.analysis.stemmer, "german");
    assert_status(open_with(index, &other, &err), ST_SETTINGS, &err);
    assert_non_null(strstr(err.text, "english"));
    assert_non_null(strstr(err.text, "german"));
    other = options;
    other.analysis.stopwords = slice_of_string("the\n");
    assert_status(open_with(index, &other, &err), ST_SETTINGS, &err);
    other = options;
    strcpy(other.analysis.stemmer, "klingon");
    assert_status(open_with(index, &other, &err), ST_INVALID, &err);
    assert_ok(open_with(index, &options, &err), &err);
}

static void test_writer_open__no_index(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    struct writer_options options = index_fixture_options();
    options.create = false;
    assert_status(open_with(index, &options, &err), ST_NOT_FOUND, &err);
    assert_int_equal(access(index, F_OK), -1); /* not even the folder was created */
    options.create = true;
    strcpy(options.analysis.stemmer, "klingon");
    assert_status(open_with(index, &options, &err), ST_INVALID, &err);
    /* A failure leaves nothing in the way. */
    assert_ok(open_with(index,
                        &(struct writer_options){
                            .analysis = {.stemmer = "none"}, .create = true, .memory = 1 << 20},
                        &err),
              &err);
}

static void test_writer_open__is_busy(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    struct writer_options options = index_fixture_options();
    struct writer *writer = index_fixture_writer(index);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    assert_status(open_with(index, &options, &err), ST_BUSY, &err);
    index_fixture_commit(writer);
    index_fixture_assert_text(writer, "a", "one");
    writer_close(writer);
    assert_ok(open_with(index, &options, &err), &err);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writer_open__sweeps_orphans),
        cmocka_unit_test(test_writer_open__key_without_a_segment),
        cmocka_unit_test(test_writer_open__sweeps_generations),
        cmocka_unit_test(test_writer_open__settings),
        cmocka_unit_test(test_writer_open__no_index),
        cmocka_unit_test(test_writer_open__is_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
