/* SPDX-License-Identifier: MIT */
/* Writes the columns of a segment: the values of all its fields.
 *
 *     columns_writer_init(&writer, &sink, segment);
 *     columns_writer_add(&writer, doc, values, count, &err);      documents ascend
 *     columns_writer_finish(&writer, documents, &err);
 *     ... writer.fields, columns_writer_chunks(chunks, &writer) ...
 *     columns_writer_release(&writer);
 *
 * A merge adds no documents, but whole columns (column_merge.h).
 *
 * Numbers and dates are written as they come. Of keywords, all that is added is held until the end:
 * columns_writer_memory() says how much that is.
 *
 * Threads: a writer belongs to one thread at a time. */
#ifndef QUERN_COMMON_COLUMN_COLUMNS_WRITER_H
#define QUERN_COMMON_COLUMN_COLUMNS_WRITER_H

#include "common/column/keyword_writer.h"

/* A field that has a column. */
struct columns_writer_field {
    uint16_t number;
    enum field_type type;
    uint32_t documents; /* that have a value; set at the end, as `info` is */
    struct column_info info;
    bool ended;
    struct column_writer column;
    struct keyword_writer keywords;
};

struct columns_writer {
    struct chunk_writer blocks, index, values;
    uint64_t entry_count;                /* in the index */
    struct columns_writer_field *fields; /* in ascending order of their numbers */
    size_t count, capacity;
    struct arena strings;
};

void columns_writer_init(struct columns_writer *writer, struct chunk_sink *sink, uint32_t segment);
void columns_writer_release(struct columns_writer *writer);

/* Adds the values of a document that are not texts. Of keywords, `term` is set; those without one
 * are left out, and of SCHEMA_FOLDER all but the first. Fails as the chunk writer does, with
 * ST_NOMEM, or with ST_LIMIT: a field has too many values. */
enum status columns_writer_add(struct columns_writer *writer, uint32_t doc,
                               const struct field_value *values, size_t count, struct error *err);

/* Adds a field without values; in ascending order of numbers. NULL: out of memory. Valid until the
 * next one is added. */
struct columns_writer_field *columns_writer_add_field(struct columns_writer *writer,
                                                      uint16_t number, enum field_type type);
/* Writes what remains of a field's column. */
enum status columns_writer_end_field(struct columns_writer *writer,
                                     struct columns_writer_field *field, uint32_t documents,
                                     struct error *err);

/* Writes what remains of all. `documents` is the number of those of the segment. */
enum status columns_writer_finish(struct columns_writer *writer, uint32_t documents,
                                  struct error *err);
/* Sets the numbers of chunks of its streams, after the end. */
void columns_writer_chunks(uint32_t chunks[STREAM_MAX], const struct columns_writer *writer);

/* Bytes of memory held. */
uint64_t columns_writer_memory(const struct columns_writer *writer);

#endif
