/* SPDX-License-Identifier: MIT */
/* Verification notices every fault that the writer of a column could have. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <string.h>

#include "common/base/codec.h"
#include "common/column/column_reader.h"
#include "common/field/schema.h"
#include "common/index/snapshot.h"
#include "common/index/verify.h"
#include "common/segment/segment_writer.h"
#include "common/segment/term_entry.h"
#include "indexer/commit/commit.h"
#include "tests/support/store_fixture.h"

enum { COUNT = 3000, TAGS = 5, SEEN = SCHEMA_OWN_MIN, UNKNOWN };

enum fault {
    NO_FAULT,
    DOCUMENTS_WRONG,
    BOUND_WRONG,
    BLOCKS_SWAPPED,
    VALUE_TWICE,
    INDEX_MOVED,
    COLUMN_OF_NOBODY,
    COLUMN_OF_A_TEXT,
    FIELD_UNKNOWN,
    VALUES_WRONG,
    VALUE_UNUSED,
    VALUE_WITHOUT_LIST,
    LIST_WITHOUT_VALUE,
    LIST_TOO_SHORT,
    LIST_TOO_LONG,
    LIST_OF_OTHERS,
    FOLDER_TOO_SHORT,
};

/* The tags of document i are "tag<i % 5>" and, of every tenth, also "tag<(i + 1) % 5>". */
static bool has_tag(uint32_t doc, uint32_t tag) {
    return doc % TAGS == tag || (doc % 10 == 0 && (doc + 1) % TAGS == tag);
}

static struct field_value keyword(uint16_t field, const char *term) {
    return (struct field_value){.field = field,
                                .type = FIELD_TYPE_KEYWORD,
                                .text = slice_of_string(term),
                                .term = slice_of_string(term)};
}

static void add_documents(struct segment_writer *writer) {
    for (uint32_t i = 0; i < COUNT; i++) {
        struct error err;
        char id[16], tags[2][8];
        uint32_t doc;
        snprintf(tags[0], sizeof tags[0], "tag%u", (unsigned)(i % TAGS));
        snprintf(tags[1], sizeof tags[1], "tag%u", (unsigned)((i + 1) % TAGS));
        const struct field_value values[] = {
            keyword(SCHEMA_FOLDER, i % 2 ? "/a/b" : "/a"),
            {.field = SCHEMA_DATE, .type = FIELD_TYPE_DATE, .key = 100 + i % 60},
            keyword(SCHEMA_TAG, tags[0]),
            keyword(SCHEMA_TAG, tags[1])};
        struct document document = {.values = values, .value_count = i % 10 ? 3 : 4};
        document.id = slice_of(id, (size_t)snprintf(id, sizeof id, "id-%u", (unsigned)i));
        assert_ok(segment_writer_add(&doc, writer, &document, &err), &err);
    }
}

static void begin_list(struct postings_encoder *encoder, uint16_t field, const char *term) {
    uint8_t bytes[FIELD_TERM_MAX];
    postings_encoder_begin(encoder, field_term_join(bytes, field, slice_of_string(term)));
}

static void add_posting(struct postings_encoder *encoder, uint32_t doc) {
    struct error err;
    assert_ok(postings_encoder_add_document(encoder, doc, &err), &err);
    assert_ok(postings_encoder_add_value(encoder, 0, &err), &err);
}

