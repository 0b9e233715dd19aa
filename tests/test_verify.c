/* Verification: whatever byte of an index is flipped, somebody notices, or nothing has changed. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/file_record.h"
#include "common/segment_writer.h"
#include "common/verify.h"
#include "indexer/publish.h"
#include "tests/support/shelf.h"

enum { GUARDED = 99 }; /* the exit code of store_guard() */

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { SANITIZED = 1 }; /* store_guard() leaves signals to the sanitizer */
#else
enum { SANITIZED = 0 };
#endif

/* An index of several segments with short and long lists, replaced and removed documents. */
static void make_index(const char *index) {
    struct testing_random random = testing_random();
    struct error err;
    struct writer *writer = shelf_writer(index);
    for (unsigned i = 0; i < 400; i++) {
        char id[16];
        struct buffer text = {0};
        snprintf(id, sizeof id, "id-%u", i % 350);
        testing_words(&text, &random, 40, 300);
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
        shelf_add(writer, id, "title", (const char *)text.data,
                  i < 350 ? WRITER_NEW : WRITER_REPLACED);
        buffer_release(&text);
        if (i == 250 || i == 360)
            assert_ok(writer_commit(writer, &err), &err);
    }
    assert_ok(writer_remove(writer, slice_of_string("id-100"), &err), &err);
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
}

static void test_verify_snapshot__counts(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct shelf_document papers[] = {
        {"a", "one two", "three one"}, {"b", NULL, "one"}, {"c", NULL, ""}};
    shelf_fill(index, papers, 3, 2);
    struct error err;
    struct snapshot *snapshot;
    struct verify_counts counts;
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    assert_ok(verify_snapshot(snapshot, &counts, &err), &err);
    assert_int_equal(counts.segments, 2);
    assert_int_equal(counts.documents, 3);
    assert_int_equal(counts.terms, 3);
    assert_int_equal(counts.postings, 4);
    assert_int_equal(counts.occurrences, 5);
    assert_true(counts.bytes > 0);
    snapshot_close(snapshot);
}

static void test_verify_snapshot__empty(void **state) {
    (void)state;
    const char *index = testing_path("index");
    writer_close(shelf_writer(index));
    struct error err;
    struct snapshot *snapshot;
    struct verify_counts counts;
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    assert_ok(verify_snapshot(snapshot, &counts, &err), &err);
    assert_int_equal(counts.segments + counts.documents + counts.terms + counts.bytes, 0);
    snapshot_close(snapshot);
}

/* Damage that no checksum tells of: a sound segment with other things said about it. */
static void test_verify_snapshot__catalog_says_otherwise(void **state) {
    (void)state;
    const char *index = testing_path("index");
    make_index(index);
    static const struct {
        const char *message; /* part of it */
        size_t place;
        int more;
        size_t size;
    } lies[] = {
#define LIE(field, more, message)                                                                  \
    {message, offsetof(struct catalog_segment, field), more,                                       \
     sizeof((struct catalog_segment *)0)->field}
        LIE(terms, 1, "the catalog counts other terms than there are"),
        LIE(terms, -1, "the catalog counts other terms than there are"),
        LIE(postings, 1, "the catalog counts other postings than there are"),
        LIE(length, 1, "the catalog counts other words than there are"),
        LIE(removed, 1, "the catalog counts other removed documents than there are"),
        LIE(documents, 1, ""),
        LIE(documents, -1, ""),
        LIE(id, 1, ""),
        LIE(chunks[STREAM_POSTINGS], 1, "chunk"),
        LIE(chunks[STREAM_POSITIONS], -1, "chunk"),
        LIE(chunks[STREAM_TEXT], -1, "no such chunk"),
        LIE(chunks[STREAM_COUNT], 1, "has a stream that the format does not have"),
        LIE(text_bytes, 1, "the catalog counts other text than there is"),
        LIE(bytes, -1, "the catalog counts other bytes than there are"),
#undef LIE
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct error err;
        struct snapshot *snapshot;
        struct verify_counts counts;
        assert_ok(snapshot_open(&snapshot, index, &err), &err);
        struct catalog_segment info = snapshot->catalog.segments[0];
        uint8_t *field = (uint8_t *)&info + lies[i].place;
        if (lies[i].size == 8)
            put_u64(field, get_u64(field) + (uint64_t)(int64_t)lies[i].more);
        else
            put_u32(field, get_u32(field) + (uint32_t)lies[i].more);
        segment_close(&snapshot->segments[0]);
        segment_open(&snapshot->segments[0], snapshot->txn, &snapshot->unpacker, &info);
        assert_status(verify_snapshot(snapshot, &counts, &err), ST_CORRUPT, &err);
        assert_non_null(strstr(err.text, lies[i].message));
        assert_non_null(strstr(err.text, "segment "));
        snapshot_close(snapshot);
    }
}

