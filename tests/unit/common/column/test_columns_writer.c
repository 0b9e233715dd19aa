/* SPDX-License-Identifier: MIT */
/* The columns of all fields have what documents had, and merged columns have what remains. */
#include "tests/support/testing.h"

#include "common/column/column_merge.h"
#include "common/column/column_reader.h"
#include "common/column/columns_writer.h"
#include "common/column/value_table.h"
#include "tests/support/store_fixture.h"

enum { FIELDS = 5, DOCUMENTS_MAX = 3000, VALUES = 3, LEFT_OUT = UINT32_MAX };

/* Fields of all types, one of them without a column. */
static const struct {
    uint16_t number;
    enum field_type type;
} fields[FIELDS] = {{3, FIELD_TYPE_TEXT},
                    {4, FIELD_TYPE_KEYWORD},
                    {8, FIELD_TYPE_DATE},
                    {9, FIELD_TYPE_NUMBER},
                    {40, FIELD_TYPE_KEYWORD}};

/* A document: `counts` values of each field. Keywords are "v12", and "V12" as documents have them.
 */
struct model {
    uint32_t counts[FIELDS];
    int64_t keys[FIELDS][VALUES];
    bool deleted;
};

/* A segment that was written. */
struct segment {
    struct columns_writer writer; /* has the fields */
    uint32_t number, documents;
    struct chunk_reader chunks; /* after open_segment() */
    const struct model *models;
    uint32_t base; /* the new number of its first document in a merge */
};

static struct store_fixture fixture;
static uint32_t segment_number; /* of the one written last */

static void make_models(struct model *models, uint32_t documents, uint32_t distinct,
                        struct testing_random *random) {
    for (uint32_t doc = 0; doc < documents; doc++) {
        models[doc] = (struct model){.deleted = testing_random_below(random, 4) == 0};
        for (unsigned f = 0; f < FIELDS; f++) {
            if (testing_random_below(random, 3) == 0)
                continue;
            uint32_t count = 1 + testing_random_below(random, VALUES);
            for (uint32_t i = 0; i < count; i++) {
                int64_t key = testing_random_below(random, distinct);
                if (fields[f].type == FIELD_TYPE_NUMBER)
                    key = field_value_key_of_number((double)key / 4);
                models[doc].keys[f][i] = key + i * INT64_C(1000000);
            }
            models[doc].counts[f] = count;
        }
    }
}

static struct slice string_of(char *string, char letter, int64_t key) {
    return slice_of(string, (size_t)snprintf(string, 24, "%c%lld", letter, (long long)key));
}

static void add_document(struct columns_writer *writer, uint32_t doc, const struct model *model) {
    struct field_value values[FIELDS * VALUES];
    char strings[FIELDS * VALUES][2][24];
    struct error err;
    size_t count = 0;
    for (unsigned f = 0; f < FIELDS; f++)
        for (uint32_t i = 0; i < model->counts[f]; i++, count++)
            values[count] =
                (struct field_value){.field = fields[f].number,
                                     .type = fields[f].type,
                                     .key = model->keys[f][i],
                                     .term = string_of(strings[count][0], 'v', model->keys[f][i]),
                                     .text = string_of(strings[count][1], 'V', model->keys[f][i])};
    assert_ok(columns_writer_add(writer, doc, values, count, &err), &err);
}

static void begin_segment(struct segment *segment) {
    *segment = (struct segment){.number = ++segment_number};
    columns_writer_init(&segment->writer, &fixture.sink, segment->number);
}

static void finish(struct segment *segment, uint32_t documents) {
    struct error err;
    assert_ok(columns_writer_finish(&segment->writer, documents, &err), &err);
    segment->documents = documents;
}

/* Opens a segment for reading; all of them are to be opened again once another was written. */
static void open_segment(struct segment *segment) {
    uint32_t counts[STREAM_MAX] = {0};
    columns_writer_chunks(counts, &segment->writer);
    chunk_reader_release(&segment->chunks);
    chunk_reader_init(&segment->chunks, fixture.txn, segment->number, counts);
}

