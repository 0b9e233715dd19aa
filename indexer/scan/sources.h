/* The sources that were added to an index, each with the options it was added with, so that
 * `update` scans them again alike. They are one record of the index:
 *
 *     "sources" in TABLE_META := version count source{count}       u8, varint
 *     source                  := kind format flags max_size path id title text
 *                                u8, u8, u8, varint, then strings: a varint length and the bytes
 *     flags                   := 1: --no-ignore, 2: --one-file-system
 *
 * An empty field name stands for the default one. Threads: one. */
#ifndef QUERN_INDEXER_SCAN_SOURCES_H
#define QUERN_INDEXER_SCAN_SOURCES_H

#include <stdbool.h>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/index/snapshot.h"
#include "indexer/commit/writer.h"
#include "indexer/extract/extract.h"

enum source_kind {
    SOURCE_FOLDER = 1, /* a folder and all below it */
    SOURCE_FILE = 2,   /* one file: a document, or a feed of them */
    SOURCE_LINK = 3,   /* a symbolic link, to be followed where it leads at the time of the run */
};

struct source {
    enum source_kind kind;
    enum format format;
    bool no_ignore;
    bool one_file_system;
    bool reread;           /* not stored: this run gave other options, so all of it is read again */
    uint64_t max_size;     /* bytes; a larger file is left out */
    struct slice path;     /* absolute, symbolic links resolved but for a SOURCE_LINK itself */
    struct slice id_field; /* of NDJSON records; empty: the default */
    struct slice title_field;
    struct slice text_field;
};

/* Start with {0}. Paths are distinct; the order is that of adding. */
struct sources {
    struct source *items;
    size_t count;
    size_t capacity;
    struct arena bytes;
};

void sources_release(struct sources *sources);

/* The sources of an index; none without one (NULL). */
enum status sources_read(struct sources *sources, struct snapshot *snapshot, struct error *err);
enum status sources_write(const struct sources *sources, struct writer *writer, struct error *err);

/* Adds a copy of the source, or replaces the one with the same path. A folder below a folder that
 * is scanned with the same options is covered by it and not added; and those that the new one
 * covers go. Files and links stay on their own: a scan of their folder may pass them by. *changed:
 * the list is not what it was. */
enum status sources_add(bool *changed, struct sources *sources, const struct source *source,
                        struct error *err);
/* Drops the sources at `path` and below it; returns how many. */
size_t sources_remove(struct sources *sources, struct slice path);

#endif
