/* SPDX-License-Identifier: MIT */
/* New, changed and deleted files are found. The files do not exist: only their stat(2) counts. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/tagged.h"
#include "common/index/file_record.h"
#include "common/store/keys.h"
#include "indexer/scan/changes.h"
#include "indexer/source/path.h"

enum { SECOND = 1000000000 };
static const int64_t started = INT64_C(1000) * SECOND; /* of every scan here */

struct fixture {
    const char *folder;
    struct writer *writer;
    struct changes *changes;
    struct error err;
};

static struct slice text(const char *string) {
    return slice_of_string(string);
}

static int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->folder = testing_folder();
    char index[80];
    snprintf(index, sizeof index, "%s/index", f->folder);
    struct writer_options options = {
        .analysis = {.stemmer = "none"}, .create = true, .memory = 16 * 1024 * 1024};
    assert_int_equal(writer_open(&f->writer, index, &options, &f->err), ST_OK);
    assert_int_equal(changes_new(&f->changes, f->writer,
                                 writer_snapshot(f->writer)->catalog.hash_seed, started, &f->err),
                     ST_OK);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    changes_free(f->changes);
    writer_close(f->writer);
    free(f);
    return 0;
}

/* A file that was written a minute before the scan. */
static struct stat old_file(uint64_t inode) {
    return (struct stat){
        .st_mode = S_IFREG | 0644,
        .st_size = 10,
        .st_ino = inode,
        .st_mtim = {.tv_sec = 940, .tv_nsec = 5},
        .st_ctim = {.tv_sec = 940, .tv_nsec = 7},
    };
}

static void commit(struct fixture *f) {
    assert_int_equal(writer_commit(f->writer, &f->err), ST_OK);
}

static void enter_on(struct fixture *f, const char *path, uint64_t device) {
    struct snapshot *snapshot = writer_snapshot(f->writer);
    assert_int_equal(changes_enter(f->changes, snapshot, text(path), device, &f->err), ST_OK);
}

static void enter(struct fixture *f, const char *path) {
    enter_on(f, path, 1);
}

static void leave(struct fixture *f) {
    assert_int_equal(changes_leave(f->changes, writer_snapshot(f->writer), &f->err), ST_OK);
}

static struct change look_as(struct fixture *f, const char *name, const struct stat *st,
                             bool is_record_file) {
    struct change change;
    assert_int_equal(changes_file(&change, f->changes, writer_snapshot(f->writer), text(name), st,
                                  is_record_file, &f->err),
                     ST_OK);
    return change;
}

static int look(struct fixture *f, const char *name, const struct stat *st) {
    return (int)look_as(f, name, st, false).kind;
}

static void remember(struct fixture *f, const char *name, const struct stat *st, unsigned flags) {
    assert_int_equal(changes_remember(f->changes, text(name), st, flags, &f->err), ST_OK);
}

/* Scans the folder, finds these files in it, "a b c", and remembers them; a name that ends in a
 * slash is a subfolder. */
static void scan_folder(struct fixture *f, const char *folder, const char *names) {
    enter(f, folder);
    char copy[256], *left = copy;
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name; (name = strsep(&left, " "));) {
        size_t length = strlen(name);
        struct stat st = old_file(length);
        if (length == 0)
            continue;
        if (name[length - 1] == '/') {
            struct slice slice = slice_of(name, length - 1);
            assert_int_equal(changes_subfolder(f->changes, slice, &f->err), ST_OK);
        } else if (look(f, name, &st) != CHANGE_NONE) {
            remember(f, name, &st, 0);
        }
    }
    leave(f);
}

/* Asserts that exactly these documents were deleted, in any order: "/s/a /s/b". */
static void assert_deleted(struct fixture *f, const char *expected) {
    size_t count, found = 0, wanted = 0;
    const struct deleted_entry *deleted = changes_deleted(&count, f->changes);
    char copy[256], *left = copy;
    snprintf(copy, sizeof copy, "%s", expected);
    for (char *path; (path = strsep(&left, " "));) {
        if (!*path)
            continue;
        wanted++;
        for (size_t i = 0; i < count; i++)
            found += deleted[i].document && slice_equal(deleted[i].path, text(path));
    }
    size_t documents = 0;
    for (size_t i = 0; i < count; i++)
        documents += deleted[i].document;
    assert_int_equal(found, wanted);
    assert_int_equal(documents, wanted);
}

