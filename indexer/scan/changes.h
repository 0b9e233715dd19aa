/* What is new, changed and gone: the memory of the files that were seen.
 *
 * A file is unchanged when its size, mtime, ctime (both in nanoseconds) and inode equal what was
 * remembered. Equality, not order: clocks jump, and files come from archives with old times. A file
 * that was modified within 2 s before the scan or later may have changed again within the
 * granularity of its time stamps, so it is remembered as racy and read again next time (the rule of
 * git's index, Documentation/technical/racy-git.txt).
 *
 * The records (common/index/file_record.h) lie side by side for each folder, so that a folder costs
 * one range of them and memory is that of one folder. Of two folders with the same hash the second
 * one is not remembered, only read each time.
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
 *         for each of changes_deleted(changes, &count) ...
 *
 * The snapshot is the newest one, or NULL when nothing is remembered; it is used during the call
 * only. Records go to the writer and travel with its next commit, as do the documents they speak
 * of.
 *
 * Threads: one. */
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

/* `started` is when the scan began, in nanoseconds since 1970. Without a writer (NULL: a dry run)
 * nothing is remembered. */
enum status changes_new(struct changes **out, struct writer *writer, int64_t started,
                        struct error *err);
void changes_free(struct changes *changes);

/* Forgets the counts and what was found gone: a new source begins. */
void changes_reset(struct changes *changes);

/* Enters the folder at this absolute path to go through all of it: what is remembered of it and is
 * not named until changes_leave() is gone. */
enum status changes_enter(struct changes *changes, struct snapshot *snapshot, struct slice path,
                          uint64_t device, struct error *err);
/* Enters the folder only to look at single files of it. Cheap when it is the folder of the last
 * call. */
enum status changes_visit(struct changes *changes, struct snapshot *snapshot, struct slice path,
                          struct error *err);

/* What became of a file of the folder. */
struct change {
    enum { CHANGE_NEW, CHANGE_CHANGED, CHANGE_NONE } kind;
    bool document; /* a document whose id is the file's path came of it earlier */
    bool empty;    /* it was read earlier, and no document came of it */
};
enum status changes_file(struct change *change, struct changes *changes, struct snapshot *snapshot,
                         struct slice name, const struct stat *st, bool is_record_file,
                         struct error *err);
enum status changes_subfolder(struct changes *changes, struct slice name, struct error *err);
/* Something of this name cannot be examined now: what is remembered stays. */
void changes_keep(struct changes *changes, struct slice name);

/* Remembers the state in which a file of the folder was read. `flags` are FILE_RECORDS, FILE_EMPTY and
 * FILE_NAMED: a scan that passes by a file of that name (it may be hidden) does not call it gone as
 * long as it exists. */
enum status changes_remember(struct changes *changes, struct slice name, const struct stat *st,
                             unsigned flags, struct error *err);

enum status changes_leave(struct changes *changes, struct snapshot *snapshot, struct error *err);

/* Something remembered that is no more. */
struct deleted_entry {
    struct slice path; /* absolute, and the id of its document */
    struct slice key;  /* of its record in TABLE_FILE */
    bool file;         /* false: the record of a folder */
    bool document;     /* a document came of it */
};
/* In the order found; valid until changes_reset(). */
const struct deleted_entry *changes_deleted(const struct changes *changes, size_t *count);
/* Counts everything remembered of this folder and below it as gone. */
enum status changes_folder_deleted(struct changes *changes, struct snapshot *snapshot,
                                   struct slice path, struct error *err);
/* Counts a file as gone; nothing happens, and nothing is written, when it is not remembered. */
enum status changes_file_deleted(struct changes *changes, struct snapshot *snapshot,
                                 struct slice folder, struct slice name, struct error *err);

/* What the scan found so far, for delete_guard_check(). Borrowed. */
const struct delete_counts *changes_counts(const struct changes *changes);

#endif