/* A writer that errs, in one thing a time. The segment has 300 documents with the words "all",
 * twice, and "even" or "odd". */
enum fault {
    NO_FAULT,
    LENGTH_WRONG,
    NORM_WRONG,
    ID_WRONG,
    BOUND_WRONG,
    POSITIONS_EQUAL,
    POSTING_OF_NO_DOCUMENT,
    TOTAL_WRONG,
    TEXT_CUT,
    TEXT_OTHER,
    ID_TWICE,
    ID_ADDED,
    SKIPS_MOVED,
};

static void write_faulty(struct segment_writer *writer, enum fault fault) {
    enum { COUNT = 300 };
    static const char *const terms[] = {"all", "even", "odd"};
    struct error err;
    uint32_t doc;
    for (uint32_t i = 0; i < COUNT; i++) {
        char id[16];
        struct document document = {.length = fault == LENGTH_WRONG && i == 77 ? 4 : 3,
                                    .text = slice_of_string("text"),
                                    .has_text = true};
        unsigned number = fault == ID_TWICE && i == 78 ? 77 : i;
        document.id = slice_of(id, (size_t)snprintf(id, sizeof id, "id-%u", number));
        document.content_hash = writer_content_hash(document.title, document.text);
        document.content_hash ^= fault == TEXT_OTHER && i == 77;
        assert_ok(segment_writer_add(writer, &document, &doc, &err), &err);
    }
    if (fault == TEXT_CUT) {
        struct document document = {.id = slice_of_string("cut"), .length = 0};
        const struct docs_text where = {.kept = true, .size = 2000, .block = 0, .offset = 5};
        assert_ok(segment_writer_add_stored(writer, &document, &where, &doc, &err), &err);
    }
    if (fault == ID_WRONG)
        writer->items[77].hash ^= 1; /* in the fingerprint */
    if (fault == ID_ADDED)           /* of two documents */
        writer->items[77].hash = writer->items[78].hash;
    if (fault == SKIPS_MOVED)
        writer->postings.skip_next = 1;
    struct postings_encoder encoder = {.norms = segment_writer_norms(writer)};
    for (unsigned term = 0; term < 3; term++) {
        assert_ok(postings_encoder_begin(&encoder, slice_of_string(terms[term]), &err), &err);
        if (fault == BOUND_WRONG) /* bounds are made for longer documents */
            memset(writer->norms.data, 9, COUNT);
        for (uint32_t i = 0; i < COUNT; i++) {
            if (term && i % 2 == term - 1)
                continue;
            uint32_t number = i;
            if (fault == POSTING_OF_NO_DOCUMENT && term == 2 && i == COUNT - 2)
                number = COUNT;
            assert_ok(postings_encoder_document(&encoder, number, &err), &err);
            uint32_t *place = postings_encoder_values(&encoder, term ? 1 : 2, &err);
            assert_non_null(place);
            place[0] = term ? 2 : 0;
            if (!term)
                place[1] = fault == POSITIONS_EQUAL && i == 77 ? 0 : 1;
        }
        if (fault == TOTAL_WRONG && term == 1)
            encoder.occurrences++;
        assert_ok(postings_encoder_end(&encoder, &err), &err);
        if (fault == BOUND_WRONG)
            memset(writer->norms.data, 3, COUNT);
    }
    assert_ok(segment_writer_lists(writer, buffer_slice(&encoder.lists), &err), &err);
    postings_encoder_release(&encoder);
    if (fault == NORM_WRONG)
        writer->norms.data[77]++; /* no bound is passed by a longer document */
}

