/* SPDX-License-Identifier: MIT */
/* Catalogs are read as they were written, and nothing else is accepted. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/base/codec.h"
#include "common/index/catalog.h"

/* A store with an open write transaction, which no test commits. */
struct fixture {
    const char *path; /* of the store */
    struct store *store;
    struct store_txn *txn;
    struct error err;
};

static int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->path = testing_path("store");
    *state = f;
    return store_create(f->path, &f->err) || store_open(&f->store, f->path, STORE_WRITE, &f->err) ||
           store_begin(&f->txn, f->store, true, &f->err);
}

static int teardown(void **state) {
    struct fixture *f = *state;
    store_abort(f->txn);
    store_close(f->store);
    free(f);
    return 0;
}

static struct segment_info segment_example(uint32_t id) {
    struct segment_info segment = {.id = id,
                                   .documents = 1000 + id,
                                   .deleted = id,
                                   .length = UINT64_C(5000000000) + id,
                                   .terms = 70000,
                                   .postings = 900000,
                                   .text_bytes = 123456789,
                                   .bytes = 23456789};
    for (uint32_t stream = 0; stream < STREAM_MAX; stream++)
        segment.chunks[stream] = stream * 300 + id;
    return segment;
}

/* A catalog of `count` segments with descending ids, as merges may leave them. */
static struct catalog catalog_example(uint32_t count) {
    struct catalog catalog = {.next_segment = count,
                              .keep_text = true,
                              .committed_at = 1700000000,
                              .completed_at = INT64_MAX,
                              .failed_at = -1,
                              .segment_count = count};
    catalog.fingerprint = strdup("quern 1; unicode 15; english");
    catalog.stemmer = strdup("english");
    catalog.segments = calloc(count + 1, sizeof *catalog.segments);
    assert_true(catalog.fingerprint && catalog.stemmer && catalog.segments);
    assert_int_equal(buffer_append(&catalog.stopwords, "the\nof\n", 7), ST_OK);
    for (uint32_t i = 0; i < count; i++)
        catalog.segments[i] = segment_example(count - 1 - i);
    return catalog;
}

static void assert_catalog_equal(const struct catalog *a, const struct catalog *b) {
    assert_int_equal(a->next_segment, b->next_segment);
    assert_int_equal(a->keep_text, b->keep_text);
    assert_int_equal(a->committed_at, b->committed_at);
    assert_int_equal(a->completed_at, b->completed_at);
    assert_int_equal(a->failed_at, b->failed_at);
    assert_string_equal(a->fingerprint, b->fingerprint);
    assert_string_equal(a->stemmer, b->stemmer);
    assert_true(slice_equal(buffer_slice(&a->stopwords), buffer_slice(&b->stopwords)));
    assert_int_equal(a->segment_count, b->segment_count);
    for (size_t i = 0; i < a->segment_count; i++) {
        const struct segment_info *x = &a->segments[i], *y = &b->segments[i];
        assert_int_equal(x->id, y->id);
        assert_int_equal(x->documents, y->documents);
        assert_int_equal(x->deleted, y->deleted);
        assert_int_equal(x->length, y->length);
        assert_int_equal(x->terms, y->terms);
        assert_int_equal(x->postings, y->postings);
        assert_int_equal(x->text_bytes, y->text_bytes);
        assert_int_equal(x->bytes, y->bytes);
        assert_memory_equal(x->chunks, y->chunks, sizeof x->chunks);
    }
}

static void test_catalog_read__finds_none_in_a_new_store(void **state) {
    struct fixture *f = *state;
    struct catalog catalog = {0};
    assert_int_equal(catalog_read(&catalog, f->txn, &f->err), ST_NOT_FOUND);
    assert_non_null(strstr(f->err.text, f->path));
}

static void test_catalog_write__is_read_back(void **state) {
    struct fixture *f = *state;
    static const uint32_t counts[] = {0, 1, 7, CATALOG_SEGMENTS_MAX};
    struct catalog read = {0};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct catalog written = catalog_example(counts[i]);
        assert_int_equal(catalog_write(&written, f->txn, &f->err), ST_OK);
        assert_int_equal(catalog_read(&read, f->txn, &f->err), ST_OK);
        assert_catalog_equal(&written, &read);
        catalog_release(&written);
    }
    catalog_release(&read);
}

static void test_catalog_write__takes_an_empty_catalog(void **state) {
    struct fixture *f = *state;
    struct catalog empty = {0}, read = {0};
    assert_int_equal(catalog_write(&empty, f->txn, &f->err), ST_OK);
    assert_int_equal(catalog_read(&read, f->txn, &f->err), ST_OK);
    assert_string_equal(read.fingerprint, "");
    assert_int_equal(read.segment_count, 0);
    catalog_release(&read);
}

static void test_catalog_write__refuses_too_many_segments(void **state) {
    struct fixture *f = *state;
    struct catalog catalog = catalog_example(CATALOG_SEGMENTS_MAX + 1);
    assert_int_equal(catalog_write(&catalog, f->txn, &f->err), ST_LIMIT);
    catalog_release(&catalog);
}

static void test_catalog_copy__is_deep(void **state) {
    (void)state;
    struct catalog from = catalog_example(3), to = catalog_example(1);
    assert_int_equal(catalog_copy(&to, &from), ST_OK);
    assert_catalog_equal(&to, &from);
    assert_ptr_not_equal(to.fingerprint, from.fingerprint);
    assert_ptr_not_equal(to.segments, from.segments);
    assert_ptr_not_equal(to.stopwords.data, from.stopwords.data);
    catalog_release(&from);
    assert_string_equal(to.stemmer, "english");
    catalog_release(&to);
}

