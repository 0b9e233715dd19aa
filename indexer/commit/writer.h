/* SPDX-License-Identifier: MIT */
/* The one writer of an index: it takes documents and makes commits.
 *
 * Documents are inverted within a memory budget. A commit writes a batch of them as a segment and
 * makes it visible, together with the deletions that it implies and with the records of files.
 * Segments are merged so that they stay few. A commit is durable. A killed run leaves at most a
 * segment that no catalog names, which the next writer deletes.
 *
 *     writer_open(&writer, index, &options, &err);
 *     writer_add(&outcome, writer, &document, &err);
 *     writer_commit(writer, &err);                 any time; at least when writer_needs_commit()
 *     writer_close(writer);                        drops what was not committed
 *
 * Threads: one, besides those of the writer. */
#ifndef QUERN_INDEXER_COMMIT_WRITER_H
#define QUERN_INDEXER_COMMIT_WRITER_H

#include <signal.h>
#include <stdbool.h>

#include "common/index/snapshot.h"
#include "common/text/analyzer.h"
#include "indexer/build/index_document.h"
#include "indexer/commit/index_settings.h"

struct writer_options {
    struct analyzer_options analysis;  /* for a new index; an existing one must have it */
    bool analysis_given;               /* false: use the analysis of an existing index */
    bool analysis_of_documents;        /* it may be that of one of its languages */
    bool keep_text;                    /* for a new index */
    bool keep_text_given;              /* false: do as an existing index does */
    bool create;                       /* create a missing index; else ST_NOT_FOUND */
    const uint64_t *hash_seed;         /* of a new index; NULL: a random one */
    const struct merge_limits *limits; /* of merged segments; NULL: merge_policy_limits */
    uint64_t memory;  /* bytes to use; writer_needs_commit() when they are used up */
    unsigned threads; /* at most; 0 means 1 */
    /* Once it is nonzero, merging ends with ST_INTERRUPTED. May be NULL. */
    const volatile sig_atomic_t *stop;
};

enum writer_outcome {
    WRITER_ADDED,
    WRITER_REPLACED,  /* replaces the older document with this id */
    WRITER_UNCHANGED, /* the index already has this id with the same content */
};

struct writer;

/* Takes the lock, opens or creates the index, and deletes what a killed run left. Only options->stop
 * must outlive the call. ST_BUSY: another
 * process has the lock. ST_SETTINGS: the index was made with other settings, or by a
 * newer version of quern. ST_CORRUPT: the index
 * is damaged, or its CURRENT is missing although a generation exists. ST_EXISTS: the folder holds
 * other files but no index, so none is created. ST_INVALID: there is no such stemmer.
 * ST_INTERRUPTED: *options->stop was set. The message says what to do. */
enum status writer_open(struct writer **out, const char *index,
                        const struct writer_options *options, struct error *err);
void writer_close(struct writer *writer);

/* Adds or replaces a document. ST_SKIPPED: index_document_check() refuses it. */
enum status writer_add(enum writer_outcome *outcome, struct writer *writer,
                       const struct index_document *document, struct error *err);
/* Adds or replaces a document of any length, whose text comes in parts:
 *
 *     writer_begin_document(writer, &document, content_hash, &err);   SCHEMA_TEXT is no value of it
 *     writer_add_part(writer, part, &err);          valid UTF-8 with no word cut at its end
 *     writer_end_document(&outcome, writer, whole, &err);
 *
 * The caller has computed the content hash (index_document.h) and found that the index does not have this content.
 * ST_SKIPPED from writer_add_part(): the text has too many tokens. `whole` is false if the text
 * could not be added to its end; then an older document with this id stays. */
enum status writer_begin_document(struct writer *writer, const struct index_document *document,
                                  uint64_t content_hash, struct error *err);
enum status writer_add_part(struct writer *writer, struct slice part, struct error *err);
enum status writer_end_document(enum writer_outcome *outcome, struct writer *writer, bool whole,
                                struct error *err);
/* Deletes the document with this id. ST_NOT_FOUND: there is none. */
enum status writer_remove(struct writer *writer, struct slice id, struct error *err);

/* True if the budget is used up: commit now. */
bool writer_needs_commit(const struct writer *writer);
/* Makes everything since the last commit visible, durably, and merges segments if there are many.
 * Does nothing without changes. ST_INTERRUPTED: the commit succeeded, but a merge was abandoned.
 * After any other failure the index is as the last commit left it, and the writer can only be
 * closed. */
enum status writer_commit(struct writer *writer, struct error *err);

/* The index as of the last commit. Valid until the next writer_commit(), writer_compact() or
 * writer_close(). */
struct snapshot *writer_snapshot(struct writer *writer);

/* Adds a record of TABLE_FILE or TABLE_META to the next commit. It is copied; an empty value
 * deletes the record. */
enum status writer_put_file(struct writer *writer, struct slice key, struct slice value,
                            struct error *err);
enum status writer_put_meta(struct writer *writer, struct slice key, struct slice value,
                            struct error *err);
/* Sets the times of the last completed and the last failed run with the next commit, in seconds
 * since 1970. 0 leaves a time as it is. */
void writer_set_run_times(struct writer *writer, int64_t completed, int64_t failed);

/* The fields of the index, with those added since the last commit. */
const struct schema *writer_schema(const struct writer *writer);
/* Adds a field with the next commit, and sets *number; that of the field with this name if there is
 * one. Fails as schema_add() does, with a sentence. */
enum status writer_add_field(uint16_t *number, struct writer *writer, struct slice name,
                             enum field_type type, uint8_t flags, struct error *err);

/* Changes how searches rank, with the next commit. Fails as index_settings_change_ranking() does. */
enum status writer_change_ranking(struct writer *writer, const struct ranking_change *change,
                                  struct error *err);

/* Rewrites the whole index as one segment, or as few as the limits of merges allow, without deleted
 * documents, in a new generation that
 * replaces the old one atomically. There must be no uncommitted changes. ST_INTERRUPTED: the index
 * is unchanged. */
enum status writer_compact(struct writer *writer, struct error *err);

/* Counts since the writer was opened. */
struct writer_counts {
    uint64_t commits, segments_flushed, merges;
    uint64_t bytes_flushed, bytes_merged;
};
const struct writer_counts *writer_counts(const struct writer *writer);

#endif
