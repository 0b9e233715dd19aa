/* SPDX-License-Identifier: MIT */
/* Fills indexes for tests, and writes their contents as text. */
#include "tests/support/index_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/index/verify.h"
#include "common/segment/positions.h"
#include "common/segment/postings.h"
#include "common/segment/term_entry.h"
#include "tests/support/testing.h"

struct writer_options index_fixture_options(void) {
    static const uint64_t hash_seed = 0x73656564;
    return (struct writer_options){.analysis = {.stemmer = "english"},
                                   .keep_text = true,
                                   .create = true,
                                   .hash_seed = &hash_seed,
                                   .memory = 64 << 20};
}

struct writer *index_fixture_writer(const char *index) {
    struct writer_options options = index_fixture_options();
    struct writer *writer = NULL;
    struct error err;
    assert_ok(writer_open(&writer, index, &options, &err), &err);
    return writer;
}

struct index_document index_fixture_document(struct field_value values[INDEX_FIXTURE_VALUES_MAX],
                                             const struct document *document) {
    const struct field_value size = {.field = SCHEMA_SIZE,
                                     .type = FIELD_TYPE_NUMBER,
                                     .key = field_value_key_of_number((double)document->size)};
    const struct field_value texts[] = {
        {.field = SCHEMA_TITLE, .type = FIELD_TYPE_TEXT, .text = document->title},
        {.field = SCHEMA_TEXT, .type = FIELD_TYPE_TEXT, .text = document->text}};
    size_t count = 0;
    assert_in_range(document->value_count, 0, INDEX_FIXTURE_VALUES_MAX - 3);
    for (size_t i = 0; i < 2; i++)
        if (texts[i].text.size)
            values[count++] = texts[i];
    for (size_t i = 0; i < document->value_count; i++)
        values[count++] = document->values[i];
    if (document->size)
        values[count++] = size;
    return (struct index_document){document->id, values, count};
}

enum status index_fixture_write(enum writer_outcome *outcome, struct writer *writer,
                                const struct document *document, struct error *err) {
    struct field_value values[INDEX_FIXTURE_VALUES_MAX];
    struct index_document source = index_fixture_document(values, document);
    return writer_add(outcome, writer, &source, err);
}

void index_fixture_add(struct writer *writer, const char *id, const char *title, const char *text,
                       enum writer_outcome expected) {
    struct document document = {.id = slice_of_string(id),
                                .title = slice_of_string(title ? title : ""),
                                .text = slice_of_string(text)};
    enum writer_outcome outcome;
    struct error err;
    assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
    assert_int_equal(outcome, expected);
}

void index_fixture_remove(struct writer *writer, const char *id, enum status expected) {
    struct error err;
    assert_status(writer_remove(writer, slice_of_string(id), &err), expected, &err);
}

void index_fixture_commit(struct writer *writer) {
    struct error err;
    struct verify_counts counts;
    assert_ok(writer_commit(writer, &err), &err);
    assert_ok(verify_snapshot(&counts, writer_snapshot(writer), &err), &err);
}

uint64_t index_fixture_documents(struct writer *writer) {
    return catalog_live_documents(&writer_snapshot(writer)->catalog);
}

void index_fixture_assert_text(struct writer *writer, const char *id, const char *expected) {
    struct error err;
    struct snapshot *snapshot = writer_snapshot(writer);
    struct document document;
    uint32_t segment, doc;
    enum status status =
        snapshot_find_id(&segment, &doc, &document, snapshot, slice_of_string(id), &err);
    assert_status(status, expected ? ST_OK : ST_NOT_FOUND, &err);
    if (!expected)
        return;
    struct buffer text = {0};
    assert_ok(segment_text(&text, &snapshot->segments[segment], doc, &err), &err);
    assert_slice(buffer_slice(&text), slice_of_string(expected));
    buffer_release(&text);
}

