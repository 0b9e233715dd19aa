/* SPDX-License-Identifier: MIT */
/* Writes the column of a field: keys in the order of documents. A block is written as soon as it is
 * complete; of each, its index entry is held until the end.
 *
 *     column_writer_init(&writer, FIELD_TYPE_NUMBER);
 *     column_writer_add(&writer, &blocks, doc, key, &err);       documents ascend
 *     column_writer_finish(&info, &writer, &blocks, &index, documents, &err);
 *     column_writer_release(&writer);
 *
 * Threads: a writer belongs to one thread at a time. */
#ifndef QUERN_COMMON_COLUMN_COLUMN_WRITER_H
#define QUERN_COMMON_COLUMN_COLUMN_WRITER_H

#include "common/column/column_block.h"
#include "common/column/column_info.h"
#include "common/store/chunk.h"

struct column_writer {
    enum field_type type;
    uint32_t documents; /* that have a value */
    uint32_t doc;       /* the last one; UINT32_MAX: none yet */
    uint32_t doc_start; /* its first value */
    uint32_t count;     /* values of the block that is being filled, that of `doc` */
    int64_t *keys;      /* these */
    uint16_t *indexes;  /* of their documents in the block */
    size_t key_capacity, index_capacity;
    struct buffer block;   /* while it is encoded */
    struct buffer entries; /* of the blocks that are written */
};

void column_writer_init(struct column_writer *writer, enum field_type type);
void column_writer_release(struct column_writer *writer);

/* Adds a value of a document, unless the document has it already or has FIELD_VALUES_MAX. `blocks`
 * writes STREAM_COLUMNS. Fails as it does, or with ST_NOMEM. */
enum status column_writer_add(struct column_writer *writer, struct chunk_writer *blocks,
                              uint32_t doc, int64_t key, struct error *err);

/* Writes the last block and the index, as entries from info->first_entry on, and sets
 * info->entries. `index` writes STREAM_COLUMN_INDEX, `documents` is the number of those of the
 * segment. */
enum status column_writer_finish(struct column_info *info, struct column_writer *writer,
                                 struct chunk_writer *blocks, struct chunk_writer *index,
                                 uint32_t documents, struct error *err);

/* Bytes of memory held. */
static inline uint64_t column_writer_memory(const struct column_writer *writer) {
    return writer->key_capacity * sizeof *writer->keys +
           writer->index_capacity * sizeof *writer->indexes + writer->block.capacity +
           writer->entries.capacity;
}

#endif