static void write_segment(struct segment *segment, const struct model *models, uint32_t documents) {
    begin_segment(segment);
    segment->models = models;
    for (uint32_t doc = 0; doc < documents; doc++)
        add_document(&segment->writer, doc, &models[doc]);
    finish(segment, documents);
}

static void close_segment(struct segment *segment) {
    assert_int_equal(segment->chunks.status, ST_OK);
    chunk_reader_release(&segment->chunks);
    columns_writer_release(&segment->writer);
}

/* The column of a field; info is NULL if there is none. */
static const struct column_info *column_of(const struct segment *segment, uint16_t number) {
    for (size_t i = 0; i < segment->writer.count; i++)
        if (segment->writer.fields[i].number == number)
            return &segment->writer.fields[i].info;
    return NULL;
}

static void check_keyword(struct value_table *table, int64_t ordinal, int64_t key) {
    struct slice term, shown;
    char string[24];
    assert_true(value_table_value(&term, &shown, table, (uint32_t)ordinal));
    assert_slice(term, string_of(string, 'v', key));
    assert_slice(shown, string_of(string, 'V', key));
}

/* The segment has the models, each value of a document once. */
static void check_segment(struct segment *segment, const struct model *const *models) {
    for (unsigned f = 0; f < FIELDS; f++) {
        const struct column_info *info = column_of(segment, fields[f].number);
        struct column_reader reader;
        struct value_table table;
        uint32_t having = 0;
        if (fields[f].type == FIELD_TYPE_TEXT) {
            assert_null(info);
            continue;
        }
        assert_non_null(info);
        column_reader_init(&reader, &segment->chunks, info, fields[f].type, segment->documents);
        value_table_open(&table, &segment->chunks, info);
        for (uint32_t doc = 0; doc < segment->documents; doc++) {
            const struct model *model = models[doc];
            const int64_t *values;
            size_t count = column_values(&values, &reader, doc);
            assert_int_equal(count, model->counts[f]);
            having += count > 0;
            for (size_t i = 0; i < count; i++)
                if (fields[f].type == FIELD_TYPE_KEYWORD)
                    check_keyword(&table, values[i], model->keys[f][i]);
                else
                    assert_true(values[i] == model->keys[f][i]);
        }
        for (uint32_t i = 1; i < info->values; i++) {
            struct slice term, shown;
            uint8_t before[TERM_MAX];
            assert_true(value_table_value(&term, &shown, &table, i - 1));
            size_t size = term.size;
            memcpy(before, term.data, size);
            assert_true(value_table_value(&term, &shown, &table, i));
            assert_true(slice_compare(slice_of(before, size), term) < 0);
        }
        for (size_t i = 0; i < segment->writer.count; i++)
            if (segment->writer.fields[i].number == fields[f].number)
                assert_int_equal(segment->writer.fields[i].documents, having);
        column_reader_release(&reader);
    }
}

static void test_columns_writer__has_what_documents_had(void **state) {
    (void)state;
    static struct model models[DOCUMENTS_MAX];
    static const struct model *all[DOCUMENTS_MAX];
    static const uint32_t counts[] = {20, 1024, DOCUMENTS_MAX};
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 3; round++) {
        struct segment segment;
        make_models(models, counts[round], 5 + 400 * round, &random);
        for (uint32_t doc = 0; doc < counts[round]; doc++)
            all[doc] = &models[doc];
        write_segment(&segment, models, counts[round]);
        store_fixture_read(&fixture);
        open_segment(&segment);
        check_segment(&segment, all);
        close_segment(&segment);
    }
}

static uint32_t new_number(const void *map, uint32_t doc) {
    const struct segment *segment = map;
    uint32_t number = segment->base;
    if (segment->models[doc].deleted)
        return LEFT_OUT;
    for (uint32_t i = 0; i < doc; i++)
        number += !segment->models[i].deleted;
    return number;
}

