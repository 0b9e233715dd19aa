/* SPDX-License-Identifier: MIT */
/* A segment finds its documents by id and number, knows which are deleted, and reports damage. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/field/schema.h"
#include "common/segment/id_index.h"
#include "common/segment/norm.h"
#include "common/segment/segment_writer.h"
#include "common/store/keys.h"
#include "indexer/commit/commit.h"
#include "tests/support/index_fixture.h"
#include "tests/support/store_fixture.h"

/* An index that grows by segments. */
struct fixture {
    struct store_fixture fixture;
    struct catalog catalog;
    struct snapshot *snapshot;
};

static void fixture_open(struct fixture *fixture) {
    *fixture = (struct fixture){.catalog = {.next_segment = 1}};
    store_fixture_open(&fixture->fixture);
    fixture->catalog.fingerprint = strdup("test");
    fixture->catalog.stemmer = strdup("none");
    assert_true(fixture->catalog.fingerprint && fixture->catalog.stemmer);
}

/* Commits the changes, if any, and opens a snapshot of them. */
static void fixture_commit(struct fixture *fixture, struct buffered_changes *changes) {
    static const struct buffered_changes no_changes;
    struct error err;
    snapshot_close(fixture->snapshot);
    fixture->snapshot = NULL;
    assert_ok(commit_changes(&fixture->fixture.sink, &fixture->catalog,
                             changes ? changes : &no_changes, &err),
              &err);
    assert_ok(snapshot_open_store(&fixture->snapshot, fixture->fixture.store, &err), &err);
    if (changes)
        buffered_changes_release(changes);
}

static void fixture_close(struct fixture *fixture) {
    snapshot_close(fixture->snapshot);
    catalog_release(&fixture->catalog);
    store_fixture_close(&fixture->fixture);
}

static struct slice numbered(char text[16], uint32_t number) {
    return slice_of(text, (size_t)snprintf(text, 16, "d%u", (unsigned)number));
}

static uint32_t length_of(uint32_t doc) {
    return doc * 7919u % 5000;
}

/* Adds a segment of documents with these ids; NULL: of d<first>, d<first + 1> ... */
static void fixture_add(struct fixture *fixture, const struct slice *ids, uint32_t first,
                        uint32_t count) {
    struct error err;
    struct segment_writer writer;
    struct catalog *catalog = &fixture->catalog;
    assert_ok(segment_writer_open(&writer, &fixture->fixture.sink, catalog->next_segment++,
                                  UINT64_MAX, &err),
              &err);
    for (uint32_t i = 0; i < count; i++) {
        char text[16];
        uint32_t doc;
        const struct field_value size = {.field = SCHEMA_SIZE,
                                         .type = FIELD_TYPE_NUMBER,
                                         .key = field_value_key_of_number(first + i)};
        struct document document = {.id = ids ? ids[i] : numbered(text, first + i),
                                    .length = length_of(first + i),
                                    .size = first + i,
                                    .values = &size,
                                    .value_count = first + i > 0};
        assert_ok(segment_writer_add(&doc, &writer, &document, &err), &err);
        assert_int_equal(doc, i);
    }
    catalog->segments =
        realloc(catalog->segments, (catalog->segment_count + 1) * sizeof *catalog->segments);
    assert_non_null(catalog->segments);
    assert_ok(segment_writer_finish(&catalog->segments[catalog->segment_count++], &writer, &err),
              &err);
    segment_writer_release(&writer);
    fixture_commit(fixture, NULL);
}

static void assert_found(struct segment *segment, struct slice id, uint32_t expected) {
    struct error err;
    struct document document;
    uint32_t doc;
    assert_ok(segment_find_id(&doc, &document, segment, id, &err), &err);
    assert_int_equal(doc, expected);
    assert_slice(document.id, id);
}

static void assert_missing(struct segment *segment, struct slice id) {
    struct error err;
    struct document document;
    uint32_t doc;
    assert_status(segment_find_id(&doc, &document, segment, id, &err), ST_NOT_FOUND, &err);
}

static void test_segment_find_id__every_document(void **state) {
    (void)state;
    enum { COUNT = 70000 };
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_add(&fixture, NULL, 0, COUNT);
    struct segment *segment = &fixture.snapshot->segments[0];
    assert_int_equal(segment->info.documents, COUNT);
    char text[16];
    for (uint32_t doc = 0; doc < COUNT; doc++)
        assert_found(segment, numbered(text, doc), doc);
    for (uint32_t doc = COUNT; doc < 2 * COUNT; doc++)
        assert_missing(segment, numbered(text, doc));
    assert_missing(segment, slice_of("", 0));
    fixture_close(&fixture);
}

