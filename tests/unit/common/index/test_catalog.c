/* SPDX-License-Identifier: MIT */
/* Catalogs are read as they were written, and nothing else is accepted. */
#include "tests/support/testing.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/tagged.h"
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
    static const struct segment_field fields[] = {
        {.number = SCHEMA_TITLE, .documents = 990, .length = 5000, .has_norms = true},
        {.number = SCHEMA_EXT,
         .documents = 1000,
         .column = {.first_entry = 3, .entries = 1, .values = 12, .value_index = 64}},
        {.number = SCHEMA_AUTHOR,
         .documents = 7,
         .length = UINT64_C(6000000000),
         .has_norms = true,
         .norms_chunk = 70000},
        {.number = SCHEMA_OWN_MAX, .documents = 0}};
    segment.field_count = sizeof fields / sizeof *fields;
    segment.fields = malloc(sizeof fields);
    assert_non_null(segment.fields);
    memcpy(segment.fields, fields, sizeof fields);
    return segment;
}

/* A catalog of `count` segments with descending ids, as merges may leave them. */
static struct catalog catalog_example(uint32_t count) {
    struct catalog catalog = {
        .id = "identification",
        .hash_seed = UINT64_C(0xfedcba9876543210),
        .created_at = 1600000000,
        .next_segment = count,
        .keep_text = true,
        .committed_at = 1700000000,
        .completed_at = INT64_MAX,
        .failed_at = -1,
        .ranking = {.has_k1 = true, .has_boosts = true, .k1 = 0.9, .boost_count = 2},
        .segment_count = count};
    uint16_t number;
    assert_int_equal(schema_init(&catalog.schema), ST_OK);
    assert_int_equal(
        schema_add(&number, &catalog.schema, slice_of_string("price"), FIELD_TYPE_NUMBER, 0),
        ST_OK);
    catalog.ranking.boosts = calloc(2, sizeof *catalog.ranking.boosts);
    assert_non_null(catalog.ranking.boosts);
    catalog.ranking.boosts[0] = (struct catalog_boost){.field = SCHEMA_TITLE, .weight = 24};
    catalog.ranking.boosts[1] = (struct catalog_boost){.field = SCHEMA_NAME, .weight = 8};
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
    assert_memory_equal(a->id, b->id, sizeof a->id);
    assert_int_equal(a->hash_seed, b->hash_seed);
    assert_int_equal(a->created_at, b->created_at);
    assert_int_equal(a->next_segment, b->next_segment);
    assert_int_equal(a->schema.count, b->schema.count);
    for (size_t i = 0; i < a->schema.count; i++) {
        const struct schema_field *x = &a->schema.fields[i], *y = &b->schema.fields[i];
        assert_int_equal(x->number, y->number);
        assert_int_equal(x->type, y->type);
        assert_int_equal(x->flags, y->flags);
        assert_string_equal(x->name, y->name);
    }
    assert_int_equal(a->ranking.has_k1, b->ranking.has_k1);
    assert_int_equal(a->ranking.has_b, b->ranking.has_b);
    assert_int_equal(a->ranking.has_boosts, b->ranking.has_boosts);
    assert_true(a->ranking.k1 == b->ranking.k1);
    assert_int_equal(a->ranking.boost_count, b->ranking.boost_count);
    for (size_t i = 0; i < a->ranking.boost_count; i++) {
        assert_int_equal(a->ranking.boosts[i].field, b->ranking.boosts[i].field);
        assert_int_equal(a->ranking.boosts[i].weight, b->ranking.boosts[i].weight);
    }
    assert_int_equal(a->keep_text, b->keep_text);
    assert_int_equal(a->committed_at, b->committed_at);
    assert_int_equal(a->completed_at, b->completed_at);
    assert_int_equal(a->failed_at, b->failed_at);
    assert_string_equal(a->fingerprint, b->fingerprint);
    assert_string_equal(a->stemmer, b->stemmer);
    assert_string_equal(a->other_stemmers ? a->other_stemmers : "",
                        b->other_stemmers ? b->other_stemmers : "");
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
        assert_int_equal(x->field_count, y->field_count);
        for (size_t k = 0; k < x->field_count; k++) {
            const struct segment_field *p = &x->fields[k], *q = &y->fields[k];
            assert_int_equal(p->number, q->number);
            assert_int_equal(p->documents, q->documents);
            assert_int_equal(p->length, q->length);
            assert_int_equal(p->has_norms, q->has_norms);
            assert_int_equal(p->norms_chunk, q->norms_chunk);
            assert_int_equal(p->column.first_entry, q->column.first_entry);
            assert_int_equal(p->column.entries, q->column.entries);
            assert_int_equal(p->column.values, q->column.values);
            assert_int_equal(p->column.value_index, q->column.value_index);
        }
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
        assert_string_equal(read.program, QUERN_VERSION);
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
    assert_false(read.ranking.has_k1 || read.ranking.has_b || read.ranking.has_boosts);
    catalog_release(&read);
}