static void test_catalog_live_documents__leaves_out_deleted_ones(void **state) {
    (void)state;
    struct catalog catalog = catalog_example(3);
    assert_int_equal(catalog_total_documents(&catalog), 1000 + 1001 + 1002);
    assert_int_equal(catalog_live_documents(&catalog), 3 * 1000);
    assert_int_equal(catalog_total_length(&catalog), UINT64_C(15000000003));
    catalog_release(&catalog);
}

/* Writes what catalog_write() writes, changed by `change`, and reads it. */
static enum status read_changed(struct fixture *f, void (*change)(struct catalog *)) {
    struct catalog catalog = catalog_example(4);
    change(&catalog);
    assert_int_equal(catalog_write(&catalog, f->txn, &f->err), ST_OK);
    catalog_release(&catalog);
    struct catalog read = {0};
    enum status status = catalog_read(&read, f->txn, &f->err);
    catalog_release(&read);
    return status;
}

static void change_nothing(struct catalog *catalog) {
    (void)catalog;
}

static void change_id_twice(struct catalog *catalog) {
    catalog->segments[3].id = catalog->segments[1].id;
}

static void change_id_to_next(struct catalog *catalog) {
    catalog->segments[2].id = catalog->next_segment;
}

static void change_removed(struct catalog *catalog) {
    catalog->segments[0].deleted = catalog->segments[0].documents + 1;
}

static void change_terms(struct catalog *catalog) {
    catalog->segments[0].terms = catalog->segments[0].postings + 1;
}

static void test_catalog_read__refuses_contradictions(void **state) {
    struct fixture *f = *state;
    assert_int_equal(read_changed(f, change_nothing), ST_OK);
    assert_int_equal(read_changed(f, change_id_twice), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_id_to_next), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_removed), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_terms), ST_CORRUPT);
}

/* The stored record of a catalog of `count` segments, without its checksum. The caller releases
 * it. */
static struct buffer record_example(struct fixture *f, uint32_t count) {
    struct catalog catalog = catalog_example(count);
    struct slice payload;
    struct buffer record = {0};
    assert_int_equal(catalog_write(&catalog, f->txn, &f->err), ST_OK);
    assert_int_equal(
        store_get_checksummed(&payload, f->txn, TABLE_META, slice_of_string("catalog"), &f->err),
        ST_OK);
    assert_int_equal(buffer_append_slice(&record, payload), ST_OK);
    catalog_release(&catalog);
    return record;
}

/* Stores `record` with a valid checksum as the catalog, and reads it. */
static enum status read_record(struct fixture *f, struct slice record) {
    struct catalog read = {0};
    assert_int_equal(
        store_put_checksummed(f->txn, TABLE_META, slice_of_string("catalog"), record, &f->err),
        ST_OK);
    enum status status = catalog_read(&read, f->txn, &f->err);
    if (status) /* a failure leaves it as it was */
        assert_null(read.segments);
    catalog_release(&read);
    return status;
}

static void test_catalog_read__refuses_every_truncation(void **state) {
    struct fixture *f = *state;
    struct buffer record = record_example(f, 2);
    for (size_t size = 0; size < record.size; size++)
        assert_int_equal(read_record(f, slice_of(record.data, size)), ST_CORRUPT);
    assert_int_equal(buffer_append_byte(&record, 0), ST_OK);
    assert_int_equal(read_record(f, buffer_slice(&record)), ST_CORRUPT);
    buffer_release(&record);
}

/* The checksum is valid, so the decoder alone has to cope with what it finds. */
static void test_catalog_read__copes_with_every_changed_byte(void **state) {
    struct fixture *f = *state;
    struct buffer record = record_example(f, 2);
    for (size_t at = 0; at < record.size; at++) {
        uint8_t right = record.data[at];
        for (int value = 0; value < 256; value++) {
            record.data[at] = (uint8_t)value;
            enum status status = read_record(f, buffer_slice(&record));
            if (at < 4 && value != right)
                assert_int_equal(status, ST_SETTINGS);
            else
                assert_true(status == ST_OK || status == ST_CORRUPT);
        }
        record.data[at] = right;
    }
    buffer_release(&record);
}

static void test_catalog_read__refuses_a_wrong_checksum(void **state) {
    struct fixture *f = *state;
    struct buffer record = record_example(f, 1);
    struct catalog read = {0};
    uint8_t *place;
    assert_int_equal(store_reserve(&place, f->txn, TABLE_META, slice_of_string("catalog"),
                                   record.size + 4, &f->err),
                     ST_OK);
    memcpy(place, record.data, record.size);
    memset(place + record.size, 0, 4);
    assert_int_equal(catalog_read(&read, f->txn, &f->err), ST_CORRUPT);
    buffer_release(&record);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_catalog_read__finds_none_in_a_new_store, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_catalog_write__is_read_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_catalog_write__takes_an_empty_catalog, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_catalog_write__refuses_too_many_segments, setup,
                                        teardown),
        cmocka_unit_test(test_catalog_copy__is_deep),
        cmocka_unit_test(test_catalog_live_documents__leaves_out_deleted_ones),
        cmocka_unit_test_setup_teardown(test_catalog_read__refuses_contradictions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_catalog_read__refuses_every_truncation, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_catalog_read__copes_with_every_changed_byte, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_catalog_read__refuses_a_wrong_checksum, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
