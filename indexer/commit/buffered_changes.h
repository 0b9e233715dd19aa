/* SPDX-License-Identifier: MIT */
/* The changes, other than a new segment, that the next commit makes. */
#ifndef QUERN_INDEXER_COMMIT_BUFFERED_CHANGES_H
#define QUERN_INDEXER_COMMIT_BUFFERED_CHANGES_H

#include "common/base/bytes.h"
#include "common/store/store.h"

/* A document to be marked as deleted. */
struct deletion {
    uint32_t segment; /* its id */
    uint32_t doc;
};

/* Start it with {0}. */
struct buffered_changes {
    struct deletion *deletions;
    size_t deletion_count, deletion_capacity;
    struct buffer records; /* (table:u8 key:string value:string)*; an empty value deletes */
};

/* Drops all changes. */
void buffered_changes_release(struct buffered_changes *changes);

/* ST_NOMEM. */
enum status buffered_changes_delete(struct buffered_changes *changes, uint32_t segment,
                                    uint32_t doc);

/* Copies a record; an empty value deletes the record with this key. The last one for a key counts.
 * ST_NOMEM. */
enum status buffered_changes_put(struct buffered_changes *changes, enum store_table table,
                                 struct slice key, struct slice value);

/* Bytes in use. */
uint64_t buffered_changes_memory(const struct buffered_changes *changes);

#endif
