/* What is stored of documents comes back as it was. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/segment/segment.h"
#include "tests/support/test_index.h"

enum { SEGMENT = 9 };

struct model {
    struct document *documents;
    uint32_t count;
    struct arena arena;
};

/* Bytes that do not compress, or letters that do. */
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

static void make_document(struct model *model, struct testing_random *random, size_t id,
                          size_t title, size_t text, bool has_text) {
    bool dense = testing_random_below(random, 2);
    model->documents[model->count++] =
        (struct document){.id = make_bytes(&model->arena, random, id, dense),
                          .title = make_bytes(&model->arena, random, title, dense),
                          .text = make_bytes(&model->arena, random, text, dense),
                          .mtime = (int64_t)extreme(random),
                          .size = extreme(random),
                          .content_hash = extreme(random) >> (64 - DOCUMENT_HASH_BITS),
                          .length = (uint32_t)extreme(random),
                          .title_length = (uint32_t)extreme(random),
                          .has_text = has_text};
}

/* Writes the documents and opens them as a segment. */
static void open_model(struct store_fixture *fixture, struct segment *segment,
                       const struct model *model) {
    struct error err;
    struct docs_writer writer;
    store_fixture_open(fixture);
    assert_int_equal(docs_writer_init(&writer, &fixture->sink, SEGMENT, 1), ST_OK);
    for (uint32_t i = 0; i < model->count; i++) {
        struct docs_text where = {.kept = false};
        if (model->documents[i].has_text)
            assert_ok(docs_writer_text(&writer, model->documents[i].text, &where, &err), &err);
        assert_ok(docs_writer_add(&writer, &model->documents[i], &where, &err), &err);
    }
    assert_ok(docs_writer_flush(&writer, &err), &err);
    struct segment_info info = {.id = SEGMENT,
                                .documents = model->count,
                                .chunks = {[STREAM_DOCS] = writer.records.data.chunk,
                                           [STREAM_DOC_INDEX] = writer.records.index.chunk,
                                           [STREAM_TEXT] = writer.texts.data.chunk,
                                           [STREAM_TEXT_INDEX] = writer.texts.index.chunk}};
    docs_writer_release(&writer);
    store_fixture_read(fixture);
    segment_open(segment, fixture->txn, &fixture->unpacker, &info);
}

static void check_document(struct segment *segment, const struct model *model, uint32_t doc) {
    struct error err;
    struct document found;
    const struct document *expected = &model->documents[doc];
    assert_ok(segment_document(segment, doc, &found, &err), &err);
    assert_slice(found.id, expected->id);
    assert_slice(found.title, expected->title);
    assert_int_equal(found.mtime, expected->mtime);
    assert_int_equal(found.size, expected->size);
    assert_int_equal(found.content_hash, expected->content_hash);
    assert_int_equal(found.length, expected->length);
    assert_int_equal(found.title_length, expected->title_length);
    assert_int_equal(found.has_text, expected->has_text);
    assert_int_equal(found.text.size, 0);
}

static void check_text(struct segment *segment, const struct model *model, uint32_t doc) {
    struct error err;
    struct buffer text = {0};
    const struct document *expected = &model->documents[doc];
    assert_int_equal(buffer_append(&text, "<", 1), ST_OK);
    assert_ok(segment_text(segment, doc, &text, &err), &err);
    assert_slice(slice_of(text.data + 1, text.size - 1),
                 expected->has_text ? expected->text : slice_of(NULL, 0));
    buffer_release(&text);
}

