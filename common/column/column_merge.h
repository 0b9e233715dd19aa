/* SPDX-License-Identifier: MIT */
/* Merges the columns of a field in several segments.
 *
 * The documents of the inputs come one input after the other, in ascending order of their new
 * numbers. Value tables are merged by their terms; values that no document has any more are left
 * out. The spelling of a value is that of the first input that still has it.
 *
 * Memory: a bit a value of each input, and 4 bytes, which go to temporary files past a limit.
 *
 * Threads: one. */
#ifndef QUERN_COMMON_COLUMN_COLUMN_MERGE_H
#define QUERN_COMMON_COLUMN_COLUMN_MERGE_H

#include "common/column/columns_writer.h"

/* The column of one segment. */
struct column_merge_input {
    struct chunk_reader *chunks;
    const struct column_info *info; /* NULL: it does not have the field */
    uint32_t documents;
    /* The new number of a document; UINT32_MAX: it is left out. */
    uint32_t (*number)(const void *map, uint32_t doc);
    const void *map;
};

struct column_merge_options {
    uint64_t memory;    /* for temporary files to begin, about */
    const char *folder; /* of these */
};

/* Adds a field of this number and type to the writer, with the values of all inputs, for a segment
 * of `documents`. Fields are merged in ascending order of their numbers. Fails as the writer does,
 * as temporary files do (spool.h), and as the chunk_reader of an input has failed. */
enum status column_merge(struct columns_writer *writer, uint16_t number, enum field_type type,
                         const struct column_merge_input *inputs, size_t count, uint32_t documents,
                         const struct column_merge_options *options, struct error *err);

#endif