static void test_catalog_set_analysis__several_languages(void **state) {
    struct fixture *f = *state;
    struct catalog written = {0}, read = {0};
    struct analyzer_options set = {.stemmer = "english",
                                   .other_stemmers = {"german", "none"},
                                   .stopwords = slice_of_string("the\n")};
    struct analyzer_options got;
    written.fingerprint = strdup("of several languages");
    assert_int_equal(catalog_set_analysis(&written, &set), ST_OK);
    assert_int_equal(catalog_write(&written, f->txn, &f->err), ST_OK);
    assert_int_equal(catalog_read(&read, f->txn, &f->err), ST_OK);
    assert_catalog_equal(&written, &read);
    assert_int_equal(catalog_analysis(&got, &read), ST_OK);
    assert_string_equal(got.stemmer, "english");
    assert_string_equal(got.other_stemmers[0], "german");
    assert_string_equal(got.other_stemmers[1], "none");
    assert_string_equal(got.other_stemmers[2], "");
    assert_slice(got.stopwords, set.stopwords);
    catalog_release(&written);
    /* Damage, or a newer version. */
    static const char *const refused[] = {",", "a,,b", "a,b,c,d,e,f,g,h",
                                          "a_name_of_more_than_31_characters"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        free(read.other_stemmers);
        read.other_stemmers = strdup(refused[i]);
        assert_int_equal(catalog_analysis(&got, &read), ST_CORRUPT);
    }
    catalog_release(&read);
}

static void test_catalog_init__makes_each_index_another(void **state) {
    (void)state;
    struct catalog a = {0}, b = {0};
    struct error err;
    assert_ok(catalog_init(&a, &err), &err);
    assert_ok(catalog_init(&b, &err), &err);
    assert_memory_not_equal(a.id, b.id, sizeof a.id);
    assert_true(a.hash_seed != b.hash_seed);
    assert_non_null(schema_field(&a.schema, SCHEMA_TITLE));
    catalog_release(&a);
    catalog_release(&b);
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
    assert_ptr_not_equal(to.segments[0].fields, from.segments[0].fields);
    assert_ptr_not_equal(to.ranking.boosts, from.ranking.boosts);
    catalog_release(&from);
    assert_string_equal(to.stemmer, "english");
    catalog_release(&to);
}