/* Norms of several chunks, and the total length in the catalog. */
static void test_norm_reader__every_document(void **state) {
    (void)state;
    static const uint32_t counts[] = {1, NORM_CHUNK - 1, NORM_CHUNK, NORM_CHUNK + 1,
                                      2 * NORM_CHUNK + 3};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct fixture fixture;
        fixture_open(&fixture);
        fixture_add(&fixture, NULL, 0, counts[i]);
        struct segment *segment = &fixture.snapshot->segments[0];
        struct norm_reader rising = {.chunks = &segment->chunks}, falling = rising;
        uint64_t length = 0;
        for (uint32_t doc = 0; doc < counts[i]; doc++) {
            uint32_t other = counts[i] - 1 - doc;
            uint8_t norm = norm_of_length(length_of(doc));
            assert_int_equal(norm_reader_norm(&rising, doc), norm);
            assert_int_equal(norm_reader_norm(&falling, other), norm_of_length(length_of(other)));
            assert_int_equal(*norm_reader_range(&segment->chunks, doc, doc + 1), norm);
            length += length_of(doc);
        }
        assert_int_equal(segment->info.length, length);
        assert_int_equal(segment_status(segment, NULL), ST_OK);
        assert_int_equal(norm_reader_norm(&rising, counts[i]), 0);
        assert_int_equal(segment_status(segment, NULL), ST_CORRUPT);
        fixture_close(&fixture);
    }
}

/* Whether document `doc` of the test below has the field. */
static bool has_field(uint16_t field, uint32_t doc) {
    switch (field) {
    case SCHEMA_TITLE: /* all over the first chunk, none of the second, the first of the third */
        return doc < NORM_CHUNK ? doc % 5 == 3 : doc == 2 * NORM_CHUNK;
    case SCHEMA_NAME: /* the last one of each chunk */
        return doc % NORM_CHUNK == NORM_CHUNK - 1;
    default: /* a single one */
        return doc == NORM_CHUNK + 4032;
    }
}

static uint8_t field_norm_of(uint16_t field, uint32_t doc) {
    return has_field(field, doc) ? (uint8_t)(1 + (doc + field) % 200) : 0;
}

/* Norms of fields that few documents have take no space, and temporary files when memory is
 * short. */
static void test_norm_reader__of_a_field(void **state) {
    (void)state;
    enum { COUNT = 3 * NORM_CHUNK + 10, FIELDS = 3 };
    static const uint16_t fields[FIELDS] = {SCHEMA_TITLE, SCHEMA_NAME, SCHEMA_AUTHOR};
    struct error err;
    struct store_fixture fixture;
    struct segment_writer writer;
    struct segment_info info;
    struct segment segment;
    store_fixture_open(&fixture);
    assert_ok(segment_writer_open(&writer, &fixture.sink, 1, 1 << 20, &err), &err);
    for (uint32_t i = 0; i < COUNT; i++) {
        char text[16];
        uint32_t doc;
        struct document document = {.id = numbered(text, i)};
        assert_ok(segment_writer_add(&doc, &writer, &document, &err), &err);
        for (size_t k = FIELDS; k-- > 0;)
            assert_ok(segment_writer_add_norm(&writer, fields[k], doc,
                                              field_norm_of(fields[k], doc), &err),
                      &err);
    }
    assert_in_range(segment_writer_memory(&writer), 0, 1 << 20);
    assert_ok(segment_writer_finish(&info, &writer, &err), &err);
    segment_writer_release(&writer);
    store_fixture_read(&fixture);
    segment_open(&segment, fixture.txn, &fixture.decompressor, &info);
    assert_int_equal(info.field_count, FIELDS);
    assert_int_equal(info.chunks[STREAM_FIELD_NORMS], FIELDS * 4);
    for (size_t k = 0; k < FIELDS; k++) {
        struct norm_source source = segment_norms(&segment, fields[k]);
        struct norm_reader rising = {.chunks = &segment.chunks, .source = source};
        struct norm_reader falling = rising;
        uint32_t documents = 0;
        assert_int_equal(source.kind, NORM_OF_FIELD);
        for (uint32_t doc = 0; doc < COUNT; doc++) {
            uint8_t norm = field_norm_of(fields[k], doc);
            uint32_t other = COUNT - 1 - doc;
            assert_int_equal(norm_reader_norm(&rising, doc), norm);
            assert_int_equal(norm_reader_norm(&falling, other), field_norm_of(fields[k], other));
            documents += norm > 0;
        }
        assert_int_equal(segment_info_field(&info, fields[k])->documents, documents);
    }
    /* The second chunk of titles. */
    uint64_t address = chunk_address(1, CHUNK_HEADER_SIZE);
    assert_int_equal(chunk_bytes_left(&segment.chunks, STREAM_FIELD_NORMS, address), 1);
    struct norm_reader keyword = {.chunks = &segment.chunks,
                                  .source = segment_norms(&segment, SCHEMA_TAG)};
    for (uint32_t doc = 0; doc < COUNT; doc += 7)
        assert_int_equal(norm_reader_norm(&keyword, doc), 1);
    assert_ok(segment_status(&segment, &err), &err);
    segment_close(&segment);
    segment_info_release(&info);
    store_fixture_close(&fixture);
}