/* The bytes of all chunks of streams [first, STREAM_VALUES]. */
static void append_streams(struct buffer *bytes, struct segment *segment, unsigned first) {
    buffer_clear(bytes);
    for (unsigned stream = first; stream <= STREAM_VALUES; stream++)
        for (uint32_t chunk = 0; chunk < segment->chunks.chunk_counts[stream]; chunk++) {
            uint64_t address = chunk_address(chunk, CHUNK_HEADER_SIZE);
            uint32_t size = chunk_bytes_left(&segment->chunks, stream, address);
            buffer_append(bytes, chunk_read(&segment->chunks, stream, address, size), size);
        }
}

/* Merges the segments field by field. */
static void merge_segments(struct segment *merged, struct segment *segments, size_t count,
                           uint32_t documents) {
    const struct column_merge_options options = {.memory = 4096, .folder = testing_folder()};
    struct error err;
    begin_segment(merged);
    store_fixture_read(&fixture);
    for (size_t i = 0; i < count; i++)
        open_segment(&segments[i]);
    for (unsigned f = 1; f < FIELDS; f++) {
        struct column_merge_input inputs[4];
        for (size_t i = 0; i < count; i++)
            inputs[i] =
                (struct column_merge_input){.chunks = &segments[i].chunks,
                                            .info = column_of(&segments[i], fields[f].number),
                                            .documents = segments[i].documents,
                                            .number = new_number,
                                            .map = &segments[i]};
        assert_ok(column_merge(&merged->writer, fields[f].number, fields[f].type, inputs, count,
                               documents, &options, &err),
                  &err);
    }
    finish(merged, documents);
}

/* What is merged is what is written afresh, except for the order in which blocks of different fields
 * are written. */
static void test_column_merge__is_a_fresh_segment(void **state) {
    (void)state;
    enum { COUNT = 3, DOCUMENTS = 700 };
    static struct model models[COUNT][DOCUMENTS];
    static const struct model *left[COUNT * DOCUMENTS];
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 3; round++) {
        struct segment segments[COUNT], merged, fresh;
        struct buffer of_merged = {0}, of_fresh = {0};
        uint32_t documents = 0;
        for (size_t i = 0; i < COUNT; i++) {
            make_models(models[i], DOCUMENTS, round ? 300 : 3, &random);
            for (uint32_t doc = 0; doc < DOCUMENTS && round == 2 && i == 1; doc++)
                models[i][doc].deleted = true;
            write_segment(&segments[i], models[i], DOCUMENTS);
            segments[i].base = documents;
            for (uint32_t doc = 0; doc < DOCUMENTS; doc++)
                if (!models[i][doc].deleted)
                    left[documents++] = &models[i][doc];
        }
        merge_segments(&merged, segments, COUNT, documents);
        begin_segment(&fresh);
        for (uint32_t doc = 0; doc < documents; doc++)
            add_document(&fresh.writer, doc, left[doc]);
        finish(&fresh, documents);
        store_fixture_read(&fixture);
        open_segment(&merged);
        open_segment(&fresh);
        check_segment(&merged, left);
        for (size_t i = 0; i < fresh.writer.count; i++) {
            const struct columns_writer_field *a = &fresh.writer.fields[i];
            const struct columns_writer_field *b = &merged.writer.fields[i];
            assert_int_equal(a->number, b->number);
            assert_int_equal(a->documents, b->documents);
            assert_memory_equal(&a->info, &b->info, sizeof a->info);
        }
        append_streams(&of_merged, &merged, STREAM_COLUMNS);
        append_streams(&of_fresh, &fresh, STREAM_COLUMNS);
        assert_int_equal(of_merged.size, of_fresh.size);
        append_streams(&of_merged, &merged, STREAM_VALUES);
        append_streams(&of_fresh, &fresh, STREAM_VALUES);
        assert_slice(buffer_slice(&of_merged), buffer_slice(&of_fresh));
        buffer_release(&of_merged);
        buffer_release(&of_fresh);
        for (size_t i = 0; i < COUNT; i++)
            close_segment(&segments[i]);
        close_segment(&merged);
        close_segment(&fresh);
    }
}