static void test_verify_snapshot__faulty_writer(void **state) {
    (void)state;
    static const struct {
        enum fault fault;
        const char *message;
    } faults[] = {{NO_FAULT, ""},
                  {LENGTH_WRONG, "segment 1, document 77: its length does not fit"},
                  {NORM_WRONG, "segment 1, document 77: its length does not fit"},
                  {ID_WRONG, "segment 1, document 77: its id is not found again"},
                  {BOUND_WRONG, "segment 1, term all: a posting passes its bound"},
                  {POSITIONS_EQUAL, "segment 1, term all: positions out of order"},
                  {POSTING_OF_NO_DOCUMENT, "segment 1, term odd: documents out of order"},
                  {TOTAL_WRONG, "segment 1, term even: its totals do not fit its postings"},
                  {TEXT_CUT, "segment 1, stream 9, chunk 0"},
                  {TEXT_OTHER, "segment 1, document 77: its text is not the one"},
                  {ID_TWICE, "segment 1, document 77: its id is that of another document, too"},
                  {ID_ADDED, "segment 1, document 77: its id is not found again"},
                  {SKIPS_MOVED, "segment 1, term all"}};
    static const struct pending nothing;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct error err;
        struct shelf shelf;
        struct segment_writer writer;
        struct catalog catalog = {
            .next_segment = 2, .analysis = strdup("test"), .stemmer = strdup("none"), .count = 1};
        catalog.segments = calloc(1, sizeof *catalog.segments);
        assert_non_null(catalog.segments);
        shelf_open(&shelf);
        assert_ok(segment_writer_open(&writer, &shelf.sink, 1, &err), &err);
        write_faulty(&writer, faults[i].fault);
        assert_ok(segment_writer_finish(&writer, catalog.segments, &err), &err);
        segment_writer_release(&writer);
        assert_ok(publish(&shelf.sink, &catalog, &nothing, &err), &err);
        struct snapshot *snapshot;
        struct verify_counts counts;
        assert_ok(snapshot_of_store(&snapshot, shelf.store, &err), &err);
        assert_status(verify_snapshot(snapshot, &counts, &err), i ? ST_CORRUPT : ST_OK, &err);
        if (i && !strstr(err.text, faults[i].message))
            fail_msg("\"%s\" says nothing of \"%s\"", err.text, faults[i].message);
        snapshot_close(snapshot);
        catalog_release(&catalog);
        shelf_close(&shelf);
    }
}

/* Opens the store of the index to change what lies in it. */
static struct store_txn *begin_change(struct store **store, const char *index) {
    struct error err;
    struct store_txn *txn;
    char path[512];
    assert_ok(snapshot_generation(index, path, sizeof path, &err), &err);
    assert_ok(store_open(store, path, STORE_WRITE, &err), &err);
    assert_ok(store_begin(&txn, *store, true, &err), &err);
    return txn;
}