/* Of three ids with equal fingerprints, the two in the segment are found. */
static void test_segment_find_id__equal_fingerprints(void **state) {
    (void)state;
    char texts[3][16];
    struct slice ids[3];
    uint32_t number = 0;
    for (size_t i = 0; i < 3; number++) {
        ids[i] = numbered(texts[i], number);
        i += !i || (uint16_t)id_index_hash(0, ids[i]) == (uint16_t)id_index_hash(0, ids[0]);
    }
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_add(&fixture, ids, 0, 2);
    struct segment *segment = &fixture.snapshot->segments[0];
    assert_found(segment, ids[0], 0);
    assert_found(segment, ids[1], 1);
    assert_missing(segment, ids[2]);
    fixture_close(&fixture);
}

static void test_segment_is_deleted__across_bitmaps(void **state) {
    (void)state;
    enum { COUNT = 20000 };
    static const uint32_t removed[] = {0, 1, 7, 8, 8191, 8192, 8193, 16383, 16384, COUNT - 1};
    enum { REMOVED = sizeof removed / sizeof *removed };
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_add(&fixture, NULL, 0, COUNT);
    fixture_add(&fixture, NULL, COUNT, 10);
    char text[16];
    /* In two commits, some of them in both. */
    for (size_t commit = 0; commit < 2; commit++) {
        struct buffered_changes changes = {0};
        for (size_t i = commit ? 3 : 0; i < (commit ? REMOVED : 6); i++)
            assert_int_equal(buffered_changes_delete(&changes, 1, removed[i]), ST_OK);
        assert_int_equal(buffered_changes_delete(&changes, 1, removed[4]), ST_OK);
        assert_int_equal(buffered_changes_delete(&changes, 99, 5),
                         ST_OK); /* of a segment that no longer exists */
        fixture_commit(&fixture, &changes);
        size_t now = commit ? REMOVED : 6;
        struct segment *segment = &fixture.snapshot->segments[0];
        assert_int_equal(segment->info.deleted, now);
        for (uint32_t doc = 0, next = 0; doc < COUNT; doc++) {
            bool gone = next < now && removed[next] == doc;
            next += gone;
            assert_int_equal(segment_is_deleted(segment, doc), gone);
            if (gone)
                assert_missing(segment, numbered(text, doc));
            else if (doc % 100 == 0)
                assert_found(segment, numbered(text, doc), doc);
        }
        assert_false(segment_is_deleted(&fixture.snapshot->segments[1], 0));
        assert_int_equal(segment_deletes(&fixture.snapshot->segments[1], 0)[0], 0);
        assert_null(segment_deletes(&fixture.snapshot->segments[1], 1));
        assert_null(segment_deletes(segment, 3));
        assert_int_equal(catalog_live_documents(&fixture.snapshot->catalog), COUNT + 10 - now);
        assert_int_equal(catalog_total_documents(&fixture.snapshot->catalog), COUNT + 10);
    }
    fixture_close(&fixture);
}

