/* SPDX-License-Identifier: MIT */
/* Verification of everything beside the segments: records of all tables, ids in several segments,
 * and LMDB's pages. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/codec.h"
#include "common/index/current.h"
#include "common/index/file_record.h"
#include "common/index/verify.h"
#include "common/store/keys.h"
#include "indexer/commands.h"
#include "indexer/report.h"
#include "tests/support/index_fixture.h"

/* Opens the store of an index for a change. */
static struct store_txn *begin_change(struct store **store, const char *index) {
    struct error err;
    struct store_txn *txn;
    char path[PATH_MAX];
    assert_ok(current_generation(path, index, &err), &err);
    assert_ok(store_open(store, path, STORE_WRITE, &err), &err);
    assert_ok(store_begin(&txn, *store, true, &err), &err);
    return txn;
}

/* Puts a record, with or without a checksum, and verifies. */
static enum status verify_with(const char *index, enum store_table table, struct slice key,
                               struct slice value, bool checksummed, struct verify_counts *counts,
                               struct error *err) {
    struct store *store;
    struct snapshot *snapshot;
    struct store_txn *txn = begin_change(&store, index);
    enum status status = checksummed ? store_put_checksummed(txn, table, key, value, err)
                                     : store_put(txn, table, key, value, err);
    assert_ok(status, err);
    assert_ok(store_commit(txn, err), err);
    store_close(store);
    assert_ok(snapshot_open(&snapshot, index, err), err);
    status = verify_snapshot(counts, snapshot, err);
    snapshot_close(snapshot);
    return status;
}

static void delete_record(const char *index, enum store_table table, struct slice key) {
    struct error err;
    struct store *store;
    struct store_txn *txn = begin_change(&store, index);
    assert_ok(store_delete(txn, table, key, &err), &err);
    assert_ok(store_commit(txn, &err), &err);
    store_close(store);
}

#define BYTES(string) slice_of(string, sizeof(string) - 1)

static struct slice chunk_key(uint64_t *number, uint32_t segment, uint32_t stream, uint32_t chunk) {
    *number = keys_chunk(segment, stream, chunk);
    return keys_of_number(number);
}

static struct slice deletes_key(uint64_t *number, uint32_t segment, uint32_t bitmap) {
    *number = keys_deletes(segment, bitmap);
    return keys_of_number(number);
}

/* Records that no writer writes are damage. */
static void test_verify_snapshot__refuses_records_that_do_not_belong(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct test_document papers[] = {
        {"a", "one two", "three one"}, {"b", NULL, "one"}, {"c", NULL, ""}};
    index_fixture_fill(index, papers, 3, 0);
    uint8_t none[SEGMENT_DELETES_SIZE] = {0}, fourth[SEGMENT_DELETES_SIZE] = {8};
    uint8_t first[SEGMENT_DELETES_SIZE] = {1};
    static const uint8_t folder[8] = {1};
    static const uint8_t file_in_no_folder[] = {1, 0, 0, 0, 0, 0, 0, 0, 'a'};
    uint64_t numbers[4];
    const struct {
        enum store_table table;
        bool checksummed;
        struct slice key, value;
        const char *message;
    } records[] = {
        {TABLE_META, true, BYTES("other"), BYTES("x"), "a record that the format does not have"},
        {TABLE_META, false, BYTES("sources"), BYTES("nonsense"), "does not match its checksum"},
        {TABLE_CHUNK, false, chunk_key(&numbers[0], 1, 0, 1), BYTES("chunk"),
         "a chunk that the catalog does not count"},
        {TABLE_CHUNK, false, chunk_key(&numbers[1], 1, STREAM_FORM_INDEX, 7), BYTES("chunk"),
         "a chunk that the catalog does not count"},
        {TABLE_DICT, false, BYTES("\0\0\1"), BYTES("x"), "a key without a term"},
        {TABLE_DELETES, false, deletes_key(&numbers[2], 1, 0), slice_of(none, sizeof none),
         "does not match its checksum"},
        {TABLE_DELETES, true, deletes_key(&numbers[2], 1, 0), slice_of(none, 100),
         "does not match its checksum"},
        {TABLE_DELETES, true, deletes_key(&numbers[2], 1, 0), slice_of(fourth, sizeof fourth),
         "a document that does not exist is deleted"},
        {TABLE_DELETES, true, deletes_key(&numbers[3], 1, 1), slice_of(first, sizeof first),
         "a document that does not exist is deleted"},
        {TABLE_DELETES, true, deletes_key(&numbers[2], 1, 0), slice_of(first, sizeof first),
         "segment 1: the catalog's count of deleted documents is wrong"},
        {TABLE_FILE, true, BYTES("short"), BYTES("x"), "a key of a wrong size"},
        {TABLE_FILE, false, slice_of(folder, sizeof folder), BYTES("nonsense"),
         "does not match its checksum"},
        {TABLE_FILE, true, slice_of(folder, sizeof folder), BYTES("\4"), "does not decode"},
        {TABLE_FILE, true, slice_of(folder, sizeof folder), BYTES("\1\7\0\0\0\0\0\0\0\2/x"),
         "the record of a folder is not its own"},
        {TABLE_FILE, true, slice_of(file_in_no_folder, sizeof file_in_no_folder), BYTES("\2"),
         "a record whose folder has none"},
    };
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        struct error err;
        struct verify_counts counts;
        assert_status(verify_with(index, records[i].table, records[i].key, records[i].value,
                                  records[i].checksummed, &counts, &err),
                      ST_CORRUPT, &err);
        if (!strstr(err.text, records[i].message))
            fail_msg("\"%s\" says nothing of \"%s\"", err.text, records[i].message);
        delete_record(index, records[i].table, records[i].key);
        struct buffer content = {0};
        index_fixture_dump_path(&content, index);
        buffer_release(&content);
    }
}