/* The index of the blocks of text names the documents that begin them. */
static void check_firsts(struct segment *segment) {
    struct error err;
    for (uint32_t doc = 0; doc < segment->info.documents; doc++) {
        struct document document;
        struct docs_text where;
        struct blocks_entry entry;
        assert_ok(segment_record(segment, doc, &document, &where, &err), &err);
        uint64_t end = where.offset + where.size;
        for (uint32_t block = where.block; end > (block - where.block) * (uint64_t)DOCS_TEXT_BLOCK;
             block++) {
            assert_true(blocks_entry(&segment->chunks, STREAM_TEXT_INDEX, block, &entry));
            if (block > where.block || (!where.offset && where.size))
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
    assert_int_equal(segment_document(&segment, model->count, &document, &err), ST_CORRUPT);
    assert_int_equal(segment_document(&segment, UINT32_MAX, &document, &err), ST_CORRUPT);
    segment_close(&segment);
    store_fixture_close(&fixture);
    free(model->documents);
    arena_release(&model->arena);
}

static void new_model(struct model *model, size_t count) {
    *model = (struct model){.documents = calloc(count, sizeof *model->documents)};
    assert_non_null(model->documents);
}

static void test_docs_writer_add__sizes(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const size_t ids[] = {1, 127, 128, DOCUMENT_ID_MAX};
    static const size_t titles[] = {0, 1, DOCUMENT_TITLE_MAX};
    static const size_t texts[] = {0,
                                   1,
                                   100,
                                   DOCS_TEXT_BLOCK - 1,
                                   DOCS_TEXT_BLOCK,
                                   DOCS_TEXT_BLOCK + 1,
                                   2 * DOCS_TEXT_BLOCK,
                                   2 * DOCS_TEXT_BLOCK + 1,
                                   1000000};
    enum { TEXTS = sizeof texts / sizeof *texts };
    struct model model;
    new_model(&model, 4 * 3 * TEXTS);
    for (size_t i = 0; i < 4 * 3 * TEXTS; i++)
        make_document(&model, &random, ids[i % 4], titles[i / 4 % 3], texts[i * 7 % TEXTS],
                      i % 11 != 0);
    check_model(&model, &random);
}

static void test_docs_writer_add__many_small(void **state) {
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

static void test_docs_writer_add__random_sizes(void **state) {
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

static void test_docs_writer_add__no_text_at_all(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct model model;
    new_model(&model, 1000);
    for (size_t i = 0; i < 1000; i++)
        make_document(&model, &random, 10, 20, 0, false);
    check_model(&model, &random);
}

/* Of more blocks than one chunk of their index tells of: blocks_count() and blocks_find() cross it.
 */
static void test_blocks_find__index_of_several_chunks(void **state) {
    (void)state;
    enum { BLOCKS = 2 * BLOCKS_PER_CHUNK + 5 };
    struct error err;
    struct store_fixture fixture;
    struct blocks_writer writer;
    store_fixture_open(&fixture);
    assert_int_equal(
        blocks_writer_init(&writer, &fixture.sink, SEGMENT, STREAM_DOCS, STREAM_DOC_INDEX, 1),
        ST_OK);
    for (uint32_t i = 0; i < BLOCKS; i++)
        assert_ok(blocks_writer_add(&writer, 10 * i + 3, slice_of(&i, sizeof i),
                                    slice_of(&i, i % 5), &err),
                  &err);
    assert_ok(blocks_writer_flush(&writer, &err), &err);
    uint32_t chunks[STREAM_MAX] = {
        [STREAM_DOCS] = writer.data.chunk, [STREAM_DOC_INDEX] = writer.index.chunk};
    blocks_writer_release(&writer);
    assert_int_equal(chunks[STREAM_DOC_INDEX], 3);
    store_fixture_read(&fixture);
    struct chunk_reader reader;
    chunk_reader_init(&reader, fixture.txn, SEGMENT, chunks);
    assert_int_equal(blocks_count(&reader, STREAM_DOC_INDEX), BLOCKS);
    struct blocks_entry entry;
    uint32_t number;
    struct buffer raw = {0};
    struct slice tail;
    for (uint32_t doc = 0; doc < 3; doc++)
        assert_false(blocks_find(&reader, STREAM_DOC_INDEX, doc, &number, &entry));
    for (uint32_t doc = 3; doc < 10 * BLOCKS + 50; doc += 3) {
        uint32_t expected = (doc - 3) / 10 < BLOCKS ? (doc - 3) / 10 : BLOCKS - 1;
        assert_true(blocks_find(&reader, STREAM_DOC_INDEX, doc, &number, &entry));
        assert_int_equal(number, expected);
        assert_int_equal(entry.first, 10 * expected + 3);
        assert_ok(blocks_load(&fixture.unpacker, &reader, STREAM_DOCS, &entry, &raw, &tail, &err),
                  &err);
        assert_slice(buffer_slice(&raw), slice_of(&expected, sizeof expected));
        assert_slice(tail, slice_of(&expected, expected % 5));
    }
    /* Entries that do not fit their block. */
    entry.raw_size = 5;
    assert_status(blocks_load(&fixture.unpacker, &reader, STREAM_DOCS, &entry, &raw, &tail, &err),
                  ST_CORRUPT, &err);
    entry.raw_size = 3;
    assert_status(blocks_load(&fixture.unpacker, &reader, STREAM_DOCS, &entry, &raw, &tail, &err),
                  ST_CORRUPT, &err);
    entry.raw_size = BLOCKS_RAW_MAX + 1;
    assert_status(blocks_load(&fixture.unpacker, &reader, STREAM_DOCS, &entry, &raw, &tail, &err),
                  ST_CORRUPT, &err);
    entry.raw_size = 4;
    entry.size = (uint16_t)(entry.size - tail.size - 1);
    assert_status(blocks_load(&fixture.unpacker, &reader, STREAM_DOCS, &entry, &raw, &tail, &err),
                  ST_CORRUPT, &err);
    assert_int_equal(reader.status, ST_OK);
    entry.address += 1 << 16;
    assert_status(blocks_load(&fixture.unpacker, &reader, STREAM_DOCS, &entry, &raw, &tail, &err),
                  ST_CORRUPT, &err);
    assert_int_equal(reader.status, ST_CORRUPT);
    buffer_release(&raw);
    chunk_reader_release(&reader);
    store_fixture_close(&fixture);
}

/* Texts may lie in another order than the documents. */
static void test_docs_writer_add__places_in_any_order(void **state) {
    (void)state;
    enum { COUNT = 3000 };
    struct testing_random random = testing_random();
    struct docs_text *places = calloc(COUNT, sizeof *places);
    assert_non_null(places);
    struct error err;
    struct store_fixture fixture;
    struct docs_writer writer;
    store_fixture_open(&fixture);
    assert_int_equal(docs_writer_init(&writer, &fixture.sink, SEGMENT, 1), ST_OK);
    for (uint32_t i = 0; i < COUNT; i++) {
        places[i].kept = testing_random_below(&random, 5) > 0;
        if (places[i].kept) {
            places[i].size =
                testing_random_below(&random, 20) ? testing_random_bits(&random, 40) : UINT64_MAX;
            places[i].block = (uint32_t)extreme(&random);
            places[i].offset = testing_random_below(&random, DOCS_TEXT_BLOCK);
        }
        struct document document = {.id = slice_of(&i, sizeof i), .size = extreme(&random)};
        assert_ok(docs_writer_add(&writer, &document, &places[i], &err), &err);
    }
    assert_ok(docs_writer_flush(&writer, &err), &err);
    struct segment_info info = {.id = SEGMENT,
                                .documents = COUNT,
                                .chunks = {[STREAM_DOCS] = writer.records.data.chunk,
                                           [STREAM_DOC_INDEX] = writer.records.index.chunk}};
    docs_writer_release(&writer);
    store_fixture_read(&fixture);
    struct segment segment;
    segment_open(&segment, fixture.txn, &fixture.unpacker, &info);
    for (uint32_t i = 0; i < COUNT; i++) {
        struct document document;
        struct docs_text found;
        assert_ok(segment_record(&segment, i, &document, &found, &err), &err);
        assert_slice(document.id, slice_of(&i, sizeof i));
        assert_int_equal(found.kept, places[i].kept);
        assert_int_equal(found.size, places[i].size);
        assert_int_equal(found.block, places[i].block);
        assert_int_equal(found.offset, places[i].offset);
    }
    segment_close(&segment);
    store_fixture_close(&fixture);
    free(places);
}

/* Reads a block to its end from memory of its own, whose ends a sanitizer watches. False when it is
 * found damaged. What is read lies in the block or its limits in any case. */
static bool read_block(struct slice raw, struct slice hashes) {
    uint8_t *columns = malloc(raw.size + !raw.size), *tail = malloc(hashes.size + !hashes.size);
    struct docs_reader *reader = malloc(sizeof *reader);
    assert_true(columns && tail && reader);
    memcpy(columns, raw.data, raw.size);
    memcpy(tail, hashes.data, hashes.size);
    docs_reader_init(reader, slice_of(columns, raw.size), slice_of(tail, hashes.size));
    while (reader->left && !reader->bad) {
        struct document document;
        struct docs_text where;
        uint32_t left = reader->left;
        docs_reader_next(reader, &document, &where);
        assert_int_equal(reader->left, left - 1);
        assert_true(document.id.size <= DOCUMENT_ID_MAX);
        if (document.title.size) {
            assert_true(document.title.data >= columns);
            assert_true(document.title.data + document.title.size <= columns + raw.size);
        }
        assert_true(where.offset < DOCS_TEXT_BLOCK);
        assert_true(document.content_hash >> DOCUMENT_HASH_BITS == 0);
    }
    bool good = !reader->bad;
    struct document document;
    struct docs_text where;
    docs_reader_next(reader, &document, &where);
    assert_true(reader->bad); /* there is no further one */
    free(reader);
    free(columns);
    free(tail);
    return good;
}

/* What a block of 40 documents unpacks to, and its tail. */
static void make_block(struct buffer *raw, struct buffer *hashes) {
    struct testing_random random = testing_random();
    struct error err;
    struct store_fixture fixture;
    struct segment segment;
    struct model model;
    new_model(&model, 40);
    for (size_t i = 0; i < 40; i++)
        make_document(&model, &random, 1 + i % 9, i % 5, i, i % 3 > 0);
    open_model(&fixture, &segment, &model);
    struct blocks_entry entry;
    struct slice tail;
    assert_int_equal(blocks_count(&segment.chunks, STREAM_DOC_INDEX), 1);
    assert_true(blocks_entry(&segment.chunks, STREAM_DOC_INDEX, 0, &entry));
    assert_ok(
        blocks_load(&fixture.unpacker, &segment.chunks, STREAM_DOCS, &entry, raw, &tail, &err),
        &err);
    assert_int_equal(buffer_append_slice(hashes, tail), ST_OK);
    assert_int_equal(hashes->size, 40 * DOCS_HASH);
    segment_close(&segment);
    store_fixture_close(&fixture);
    free(model.documents);
    arena_release(&model.arena);
}

/* A block that was damaged under a checksum that fits: what is cut off is always missed. */
static void test_docs_reader_next__damaged(void **state) {
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
        if (testing_random_below(&random, 3)) /* else one more is damaged the next time */
            raw.data[at] = before;
    }
    assert_true(refused > 0);
    buffer_release(&raw);
    buffer_release(&hashes);
}

/* Documents of which everything is 0 or empty, as many as a block may have and one more. */
static void test_docs_reader_next__too_many(void **state) {
    (void)state;
    for (size_t count = DOCS_BLOCK_COUNT; count <= DOCS_BLOCK_COUNT + 1; count++) {
        struct buffer raw = {0};
        static const uint8_t zeros[(DOCS_BLOCK_COUNT + 1) * DOCS_HASH];
        size_t columns = 0;
        for (unsigned i = 0; i < DOCS_COLUMNS; i++) {
            bool none = i == DOCS_ID || i == DOCS_TITLE || i == DOCS_TEXT_SIZE;
            assert_int_equal(buffer_append_varint(&raw, none ? 0 : count), ST_OK);
            columns += !none;
        }
        for (size_t i = 0; i < columns; i++)
            assert_int_equal(buffer_append(&raw, zeros, count), ST_OK);
        assert_int_equal(read_block(buffer_slice(&raw), slice_of(zeros, count * DOCS_HASH)),
                         count == DOCS_BLOCK_COUNT);
        buffer_release(&raw);
    }
}

/* Bytes that were never a block. */
static void test_docs_reader_next__random_bytes(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t bytes[128];
        size_t size = testing_random_below(&random, sizeof bytes);
        size_t hashes = DOCS_HASH * testing_random_below(&random, 4);
        unsigned bits = 1 + testing_random_below(&random, 8);
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)testing_random_bits(&random, i < DOCS_COLUMNS ? 3 : bits);
        read_block(slice_of(bytes, size), slice_of(bytes, hashes));
    }
}

/* A block of one document, whose columns are given as they are. */
static bool read_columns(const char *const columns[DOCS_COLUMNS],
                         const size_t sizes[DOCS_COLUMNS]) {
    struct buffer raw = {0};
    for (unsigned i = 0; i < DOCS_COLUMNS; i++)
        assert_int_equal(buffer_append_varint(&raw, sizes[i]), ST_OK);
    for (unsigned i = 0; i < DOCS_COLUMNS; i++)
        assert_int_equal(buffer_append(&raw, columns[i], sizes[i]), ST_OK);
    bool good = read_block(buffer_slice(&raw), slice_of("12345", DOCS_HASH));
    buffer_release(&raw);
    return good;
}

static void test_docs_reader_next__nonsense(void **state) {
    (void)state;
    static const char many[5000];
    static const struct {
        enum docs_column column;
        const char *bytes;
        size_t size;
    } lies[] = {
        {DOCS_ID_SHARED, "\1", 1},                     /* nothing is before it */
        {DOCS_ID_SHARED, "\0\0", 2},                   /* of a second document */
        {DOCS_ID_SHARED, "", 0},                       /* of none */
        {DOCS_ID_MORE, "\4", 1},                       /* more than there is */
        {DOCS_ID_MORE, "\2", 1},                       /* less */
        {DOCS_ID_MORE, "\xff", 1},                     /* cut short */
        {DOCS_ID, "", 0},                              /* gone */
        {DOCS_TITLE_SIZE, "\3", 1},                    /* more than there is */
        {DOCS_TITLE, "title", 5},                      /* more than is told */
        {DOCS_MTIME, "\x80", 1},                       /* cut short */
        {DOCS_SIZE_LOW, "", 0},                        /* gone */
        {DOCS_LENGTH_HIGH, "\xff\xff\xff\xff\x7f", 5}, /* beyond 32 bits */
        {DOCS_TITLE_LENGTH, "\xff\xff\xff\xff\x7f", 5},
        {DOCS_PLACE, "\xff\xff\xff\xff\xff\xff\x7f", 7}, /* of block 2^33 */
        {DOCS_PLACE, "\2", 1},                           /* before the beginning */
        {DOCS_PLACE, "\0", 1},                           /* no text, but its size */
        {DOCS_TEXT_SIZE, "", 0},                         /* a text, but no size */
        {DOCS_COLUMNS, NULL, 0},                         /* the truth */
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        const char *columns[DOCS_COLUMNS] = {"\0", "\3", "abc", "\2", "hi", "\0", "\7",
                                             "\0", "\2", "\0",  "\1", "\1", "\0"};
        size_t sizes[DOCS_COLUMNS] = {1, 1, 3, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1};
        if (lies[i].column < DOCS_COLUMNS) {
            columns[lies[i].column] = lies[i].bytes;
            sizes[lies[i].column] = lies[i].size;
        }
        assert_int_equal(read_columns(columns, sizes), lies[i].column == DOCS_COLUMNS);
    }
    /* An id and a title that are there, but beyond their limits. */
    const char *columns[DOCS_COLUMNS] = {"\0", "\x81\x20", many, "\0", "",   "\0", "\0",
                                         "\0", "\0",       "\0", "\0", "\0", ""};
    size_t sizes[DOCS_COLUMNS] = {1, 2, 4097, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0};
    assert_false(read_columns(columns, sizes));
    columns[DOCS_ID_MORE] = "\x80\x20";
    sizes[DOCS_ID] = DOCUMENT_ID_MAX;
    assert_true(read_columns(columns, sizes));
    columns[DOCS_TITLE_SIZE] = "\x81\x08";
    sizes[DOCS_TITLE_SIZE] = 2;
    columns[DOCS_TITLE] = many;
    sizes[DOCS_TITLE] = 1025;
    assert_false(read_columns(columns, sizes));
    columns[DOCS_TITLE_SIZE] = "\x80\x08";
    sizes[DOCS_TITLE] = DOCUMENT_TITLE_MAX;
    assert_true(read_columns(columns, sizes));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_docs_writer_add__sizes),
        cmocka_unit_test(test_docs_writer_add__many_small),
        cmocka_unit_test(test_docs_writer_add__random_sizes),
        cmocka_unit_test(test_docs_writer_add__no_text_at_all),
        cmocka_unit_test(test_blocks_find__index_of_several_chunks),
        cmocka_unit_test(test_docs_writer_add__places_in_any_order),
        cmocka_unit_test(test_docs_reader_next__damaged),
        cmocka_unit_test(test_docs_reader_next__too_many),
        cmocka_unit_test(test_docs_reader_next__random_bytes),
        cmocka_unit_test(test_docs_reader_next__nonsense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