/* Puts a record, sealed or as it is, and verifies. */
static enum status verify_with(const char *index, enum store_table table, struct slice key,
                               struct slice value, bool sealed, struct verify_counts *counts,
                               struct error *err) {
    struct store *store;
    struct snapshot *snapshot;
    struct store_txn *txn = begin_change(&store, index);
    enum status status = sealed ? store_put_sealed(txn, table, key, value, err)
                                : store_put(txn, table, key, value, err);
    assert_ok(status, err);
    assert_ok(store_commit(txn, err), err);
    store_close(store);
    assert_ok(snapshot_open(&snapshot, index, err), err);
    status = verify_snapshot(snapshot, counts, err);
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

static struct slice number_key(uint64_t *number, uint64_t segment, uint64_t rest) {
    *number = segment << 32 | rest;
    return slice_of(number, sizeof *number);
}

/* Records that no writer writes. */
static void test_verify_snapshot__records_that_do_not_belong(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct shelf_document papers[] = {
        {"a", "one two", "three one"}, {"b", NULL, "one"}, {"c", NULL, ""}};
    shelf_fill(index, papers, 3, 0);
    uint8_t nobody[SEGMENT_LIVE_BYTES] = {0}, fourth[SEGMENT_LIVE_BYTES] = {8};
    uint8_t first[SEGMENT_LIVE_BYTES] = {1};
    static const uint8_t folder[8] = {1};
    static const uint8_t file_in_no_folder[] = {1, 0, 0, 0, 0, 0, 0, 0, 'a'};
    uint64_t numbers[4];
    const struct {
        enum store_table table;
        bool sealed;
        struct slice key, value;
        const char *message;
    } records[] = {
        {TABLE_META, true, BYTES("other"), BYTES("x"), "a record that the format does not have"},
        {TABLE_META, false, BYTES("sources"), BYTES("nonsense"), "does not fit its checksum"},
        {TABLE_CHUNK, false, number_key(&numbers[0], 1, 1), BYTES("chunk"),
         "a chunk that the catalog does not count"},
        {TABLE_CHUNK, false, number_key(&numbers[1], 1, (uint64_t)STREAM_COUNT << 28),
         BYTES("chunk"), "a chunk that the catalog does not count"},
        {TABLE_DICT, false, BYTES("\0\0\1"), BYTES("x"), "a key without a term"},
        {TABLE_LIVE, false, number_key(&numbers[2], 1, 0), slice_of(nobody, sizeof nobody),
         "does not fit its checksum"},
        {TABLE_LIVE, true, number_key(&numbers[2], 1, 0), slice_of(nobody, 100),
         "does not fit its checksum"},
        {TABLE_LIVE, true, number_key(&numbers[2], 1, 0), slice_of(fourth, sizeof fourth),
         "a document is removed that there is not"},
        {TABLE_LIVE, true, number_key(&numbers[3], 1, 1), slice_of(first, sizeof first),
         "a document is removed that there is not"},
        {TABLE_LIVE, true, number_key(&numbers[2], 1, 0), slice_of(first, sizeof first),
         "segment 1: the catalog counts other removed documents than there are"},
        {TABLE_FILE, true, BYTES("short"), BYTES("x"), "a key of a wrong size"},
        {TABLE_FILE, false, slice_of(folder, sizeof folder), BYTES("nonsense"),
         "does not fit its checksum"},
        {TABLE_FILE, true, slice_of(folder, sizeof folder), BYTES("\4"), "does not decode"},
        {TABLE_FILE, true, slice_of(folder, sizeof folder), BYTES("\1\7\0\0\0\0\0\0\0/x"),
         "the record of a folder is not its own"},
        {TABLE_FILE, true, slice_of(file_in_no_folder, sizeof file_in_no_folder), BYTES("\2"),
         "a record whose folder has none"},
    };
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        struct error err;
        struct verify_counts counts;
        assert_status(verify_with(index, records[i].table, records[i].key, records[i].value,
                                  records[i].sealed, &counts, &err),
                      ST_CORRUPT, &err);
        if (!strstr(err.text, records[i].message))
            fail_msg("\"%s\" says nothing of \"%s\"", err.text, records[i].message);
        delete_record(index, records[i].table, records[i].key);
        struct buffer content = {0};
        shelf_content_of(&content, index);
        buffer_release(&content);
    }
}

/* What a killed run leaves is no damage. */
static void test_verify_snapshot__left_over(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct shelf_document paper = {"a", "one two", "three one"};
    shelf_fill(index, &paper, 1, 0);
    struct error err;
    struct verify_counts counts;
    uint64_t number;
    assert_ok(verify_with(index, TABLE_CHUNK, number_key(&number, 2, 0), BYTES("chunk"), false,
                          &counts, &err),
              &err);
    assert_int_equal(counts.leftover, 8 + 5);
    assert_ok(verify_with(index, TABLE_LIVE, number_key(&number, 2, 0), BYTES("bits"), false,
                          &counts, &err),
              &err);
    assert_ok(
        verify_with(index, TABLE_DICT, BYTES("\0\0\0\2term"), BYTES("block"), false, &counts, &err),
        &err);
    assert_int_equal(counts.leftover, 8 + 5 + 8 + 4 + 8 + 5);
}