static void test_catalog_put_segment__inserts_and_replaces(void **state) {
    (void)state;
    struct catalog catalog = {0};
    for (uint32_t id = 1; id <= 4; id++) {
        struct segment_info info = segment_example(id);
        assert_int_equal(catalog_put_segment(&catalog, catalog.segment_count, 0, &info), ST_OK);
        assert_null(info.fields);
    }
    struct segment_info merged = segment_example(9);
    assert_int_equal(catalog_put_segment(&catalog, 1, 2, &merged), ST_OK);
    assert_int_equal(catalog.segment_count, 3);
    assert_int_equal(catalog.segments[0].id, 1);
    assert_int_equal(catalog.segments[1].id, 9);
    assert_int_equal(catalog.segments[2].id, 4);
    catalog.segments[0].deleted = catalog.segments[0].documents;
    catalog_drop_empty_segments(&catalog);
    assert_int_equal(catalog.segment_count, 2);
    assert_int_equal(catalog.segments[0].id, 9);
    assert_int_equal(segment_info_field(&catalog.segments[1], SCHEMA_AUTHOR)->norms_chunk, 70000);
    assert_null(segment_info_field(&catalog.segments[1], SCHEMA_TAG));
    catalog_release(&catalog);
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

static void change_field_documents(struct catalog *catalog) {
    catalog->segments[1].fields[2].documents = catalog->segments[1].documents + 1;
}

static void change_field_order(struct catalog *catalog) {
    catalog->segments[1].fields[2].number = catalog->segments[1].fields[1].number;
}

static void change_schema(struct catalog *catalog) {
    strcpy(catalog->schema.fields[2].name, "title");
}

static void change_boosts(struct catalog *catalog) {
    catalog->ranking.boosts[1].field = catalog->ranking.boosts[0].field;
}

static void change_k1(struct catalog *catalog) {
    catalog->ranking.k1 = (double)INFINITY;
}

static void test_catalog_read__refuses_contradictions(void **state) {
    struct fixture *f = *state;
    assert_int_equal(read_changed(f, change_nothing), ST_OK);
    assert_int_equal(read_changed(f, change_id_twice), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_id_to_next), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_removed), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_terms), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_field_documents), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_field_order), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_schema), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_boosts), ST_CORRUPT);
    assert_int_equal(read_changed(f, change_k1), ST_CORRUPT);
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
        const uint8_t values[] = {0,
                                  1,
                                  0x7f,
                                  0x80,
                                  0xff,
                                  (uint8_t)(right - 1),
                                  (uint8_t)(right + 1),
                                  right ^ 2,
                                  right ^ 0x10,
                                  right ^ 0x80};
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            uint8_t value = record.data[at] = values[i];
            enum status status = read_record(f, buffer_slice(&record));
            if (at < 4 && value != right)
                assert_int_equal(status, ST_SETTINGS);
            else /* the first tag may become that of features */
                assert_true(status == ST_OK || status == ST_CORRUPT || status == ST_SETTINGS);
        }
        record.data[at] = right;
    }
    buffer_release(&record);
}

/* Reads the example with these bytes inserted behind the format. The caller releases *read. */
static enum status read_with_items(struct catalog *read, struct fixture *f, struct slice before,
                                   struct slice after) {
    struct buffer record = record_example(f, 2), changed = {0};
    assert_int_equal(buffer_append(&changed, record.data, 4), ST_OK);
    assert_int_equal(buffer_append_slice(&changed, before), ST_OK);
    assert_int_equal(buffer_append(&changed, record.data + 4, record.size - 4), ST_OK);
    assert_int_equal(buffer_append_slice(&changed, after), ST_OK);
    assert_int_equal(store_put_checksummed(f->txn, TABLE_META, slice_of_string("catalog"),
                                           buffer_slice(&changed), &f->err),
                     ST_OK);
    buffer_release(&record);
    buffer_release(&changed);
    return catalog_read(read, f->txn, &f->err);
}

static void test_catalog_read__skips_items_that_it_does_not_know(void **state) {
    struct fixture *f = *state;
    struct catalog read = {0}, expected = catalog_example(2);
    struct buffer item = {0};
    assert_int_equal(tagged_append(&item, 1000, slice_of_string("of a later version")), ST_OK);
    assert_int_equal(tagged_append(&item, 1001, slice_of(NULL, 0)), ST_OK);
    assert_int_equal(read_with_items(&read, f, slice_of(NULL, 0), buffer_slice(&item)), ST_OK);
    assert_catalog_equal(&read, &expected);
    assert_int_equal(read_with_items(&read, f, buffer_slice(&item), slice_of(NULL, 0)), ST_CORRUPT);
    buffer_release(&item);
    catalog_release(&read);
    catalog_release(&expected);
}

