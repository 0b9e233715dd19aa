/* What is remembered of a file or a folder: the records of TABLE_FILE, a folder's side by side.
 *
 *     key       := folder name         folder: hash64() of its path, u64 big-endian;
 *                                      name: as in the folder, empty for the folder itself
 *     value     := 1 device path       a folder; u64
 *                | 2                   a subfolder, whose records are elsewhere
 *                | 3 flags size mtime ctime inode        a file; u8, then u64 each
 *
 * where `1 2 3` are bytes. The path tells apart folders whose hashes are equal. Times are
 * nanoseconds since 1970. */
#ifndef QUERN_COMMON_INDEX_FILE_RECORD_H
#define QUERN_COMMON_INDEX_FILE_RECORD_H

#include "common/base/bytes.h"

enum file_kind { FILE_FOLDER = 1, FILE_SUBFOLDER = 2, FILE_REGULAR = 3 };

enum {
    FILE_RECORDS = 1, /* the file's records are documents; else the file is the document */
    FILE_EMPTY = 2,   /* no document came of it */
    FILE_NAMED = 4,   /* named by the user */
    FILE_RACY = 8,    /* it may have changed since without a trace */
    FILE_FLAGS = FILE_RECORDS | FILE_EMPTY | FILE_NAMED | FILE_RACY,
};

struct file_record {
    enum file_kind kind;
    /* A folder's. */
    uint64_t device;
    struct slice path;
    /* A file's. */
    uint8_t flags;
    uint64_t size;
    int64_t mtime, ctime;
    uint64_t inode;
};

/* Appends the value. ST_NOMEM. */
enum status file_record_encode(struct buffer *out, const struct file_record *record);
/* Decodes a value, which the path is borrowed from. False when it is damaged. */
bool file_record_decode(struct file_record *record, struct slice value);

/* Whether the file is a document, whose id is its path, and not a feed, or nothing. */
static inline bool file_record_is_document(const struct file_record *record) {
    return record->kind == FILE_REGULAR && !(record->flags & (FILE_RECORDS | FILE_EMPTY));
}

#endif