/* The memory of files, as changes writes it. */
static void test_verify_snapshot__files(void **state) {
    (void)state;
    const char *index = testing_path("index");
    static const struct shelf_document papers[] = {{"/news/a", NULL, "one"}, {"/b", NULL, "one"}};
    static const struct {
        const char *folder, *name;
        struct file_record record;
        uint64_t undocumented; /* in all */
    } files[] = {
        {"/news", "", {.kind = FILE_FOLDER, .path = {(const uint8_t *)"/news", 5}}, 0},
        {"/news", "a", {.kind = FILE_FILE}, 0},
        {"/news", "b", {.kind = FILE_FILE, .flags = FILE_EMPTY | FILE_RACY}, 0},
        {"/news", "c.ndjson", {.kind = FILE_FILE, .flags = FILE_FEED}, 0},
        {"/news", "d", {.kind = FILE_SUBFOLDER}, 0},
        {"/", "", {.kind = FILE_FOLDER, .path = {(const uint8_t *)"/", 1}}, 0},
        {"/", "b", {.kind = FILE_FILE}, 0},
        {"/", "c", {.kind = FILE_FILE}, 1},
    };
    shelf_fill(index, papers, 2, 0);
    struct error err;
    struct verify_counts counts;
    struct file_key key;
    struct buffer value = {0};
    uint64_t count = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        file_key_make(&key, hash64(files[i].folder, strlen(files[i].folder), 0),
                      slice_of_string(files[i].name));
        buffer_clear(&value);
        assert_int_equal(file_record_encode(&value, &files[i].record), ST_OK);
        assert_ok(verify_with(index, TABLE_FILE, file_key_slice(&key), buffer_slice(&value), true,
                              &counts, &err),
                  &err);
        count += files[i].record.kind == FILE_FILE;
        assert_int_equal(counts.files, count);
        assert_int_equal(counts.undocumented, files[i].undocumented);
    }
    file_key_make(&key, hash64("/", 1, 0), slice_of_string("x/y"));
    assert_status(verify_with(index, TABLE_FILE, file_key_slice(&key), buffer_slice(&value), true,
                              &counts, &err),
                  ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "a name that no file can have"));
    delete_record(index, TABLE_FILE, file_key_slice(&key));
    file_key_make(&key, hash64("/", 1, 0), slice_of_string(""));
    delete_record(index, TABLE_FILE, file_key_slice(&key));
    struct snapshot *snapshot;
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    assert_status(verify_snapshot(snapshot, &counts, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "a record whose folder has none"));
    snapshot_close(snapshot);
    buffer_release(&value);
}