/* Removes the records of deleted files, as ingest does, and begins the next scan. */
static void remove_deleted(struct fixture *f) {
    size_t count;
    const struct deleted_entry *deleted = changes_deleted(&count, f->changes);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(writer_put_file(f->writer, deleted[i].key, slice_of(NULL, 0), &f->err),
                         ST_OK);
    commit(f);
    changes_reset(f->changes);
}

static void test_changes_file__unknown_then_remembered(void **state) {
    struct fixture *f = *state;
    struct stat st = old_file(1);
    enter(f, "/s");
    assert_int_equal(look(f, "a", &st), CHANGE_NEW);
    remember(f, "a", &st, 0);
    leave(f);
    commit(f);
    enter(f, "/s");
    struct change change = look_as(f, "a", &st, false);
    assert_int_equal(change.kind, CHANGE_NONE);
    assert_true(change.document);
    assert_int_equal(look(f, "b", &st), CHANGE_NEW);
}

static void test_changes_file__every_part_of_the_state_counts(void **state) {
    struct fixture *f = *state;
    struct stat st = old_file(1);
    enter(f, "/s");
    remember(f, "a", &st, 0);
    commit(f);
    enter(f, "/s");
    struct stat other = st;
    other.st_size++;
    assert_int_equal(look(f, "a", &other), CHANGE_CHANGED);
    other = st;
    other.st_mtim.tv_nsec++;
    assert_int_equal(look(f, "a", &other), CHANGE_CHANGED);
    other = st;
    other.st_mtim.tv_sec -= 86400; /* a clock set back, or an older file moved here */
    assert_int_equal(look(f, "a", &other), CHANGE_CHANGED);
    other = st;
    other.st_ctim.tv_nsec++;
    assert_int_equal(look(f, "a", &other), CHANGE_CHANGED);
    other = st;
    other.st_ino++;
    assert_int_equal(look(f, "a", &other), CHANGE_CHANGED);
    assert_int_equal(look_as(f, "a", &st, true).kind, CHANGE_CHANGED); /* now a file of records */
    assert_int_equal(look(f, "a", &st), CHANGE_NONE);
}

static void test_changes_file__modified_too_close_to_the_scan(void **state) {
    struct fixture *f = *state;
    struct stat safe = old_file(1), racy = old_file(2), racy_ctime = old_file(3);
    safe.st_mtim = (struct timespec){.tv_sec = 997, .tv_nsec = 999999999};
    racy.st_mtim = (struct timespec){.tv_sec = 998};
    racy_ctime.st_ctim = (struct timespec){.tv_sec = 2000}; /* a clock that was ahead */
    enter(f, "/s");
    remember(f, "racy", &racy, 0);
    remember(f, "racy_ctime", &racy_ctime, 0);
    remember(f, "safe", &safe, 0);
    commit(f);
    enter(f, "/s");
    assert_int_equal(look(f, "racy", &racy), CHANGE_CHANGED);
    assert_int_equal(look(f, "racy_ctime", &racy_ctime), CHANGE_CHANGED);
    assert_int_equal(look(f, "safe", &safe), CHANGE_NONE);
}

static void test_changes_file__single_files_without_listing(void **state) {
    struct fixture *f = *state;
    struct stat st = old_file(1);
    for (int round = 0; round < 2; round++) {
        struct snapshot *snapshot = writer_snapshot(f->writer);
        assert_int_equal(changes_visit(f->changes, snapshot, text("/s"), &f->err), ST_OK);
        assert_int_equal(look(f, "a", &st), round ? CHANGE_NONE : CHANGE_NEW);
        remember(f, "a", &st, FILE_NAMED);
        assert_int_equal(changes_visit(f->changes, snapshot, text("/t"), &f->err), ST_OK);
        assert_int_equal(look(f, "a", &st), CHANGE_NEW); /* another folder */
        commit(f);
    }
}

static void test_changes_file__names_of_any_bytes(void **state) {
    struct fixture *f = *state;
    struct stat st = old_file(1);
    char longest[256];
    memset(longest, 'x', 255);
    longest[255] = '\0';
    const char *names[] = {"\x01", "a\nb", "\xff\xfe", longest};
    for (int round = 0; round < 2; round++) {
        enter(f, "/s");
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            assert_int_equal(look(f, names[i], &st), round ? CHANGE_NONE : CHANGE_NEW);
            remember(f, names[i], &st, 0);
        }
        leave(f);
        assert_deleted(f, "");
        commit(f);
    }
}