/* A field that one segment has and another does not, and one whose documents are all deleted. */
static void test_column_merge__of_a_field_that_comes_and_goes(void **state) {
    (void)state;
    static struct model models[2][10];
    static const struct model *left[20];
    struct segment segments[2], merged;
    for (uint32_t doc = 0; doc < 10; doc++) {
        models[0][doc] = models[1][doc] = (struct model){0};
        models[0][doc].counts[1] = 1; /* a keyword */
        models[0][doc].keys[1][0] = doc / 2;
        models[0][doc].deleted = doc < 6;
        models[1][doc].counts[2] = 1; /* a date */
        models[1][doc].keys[2][0] = -(int64_t)doc;
        models[1][doc].counts[4] = doc == 3; /* another keyword */
        models[1][doc].deleted = doc == 3;
    }
    write_segment(&segments[0], models[0], 10);
    write_segment(&segments[1], models[1], 10);
    segments[1].base = 4;
    for (uint32_t i = 0; i < 4; i++)
        left[i] = &models[0][6 + i];
    for (uint32_t i = 0; i < 9; i++)
        left[4 + i] = &models[1][i + (i >= 3)];
    merge_segments(&merged, segments, 2, 13);
    store_fixture_read(&fixture);
    open_segment(&merged);
    check_segment(&merged, left);
    assert_int_equal(column_of(&merged, fields[1].number)->values, 2);
    assert_int_equal(column_of(&merged, fields[4].number)->values, 0);
    assert_int_equal(column_of(&merged, fields[4].number)->entries, 0);
    close_segment(&segments[0]);
    close_segment(&segments[1]);
    close_segment(&merged);
}

/* The first spelling is shown, a value without a term is none, and one that comes twice is one. */
static void test_columns_writer__spellings(void **state) {
    (void)state;
    static const char *const spellings[] = {"Oil", "OIL", "oil", "..."};
    struct segment segment;
    struct column_reader reader;
    struct value_table table;
    struct error err;
    struct slice term, shown;
    const int64_t *values;
    begin_segment(&segment);
    for (uint32_t doc = 0; doc < 4; doc++) {
        struct field_value value = {.field = 12,
                                    .type = FIELD_TYPE_KEYWORD,
                                    .text = slice_of_string(spellings[doc]),
                                    .term = slice_of_string(doc < 3 ? "oil" : "")};
        const struct field_value twice[] = {value, value};
        assert_ok(columns_writer_add(&segment.writer, doc, twice, 2, &err), &err);
    }
    finish(&segment, 4);
    store_fixture_read(&fixture);
    open_segment(&segment);
    column_reader_init(&reader, &segment.chunks, column_of(&segment, 12), FIELD_TYPE_KEYWORD, 4);
    value_table_open(&table, &segment.chunks, column_of(&segment, 12));
    assert_int_equal(table.count, 1);
    assert_true(value_table_value(&term, &shown, &table, 0));
    assert_slice(shown, slice_of_string("Oil"));
    for (uint32_t doc = 0; doc < 4; doc++)
        assert_int_equal(column_values(&values, &reader, doc), doc < 3);
    column_reader_release(&reader);
    close_segment(&segment);
}

static int open_store(void **state) {
    (void)state;
    store_fixture_open(&fixture);
    return 0;
}

static int close_store(void **state) {
    (void)state;
    store_fixture_close(&fixture);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_writer__has_what_documents_had),
        cmocka_unit_test(test_columns_writer__spellings),
        cmocka_unit_test(test_column_merge__is_a_fresh_segment),
        cmocka_unit_test(test_column_merge__of_a_field_that_comes_and_goes),
    };
    return cmocka_run_group_tests(tests, open_store, close_store);
}