/* A removal that was lost: both documents of an id are live. */
static void test_verify_snapshot__one_id_in_two_segments(void **state) {
    (void)state;
    enum { FIRST = 10 };
    for (unsigned second = 3; second <= 12; second += 9) { /* documents of the second segment */
        const char *index = testing_path(second < FIRST ? "less" : "more");
        struct error err;
        struct writer *writer = shelf_writer(index);
        for (unsigned i = 0; i < FIRST + second; i++) {
            char id[16];
            snprintf(id, sizeof id, "id-%u", i == FIRST + 1 ? 7 : i);
            shelf_add(writer, id, NULL, i < FIRST ? "one" : "two",
                      i == FIRST + 1 ? WRITER_REPLACED : WRITER_NEW);
            if (i == FIRST - 1)
                assert_ok(writer_commit(writer, &err), &err);
        }
        assert_ok(writer_commit(writer, &err), &err);
        writer_close(writer);
        struct store *store;
        struct snapshot *snapshot;
        struct verify_counts counts;
        struct buffer content = {0};
        shelf_content_of(&content, index);
        buffer_release(&content);
        struct store_txn *txn = begin_change(&store, index);
        struct catalog catalog = {0};
        uint64_t key;
        assert_ok(catalog_read(&catalog, txn, &err), &err);
        assert_int_equal(catalog.count, 2);
        assert_int_equal(catalog.segments[0].removed, 1);
        catalog.segments[0].removed = 0;
        assert_ok(catalog_write(&catalog, txn, &err), &err);
        number_key(&key, catalog.segments[0].id, 0);
        assert_ok(store_delete(txn, TABLE_LIVE, slice_of(&key, sizeof key), &err), &err);
        assert_ok(store_commit(txn, &err), &err);
        catalog_release(&catalog);
        store_close(store);
        assert_ok(snapshot_open(&snapshot, index, &err), &err);
        assert_status(verify_snapshot(snapshot, &counts, &err), ST_CORRUPT, &err);
        assert_non_null(strstr(err.text, "its id is that of another document, too"));
        snapshot_close(snapshot);
    }
}

/* Titles that are cut when they are stored, empty texts and texts of many blocks are no damage. */
static void test_verify_snapshot__texts(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct writer *writer = shelf_writer(index);
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
        shelf_add(writer, id, (const char *)title.data, (const char *)text.data, WRITER_NEW);
        buffer_release(&title);
        buffer_release(&text);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    shelf_content_of(&content, index);
    buffer_release(&content);
}

/* A page that is free, but in use: no reader would notice before a commit overwrites it. */
static void test_verify_snapshot__page_of_two_uses(void **state) {
    (void)state;
    const char *index = testing_path("index");
    make_index(index);
    struct error err;
    struct snapshot *snapshot;
    struct verify_counts counts;
    char path[512];
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    assert_ok(verify_snapshot(snapshot, &counts, &err), &err);
    assert_true(counts.pages.free > 0 && counts.pages.leaked == 0);
    snprintf(path, sizeof path, "%s/gen-000001/data.mdb", index);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t meta[4096], page[4096];
    off_t at = (off_t)(4096 * (store_txn_id(snapshot->txn) & 1));
    assert_int_equal(pread(fd, meta, sizeof meta, at), sizeof meta);
    /* The list of free pages is a tree of one leaf. Its last record begins where the nodes do. */
    uint64_t list_root = get_u64(meta + 80), main_root = get_u64(meta + 128);
    at = (off_t)(4096 * list_root);
    assert_int_equal(pread(fd, page, sizeof page, at), sizeof page);
    unsigned nodes = (get_u16(page + 12) - 16u) / 2;
    uint8_t *list = page + get_u16(page + 16 + 2 * (size_t)(nodes - 1)) + 16;
    assert_true(get_u64(list) > 0);
    put_u64(list, 1);
    put_u64(list + 8, main_root);
    assert_int_equal(pwrite(fd, page, sizeof page, at), sizeof page);
    assert_status(verify_snapshot(snapshot, &counts, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "is free, but is in use"));
    close(fd);
    snapshot_close(snapshot);
}

/* Where the file and what it should hold are, and how far the child has come. */
struct trial {
    const char *index, *file;
    struct buffer content;
    size_t size, step;
    struct progress {
        size_t next; /* place to be flipped */
        size_t refused, unchanged;
        bool judging; /* verification is over: from here on nothing may go wrong */
    } * shared;
};

/* Opens, verifies and reads the index. False when any of that is refused. Content that differs
 * though nothing was refused fails the test. */
static bool read_index(const struct trial *trial) {
    struct error err;
    struct snapshot *snapshot;
    struct verify_counts counts;
    enum status status = snapshot_open(&snapshot, trial->index, &err);
    if (!status) {
        status = verify_snapshot(snapshot, &counts, &err);
        trial->shared->judging = true;
        if (!status) {
            struct buffer content = {0};
            shelf_content(&content, snapshot);
            assert_slice(buffer_slice(&content), buffer_slice(&trial->content));
            buffer_release(&content);
        }
        snapshot_close(snapshot);
    }
    trial->shared->judging = true;
    if (status) {
        assert_true(status < 0 || status == ST_NOT_FOUND);
        assert_true(err.code == status && err.text[0] && !strchr(err.text, '\n'));
    }
    trial->shared->judging = false;
    return status == ST_OK;
}