static void test_changes_file__in_any_order(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "a b c d e");
    commit(f);
    scan_folder(f, "/s", "d a e b");
    assert_deleted(f, "/s/c");
}

static void test_changes_file__uncommitted_is_not_remembered(void **state) {
    struct fixture *f = *state;
    struct stat st = old_file(1);
    enter(f, "/s");
    remember(f, "a", &st, 0);
    enter(f, "/s");
    assert_int_equal(look(f, "a", &st), CHANGE_NEW);
}

static void test_changes_leave__file_gone(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "a b c");
    commit(f);
    scan_folder(f, "/s", "a c");
    assert_deleted(f, "/s/b");
    remove_deleted(f);
    scan_folder(f, "/s", "a c");
    assert_deleted(f, "");
}

static void test_changes_leave__folder_gone_with_all_below(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "a sub/");
    scan_folder(f, "/s/sub", "b deep/");
    scan_folder(f, "/s/sub/deep", "c d");
    scan_folder(f, "/s/subway", "e"); /* not below it, though the names begin alike */
    commit(f);
    scan_folder(f, "/s", "a");
    assert_deleted(f, "/s/sub/b /s/sub/deep/c /s/sub/deep/d");
    remove_deleted(f);
    scan_folder(f, "/s", "a sub/");
    scan_folder(f, "/s/sub", "deep/");
    scan_folder(f, "/s/sub/deep", "");
    assert_deleted(f, "");
}

static void test_changes_leave__unknown_names_stay(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "a sub/");
    scan_folder(f, "/s/sub", "b");
    commit(f);
    enter(f, "/s");
    changes_keep(f->changes, text("a"));
    changes_keep(f->changes, text("sub"));
    changes_keep(f->changes, text("never seen"));
    leave(f);
    assert_deleted(f, "");
}

static void test_changes_leave__named_file_stays_while_it_exists(void **state) {
    struct fixture *f = *state;
    char path[96];
    snprintf(path, sizeof path, "%s/.hidden", f->folder);
    testing_write_file(path, slice_of(NULL, 0));
    struct stat st = old_file(1);
    struct snapshot *snapshot = writer_snapshot(f->writer);
    assert_int_equal(changes_visit(f->changes, snapshot, text(f->folder), &f->err), ST_OK);
    remember(f, ".hidden", &st, FILE_NAMED);
    commit(f);
    scan_folder(f, f->folder, "");
    assert_deleted(f, "");
    st.st_size++; /* a scan that lists the file must not lose the flag */
    enter(f, f->folder);
    assert_int_equal(look(f, ".hidden", &st), CHANGE_CHANGED);
    remember(f, ".hidden", &st, 0);
    commit(f);
    scan_folder(f, f->folder, "");
    assert_deleted(f, "");
    assert_int_equal(unlink(path), 0);
    scan_folder(f, f->folder, "");
    assert_deleted(f, path);
}

static void test_changes_leave__files_without_a_document(void **state) {
    struct fixture *f = *state;
    struct stat st = old_file(1);
    enter(f, "/s");
    remember(f, "binary", &st, FILE_EMPTY);
    remember(f, "records", &st, FILE_RECORDS);
    commit(f);
    enter(f, "/s");
    struct change change = look_as(f, "binary", &st, false);
    assert_int_equal(change.kind, CHANGE_NONE);
    assert_false(change.document);
    assert_int_equal(look_as(f, "records", &st, true).kind, CHANGE_NONE);
    enter(f, "/s");
    leave(f);
    assert_deleted(f, ""); /* no documents ... */
    size_t count;
    changes_deleted(&count, f->changes);
    assert_int_equal(count, 2); /* ... but records */
}

static void test_changes_leave__file_becomes_folder_and_back(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "x");
    commit(f);
    scan_folder(f, "/s", "x/");
    scan_folder(f, "/s/x", "y");
    assert_deleted(f, "/s/x");
    remove_deleted(f);
    scan_folder(f, "/s", "x/");
    scan_folder(f, "/s/x", "y");
    assert_deleted(f, "");
    remove_deleted(f);
    for (int round = 0; round < 2; round++) { /* the first time, the guard may trip */
        changes_reset(f->changes);
        scan_folder(f, "/s", "x");
        assert_deleted(f, "/s/x/y");
        commit(f);
    }
    remove_deleted(f);
    scan_folder(f, "/s", "x");
    assert_deleted(f, "");
    remove_deleted(f);
    scan_folder(f, "/s", "");
    assert_deleted(f, "/s/x");
}

