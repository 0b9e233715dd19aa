/* SPDX-License-Identifier: MIT */
/* What a scan remembers of files and folders: the values of TABLE_FILE (keys.h has its keys).
 *
 *     value = 1 device:u64 path:string item*                ; a folder
 *           | 2 item*                                       ; a subfolder: has its own records
 *           | 3 flags:u8 size:u64 mtime:u64 ctime:u64 inode:u64 item*  ; a file
 *     flags = 1 + 2 + 4 + 8                                 ; FILE_RECORDS, _EMPTY, _NAMED, _RACY
 *
 * `1 2 3` are bytes. Items are those of later versions (tagged.h). The path distinguishes folders with equal hashes. Times are in nanoseconds
 * since 1970. */
#ifndef QUERN_COMMON_INDEX_FILE_RECORD_H
#define QUERN_COMMON_INDEX_FILE_RECORD_H

#include "common/base/codec.h"

enum file_kind { FILE_FOLDER = 1, FILE_SUBFOLDER = 2, FILE_REGULAR = 3 };

enum {
    FILE_RECORDS = 1, /* its records are documents; else the file is one */
    FILE_EMPTY = 2,   /* no document came of it */
    FILE_NAMED = 4,   /* named by the user */
    FILE_RACY = 8,    /* it may have changed since, with the same times */
};

struct file_record {
    enum file_kind kind;
    /* Of a folder. */
    uint64_t device;
    struct slice path;
    /* Of a file. */
    uint8_t flags;
    uint64_t size;
    int64_t mtime, ctime;
    uint64_t inode;
};

/* The number of a folder in keys: the hash of its path with the seed of the index. */
static inline uint64_t file_record_folder(uint64_t hash_seed, struct slice path) {
    return hash64(path.data, path.size, hash_seed);
}

/* Appends the encoded record. ST_NOMEM. */
enum status file_record_encode(struct buffer *out, const struct file_record *record);
/* Decodes a value; the path is borrowed from it. False: the value is damaged. */
bool file_record_decode(struct file_record *record, struct slice value);

/* Whether the file itself is a document, whose id is its path. */
static inline bool file_record_is_document(const struct file_record *record) {
    return record->kind == FILE_REGULAR && !(record->flags & (FILE_RECORDS | FILE_EMPTY));
}

#endif