/* Flips one bit after the other, until the end or until a flip ends the process. */
static void flip_on(const struct trial *trial) {
    int fd = open(trial->file, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    for (struct progress *progress = trial->shared; progress->next < trial->size;) {
        off_t place = (off_t)progress->next;
        uint8_t byte, other;
        assert_int_equal(pread(fd, &byte, 1, place), 1);
        other = byte ^ (uint8_t)(1u << progress->next / trial->step % 8);
        assert_int_equal(pwrite(fd, &other, 1, place), 1);
        bool read = read_index(trial);
        assert_int_equal(pwrite(fd, &byte, 1, place), 1);
        progress->unchanged += read;
        progress->refused += !read;
        progress->next += trial->step;
    }
    close(fd);
}

/* Puts back what a child that ended did not. */
static void restore(const struct trial *trial, const uint8_t *image) {
    int fd = open(trial->file, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, image, trial->size, 0), trial->size);
    close(fd);
}

/* In children, as damage below LMDB's pages may end a process: that is what store_guard() is for,
 * and then it must be that which ends it. Last of the tests, as a child that fails goes on with
 * those behind. */
static void test_verify_snapshot__flipped_bits(void **state) {
    (void)state;
    struct trial trial = {.index = testing_path("index")};
    make_index(trial.index);
    shelf_content_of(&trial.content, trial.index);
    char path[512];
    snprintf(path, sizeof path, "%s/gen-000001/data.mdb", trial.index);
    trial.file = path;
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && fstat(fd, &stat) == 0);
    trial.size = (size_t)stat.st_size;
    uint8_t *image = malloc(trial.size);
    assert_non_null(image);
    assert_int_equal(read(fd, image, trial.size), trial.size);
    close(fd);
    trial.step = trial.size / 1000 | 1;
    trial.shared =
        mmap(NULL, sizeof *trial.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(trial.shared != MAP_FAILED);
    unsigned guarded = 0;
    while (trial.shared->next < trial.size) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (!pid) {
            int null = open("/dev/null", O_WRONLY);
            store_guard("test", trial.index, GUARDED);
            dup2(null, STDERR_FILENO);
            flip_on(&trial);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            break;
        print_message("byte %zu of %zu: %s %d\n", trial.shared->next, trial.size,
                      WIFEXITED(status) ? "exit" : "signal",
                      WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        assert_false(trial.shared->judging);
        assert_true(SANITIZED || (WIFEXITED(status) && WEXITSTATUS(status) == GUARDED));
        restore(&trial, image);
        guarded++;
        trial.shared->next += trial.step;
    }
    print_message("%zu flips refused, %zu without effect, %u stopped by the guard\n",
                  trial.shared->refused, trial.shared->unchanged, guarded);
    assert_true(trial.shared->refused > 200);
    munmap(trial.shared, sizeof *trial.shared);
    free(image);
    buffer_release(&trial.content);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_snapshot__counts),
        cmocka_unit_test(test_verify_snapshot__empty),
        cmocka_unit_test(test_verify_snapshot__catalog_says_otherwise),
        cmocka_unit_test(test_verify_snapshot__faulty_writer),
        cmocka_unit_test(test_verify_snapshot__records_that_do_not_belong),
        cmocka_unit_test(test_verify_snapshot__left_over),
        cmocka_unit_test(test_verify_snapshot__files),
        cmocka_unit_test(test_verify_snapshot__one_id_in_two_segments),
        cmocka_unit_test(test_verify_snapshot__texts),
        cmocka_unit_test(test_verify_snapshot__page_of_two_uses),
        cmocka_unit_test(test_verify_snapshot__flipped_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