static uint64_t folder_hash(struct fixture *f, const char *path) {
    return file_record_folder(writer_snapshot(f->writer)->catalog.hash_seed, text(path));
}

static void test_changes_enter__hash_of_another_folder(void **state) {
    struct fixture *f = *state;
    uint64_t hash = folder_hash(f, "/s");
    uint8_t value[] = {1, 9, 0, 0, 0, 0, 0, 0, 0, 2, '/', 'q'};
    struct key key;
    assert_int_equal(writer_put_file(f->writer, keys_file(&key, hash, slice_of(NULL, 0)),
                                     slice_of(value, sizeof value), &f->err),
                     ST_OK);
    commit(f);
    struct stat st = old_file(1);
    for (int round = 0; round < 2; round++) {
        enter(f, "/s");
        assert_int_equal(look(f, "a", &st), CHANGE_NEW);
        remember(f, "a", &st, 0);
        leave(f);
        assert_deleted(f, "");
        commit(f);
    }
}

static void test_changes_enter__damaged_records(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "");
    uint64_t hash = folder_hash(f, "/s");
    struct key bytes;
    struct slice key = keys_file(&bytes, hash, slice_of("a", 1));
    struct stat st = old_file(1);
    uint8_t value[34] = {3};
    for (size_t size = 1; size <= sizeof value; size++) {
        assert_int_equal(writer_put_file(f->writer, key, slice_of(value, size), &f->err), ST_OK);
        commit(f);
        enum status status =
            changes_enter(f->changes, writer_snapshot(f->writer), text("/s"), 1, &f->err);
        assert_int_equal(status, size == sizeof value ? ST_OK : ST_CORRUPT);
    }
    assert_int_equal(look(f, "a", &st), CHANGE_CHANGED);
}

/* What a later version adds to a record is passed over. */
static void test_changes_enter__records_that_grew(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "");
    struct key bytes;
    struct slice key = keys_file(&bytes, folder_hash(f, "/s"), slice_of("a", 1));
    struct stat st = old_file(1);
    struct buffer value = {0};
    const struct file_record file = {
        .kind = FILE_REGULAR, .mtime = 0, .ctime = 0, .inode = st.st_ino, .size = 1};
    assert_int_equal(file_record_encode(&value, &file), ST_OK);
    assert_int_equal(tagged_append_varint(&value, 9, 1), ST_OK);
    assert_int_equal(writer_put_file(f->writer, key, buffer_slice(&value), &f->err), ST_OK);
    commit(f);
    enter(f, "/s");
    assert_int_equal(look(f, "a", &st), CHANGE_CHANGED);
    buffer_release(&value);
}

static void test_changes_folder_deleted__root(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "a sub/");
    scan_folder(f, "/s/sub", "b");
    scan_folder(f, "/other", "c");
    commit(f);
    struct snapshot *snapshot = writer_snapshot(f->writer);
    assert_int_equal(changes_folder_deleted(f->changes, snapshot, text("/s"), &f->err), ST_OK);
    assert_deleted(f, "/s/a /s/sub/b");
    changes_reset(f->changes);
    assert_int_equal(changes_folder_deleted(f->changes, snapshot, text("/never"), &f->err), ST_OK);
    assert_deleted(f, "");
}

static void test_changes_file_deleted__only_what_is_remembered(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "a");
    commit(f);
    struct snapshot *snapshot = writer_snapshot(f->writer);
    assert_int_equal(changes_file_deleted(f->changes, snapshot, text("/s"), text("b"), &f->err),
                     ST_OK);
    assert_deleted(f, "");
    assert_int_equal(changes_file_deleted(f->changes, snapshot, text("/s"), text("a"), &f->err),
                     ST_OK);
    assert_deleted(f, "/s/a");
}

