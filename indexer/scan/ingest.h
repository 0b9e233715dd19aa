/* The data path: what changed -> bytes -> text -> writer, with commits on the way.
 *
 * The state of a file travels in the commit that holds its document, and a feed's in the one that
 * holds its last record: a killed run reads again what it had not committed and nothing else. A dry
 * run goes the same way, but for the writer.
 *
 * One document that cannot be read stops nothing: it is counted and reported, and what the index
 * knows of it stays. Functions return a failure only when the run must end: ST_INTERRUPTED when
 * options->stop asked for it, after the current document.
 *
 * The index's own files are never opened, under whatever name they come: to close any descriptor of
 * LMDB's lock file is to drop this process's locks on it (fcntl(2), on advisory record locks).
 *
 * Threads: one. */
#ifndef QUERN_INDEXER_SCAN_INGEST_H
#define QUERN_INDEXER_SCAN_INGEST_H

#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "indexer/commit/writer.h"
#include "indexer/extract/extract.h"
#include "indexer/scan/changes.h"
#include "indexer/scan/path.h"
#include "indexer/scan/progress.h"
#include "indexer/scan/sources.h"
#include "indexer/source/file.h"

struct ingest_options {
    const char *index; /* its folder */
    struct delete_limit max_delete;
    uint64_t commit_every;             /* milliseconds */
    uint64_t memory;                   /* bytes; a record of a feed has a quarter of it, or 1 MiB */
    const volatile sig_atomic_t *stop; /* not 0: end the run */
};

enum {
    INGEST_INDEX_FILES_MAX = 6
}; /* index, its CURRENT and lock, generation, its data.mdb and lock.mdb */

struct ingest {
    struct writer *writer;         /* NULL: a dry run */
    struct snapshot *dry_run_base; /* what a dry run compares with; NULL: no index yet */
    struct progress *progress;
    const struct ingest_options *options;
    struct changes *changes; /* owned, as are the buffers below */
    struct path_resolver resolver;
    struct buffer bytes; /* of a file */
    struct content content;
    int64_t last_commit; /* when the last commit was, clock_milliseconds() */
    bool guard_tripped;  /* the delete guard kept something */
    struct file_identity index_files[INGEST_INDEX_FILES_MAX]; /* folders and files of the index */
    size_t index_file_count;
};

/* Start with {0}. Everything passed must outlive *ingest. */
enum status ingest_init(struct ingest *ingest, struct writer *writer, struct snapshot *dry_run_base,
                        struct progress *progress, const struct ingest_options *options,
                        struct error *err);
void ingest_release(struct ingest *ingest);

/* The newest state of the index, or NULL; valid until something is ingested. */
struct snapshot *ingest_snapshot(const struct ingest *ingest);

/* The index's own folders and files. */
struct file_set ingest_index_files(const struct ingest *ingest);

/* A file that was found. */
struct file_entry {
    struct slice path;     /* absolute, a NUL behind it */
    int directory;         /* descriptor of its folder, or AT_FDCWD */
    const char *name;      /* relative to that */
    const struct stat *st; /* lstat(2) */
    unsigned flags;        /* FILE_NAMED or 0 */
    bool requested;        /* named on the command line: to leave it out is a failure */
};

/* What an error says after "path: "; borrowed from it. */
const char *ingest_error_reason(const struct error *err, struct slice path);

/* Counts what is found but not indexed; `why` says the reason. */
void ingest_skip(struct ingest *ingest, struct slice path, bool requested, const char *why);

/* Ingests a file of the folder that ingest->changes is in, if it changed. */
enum status ingest_file(struct ingest *ingest, const struct source *source,
                        const struct file_entry *entry, struct error *err);

/* Ingests the NDJSON that comes from a descriptor; messages call it `name`. */
enum status ingest_stream(struct ingest *ingest, int descriptor, const char *name,
                          const struct source *options, struct error *err);

/* Removes what ingest->changes found gone. */
enum status ingest_remove_deleted(struct ingest *ingest, struct error *err);

/* Takes the document out of the index; nothing happens when it is not there. */
enum status ingest_remove(struct ingest *ingest, struct slice id, struct error *err);

/* Between two documents: commits when it is time; ST_INTERRUPTED when the run shall end. */
enum status ingest_checkpoint(struct ingest *ingest, struct error *err);

#endif
