/* SPDX-License-Identifier: MIT */
/* Documents are read as they were stored, and damaged records are reported. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/base/tagged.h"
#include "common/column/columns_writer.h"
#include "common/field/schema.h"
#include "common/segment/segment.h"
#include "tests/support/store_fixture.h"

enum { SEGMENT = 9 };

struct model {
    struct document *documents;
    uint32_t count;
    struct arena arena;
};

/* Makes incompressible bytes (dense), or letters. */
static struct slice make_bytes(struct arena *arena, struct testing_random *random, size_t size,
                               bool dense) {
    uint8_t *bytes = arena_alloc(arena, size + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(dense ? testing_random_next(random) : 'a' + i / 100 % 26);
    return slice_of(bytes, size);
}

static uint64_t extreme(struct testing_random *random) {
    return testing_random_below(random, 8) ? testing_random_bits(random, 64) : UINT64_MAX;
}

/* No stored values, some, or as many as fit. */
static struct slice make_values(struct arena *arena, struct testing_random *random) {
    struct buffer values = {0};
    uint32_t kind = testing_random_below(random, 50), count = kind ? kind % 3 : 40;
    for (uint32_t i = 0; i < count; i++) {
        struct slice text = make_bytes(arena, random, kind ? i * 7 : 2000, true);
        assert_int_equal(document_add_value(&values, 0, (uint16_t)(SCHEMA_OWN_MIN + i), text),
                         ST_OK);
    }
    const char *copy = arena_copy(arena, values.data, values.size);
    assert_non_null(copy);
    struct slice slice = slice_of(copy, values.size);
    buffer_release(&values);
    return slice;
}

static void make_document(struct model *model, struct testing_random *random, size_t id,
                          size_t title, size_t text, bool has_text) {
    bool dense = testing_random_below(random, 2);
    model->documents[model->count++] =
        (struct document){.id = make_bytes(&model->arena, random, id, dense),
                          .title = make_bytes(&model->arena, random, title, dense),
                          .fields = make_values(&model->arena, random),
                          .text = make_bytes(&model->arena, random, text, dense),
                          .size = testing_random_bits(random, 53),
                          .content_hash = extreme(random) >> (64 - DOCUMENT_HASH_BITS),
                          .length = (uint32_t)extreme(random),
                          .title_length = (uint32_t)extreme(random),
                          .text_position = (uint32_t)extreme(random),
                          .has_text = has_text};
}

/* Records refer to the column of sizes. */
static void add_size(struct columns_writer *columns, uint32_t doc, uint64_t size) {
    struct error err;
    const struct field_value value = {.field = SCHEMA_SIZE,
                                      .type = FIELD_TYPE_NUMBER,
                                      .key = field_value_key_of_number((double)size)};
    assert_ok(columns_writer_add(columns, doc, &value, size > 0, &err), &err);
}

static void finish_sizes(struct segment_field *size, struct segment_info *info,
                         struct columns_writer *columns) {
    struct error err;
    assert_ok(columns_writer_finish(columns, info->documents, &err), &err);
    columns_writer_chunks(info->chunks, columns);
    *size = (struct segment_field){.number = SCHEMA_SIZE};
    if (columns->count)
        size->column = columns->fields[0].info;
    columns_writer_release(columns);
}

/* Writes the documents and opens them as a segment. */
static void open_model(struct store_fixture *fixture, struct segment *segment,
                       const struct model *model) {
    struct error err;
    struct doc_store_writer writer;
    struct columns_writer columns;
    store_fixture_open(fixture);
    columns_writer_init(&columns, &fixture->sink, SEGMENT);
    assert_int_equal(doc_store_writer_init(&writer, &fixture->sink, SEGMENT, 1), ST_OK);
    for (uint32_t i = 0; i < model->count; i++) {
        struct text_location location = {.stored = false};
        if (model->documents[i].has_text)
            assert_ok(doc_store_writer_add_text(&location, &writer, model->documents[i].text, &err),
                      &err);
        assert_ok(doc_store_writer_add(&writer, &model->documents[i], &location, &err), &err);
        add_size(&columns, i, model->documents[i].size);
    }
    assert_ok(doc_store_writer_flush(&writer, &err), &err);
    struct segment_field size;
    struct segment_info info = {.id = SEGMENT,
                                .documents = model->count,
                                .fields = &size,
                                .field_count = 1,
                                .chunks = {[STREAM_DOCS] = writer.record_blocks.data.chunk,
                                           [STREAM_DOC_INDEX] = writer.record_blocks.index.chunk,
                                           [STREAM_TEXT] = writer.text_blocks.data.chunk,
                                           [STREAM_TEXT_INDEX] = writer.text_blocks.index.chunk}};
    doc_store_writer_release(&writer);
    finish_sizes(&size, &info, &columns);
    store_fixture_read(fixture);
    segment_open(segment, fixture->txn, &fixture->decompressor, &info);
}

static void check_document(struct segment *segment, const struct model *model, uint32_t doc) {
    struct error err;
    struct document found;
    const struct document *expected = &model->documents[doc];
    assert_ok(segment_document(&found, segment, doc, &err), &err);
    assert_slice(found.id, expected->id);
    assert_slice(found.title, expected->title);
    assert_slice(found.fields, expected->fields);
    assert_int_equal(found.size, expected->size);
    assert_int_equal(found.content_hash, expected->content_hash);
    assert_int_equal(found.length, expected->length);
    assert_int_equal(found.title_length, expected->title_length);
    assert_int_equal(found.text_position, expected->text_position);
    assert_int_equal(found.has_text, expected->has_text);
    assert_int_equal(found.text.size, 0);
}

static void check_text(struct segment *segment, const struct model *model, uint32_t doc) {
    struct error err;
    struct buffer text = {0};
    const struct document *expected = &model->documents[doc];
    assert_int_equal(buffer_append(&text, "<", 1), ST_OK);
    assert_ok(segment_text(&text, segment, doc, &err), &err);
    assert_slice(slice_of(text.data + 1, text.size - 1),
                 expected->has_text ? expected->text : slice_of(NULL, 0));
    buffer_release(&text);
}

/* The index of text blocks has the documents that begin them. */
static void check_firsts(struct segment *segment) {
    struct error err;
    for (uint32_t doc = 0; doc < segment->info.documents; doc++) {
        struct document document;
        struct text_location location;
        struct block_store_entry entry;
        assert_ok(segment_record(&document, &location, segment, doc, &err), &err);
        uint64_t end = location.offset + location.size;
        for (uint32_t block = location.block;
             end > (block - location.block) * (uint64_t)TEXT_BLOCK_SIZE; block++) {
            assert_true(block_store_read_entry(&entry, &segment->chunks, STREAM_TEXT_INDEX, block));
            if (block > location.block || (!location.offset && location.size))
                assert_int_equal(entry.first, doc);
        }
    }
}

static void check_model(struct model *model, struct testing_random *random) {
    struct store_fixture fixture;
    struct segment segment;
    open_model(&fixture, &segment, model);
    for (uint32_t doc = 0; doc < model->count; doc++)
        check_document(&segment, model, doc);
    for (uint32_t doc = 0; doc < model->count; doc++)
        check_text(&segment, model, doc);
    check_firsts(&segment);
    for (uint32_t round = 0; round < 300; round++) {
        uint32_t doc = testing_random_below(random, model->count);
        check_document(&segment, model, doc);
        if (testing_random_below(random, 2))
            check_text(&segment, model, testing_random_below(random, model->count));
    }
    for (uint32_t doc = model->count; doc-- > 0 && doc + 300 > model->count;)
        check_document(&segment, model, doc);
    struct document document;
    struct error err;
    assert_int_equal(segment_document(&document, &segment, model->count, &err), ST_CORRUPT);
    assert_int_equal(segment_document(&document, &segment, UINT32_MAX, &err), ST_CORRUPT);
    segment_close(&segment);
    store_fixture_close(&fixture);
    free(model->documents);
    arena_release(&model->arena);
}

static void new_model(struct model *model, size_t count) {
    *model = (struct model){.documents = calloc(count, sizeof *model->documents)};
    assert_non_null(model->documents);
}

static void test_doc_store_writer_add__every_size(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const size_t ids[] = {1, 127, 128, DOCUMENT_ID_MAX};
    static const size_t titles[] = {0, 1, DOCUMENT_TITLE_MAX};
    static const size_t texts[] = {0,
                                   1,
                                   100,
                                   TEXT_BLOCK_SIZE - 1,
                                   TEXT_BLOCK_SIZE,
                                   TEXT_BLOCK_SIZE + 1,
                                   2 * TEXT_BLOCK_SIZE,
                                   2 * TEXT_BLOCK_SIZE + 1,
                                   1000000};
    enum { TEXTS = sizeof texts / sizeof *texts };
    struct model model;
    new_model(&model, 4 * 3 * TEXTS);
    for (size_t i = 0; i < 4 * 3 * TEXTS; i++)
        make_document(&model, &random, ids[i % 4], titles[i / 4 % 3], texts[i * 7 % TEXTS],
                      i % 11 != 0);
    check_model(&model, &random);
}

static void test_doc_store_writer_add__many_small(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct model model;
    new_model(&model, 20000);
    for (size_t i = 0; i < 20000; i++)
        make_document(&model, &random, 1 + testing_random_bits(&random, 5),
                      testing_random_bits(&random, 5), testing_random_bits(&random, 8),
                      testing_random_below(&random, 10) > 0);
    check_model(&model, &random);
}

static void test_doc_store_writer_add__random_sizes(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct model model;
    new_model(&model, 1000);
    for (size_t i = 0; i < 1000; i++)
        make_document(&model, &random, 1 + testing_random_bits(&random, 12) % DOCUMENT_ID_MAX,
                      testing_random_bits(&random, 10), testing_random_bits(&random, 17),
                      testing_random_below(&random, 3) > 0);
    check_model(&model, &random);
}

static void test_doc_store_writer_add__no_text_at_all(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct model model;
    new_model(&model, 1000);
    for (size_t i = 0; i < 1000; i++)
        make_document(&model, &random, 10, 20, 0, false);
    check_model(&model, &random);
}

/* Texts may be stored in another order than documents. */
static void test_doc_store_writer_add__texts_in_any_order(void **state) {
    (void)state;
    enum { COUNT = 3000 };
    struct testing_random random = testing_random();
    struct text_location *locations = calloc(COUNT, sizeof *locations);
    assert_non_null(locations);
    struct error err;
    struct store_fixture fixture;
    struct doc_store_writer writer;
    store_fixture_open(&fixture);
    assert_int_equal(doc_store_writer_init(&writer, &fixture.sink, SEGMENT, 1), ST_OK);
    for (uint32_t i = 0; i < COUNT; i++) {
        locations[i].stored = testing_random_below(&random, 5) > 0;
        if (locations[i].stored) {
            locations[i].size =
                testing_random_below(&random, 20) ? testing_random_bits(&random, 40) : UINT64_MAX;
            locations[i].block = (uint32_t)extreme(&random);
            locations[i].offset = testing_random_below(&random, TEXT_BLOCK_SIZE);
        }
        struct document document = {.id = slice_of(&i, sizeof i)};
        assert_ok(doc_store_writer_add(&writer, &document, &locations[i], &err), &err);
    }
    assert_ok(doc_store_writer_flush(&writer, &err), &err);
    struct segment_info info = {.id = SEGMENT,
                                .documents = COUNT,
                                .chunks = {[STREAM_DOCS] = writer.record_blocks.data.chunk,
                                           [STREAM_DOC_INDEX] = writer.record_blocks.index.chunk}};
    doc_store_writer_release(&writer);
    store_fixture_read(&fixture);
    struct segment segment;
    segment_open(&segment, fixture.txn, &fixture.decompressor, &info);
    for (uint32_t i = 0; i < COUNT; i++) {
        struct document document;
        struct text_location found;
        assert_ok(segment_record(&document, &found, &segment, i, &err), &err);
        assert_slice(document.id, slice_of(&i, sizeof i));
        assert_int_equal(found.stored, locations[i].stored);
        assert_int_equal(found.size, locations[i].size);
        assert_int_equal(found.block, locations[i].block);
        assert_int_equal(found.offset, locations[i].offset);
    }
    segment_close(&segment);
    store_fixture_close(&fixture);
    free(locations);
}

/* The size of all documents of blocks that are read alone. */
enum { READ_SIZE = 7 };

/* Reads a whole block from memory of exactly its size, for a sanitizer. Returns whether it is
 * valid. Whatever is read is inside of the block and within the limits. */
static bool read_block(struct slice raw, struct slice hashes) {
    uint8_t *columns = malloc(raw.size + !raw.size), *tail = malloc(hashes.size + !hashes.size);
    struct doc_store_reader *reader = malloc(sizeof *reader);
    assert_true(columns && tail && reader);
    memcpy(columns, raw.data, raw.size);
    memcpy(tail, hashes.data, hashes.size);
    doc_store_reader_init(reader, slice_of(columns, raw.size), slice_of(tail, hashes.size));
    while (reader->left && !reader->bad) {
        struct document document;
        struct text_location location;
        uint32_t left = reader->left;
        doc_store_reader_next(&document, &location, reader, READ_SIZE);
        assert_int_equal(reader->left, left - 1);
        assert_true(document.id.size <= DOCUMENT_ID_MAX);
        if (document.title.size) {
            assert_true(document.title.data >= columns);
            assert_true(document.title.data + document.title.size <= columns + raw.size);
        }
        assert_true(location.offset < TEXT_BLOCK_SIZE);
        assert_true(document.content_hash >> DOCUMENT_HASH_BITS == 0);
    }
    bool good = !reader->bad;
    struct document document;
    struct text_location location;
    doc_store_reader_next(&document, &location, reader, READ_SIZE);
    assert_true(reader->bad); /* there are no more */
    free(reader);
    free(columns);
    free(tail);
    return good;
}

/* Makes a block of 40 documents: its decompressed frame and its tail. */
static void make_block(struct buffer *raw, struct buffer *hashes) {
    struct testing_random random = testing_random();
    struct error err;
    struct store_fixture fixture;
    struct segment segment;
    struct model model;
    new_model(&model, 40);
    for (size_t i = 0; i < 40; i++)
        make_document(&model, &random, 1 + i % 9, i % 5, i, i % 3 > 0);
    for (size_t i = 0; i < 40; i++) /* so that one block holds all */
        if (model.documents[i].fields.size > 100)
            model.documents[i].fields.size = 0;
    for (size_t i = 0; i < 40; i++)
        model.documents[i].size = READ_SIZE;
    open_model(&fixture, &segment, &model);
    struct block_store_entry entry;
    struct slice tail;
    assert_int_equal(block_store_count(&segment.chunks, STREAM_DOC_INDEX), 1);
    assert_true(block_store_read_entry(&entry, &segment.chunks, STREAM_DOC_INDEX, 0));
    assert_ok(block_store_load(raw, &tail, &fixture.decompressor, &segment.chunks, STREAM_DOCS,
                               &entry, &err),
              &err);
    assert_int_equal(buffer_append_slice(hashes, tail), ST_OK);
    assert_int_equal(hashes->size, 40 * DOC_STORE_HASH_SIZE);
    segment_close(&segment);
    store_fixture_close(&fixture);
    free(model.documents);
    arena_release(&model.arena);
}

/* Damage under a matching checksum: a block that was cut is always refused. */
static void test_doc_store_reader_next__reports_damage(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct buffer raw = {0}, hashes = {0};
    make_block(&raw, &hashes);
    assert_true(read_block(buffer_slice(&raw), buffer_slice(&hashes)));
    assert_int_equal(buffer_append(&raw, "", 1), ST_OK);
    assert_false(read_block(buffer_slice(&raw), buffer_slice(&hashes)));
    raw.size--;
    for (size_t size = 0; size < raw.size; size++)
        assert_false(read_block(slice_of(raw.data, size), buffer_slice(&hashes)));
    for (size_t size = 1; size < hashes.size; size++)
        assert_false(read_block(buffer_slice(&raw), slice_of(hashes.data, size)));
    unsigned refused = 0;
    for (unsigned round = 0; round < 20000; round++) {
        size_t at = testing_random_below(&random, (uint32_t)raw.size);
        uint8_t before = raw.data[at];
        raw.data[at] = (uint8_t)testing_random_next(&random);
        refused += !read_block(buffer_slice(&raw), buffer_slice(&hashes));
        if (testing_random_below(&random, 3)) /* else it stays damaged */
            raw.data[at] = before;
    }
    assert_true(refused > 0);
    buffer_release(&raw);
    buffer_release(&hashes);
}

/* As many empty documents as a block may have, and one more. */
static void test_doc_store_reader_next__refuses_too_many_documents(void **state) {
    (void)state;
    for (size_t count = DOC_STORE_BLOCK_DOCS; count <= DOC_STORE_BLOCK_DOCS + 1; count++) {
        struct buffer raw = {0};
        static const uint8_t zeros[(DOC_STORE_BLOCK_DOCS + 1) * DOC_STORE_HASH_SIZE];
        for (unsigned i = 0; i < DOC_COLUMN_COUNT; i++)
            if (i != DOC_COLUMN_ID_SUFFIX && i != DOC_COLUMN_TITLE && i != DOC_COLUMN_TEXT_SIZE)
                assert_int_equal(tagged_append(&raw, i + 1, slice_of(zeros, count)), ST_OK);
        assert_int_equal(
            read_block(buffer_slice(&raw), slice_of(zeros, count * DOC_STORE_HASH_SIZE)),
            count == DOC_STORE_BLOCK_DOCS);
        buffer_release(&raw);
    }
}

/* Random bytes instead of a block. */
static void test_doc_store_reader_next__survives_random_bytes(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t bytes[128];
        size_t size = testing_random_below(&random, sizeof bytes);
        size_t hashes = DOC_STORE_HASH_SIZE * testing_random_below(&random, 4);
        unsigned bits = 1 + testing_random_below(&random, 8);
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)testing_random_bits(&random, i < DOC_COLUMN_COUNT ? 3 : bits);
        read_block(slice_of(bytes, size), slice_of(bytes, hashes));
    }
}