/* A folder that is only asked about is not remembered, and can be remembered later. */
static void test_changes_file_deleted__writes_nothing(void **state) {
    struct fixture *f = *state;
    struct stat st = old_file(1);
    struct snapshot *snapshot = writer_snapshot(f->writer);
    uint64_t before = store_txn_id(snapshot->txn);
    assert_int_equal(changes_file_deleted(f->changes, snapshot, text("/never"), text("a"), &f->err),
                     ST_OK);
    assert_deleted(f, "");
    commit(f);
    snapshot = writer_snapshot(f->writer);
    assert_int_equal(store_txn_id(snapshot->txn), before);
    assert_int_equal(changes_visit(f->changes, snapshot, text("/never"), &f->err), ST_OK);
    remember(f, "a", &st, FILE_NAMED);
    commit(f);
    snapshot = writer_snapshot(f->writer);
    assert_int_equal(changes_folder_deleted(f->changes, snapshot, text("/never"), &f->err), ST_OK);
    assert_deleted(f, "/never/a");
}

/* Asserts the counts that the delete guard gets. */
static void assert_counts(struct fixture *f, uint64_t remembered, uint64_t present,
                          uint64_t deleted, bool device_changed) {
    const struct delete_counts *counts = changes_counts(f->changes);
    assert_int_equal(counts->remembered, remembered);
    assert_int_equal(counts->present, present);
    assert_int_equal(counts->deleted, deleted);
    assert_int_equal(counts->device_changed, device_changed);
}

static void test_changes_counts__files_of_all_folders(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "a b c sub/");
    scan_folder(f, "/s/sub", "d e");
    commit(f);
    changes_reset(f->changes);
    scan_folder(f, "/s", "a new");
    assert_counts(f, 5, 2, 4, false);
    changes_reset(f->changes);
    scan_folder(f, "/empty", "");
    assert_counts(f, 0, 0, 0, false);
}

static void test_changes_counts__another_device(void **state) {
    struct fixture *f = *state;
    scan_folder(f, "/s", "a b sub/");
    scan_folder(f, "/s/sub", "c");
    commit(f);
    struct stat st = old_file(1);
    for (int round = 0; round < 2;
         round++) { /* the old device stays remembered while the guard trips */
        changes_reset(f->changes);
        enter(f, "/s");
        assert_int_equal(look(f, "a", &st), CHANGE_NONE);
        assert_int_equal(look(f, "b", &st), CHANGE_NONE);
        assert_int_equal(changes_subfolder(f->changes, text("sub"), &f->err), ST_OK);
        leave(f);
        enter_on(f, "/s/sub", 2);
        leave(f);
        assert_deleted(f, "/s/sub/c");
        assert_counts(f, 3, 2, 1, true);
        commit(f);
    }
    remove_deleted(f);
    for (int round = 0; round < 2;
         round++) { /* the new one is remembered once nothing is deleted */
        enter_on(f, "/s/sub", 2);
        look(f, "d", &st);
        remember(f, "d", &st, 0);
        leave(f);
        commit(f);
    }
    changes_reset(f->changes);
    enter(f, "/s");
    look(f, "a", &st);
    leave(f);
    enter_on(f, "/s/sub", 2);
    leave(f);
    assert_false(changes_counts(f->changes)->device_changed);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_changes_file__unknown_then_remembered),
        TEST(test_changes_file__every_part_of_the_state_counts),
        TEST(test_changes_file__modified_too_close_to_the_scan),
        TEST(test_changes_file__single_files_without_listing),
        TEST(test_changes_file__names_of_any_bytes),
        TEST(test_changes_file__in_any_order),
        TEST(test_changes_file__uncommitted_is_not_remembered),
        TEST(test_changes_leave__file_gone),
        TEST(test_changes_leave__folder_gone_with_all_below),
        TEST(test_changes_leave__unknown_names_stay),
        TEST(test_changes_leave__named_file_stays_while_it_exists),
        TEST(test_changes_leave__files_without_a_document),
        TEST(test_changes_leave__file_becomes_folder_and_back),
        TEST(test_changes_enter__hash_of_another_folder),
        TEST(test_changes_enter__damaged_records),
        TEST(test_changes_enter__records_that_grew),
        TEST(test_changes_folder_deleted__root),
        TEST(test_changes_file_deleted__only_what_is_remembered),
        TEST(test_changes_file_deleted__writes_nothing),
        TEST(test_changes_counts__files_of_all_folders),
        TEST(test_changes_counts__another_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