/* An index of a newer version may have what is unknown here: it is neither damaged nor written to,
 * but it can be searched. */
static void test_verify_snapshot__leaves_newer_indexes_alone(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct test_document paper = {"a", "one two", "three one"};
    struct error err;
    struct verify_counts counts;
    struct store *store;
    struct slice payload;
    struct buffer catalog = {0};
    index_fixture_fill(index, &paper, 1, 0);
    struct store_txn *txn = begin_change(&store, index);
    assert_ok(store_get_checksummed(&payload, txn, TABLE_META, keys_catalog(), &err), &err);
    assert_int_equal(buffer_append(&catalog, payload.data, 4), ST_OK);
    assert_int_equal(buffer_append(&catalog, "\1\6\2\4maps", 8), ST_OK); /* one may only read */
    assert_int_equal(buffer_append_slice(&catalog, slice_after(payload, 4)), ST_OK);
    store_abort(txn);
    store_close(store);
    assert_status(
        verify_with(index, TABLE_META, keys_catalog(), buffer_slice(&catalog), true, &counts, &err),
        ST_SETTINGS, &err);
    assert_non_null(strstr(err.text, "maps"));
    struct writer_options options = index_fixture_options();
    struct writer *writer;
    assert_status(writer_open(&writer, index, &options, &err), ST_SETTINGS, &err);
    assert_non_null(strstr(err.text, "maps"));
    buffer_release(&catalog);
}

/* What a killed run leaves is not damage. */
static void test_verify_snapshot__counts_orphaned_records(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct test_document paper = {"a", "one two", "three one"};
    index_fixture_fill(index, &paper, 1, 0);
    struct error err;
    struct verify_counts counts;
    uint64_t number;
    assert_ok(verify_with(index, TABLE_CHUNK, chunk_key(&number, 2, 0, 0), BYTES("chunk"), false,
                          &counts, &err),
              &err);
    assert_int_equal(counts.orphaned_bytes, 8 + 5);
    assert_ok(verify_with(index, TABLE_DELETES, deletes_key(&number, 2, 0), BYTES("bits"), false,
                          &counts, &err),
              &err);
    assert_ok(
        verify_with(index, TABLE_DICT, BYTES("\0\0\0\2term"), BYTES("block"), false, &counts, &err),
        &err);
    assert_int_equal(counts.orphaned_bytes, 8 + 5 + 8 + 4 + 8 + 5);
}

/* Of a folder in an index of index_fixture_options(). */
static uint64_t folder_number(const char *path) {
    return file_record_folder(*index_fixture_options().hash_seed, slice_of_string(path));
}