/* Reads a block of one document with these columns. Returns whether it is valid. */
static bool read_columns(const char *const columns[DOC_COLUMN_COUNT],
                         const size_t sizes[DOC_COLUMN_COUNT]) {
    struct buffer raw = {0};
    for (unsigned i = 0; i < DOC_COLUMN_COUNT; i++)
        assert_int_equal(tagged_append(&raw, i + 1, slice_of(columns[i], sizes[i])), ST_OK);
    /* A later version may have more. */
    assert_int_equal(tagged_append(&raw, DOC_COLUMN_COUNT + 1, slice_of_string("more")), ST_OK);
    bool good = read_block(buffer_slice(&raw), slice_of("12345", DOC_STORE_HASH_SIZE));
    buffer_release(&raw);
    return good;
}

static void test_doc_store_reader_next__refuses_impossible_columns(void **state) {
    (void)state;
    static const char many[5000];
    static const struct {
        enum doc_store_column column;
        const char *bytes;
        size_t size;
    } lies[] = {
        {DOC_COLUMN_ID_SHARED, "\1", 1},                     /* more than the previous id has */
        {DOC_COLUMN_ID_SHARED, "\0\0", 2},                   /* of a second document */
        {DOC_COLUMN_ID_SHARED, "", 0},                       /* of none */
        {DOC_COLUMN_ID_SUFFIX_SIZE, "\4", 1},                /* more than there is */
        {DOC_COLUMN_ID_SUFFIX_SIZE, "\2", 1},                /* fewer */
        {DOC_COLUMN_ID_SUFFIX_SIZE, "\xff", 1},              /* cut short */
        {DOC_COLUMN_ID_SUFFIX, "", 0},                       /* missing */
        {DOC_COLUMN_TITLE_SIZE, "\3", 1},                    /* more than there is */
        {DOC_COLUMN_TITLE, "title", 5},                      /* more than title_size */
        {DOC_COLUMN_FIELDS, "\4\x10\3me", 5},                /* a value that is cut short */
        {DOC_COLUMN_FIELDS, "\5\x10\2me", 5},                /* more than there is */
        {DOC_COLUMN_FIELDS, "\0\0", 2},                      /* of a second document */
        {DOC_COLUMN_LENGTH_LOW, "", 0},                      /* missing */
        {DOC_COLUMN_LENGTH_HIGH, "\xff\xff\xff\xff\x7f", 5}, /* more than 32 bits */
        {DOC_COLUMN_TITLE_LENGTH, "\xff\xff\xff\xff\x7f", 5},
        {DOC_COLUMN_TEXT_POSITION, "\xff\xff\xff\xff\x7f", 5},
        {DOC_COLUMN_TEXT_START, "\xff\xff\xff\xff\xff\xff\x7f", 7}, /* in block 2^33 */
        {DOC_COLUMN_TEXT_START, "\2", 1},                           /* before the first block */
        {DOC_COLUMN_TEXT_START, "\0", 1},                           /* a size without a text */
        {DOC_COLUMN_TEXT_SIZE, "", 0},                              /* a text without a size */
        {DOC_COLUMN_COUNT, NULL, 0},                                /* none: the block is valid */
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        const char *columns[DOC_COLUMN_COUNT] = {"\0", "\3", "abc", "\2", "hi", "\4\x10\2me",
                                                 "\2", "\0", "\1",  "\5", "\1", "\0"};
        size_t sizes[DOC_COLUMN_COUNT] = {1, 1, 3, 1, 2, 5, 1, 1, 1, 1, 1, 1};
        if (lies[i].column < DOC_COLUMN_COUNT) {
            columns[lies[i].column] = lies[i].bytes;
            sizes[lies[i].column] = lies[i].size;
        }
        assert_int_equal(read_columns(columns, sizes), lies[i].column == DOC_COLUMN_COUNT);
    }
    /* An id and a title that are too long. */
    const char *columns[DOC_COLUMN_COUNT] = {"\0", "\x81\x20", many, "\0", "",   "\0",
                                             "\0", "\0",       "\0", "\0", "\0", ""};
    size_t sizes[DOC_COLUMN_COUNT] = {1, 2, 4097, 1, 0, 1, 1, 1, 1, 1, 1, 0};
    assert_false(read_columns(columns, sizes));
    columns[DOC_COLUMN_ID_SUFFIX_SIZE] = "\x80\x20";
    sizes[DOC_COLUMN_ID_SUFFIX] = DOCUMENT_ID_MAX;
    assert_true(read_columns(columns, sizes));
    columns[DOC_COLUMN_TITLE_SIZE] = "\x81\x08";
    sizes[DOC_COLUMN_TITLE_SIZE] = 2;
    columns[DOC_COLUMN_TITLE] = many;
    sizes[DOC_COLUMN_TITLE] = 1025;
    assert_false(read_columns(columns, sizes));
    columns[DOC_COLUMN_TITLE_SIZE] = "\x80\x08";
    sizes[DOC_COLUMN_TITLE] = DOCUMENT_TITLE_MAX;
    assert_true(read_columns(columns, sizes));
    /* A value that is too long. */
    char fields[5 + DOCUMENT_TITLE_MAX + 1] = "\x84\x08\x10\x81\x08";
    columns[DOC_COLUMN_FIELDS] = fields;
    sizes[DOC_COLUMN_FIELDS] = sizeof fields;
    assert_false(read_columns(columns, sizes));
    fields[0]--;
    fields[3]--;
    sizes[DOC_COLUMN_FIELDS]--;
    assert_true(read_columns(columns, sizes));
}

