/* SPDX-License-Identifier: MIT */
/* Documents on their way from a source to the writer: counted, reported, and committed in between.
 *
 * The state of a file travels in the commit that holds its document, and that of a file of records
 * in the one that holds its last record: a run that was killed reads again what it had not
 * committed, and nothing else. A dry run does the same without a writer.
 *
 * A document that cannot be read stops nothing: it is counted and reported, and what the index has
 * of it stays. Functions return a failure only when the run must end, ST_INTERRUPTED when
 * options->stop asks for it, after the current document.
 *
 * The index's own files are never opened, whatever name leads to them: closing any descriptor of
 * LMDB's lock file drops the locks of this process on it (fcntl(2), advisory record locks).
 *
 * Threads: one. */
#ifndef QUERN_INDEXER_SCAN_INGEST_H
#define QUERN_INDEXER_SCAN_INGEST_H

#include <signal.h>

#include "indexer/commit/writer.h"
#include "indexer/extract/content.h"
#include "indexer/scan/changes.h"
#include "indexer/scan/delete_guard.h"
#include "indexer/scan/field_mapping.h"
#include "indexer/scan/progress.h"
#include "indexer/source/file.h"
#include "indexer/source/path.h"
#include "indexer/source/source_document.h"

struct ingest_options {
    const char *index; /* its folder */
    struct delete_limit max_delete;
    uint64_t commit_every;             /* milliseconds */
    uint64_t memory;                   /* bytes */
    const volatile sig_atomic_t *stop; /* not 0: end the run */
};

/* The index, its CURRENT and lock; the generation, its data.mdb and lock.mdb. */
enum { INGEST_INDEX_FILES_MAX = 6 };

struct ingest {
    struct writer *writer;         /* NULL: a dry run */
    struct snapshot *dry_run_base; /* what a dry run compares with; NULL: no index yet */
    struct progress *progress;
    const struct ingest_options *options;
    struct changes *changes; /* owned, as are the buffers below */
    struct path_resolver resolver;
    struct buffer bytes; /* of a file */
    struct content content;
    struct schema schema; /* of a dry run; owned */
    struct field_mapping mapping;
    struct language_guess *guess;                 /* NULL: none was needed yet; owned */
    uint8_t misfits_told[SCHEMA_OWN_MAX / 8 + 1]; /* bit i: of the field with number i */
    int64_t last_commit_ms;                       /* on the monotonic clock */
    bool guard_tripped;                           /* the delete guard kept documents */
    struct file_identity index_files[INGEST_INDEX_FILES_MAX]; /* files and folders of the index */
    size_t index_file_count;
};

/* Everything passed must outlive *ingest. */
enum status ingest_init(struct ingest *ingest, struct writer *writer, struct snapshot *dry_run_base,
                        struct progress *progress, const struct ingest_options *options,
                        struct error *err);
void ingest_release(struct ingest *ingest);

/* The newest state of the index, or NULL; valid until the next commit. */
struct snapshot *ingest_snapshot(const struct ingest *ingest);

/* The files and folders of the index itself. */
struct file_set ingest_index_files(const struct ingest *ingest);

/* The sentence of an error without "path: " at its start; borrowed from it. */
const char *ingest_error_reason(const struct error *err, struct slice path);

/* Counts a file that is not indexed; `why` is the reason. A failure if it was `requested`: named on
 * the command line. */
void ingest_skip(struct ingest *ingest, struct slice path, bool requested, const char *why);

/* Adds the fields that a source declares (declared_field.h) to the schema of the index. ST_INVALID:
 * the schema has one of another type. */
enum status ingest_declare(struct ingest *ingest, struct slice declared, struct error *err);

/* The typed values of a document; borrowed from it, and valid until the next call. */
enum status ingest_map(struct index_document *document, struct ingest *ingest,
                       struct slice declared, const struct source_document *source,
                       struct error *err);

/* Adds or replaces a document, and counts it. What does not fit its field is counted and, once a
 * field, reported, unless the index has the document as it is. */
enum status ingest_document(struct ingest *ingest, struct slice declared,
                            const struct source_document *source, struct error *err);

/* For a document whose text comes in parts: reports what adding this content would do to the newest
 * state of the index. */
enum status ingest_plan(enum outcome *outcome, struct ingest *ingest, struct slice id,
                        uint64_t content_hash, struct error *err);
/* The outcome to count after the writer added it. */
enum outcome ingest_outcome(enum writer_outcome outcome);
/* Counts it. `status` is the writer's: ST_SKIPPED, it was refused, and *err says why. */
enum status ingest_count(struct ingest *ingest, struct slice id, enum status status,
                         enum outcome outcome, struct error *err);

/* Removes the document, and counts it; nothing happens if there is none. */
enum status ingest_remove(struct ingest *ingest, struct slice id, struct error *err);

/* Removes the documents and records of what ingest->changes found deleted. */
enum status ingest_remove_deleted(struct ingest *ingest, struct error *err);

enum status ingest_commit(struct ingest *ingest, struct error *err);

/* To be called between two documents: commits if it is time. ST_INTERRUPTED: the run shall end. */
enum status ingest_checkpoint(struct ingest *ingest, struct error *err);

#endif