/* Remembered files, as a scan writes them. */
static void test_verify_snapshot__compares_remembered_files(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct test_document papers[] = {{"/news/a", NULL, "one"}, {"/b", NULL, "one"}};
    static const struct {
        const char *folder, *name;
        struct file_record record;
        uint64_t missing_documents; /* sum up to here */
    } files[] = {
        {"/news", "", {.kind = FILE_FOLDER, .path = {(const uint8_t *)"/news", 5}}, 0},
        {"/news", "a", {.kind = FILE_REGULAR}, 0},
        {"/news", "b", {.kind = FILE_REGULAR, .flags = FILE_EMPTY | FILE_RACY}, 0},
        {"/news", "c.ndjson", {.kind = FILE_REGULAR, .flags = FILE_RECORDS}, 0},
        {"/news", "d", {.kind = FILE_SUBFOLDER}, 0},
        {"/", "", {.kind = FILE_FOLDER, .path = {(const uint8_t *)"/", 1}}, 0},
        {"/", "b", {.kind = FILE_REGULAR}, 0},
        {"/", "c", {.kind = FILE_REGULAR}, 1},
    };
    index_fixture_fill(index, papers, 2, 0);
    struct error err;
    struct verify_counts counts;
    struct key bytes;
    struct slice key;
    struct buffer value = {0};
    uint64_t count = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        key = keys_file(&bytes, folder_number(files[i].folder), slice_of_string(files[i].name));
        buffer_clear(&value);
        assert_int_equal(file_record_encode(&value, &files[i].record), ST_OK);
        assert_ok(verify_with(index, TABLE_FILE, key, buffer_slice(&value), true, &counts, &err),
                  &err);
        count += files[i].record.kind == FILE_REGULAR;
        assert_int_equal(counts.files, count);
        assert_int_equal(counts.missing_documents, files[i].missing_documents);
    }
    key = keys_file(&bytes, folder_number("/"), slice_of_string("x/y"));
    assert_status(verify_with(index, TABLE_FILE, key, buffer_slice(&value), true, &counts, &err),
                  ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "a name that no file can have"));
    delete_record(index, TABLE_FILE, key);
    key = keys_file(&bytes, folder_number("/"), slice_of_string(""));
    delete_record(index, TABLE_FILE, key);
    struct snapshot *snapshot;
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    assert_status(verify_snapshot(&counts, snapshot, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "a record whose folder has none"));
    snapshot_close(snapshot);
    buffer_release(&value);
}

/* `check` reads the list of sources as well. */
static void test_verify_snapshot__reads_the_sources(void **state) {
    (void)state;
    struct error err;
    struct index_options options = {.command = COMMAND_CHECK, .quiet = true};
    const volatile sig_atomic_t stop = 0;
    bool held;
    snprintf(options.index, sizeof options.index, "%s", testing_path("index"));
    static const struct slice lists[] = {{(const uint8_t *)"\7\1\1\2\5\2/a", 8},
                                         {(const uint8_t *)"\1\1nonsense", 10}};
    for (size_t i = 0; i < 2; i++) {
        struct writer *writer = index_fixture_writer(options.index);
        assert_ok(writer_put_meta(writer, keys_sources(), lists[i], &err), &err);
        assert_ok(writer_commit(writer, &err), &err);
        writer_close(writer);
        assert_status(commands_run(&held, &options, NULL, &stop, &err), i ? ST_CORRUPT : ST_OK,
                      &err);
    }
    assert_string_equal(err.text, "the list of sources is damaged");
}

/* If a deletion is lost, two documents have one id. */
static void test_verify_snapshot__notices_one_id_in_two_segments(void **state) {
    (void)state;
    enum { FIRST = 10 };
    for (unsigned second = 3; second <= 12; second += 9) { /* documents of the second segment */
        const char *index = testing_path(second < FIRST ? "less" : "more");
        struct error err;
        struct writer *writer = index_fixture_writer(index);
        for (unsigned i = 0; i < FIRST + second; i++) {
            char id[16];
            snprintf(id, sizeof id, "id-%u", i == FIRST + 1 ? 7 : i);
            index_fixture_add(writer, id, NULL, i < FIRST ? "one" : "two",
                              i == FIRST + 1 ? WRITER_REPLACED : WRITER_ADDED);
            if (i == FIRST - 1)
                assert_ok(writer_commit(writer, &err), &err);
        }
        assert_ok(writer_commit(writer, &err), &err);
        writer_close(writer);
        struct store *store;
        struct snapshot *snapshot;
        struct verify_counts counts;
        struct buffer content = {0};
        index_fixture_dump_path(&content, index);
        buffer_release(&content);
        struct store_txn *txn = begin_change(&store, index);
        struct catalog catalog = {0};
        uint64_t key;
        assert_ok(catalog_read(&catalog, txn, &err), &err);
        assert_int_equal(catalog.segment_count, 2);
        assert_int_equal(catalog.segments[0].deleted, 1);
        catalog.segments[0].deleted = 0;
        assert_ok(catalog_write(&catalog, txn, &err), &err);
        deletes_key(&key, catalog.segments[0].id, 0);
        assert_ok(store_delete(txn, TABLE_DELETES, slice_of(&key, sizeof key), &err), &err);
        assert_ok(store_commit(txn, &err), &err);
        catalog_release(&catalog);
        store_close(store);
        assert_ok(snapshot_open(&snapshot, index, &err), &err);
        assert_status(verify_snapshot(&counts, snapshot, &err), ST_CORRUPT, &err);
        assert_non_null(strstr(err.text, "its id is also that of another document"));
        snapshot_close(snapshot);
    }
}

