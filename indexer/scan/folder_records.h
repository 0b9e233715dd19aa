/* SPDX-License-Identifier: MIT */
/* Reads what the last commit remembers of a folder: its own record, and those of the names in it
 * (common/index/file_record.h).
 *
 * `hash` is that of the folder's path, and `path` is for messages. The snapshot may be NULL: then
 * nothing is remembered. ST_CORRUPT: a record is damaged. */
#ifndef QUERN_INDEXER_SCAN_FOLDER_RECORDS_H
#define QUERN_INDEXER_SCAN_FOLDER_RECORDS_H

#include "common/index/file_record.h"
#include "common/index/snapshot.h"

struct folder_record {
    bool found;
    bool hash_collision; /* the record at this hash is another folder's */
    uint64_t device;
};

/* The folder's own record. */
enum status folder_records_own(struct folder_record *record, struct snapshot *snapshot,
                               uint64_t hash, struct slice path, struct error *err);

/* The record of one name. ST_NOT_FOUND: there is none. */
enum status folder_records_find(struct file_record *record, struct snapshot *snapshot,
                                uint64_t hash, struct slice path, struct slice name,
                                struct error *err);

/* Calls `each` for all names, in the order of their bytes. The name and the record are valid during
 * the call. */
enum status folder_records_each(struct snapshot *snapshot, uint64_t hash, struct slice path,
                                enum status (*each)(void *context, struct slice name,
                                                    const struct file_record *record,
                                                    struct error *err),
                                void *context, struct error *err);

#endif