static void test_document_add_value__keeps_what_fits(void **state) {
    (void)state;
    static char text[2000];
    memset(text, 'x', sizeof text);
    struct buffer values = {0};
    assert_int_equal(document_add_value(&values, 0, SCHEMA_AUTHOR, slice_of_string("me")), ST_OK);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(document_add_value(&values, 0, 40, slice_of(text, sizeof text)), ST_OK);
    assert_int_equal(document_add_value(&values, 0, 41, slice_of(NULL, 0)), ST_OK);
    assert_in_range(values.size, DOCUMENT_FIELDS_MAX - 1100, DOCUMENT_FIELDS_MAX);
    struct document_value value;
    struct slice left = buffer_slice(&values);
    assert_true(document_next_value(&value, &left));
    assert_int_equal(value.field, SCHEMA_AUTHOR);
    assert_slice(value.text, slice_of_string("me"));
    for (unsigned i = 0; i < 15; i++) {
        assert_true(document_next_value(&value, &left));
        assert_int_equal(value.field, 40);
        assert_int_equal(value.text.size, DOCUMENT_TITLE_MAX);
    }
    assert_true(document_next_value(&value, &left));
    assert_int_equal(value.field, 41);
    assert_false(document_next_value(&value, &left));
    buffer_release(&values);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doc_store_writer_add__every_size),
        cmocka_unit_test(test_doc_store_writer_add__many_small),
        cmocka_unit_test(test_doc_store_writer_add__random_sizes),
        cmocka_unit_test(test_doc_store_writer_add__no_text_at_all),
        cmocka_unit_test(test_doc_store_writer_add__texts_in_any_order),
        cmocka_unit_test(test_doc_store_reader_next__reports_damage),
        cmocka_unit_test(test_doc_store_reader_next__refuses_too_many_documents),
        cmocka_unit_test(test_doc_store_reader_next__survives_random_bytes),
        cmocka_unit_test(test_doc_store_reader_next__refuses_impossible_columns),
        cmocka_unit_test(test_document_add_value__keeps_what_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
