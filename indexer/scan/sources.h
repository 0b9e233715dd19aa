/* SPDX-License-Identifier: MIT */
/* The sources that were added to an index, each with its options, so that `update` scans them again
 * in the same way. They are one record of TABLE_META, whose items are tagged (common/base/tagged.h):
 *
 *     sources = source:string*
 *     source  = item*
 *      1 kind   = 1 | 2 | 3             ; enum source_kind
 *      2 format = 0 | 1 | 2 | 3 | 4     ; enum format
 *      3 flags  = 1 + 2                 ; --no-ignore, --one-file-system
 *      4 max_size                       ; bytes
 *      5 path = byte*
 *      6 id_field = byte*               ; names of members, as are 7 and 8; left out: the default
 *      7 title_field = byte*
 *      8 text_field = byte*
 *      9 fields                         ; declared_field.h; left out: none
 *     10 lang = byte*                   ; a code, or "auto"; left out: the first one of the index
 *
 * Items that are 0 are left out. Threads: one. */
#ifndef QUERN_INDEXER_SCAN_SOURCES_H
#define QUERN_INDEXER_SCAN_SOURCES_H

#include <stdbool.h>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/index/snapshot.h"
#include "indexer/commit/writer.h"
#include "indexer/extract/extract.h"

enum source_kind {
    SOURCE_FOLDER = 1, /* a folder and everything below it */
    SOURCE_FILE = 2,   /* one file: a document, or many records */
    SOURCE_LINK = 3,   /* a symbolic link, followed to its target at the time of the run */
};

struct source {
    enum source_kind kind;
    enum format format;
    bool no_ignore;
    bool one_file_system;
    bool reread;           /* not stored: the options changed, so all of it is read again */
    uint64_t max_size;     /* bytes; larger files are skipped */
    struct slice path;     /* absolute, symbolic links resolved except a SOURCE_LINK itself */
    struct slice id_field; /* of records; empty: the default */
    struct slice title_field;
    struct slice text_field;
    struct slice fields; /* that are declared (declared_field.h) */
    struct slice
        lang; /* the language of documents that say none, or LANGUAGE_GUESS_CODE; empty: the
                          * index's first one */
};

/* Paths are distinct; sources are in the order in which they were added. */
struct sources {
    struct source *items;
    size_t count;
    size_t capacity;
    struct arena bytes;
};

/* Start with {0}. */
void sources_release(struct sources *sources);

/* Appends the sources of an index to the list; none if the snapshot is NULL. ST_CORRUPT, ST_NOMEM. */
enum status sources_read(struct sources *sources, struct snapshot *snapshot, struct error *err);
/* Adds the list to the next commit. ST_NOMEM. */
enum status sources_write(const struct sources *sources, struct writer *writer, struct error *err);

/* Adds a copy of the source, or replaces the one with the same path. A folder inside a folder that
 * is scanned with the same options is covered by it: it is not added, and if the new folder covers
 * others, they are removed. Files and links are never covered, since a scan of their folder may
 * skip them. *changed: the list is different now. ST_NOMEM. */
enum status sources_add(bool *changed, struct sources *sources, const struct source *source,
                        struct error *err);
/* Removes the sources at `path` and below it; returns how many there were. */
size_t sources_remove(struct sources *sources, struct slice path);

#endif