/* Titles that were cut, empty texts and texts of many blocks are not damage. */
static void test_verify_snapshot__accepts_texts_and_titles_of_any_length(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct writer *writer = index_fixture_writer(index);
    struct error err;
    struct buffer content = {0};
    for (unsigned i = 0; i < 40; i++) {
        char id[16];
        struct buffer title = {0}, text = {0};
        snprintf(id, sizeof id, "id-%u", i);
        for (unsigned k = 0; k < (i < 20 ? 1000 + 2 * i : 3); k++)
            assert_int_equal(buffer_append(&title, &"\xc3\xbc"[k % 2], 1), ST_OK);
        for (unsigned k = 0; k < i * 1000; k++)
            assert_int_equal(buffer_append(&text, &"ab c"[k % 4], 1), ST_OK);
        assert_int_equal(buffer_append_byte(&title, 0), ST_OK);
        assert_int_equal(buffer_append_byte(&text, 0), ST_OK);
        index_fixture_add(writer, id, (const char *)title.data, (const char *)text.data,
                          WRITER_ADDED);
        buffer_release(&title);
        buffer_release(&text);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    index_fixture_dump_path(&content, index);
    buffer_release(&content);
}

/* A page that is both free and in use is noticed before a commit overwrites it. */
static void test_verify_snapshot__notices_a_page_with_two_uses(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct test_document papers[] = {{"a", NULL, "one"}, {"b", NULL, "two"}};
    index_fixture_fill(index, papers, 2, 1);
    struct error err;
    struct snapshot *snapshot;
    struct verify_counts counts;
    char path[512];
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    assert_ok(verify_snapshot(&counts, snapshot, &err), &err);
    assert_true(counts.pages.free > 0 && counts.pages.leaked == 0);
    snprintf(path, sizeof path, "%s/gen-000001/data.mdb", index);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t meta[4096], page[4096];
    off_t at = (off_t)(4096 * (store_txn_id(snapshot->txn) & 1));
    assert_int_equal(pread(fd, meta, sizeof meta, at), sizeof meta);
    /* The tree of free pages has one leaf. Its last record is where the nodes begin. */
    uint64_t list_root = get_u64(meta + 80), main_root = get_u64(meta + 128);
    at = (off_t)(4096 * list_root);
    assert_int_equal(pread(fd, page, sizeof page, at), sizeof page);
    unsigned nodes = (get_u16(page + 12) - 16u) / 2;
    uint8_t *list = page + get_u16(page + 16 + 2 * (size_t)(nodes - 1)) + 16;
    assert_true(get_u64(list) > 0);
    put_u64(list, 1);
    put_u64(list + 8, main_root);
    assert_int_equal(pwrite(fd, page, sizeof page, at), sizeof page);
    assert_status(verify_snapshot(&counts, snapshot, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "is free, but also in use"));
    close(fd);
    snapshot_close(snapshot);
}

/* The report is one line, and another for each thing that is not damage. */
static void test_report_check__prints_a_line_each(void **state) {
    (void)state;
    struct verify_counts counts = {.segments = 1, .documents = 3, .files = 5};
    for (unsigned round = 0; round < 2; round++) {
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        assert_non_null(out);
        report_check(out, &counts);
        fclose(out);
        assert_int_equal(strncmp(text, "sound: 3 documents, ", 20), 0);
        assert_string_equal(
            strchr(text, '\n') + 1,
            round ? "left over from a killed run: 1.0 KiB, which the next run deletes\n"
                    "lost: 2 pages of the file, which `compact` frees\n"
                    "without a document: 4 of 5 remembered files, until they change\n"
                  : "");
        free(text);
        counts.orphaned_bytes = 1024;
        counts.pages.leaked = 2;
        counts.missing_documents = 4;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_snapshot__refuses_records_that_do_not_belong),
        cmocka_unit_test(test_verify_snapshot__leaves_newer_indexes_alone),
        cmocka_unit_test(test_verify_snapshot__counts_orphaned_records),
        cmocka_unit_test(test_verify_snapshot__compares_remembered_files),
        cmocka_unit_test(test_verify_snapshot__reads_the_sources),
        cmocka_unit_test(test_verify_snapshot__notices_one_id_in_two_segments),
        cmocka_unit_test(test_verify_snapshot__accepts_texts_and_titles_of_any_length),
        cmocka_unit_test(test_verify_snapshot__notices_a_page_with_two_uses),
        cmocka_unit_test(test_report_check__prints_a_line_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
