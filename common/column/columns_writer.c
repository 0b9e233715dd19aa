/* SPDX-License-Identifier: MIT */
/* Finds the writer of each value's field, and ends them all. */
#include "common/column/columns_writer.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/field/schema.h"

void columns_writer_init(struct columns_writer *writer, struct chunk_sink *sink, uint32_t segment) {
    *writer = (struct columns_writer){0};
    chunk_writer_init(&writer->blocks, sink, segment, STREAM_COLUMNS);
    chunk_writer_init(&writer->index, sink, segment, STREAM_COLUMN_INDEX);
    chunk_writer_init(&writer->values, sink, segment, STREAM_VALUES);
}

static void release_field(struct columns_writer_field *field) {
    column_writer_release(&field->column);
    keyword_writer_release(&field->keywords);
}

void columns_writer_release(struct columns_writer *writer) {
    for (size_t i = 0; i < writer->count; i++)
        release_field(&writer->fields[i]);
    free(writer->fields);
    arena_release(&writer->strings);
    chunk_writer_release(&writer->blocks);
    chunk_writer_release(&writer->index);
    chunk_writer_release(&writer->values);
}

/* Adds a field before the one at index `at`. */
static struct columns_writer_field *insert_field(struct columns_writer *writer, size_t at,
                                                 uint16_t number, enum field_type type) {
    struct columns_writer_field *fields =
        array_reserve(writer->fields, &writer->capacity, writer->count + 1, sizeof *fields);
    if (!fields)
        return NULL;
    writer->fields = fields;
    memmove(fields + at + 1, fields + at, (writer->count - at) * sizeof *fields);
    writer->count++;
    fields[at] = (struct columns_writer_field){.number = number, .type = type};
    column_writer_init(&fields[at].column, type);
    keyword_writer_init(&fields[at].keywords, &writer->strings);
    return &fields[at];
}

struct columns_writer_field *columns_writer_add_field(struct columns_writer *writer,
                                                      uint16_t number, enum field_type type) {
    return insert_field(writer, writer->count, number, type);
}

enum status columns_writer_add(struct columns_writer *writer, uint32_t doc,
                               const struct field_value *values, size_t count, struct error *err) {
    enum status status = ST_OK;
    size_t at = 0; /* values come by ascending field, mostly */
    for (size_t i = 0; i < count && !status; i++) {
        const struct field_value *value = &values[i];
        bool keyword = value->type == FIELD_TYPE_KEYWORD;
        if (value->type == FIELD_TYPE_TEXT || (keyword && !value->term.size))
            continue;
        /* The others are the folders above it. */
        if (value->field == SCHEMA_FOLDER && i && values[i - 1].field == SCHEMA_FOLDER)
            continue;
        if (at && writer->fields[at - 1].number >= value->field)
            at = 0;
        while (at < writer->count && writer->fields[at].number < value->field)
            at++;
        struct columns_writer_field *field = &writer->fields[at];
        if (at == writer->count || field->number != value->field)
            field = insert_field(writer, at, value->field, value->type);
        if (!field)
            return error_nomem(err);
        if (keyword)
            status = keyword_writer_add(&field->keywords, doc, value->term, value->text, err);
        else
            status = column_writer_add(&field->column, &writer->blocks, doc, value->key, err);
    }
    return status;
}

enum status columns_writer_end_field(struct columns_writer *writer,
                                     struct columns_writer_field *field, uint32_t documents,
                                     struct error *err) {
    enum status status = keyword_writer_write(&field->info, &field->keywords, &field->column,
                                              &writer->blocks, &writer->values, err);
    field->info.first_entry = writer->entry_count;
    if (!status)
        status = column_writer_finish(&field->info, &field->column, &writer->blocks, &writer->index,
                                      documents, err);
    field->documents = field->column.documents;
    field->ended = true;
    writer->entry_count += field->info.entries;
    release_field(field);
    return status;
}

enum status columns_writer_finish(struct columns_writer *writer, uint32_t documents,
                                  struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < writer->count && !status; i++)
        if (!writer->fields[i].ended)
            status = columns_writer_end_field(writer, &writer->fields[i], documents, err);
    if (!status)
        status = chunk_writer_flush(&writer->blocks, err);
    if (!status)
        status = chunk_writer_flush(&writer->index, err);
    return status ? status : chunk_writer_flush(&writer->values, err);
}

void columns_writer_chunks(uint32_t chunks[STREAM_MAX], const struct columns_writer *writer) {
    chunks[STREAM_COLUMNS] = writer->blocks.chunk;
    chunks[STREAM_COLUMN_INDEX] = writer->index.chunk;
    chunks[STREAM_VALUES] = writer->values.chunk;
}

uint64_t columns_writer_memory(const struct columns_writer *writer) {
    uint64_t bytes = writer->strings.total + writer->capacity * sizeof *writer->fields;
    for (size_t i = 0; i < writer->count; i++)
        bytes += column_writer_memory(&writer->fields[i].column) +
                 keyword_writer_memory(&writer->fields[i].keywords);
    return bytes;
}
