/* SPDX-License-Identifier: MIT */
/* Ingests a file if it changed: as one document, or as a source of records. */
#ifndef QUERN_INDEXER_SCAN_INGEST_FILE_H
#define QUERN_INDEXER_SCAN_INGEST_FILE_H

#include "indexer/scan/ingest.h"
#include "indexer/scan/sources.h"

/* A file that was found. */
struct file_entry {
    struct slice path;     /* absolute, with a NUL after it */
    int directory;         /* descriptor of its folder, or AT_FDCWD */
    const char *name;      /* relative to that */
    const struct stat *st; /* lstat(2) */
    unsigned flags;        /* FILE_NAMED or 0 */
    bool requested;        /* named on the command line: to skip it is a failure */
};

/* Ingests a file of the folder that ingest->changes is in. */
enum status ingest_file(struct ingest *ingest, const struct source *source,
                        const struct file_entry *entry, struct error *err);

#endif
