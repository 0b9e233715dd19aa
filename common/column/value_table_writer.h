/* SPDX-License-Identifier: MIT */
/* Writes a value table (value_table.h).
 *
 *     value_table_writer_init(&writer, &values);
 *     value_table_writer_add(&writer, term, shown, &err);      terms ascend
 *     value_table_writer_finish(&info, &writer, &err);
 *     value_table_writer_release(&writer);
 *
 * Blocks are written at once; 8 bytes of each are held until the end.
 *
 * Threads: a writer belongs to one thread at a time. */
#ifndef QUERN_COMMON_COLUMN_VALUE_TABLE_WRITER_H
#define QUERN_COMMON_COLUMN_VALUE_TABLE_WRITER_H

#include "common/column/value_table.h"

struct value_table_writer {
    struct chunk_writer *values; /* of STREAM_VALUES; borrowed */
    uint32_t count;
    struct buffer block; /* that is being filled */
    struct buffer index;
    uint32_t term_size;
    uint8_t term[TERM_MAX]; /* the last one */
};

void value_table_writer_init(struct value_table_writer *writer, struct chunk_writer *values);
void value_table_writer_release(struct value_table_writer *writer);

/* Adds a value whose term is greater than the one before, of 1 to TERM_MAX bytes. Fails as the
 * chunk writer does, or with ST_NOMEM. */
enum status value_table_writer_add(struct value_table_writer *writer, struct slice term,
                                   struct slice shown, struct error *err);

/* Writes the last block and the index, and sets info->values and info->value_index. */
enum status value_table_writer_finish(struct column_info *info, struct value_table_writer *writer,
                                      struct error *err);

#endif