/* A document that was replaced within a batch: only the newer version is found. */
static void test_segment_find_id__newest_of_two(void **state) {
    (void)state;
    const struct slice ids[] = {slice_of_string("same"), slice_of_string("other"),
                                slice_of_string("same")};
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_add(&fixture, ids, 0, 3);
    struct buffered_changes changes = {0};
    assert_int_equal(buffered_changes_delete(&changes, 1, 0), ST_OK);
    fixture_commit(&fixture, &changes);
    assert_found(&fixture.snapshot->segments[0], ids[0], 2);
    assert_found(&fixture.snapshot->segments[0], ids[1], 1);
    fixture_close(&fixture);
}

static void test_commit__leaves_out_empty_segments(void **state) {
    (void)state;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_add(&fixture, NULL, 0, 3);
    fixture_add(&fixture, NULL, 3, 2);
    struct buffered_changes changes = {0};
    for (uint32_t doc = 0; doc < 3; doc++)
        assert_int_equal(buffered_changes_delete(&changes, 1, doc), ST_OK);
    fixture_commit(&fixture, &changes);
    assert_int_equal(fixture.snapshot->catalog.segment_count, 1);
    assert_int_equal(fixture.snapshot->catalog.segments[0].id, 2);
    fixture_add(&fixture, NULL, 0, 0);
    assert_int_equal(fixture.snapshot->catalog.segment_count, 1);
    fixture_close(&fixture);
}

/* A deleted document must not come back because its bitmap cannot be read. */
static void test_segment_deletes__reports_damage(void **state) {
    (void)state;
    struct error err;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_add(&fixture, NULL, 0, 20);
    struct buffered_changes changes = {0};
    assert_int_equal(buffered_changes_delete(&changes, 1, 3), ST_OK);
    fixture_commit(&fixture, &changes);
    uint64_t key = keys_deletes(1, 0);
    struct slice value;
    assert_ok(
        store_get(&value, fixture.snapshot->txn, TABLE_DELETES, slice_of(&key, sizeof key), &err),
        &err);
    struct buffer copy = {0};
    assert_int_equal(buffer_append_slice(&copy, value), ST_OK);
    for (size_t i = 0; i <= copy.size; i++) {
        struct store_txn *txn;
        assert_ok(store_begin(&txn, fixture.fixture.store, true, &err), &err);
        if (i < copy.size)
            copy.data[i] ^= 8;
        assert_ok(store_put(txn, TABLE_DELETES, slice_of(&key, sizeof key),
                            slice_of(copy.data, i < copy.size ? copy.size : 100), &err),
                  &err);
        if (i < copy.size)
            copy.data[i] ^= 8;
        struct segment segment;
        struct document document;
        uint32_t doc;
        segment_open(&segment, txn, &fixture.snapshot->decompressor,
                     &fixture.snapshot->catalog.segments[0]);
        assert_status(segment_find_id(&doc, &document, &segment, slice_of_string("d3"), &err),
                      ST_CORRUPT, &err);
        segment_deletes(&segment, 0);
        assert_status(segment_status(&segment, &err), ST_CORRUPT, &err);
        segment_close(&segment);
        store_abort(txn);
    }
    buffer_release(&copy);
    fixture_close(&fixture);
}

/* A snapshot finds the newest version in its segments. */
static void test_snapshot_find__newest_of_several_segments(void **state) {
    (void)state;
    struct error err;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_add(&fixture, NULL, 0, 100);
    fixture_add(&fixture, NULL, 100, 1);
    fixture_add(&fixture, NULL, 101, 50);
    char text[16];
    struct document document;
    uint32_t segment, doc;
    for (uint32_t number = 0; number < 151; number++) {
        assert_ok(snapshot_find_id(&segment, &doc, &document, fixture.snapshot,
                                   numbered(text, number), &err),
                  &err);
        assert_int_equal(segment, number < 100 ? 0 : number == 100 ? 1 : 2);
        assert_int_equal(document.size, number);
    }
    assert_int_equal(
        snapshot_find_id(&segment, &doc, &document, fixture.snapshot, numbered(text, 151), &err),
        ST_NOT_FOUND);
    fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segment_find_id__every_document),
        cmocka_unit_test(test_norm_reader__every_document),
        cmocka_unit_test(test_norm_reader__of_a_field),
        cmocka_unit_test(test_segment_find_id__equal_fingerprints),
        cmocka_unit_test(test_segment_is_deleted__across_bitmaps),
        cmocka_unit_test(test_segment_find_id__newest_of_two),
        cmocka_unit_test(test_commit__leaves_out_empty_segments),
        cmocka_unit_test(test_segment_deletes__reports_damage),
        cmocka_unit_test(test_snapshot_find__newest_of_several_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