void index_fixture_fill(const char *index, const struct test_document *documents, size_t count,
                        size_t batch) {
    struct error err;
    struct writer *writer = index_fixture_writer(index);
    for (size_t i = 0; i < count; i++) {
        struct document document = {
            .id = slice_of_string(documents[i].id),
            .title = slice_of_string(documents[i].title ? documents[i].title : ""),
            .text = slice_of_string(documents[i].text)};
        enum writer_outcome outcome;
        assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
        if (batch && (i + 1) % batch == 0)
            assert_ok(writer_commit(writer, &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
}

void index_fixture_write_current(const char *index, const char *bytes, size_t size) {
    char path[512];
    snprintf(path, sizeof path, "%s/CURRENT", index);
    testing_write_file(path, slice_of(bytes, size));
}

static void append(struct buffer *content, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void append(struct buffer *content, const char *format, ...) {
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    assert_in_range(size, 0, sizeof line - 1);
    assert_int_equal(buffer_append(content, line, (size_t)size), ST_OK);
}

static void append_bytes(struct buffer *content, struct slice bytes) {
    assert_int_equal(buffer_append_slice(content, bytes), ST_OK);
}

/* Writes the norms of the fields of a document that have any. */
static void content_lengths(struct buffer *content, struct segment *segment,
                            const struct schema *schema, uint32_t doc) {
    for (size_t i = 0; i < schema->count; i++) {
        const struct schema_field *field = &schema->fields[i];
        struct norm_reader norms = {.chunks = &segment->chunks,
                                    .source = segment_norms(segment, field->number)};
        uint8_t norm =
            norms.source.kind == NORM_OF_FIELD ? norm_reader_norm(&norms, doc) : (uint8_t)0;
        if (norm)
            append(content, " %s norm %u", field->name, norm);
    }
}

/* Writes the values of a document in all columns, a line for each; of keywords, as they are shown. */
static void content_values(struct buffer *content, struct segment *segment,
                           const struct schema *schema, uint32_t doc) {
    for (size_t i = 0; i < schema->count; i++) {
        const struct schema_field *field = &schema->fields[i];
        struct column_reader column;
        struct value_table table;
        const int64_t *values;
        segment_column(&column, segment, field->number, field->type);
        segment_values(&table, segment, field->number);
        size_t count = column_values(&values, &column, doc);
        for (size_t k = 0; k < count; k++) {
            struct slice term, shown;
            append(content, "%s ", field->name);
            if (field->type != FIELD_TYPE_KEYWORD) {
                append(content, "%" PRId64 "\n", values[k]);
                continue;
            }
            assert_true(value_table_value(&term, &shown, &table, (uint32_t)values[k]));
            append_bytes(content, shown);
            append(content, "\n");
        }
        column_reader_release(&column);
    }
}

/* Writes the stored data of the documents of a segment, and numbers the live ones from `first` on
 * in *numbers, which the caller frees. Returns the number after the last. */
static uint32_t content_documents(struct buffer *content, uint32_t **numbers,
                                  struct segment *segment, const struct schema *schema,
                                  uint32_t first) {
    struct error err;
    *numbers = malloc((segment->info.documents + (size_t)1) * sizeof **numbers);
    assert_non_null(*numbers);
    for (uint32_t doc = 0; doc < segment->info.documents; doc++) {
        (*numbers)[doc] = UINT32_MAX;
        if (segment_is_deleted(segment, doc))
            continue;
        (*numbers)[doc] = first;
        struct document document;
        assert_ok(segment_document(&document, segment, doc, &err), &err);
        append(content,
               "document %" PRIu32 " hash %" PRIx64 " length %" PRIu32 " title length %" PRIu32
               " text position %" PRIu32 " id ",
               first++, document.content_hash, document.length, document.title_length,
               document.text_position);
        append_bytes(content, document.id);
        append(content, " title ");
        append_bytes(content, document.title);
        struct document_value value;
        for (struct slice left = document.fields; document_next_value(&value, &left);) {
            append(content, " field %u ", value.field);
            append_bytes(content, value.text);
        }
        content_lengths(content, segment, schema, doc);
        append(content, document.has_text ? " text " : " no text");
        assert_ok(segment_text(content, segment, doc, &err), &err);
        append(content, "\n");
        content_values(content, segment, schema, doc);
    }
    assert_ok(segment_status(segment, &err), &err);
    return first;
}

/* Writes the postings of one term, a line for each. */
static void content_postings(struct buffer *content, struct segment *segment,
                             const struct dictionary_cursor *terms, const uint32_t *numbers) {
    struct postings_block block;
    struct positions_reader reader;
    for (uint32_t number = 0; number < postings_block_count(&terms->entry); number++) {
        assert_true(postings_block_load(&block, &segment->chunks, &terms->entry, number));
        assert_true(postings_block_frequencies(&block, &segment->chunks));
        positions_reader_init(&reader, &segment->chunks, &terms->entry, &block);
        for (uint32_t i = 0; i < block.count; i++) {
            assert_in_range(block.docs[i], 0, segment->info.documents - 1);
            bool live = numbers[block.docs[i]] != UINT32_MAX;
            if (live) {
                struct slice term = slice_of(terms->term, terms->term_size);
                append(content, "%u:", field_term_field(term));
                append_bytes(content, field_term_term(term));
                append(content, " %" PRIu32 ":", numbers[block.docs[i]]);
            }
            uint32_t *positions = malloc(block.frequencies[i] * sizeof *positions);
            assert_non_null(positions);
            assert_true(positions_reader_read(positions, &reader, i));
            for (uint32_t k = 0; live && k < block.frequencies[i]; k++)
                append(content, " %" PRIu32, positions[k]);
            free(positions);
            if (live)
                append(content, "\n");
        }
    }
}

/* Writes the terms of all segments in order; those of an earlier segment come first. */
static void content_terms(struct buffer *content, struct snapshot *snapshot, uint32_t **numbers) {
    struct error err;
    size_t count = snapshot->catalog.segment_count;
    struct dictionary_cursor *terms = calloc(count + 1, sizeof *terms);
    enum status *status = calloc(count + 1, sizeof *status);
    assert_true(terms && status);
    for (size_t i = 0; i < count; i++) {
        assert_ok(dictionary_cursor_open(&terms[i], snapshot->txn, snapshot->catalog.segments[i].id,
                                         &err),
                  &err);
        status[i] = dictionary_cursor_next(&terms[i], &err);
    }
    for (;;) {
        size_t first = count;
        for (size_t i = 0; i < count; i++) {
            if (status[i] == ST_END)
                continue;
            assert_ok(status[i], &err);
            if (first == count ||
                slice_compare(slice_of(terms[i].term, terms[i].term_size),
                              slice_of(terms[first].term, terms[first].term_size)) < 0)
                first = i;
        }
        if (first == count)
            break;
        uint16_t field = field_term_field(slice_of(terms[first].term, terms[first].term_size));
        terms[first].entry.norms = segment_norms(&snapshot->segments[first], field);
        content_postings(content, &snapshot->segments[first], &terms[first], numbers[first]);
        status[first] = dictionary_cursor_next(&terms[first], &err);
    }
    for (size_t i = 0; i < count; i++)
        dictionary_cursor_close(&terms[i]);
    free(terms);
    free(status);
}

void index_fixture_dump(struct buffer *content, struct snapshot *snapshot) {
    size_t count = snapshot->catalog.segment_count;
    uint32_t **numbers = calloc(count + 1, sizeof *numbers);
    assert_non_null(numbers);
    uint32_t next = 0;
    for (size_t i = 0; i < count; i++)
        next = content_documents(content, &numbers[i], &snapshot->segments[i],
                                 &snapshot->catalog.schema, next);
    content_terms(content, snapshot, numbers);
    for (size_t i = 0; i < count; i++)
        free(numbers[i]);
    free(numbers);
}

void index_fixture_dump_path(struct buffer *content, const char *index) {
    struct error err;
    struct snapshot *snapshot = NULL;
    struct verify_counts counts;
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    assert_ok(verify_snapshot(&counts, snapshot, &err), &err);
    index_fixture_dump(content, snapshot);
    snapshot_close(snapshot);
}