static void write_lists(struct segment_writer *writer, enum fault fault) {
    struct error err;
    struct postings_encoder encoder = {0};
    assert_ok(segment_writer_norms(&encoder.fields, writer, &err), &err);
    begin_list(&encoder, SCHEMA_FOLDER, "/");
    for (uint32_t doc = 0; doc < COUNT; doc++)
        add_posting(&encoder, doc);
    assert_ok(postings_encoder_end(&encoder, &err), &err);
    begin_list(&encoder, SCHEMA_FOLDER, "/a");
    for (uint32_t doc = fault == FOLDER_TOO_SHORT; doc < COUNT; doc++)
        add_posting(&encoder, doc);
    assert_ok(postings_encoder_end(&encoder, &err), &err);
    begin_list(&encoder, SCHEMA_FOLDER, "/a/b");
    for (uint32_t doc = 1; doc < COUNT; doc += 2)
        add_posting(&encoder, doc);
    assert_ok(postings_encoder_end(&encoder, &err), &err);
    for (uint32_t tag = 0; tag < TAGS - (fault == VALUE_WITHOUT_LIST); tag++) {
        char term[8];
        snprintf(term, sizeof term, "tag%u", (unsigned)tag);
        begin_list(&encoder, SCHEMA_TAG, term);
        for (uint32_t doc = 0; doc < COUNT; doc++) {
            bool has = has_tag(doc, tag);
            if (tag == 2 && ((fault == LIST_TOO_SHORT && doc == 1002) ||
                             (fault == LIST_TOO_LONG && doc == 1003) ||
                             (fault == LIST_OF_OTHERS && (doc == 1002 || doc == 1003))))
                has = !has;
            if (has)
                add_posting(&encoder, doc);
        }
        assert_ok(postings_encoder_end(&encoder, &err), &err);
    }
    if (fault == LIST_WITHOUT_VALUE) {
        begin_list(&encoder, SCHEMA_TAG, "tag9");
        add_posting(&encoder, 7);
        assert_ok(postings_encoder_end(&encoder, &err), &err);
    }
    assert_ok(segment_writer_add_lists(writer, buffer_slice(&encoder.lists), &err), &err);
    postings_encoder_release(&encoder);
}

static struct columns_writer_field *column_of(struct segment_writer *writer, uint16_t number) {
    for (size_t i = 0; i < writer->columns.count; i++)
        if (writer->columns.fields[i].number == number)
            return &writer->columns.fields[i];
    fail();
    return NULL;
}

/* Makes faults in what is held until the end. */
static void change_columns(struct segment_writer *writer, enum fault fault) {
    struct error err;
    struct columns_writer_field *dates = column_of(writer, SCHEMA_DATE);
    struct columns_writer_field *tags = column_of(writer, SCHEMA_TAG);
    uint8_t *entries = dates->column.entries.data, entry[COLUMN_ENTRY_SIZE];
    if (fault == BOUND_WRONG) /* 160 instead of 159: as many bits */
        put_u64(entries + COLUMN_ENTRY_SIZE - 8, get_u64(entries + COLUMN_ENTRY_SIZE - 8) + 1);
    if (fault == BLOCKS_SWAPPED) {
        memcpy(entry, entries, sizeof entry);
        memcpy(entries, entries + sizeof entry, sizeof entry);
        memcpy(entries + sizeof entry, entry, sizeof entry);
    }
    if (fault == VALUE_TWICE) {
        assert_ok(column_writer_add(&dates->column, &writer->columns.blocks, COUNT - 1, 7, &err),
                  &err);
        dates->column.keys[dates->column.count - 1] = dates->column.keys[dates->column.count - 2];
    }
    if (fault == VALUE_UNUSED) {
        size_t before = tags->keywords.occurrences.size;
        const struct slice term = slice_of_string("tag9");
        assert_ok(keyword_writer_add(&tags->keywords, COUNT - 1, term, term, &err), &err);
        tags->keywords.occurrences.size = before;
    }
    struct field_value other = {.type = FIELD_TYPE_DATE};
    if (fault == COLUMN_OF_NOBODY)
        other.field = SEEN;
    if (fault == COLUMN_OF_A_TEXT)
        other.field = SCHEMA_AUTHOR;
    if (fault == FIELD_UNKNOWN)
        other.field = UNKNOWN;
    if (other.field)
        assert_ok(columns_writer_add(&writer->columns, 5, &other, 1, &err), &err);
}