static void test_catalog_read__obeys_features_that_it_does_not_know(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *item;
        size_t size;
        enum status status;
        const char *newer;
    } cases[] = {
        {"\1\6\1\4calm", 8, ST_OK, NULL},
        {"\1\14\1\4calm\2\4note", 14, ST_OK, "note"},
        {"\1\14\3\4deep\2\4note", 14, ST_SETTINGS, "deep"},
        {"\1\14\2\4note\3\4deep", 14, ST_SETTINGS, "deep"},
        {"\1\6\144\4what", 8, ST_SETTINGS, "what"}, /* of no class known here */
        {"\1\6\2\4no\0e", 8, ST_CORRUPT, NULL},
        {"\1\5\2\4not", 7, ST_CORRUPT, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct catalog read = {0};
        struct slice item = slice_of(cases[i].item, cases[i].size);
        assert_status(read_with_items(&read, f, item, slice_of(NULL, 0)), cases[i].status, &f->err);
        enum status writable =
            cases[i].status ? ST_OK : catalog_check_writable(&read, "x", &f->err);
        assert_int_equal(writable, !cases[i].status && cases[i].newer ? ST_SETTINGS : ST_OK);
        if (cases[i].newer)
            assert_non_null(strstr(f->err.text, cases[i].newer));
        catalog_release(&read);
    }
}

/* A field of a type that is unknown here: for newer versions only. */
static void test_catalog_read__does_without_fields_of_newer_types(void **state) {
    struct fixture *f = *state;
    for (unsigned newer = 0; newer < 2; newer++) {
        struct catalog written = catalog_example(1), read = {0};
        struct buffer changed = {0};
        struct slice payload;
        written.schema.fields[written.schema.count - 1].type = (enum field_type)9;
        assert_int_equal(catalog_write(&written, f->txn, &f->err), ST_OK);
        assert_int_equal(store_get_checksummed(&payload, f->txn, TABLE_META,
                                               slice_of_string("catalog"), &f->err),
                         ST_OK);
        assert_int_equal(buffer_append(&changed, payload.data, 4), ST_OK);
        assert_int_equal(buffer_append(&changed, "\1\6\2\4maps", newer ? 8 : 0), ST_OK);
        assert_int_equal(buffer_append_slice(&changed, slice_after(payload, 4)), ST_OK);
        assert_int_equal(read_record(f, buffer_slice(&changed)), newer ? ST_OK : ST_CORRUPT);
        if (newer) {
            assert_int_equal(catalog_read(&read, f->txn, &f->err), ST_OK);
            assert_int_equal(read.schema.count, written.schema.count - 1);
        }
        buffer_release(&changed);
        catalog_release(&read);
        catalog_release(&written);
    }
}

static void test_catalog_read__says_what_to_do_about_other_formats(void **state) {
    struct fixture *f = *state;
    static const struct {
        uint8_t format;
        const char *message;
    } cases[] = {
        {2, "older version of quern, in format 2, where this one has 3; rebuild the index"},
        {4, "newer version of quern, in format 4, where this one has 3; use that version"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer record = record_example(f, 1);
        record.data[0] = cases[i].format;
        assert_int_equal(read_record(f, buffer_slice(&record)), ST_SETTINGS);
        assert_non_null(strstr(f->err.text, cases[i].message));
        buffer_release(&record);
    }
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
        cmocka_unit_test_setup_teardown(test_catalog_set_analysis__several_languages, setup,
                                        teardown),
        cmocka_unit_test(test_catalog_init__makes_each_index_another),
        cmocka_unit_test(test_catalog_copy__is_deep),
        cmocka_unit_test(test_catalog_put_segment__inserts_and_replaces),
        cmocka_unit_test(test_catalog_live_documents__leaves_out_deleted_ones),
        cmocka_unit_test_setup_teardown(test_catalog_read__refuses_contradictions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_catalog_read__refuses_every_truncation, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_catalog_read__copes_with_every_changed_byte, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_catalog_read__skips_items_that_it_does_not_know, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_catalog_read__obeys_features_that_it_does_not_know,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_catalog_read__does_without_fields_of_newer_types,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_catalog_read__says_what_to_do_about_other_formats,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_catalog_read__refuses_a_wrong_checksum, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
