/* SPDX-License-Identifier: MIT */
/* Finds out what is new, changed and deleted, by comparing a source with what the last commit
 * remembers of it.
 *
 * A file is unchanged if its size, mtime, ctime (both in nanoseconds) and inode equal what was
 * remembered. They are compared for equality, not order, because clocks jump and archives restore
 * old times. A file that was modified less than 2 s before the scan, or later, may have changed
 * again within the granularity of its time stamps. It is remembered as racy and read again next
 * time (the rule of git's index, Documentation/technical/racy-git.txt).
 *
 * The records of a folder (common/index/file_record.h) lie side by side, so a folder costs one
 * range scan and the memory of its own names. Of two folders whose paths have the same hash the
 * second one is not remembered, only read each time.
 *
 * A scan of one source:
 *
 *     changes_reset(changes);
 *     for each folder {
 *         changes_enter(changes, snapshot, path, device, &err);
 *         for each file { changes_file(...); read it; changes_remember(...); }
 *         for each subfolder changes_subfolder(...);
 *         changes_leave(changes, snapshot, &err);
 *     }
 *     if (delete_guard_check(changes_counts(changes), limit, path, true, &err) == ST_OK)
 *         for each of changes_deleted(&count, changes) ...
 *
 * The snapshot is the newest one, or NULL if nothing is remembered; it is used during the call
 * only. The writer commits records together with the documents that they describe.
 *
 * Failures: ST_NOMEM; ST_CORRUPT, a file record is damaged. Threads: one. */
#ifndef QUERN_INDEXER_SCAN_CHANGES_H
#define QUERN_INDEXER_SCAN_CHANGES_H

#include <stdbool.h>
#include <sys/stat.h>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/index/file_record.h"
#include "common/index/snapshot.h"
#include "indexer/commit/writer.h"
#include "indexer/scan/delete_guard.h"

struct changes;

/* `hash_seed` is that of the index (catalog.h), and `started` the time when the scan began, in
 * nanoseconds since 1970. Without a writer (NULL, in a dry run) nothing is remembered. */
enum status changes_new(struct changes **out, struct writer *writer, uint64_t hash_seed,
                        int64_t started, struct error *err);
void changes_free(struct changes *changes);

/* Begins a new source: forgets the counts and the deleted entries. */
void changes_reset(struct changes *changes);

/* Enters the folder at this absolute path for a full scan: a remembered name that is not reported
 * until changes_leave() is deleted. */
enum status changes_enter(struct changes *changes, struct snapshot *snapshot, struct slice path,
                          uint64_t device, struct error *err);
/* Enters the folder to look at single files. Cheap if it is the folder of the last call. */
enum status changes_visit(struct changes *changes, struct snapshot *snapshot, struct slice path,
                          struct error *err);

/* What a file of the current folder is, compared with its record. */
struct change {
    enum { CHANGE_NEW, CHANGE_CHANGED, CHANGE_NONE } kind;
    bool document; /* when it was read, it became a document whose id is its path */
    bool empty;    /* ... it became no document */
};
/* Compares a file of the current folder with what is remembered of it. `is_record_file`: its format
 * holds many documents (record_source.h). */
enum status changes_file(struct change *change, struct changes *changes, struct snapshot *snapshot,
                         struct slice name, const struct stat *st, bool is_record_file,
                         struct error *err);
/* Reports a subfolder of the current folder, and remembers it. */
enum status changes_subfolder(struct changes *changes, struct slice name, struct error *err);
/* This name cannot be examined now: what is remembered of it stays. */
void changes_keep(struct changes *changes, struct slice name);

/* Remembers the state in which a file of the current folder was read. `flags` are FILE_RECORDS,
 * FILE_EMPTY and FILE_NAMED. With FILE_NAMED, a scan that skips the file, for instance because it
 * is hidden, does not count it as deleted while it exists. */
enum status changes_remember(struct changes *changes, struct slice name, const struct stat *st,
                             unsigned flags, struct error *err);

/* Leaves the folder of a full scan: what is remembered of names that were not reported, and
 * everything below them, becomes deleted entries. */
enum status changes_leave(struct changes *changes, struct snapshot *snapshot, struct error *err);

/* Something that is remembered and exists no more. */
struct deleted_entry {
    struct slice path; /* absolute, and the id of its document */
    struct slice key;  /* of its record in TABLE_FILE */
    bool file;         /* false: the record of a folder */
    bool document;     /* it became a document */
};
/* In the order found; valid until changes_reset(). */
const struct deleted_entry *changes_deleted(size_t *count, const struct changes *changes);
/* Adds everything that is remembered of this folder and below it to the deleted entries. */
enum status changes_folder_deleted(struct changes *changes, struct snapshot *snapshot,
                                   struct slice path, struct error *err);
/* Adds a file to the deleted entries, if it is remembered. Writes nothing in any case. */
enum status changes_file_deleted(struct changes *changes, struct snapshot *snapshot,
                                 struct slice folder, struct slice name, struct error *err);

/* What was found since changes_reset(), for delete_guard_check(). Borrowed. */
const struct delete_counts *changes_counts(const struct changes *changes);

#endif