/* Makes faults in what the catalog says. */
static void change_info(struct segment_info *info, enum fault fault) {
    for (size_t i = 0; i < info->field_count; i++) {
        struct segment_field *field = &info->fields[i];
        bool date = field->number == SCHEMA_DATE, tag = field->number == SCHEMA_TAG;
        field->documents -= fault == DOCUMENTS_WRONG && date;
        field->column.first_entry += fault == INDEX_MOVED && tag;
        if (field->number == SEEN)
            field->column = (struct column_info){0};
        field->column.values += fault == VALUES_WRONG && date;
    }
}

static enum status verify_faulty(enum fault fault, struct error *err) {
    static const struct buffered_changes no_changes;
    struct store_fixture fixture;
    struct segment_writer writer;
    struct snapshot *snapshot;
    struct verify_counts counts;
    struct catalog catalog = {.next_segment = 2,
                              .fingerprint = strdup("test"),
                              .stemmer = strdup("none"),
                              .segment_count = 1};
    catalog.segments = calloc(1, sizeof *catalog.segments);
    assert_non_null(catalog.segments);
    uint16_t seen;
    assert_int_equal(schema_init(&catalog.schema), ST_OK);
    assert_int_equal(
        schema_add(&seen, &catalog.schema, slice_of_string("seen"), FIELD_TYPE_DATE, 0), ST_OK);
    assert_int_equal(seen, SEEN);
    store_fixture_open(&fixture);
    assert_ok(segment_writer_open(&writer, &fixture.sink, 1, UINT64_MAX, err), err);
    add_documents(&writer);
    write_lists(&writer, fault);
    change_columns(&writer, fault);
    assert_ok(segment_writer_finish(catalog.segments, &writer, err), err);
    segment_writer_release(&writer);
    change_info(catalog.segments, fault);
    assert_ok(commit_changes(&fixture.sink, &catalog, &no_changes, err), err);
    assert_ok(snapshot_open_store(&snapshot, fixture.store, err), err);
    enum status status = verify_snapshot(&counts, snapshot, err);
    snapshot_close(snapshot);
    catalog_release(&catalog);
    store_fixture_close(&fixture);
    return status;
}

static void test_verify_snapshot__notices_every_fault_of_a_column(void **state) {
    (void)state;
    static const struct {
        enum fault fault;
        const char *message;
    } faults[] = {
        {NO_FAULT, NULL},
        {DOCUMENTS_WRONG, "segment 1, field date: the catalog's count of documents is wrong"},
        {BOUND_WRONG, "segment 1, field date: the bounds of a block are wrong"},
        {BLOCKS_SWAPPED, "segment 1: damaged values of a field"},
        {VALUE_TWICE, "segment 1, field date: a document has a value twice"},
        {INDEX_MOVED, "segment 1, field tag: its index is not where it should be"},
        {COLUMN_OF_NOBODY, "segment 1: has columns of no field"},
        {COLUMN_OF_A_TEXT, "segment 1, field author: a text has a column"},
        {FIELD_UNKNOWN, "segment 1: the catalog lists a field that the index does not have"},
        {VALUES_WRONG, "segment 1, field date: the catalog's count of values is wrong"},
        {VALUE_UNUSED, "segment 1: the terms of a keyword are not its values"},
        {VALUE_WITHOUT_LIST, "segment 1: the terms of a keyword are not its values"},
        {LIST_WITHOUT_VALUE, "segment 1: the terms of a keyword are not its values"},
        {LIST_TOO_SHORT, "field tag: a value and its list have different documents"},
        {LIST_TOO_LONG, "field tag: a value and its list have different documents"},
        {LIST_OF_OTHERS, "field tag: a value and its list have different documents"},
        {FOLDER_TOO_SHORT, "field folder: a value and its list have different documents"}};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct error err;
        assert_status(verify_faulty(faults[i].fault, &err), faults[i].message ? ST_CORRUPT : ST_OK,
                      &err);
        if (faults[i].message && !strstr(err.text, faults[i].message))
            fail_msg("\"%s\" says nothing of \"%s\"", err.text, faults[i].message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_snapshot__notices_every_fault_of_a_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
