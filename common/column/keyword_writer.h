/* SPDX-License-Identifier: MIT */
/* Collects the values of a keyword field until all of them are known, as only then their ordinals
 * are. Each distinct value is held once, and each occurrence as two numbers, of 2 bytes in all if
 * few values are common.
 *
 *     keyword_writer_init(&writer, &strings);
 *     keyword_writer_add(&writer, doc, term, shown, &err);         documents ascend
 *     keyword_writer_write(&info, &writer, &column, &blocks, &values, &err);
 *     keyword_writer_release(&writer);
 *
 * Threads: a writer belongs to one thread at a time. */
#ifndef QUERN_COMMON_COLUMN_KEYWORD_WRITER_H
#define QUERN_COMMON_COLUMN_KEYWORD_WRITER_H

#include "common/base/hash_index.h"
#include "common/column/column_writer.h"

struct keyword_writer {
    struct arena *strings;        /* borrowed */
    struct keyword_value *values; /* in the order in which they came */
    size_t count, capacity;
    struct hash_index index; /* of their terms */
    struct buffer occurrences;
    uint32_t doc;  /* of the last occurrence */
    uint32_t last; /* its value */
};

/* The arena holds the values, and outlives the writer. */
void keyword_writer_init(struct keyword_writer *writer, struct arena *strings);
void keyword_writer_release(struct keyword_writer *writer);

/* Adds a value of a document, by its term of 1 to TERM_MAX bytes; `shown` is kept if it is the
 * first with this term. ST_NOMEM. ST_LIMIT: there are too many. */
enum status keyword_writer_add(struct keyword_writer *writer, uint32_t doc, struct slice term,
                               struct slice shown, struct error *err);

/* Writes the value table to `values`, which is of STREAM_VALUES, and adds all documents to the
 * column. Fails as the chunk writers do, or with ST_NOMEM. */
enum status keyword_writer_write(struct column_info *info, struct keyword_writer *writer,
                                 struct column_writer *column, struct chunk_writer *blocks,
                                 struct chunk_writer *values, struct error *err);

/* Bytes of memory held, apart from the arena. */
uint64_t keyword_writer_memory(const struct keyword_writer *writer);

#endif
