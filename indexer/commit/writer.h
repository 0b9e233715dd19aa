/* The one writer of an index: documents in, commits out.
 *
 * Documents are inverted in memory within a budget; a batch is flushed as a segment and published
 * by one commit, together with the removals it implies and with what its caller remembers of files.
 * Segments are merged so that they stay few. What is committed stays, whatever happens afterwards;
 * a killed run leaves at most an unpublished segment, which the next writer sweeps away.
 *
 *     writer_open(&writer, dir, &options, &err);
 *     writer_add(&outcome, writer, &document, &err);      as often as you like
 *     writer_commit(writer, &err);                        when you like; writer_needs_commit() tells
 *     writer_close(writer);                               drops what was not committed
 *
 * Threads: one, beside the writer's own. */
#ifndef QUERN_INDEXER_COMMIT_WRITER_H
#define QUERN_INDEXER_COMMIT_WRITER_H

#include <signal.h>
#include <stdbool.h>

#include "common/index/snapshot.h"
#include "common/text/analyzer.h"
#include "indexer/source/source_document.h"

struct writer_options {
    struct analyzer_options
        analysis;         /* for a new index; an index that is there must have been made with it */
    bool analysis_given;  /* false: take whatever an index that is there was made with */
    bool keep_text;       /* for a new index */
    bool keep_text_given; /* false: take what an index that is there does */
    bool create;          /* make the index when there is none; else ST_NOT_FOUND */
    uint64_t memory;      /* bytes to work with; when they are used up a batch is due */
    unsigned threads;     /* to work with, 0 for 1 */
    /* Once it is other than 0, merging ends with ST_INTERRUPTED; NULL: nobody asks for that. */
    const volatile sig_atomic_t *stop;
};

enum writer_outcome {
    WRITER_ADDED,
    WRITER_REPLACED,  /* an older document with this id goes away */
    WRITER_UNCHANGED, /* the same id with the same title and text is there: nothing done */
};

struct writer;

/* Takes the lock (ST_BUSY names the holder), opens or makes the index, sweeps what a killed run
 * left. ST_SETTINGS: the index was made with other settings; ST_CORRUPT: it is damaged, or its
 * CURRENT is missing while a generation is there; ST_EXISTS: there is no index, but other files, so
 * none is made. The message says what to do. */
enum status writer_open(struct writer **out, const char *index,
                        const struct writer_options *options, struct error *err);
void writer_close(struct writer *writer);

/* Adds or replaces a document. Its title and text are indexed; other fields are ignored.
 * ST_SKIPPED: this document cannot be indexed (its id is too long or empty, its title or text much
 * too long); go on. */
enum status writer_add(enum writer_outcome *outcome, struct writer *writer,
                       const struct source_document *document, struct error *err);
/* The same for a document whose text comes in parts, however long it is:
 *
 *     writer_begin_document(writer, &document, content_hash, &err);    all but the text
 *     writer_add_part(writer, part, &err);           valid UTF-8; no word reaches into the next
 *     writer_end_document(&outcome, writer, whole, &err);
 *
 * ST_SKIPPED of writer_add_part(): the text has too many words. When not `whole`, the text could not
 * be taken to its end: an older document with this id stays.
 * Whether the content is what the index has is for the caller to find out before. */
enum status writer_begin_document(struct writer *writer, const struct source_document *document,
                                  uint64_t content_hash, struct error *err);
enum status writer_add_part(struct writer *writer, struct slice part, struct error *err);
enum status writer_end_document(enum writer_outcome *outcome, struct writer *writer, bool whole,
                                struct error *err);
/* What tells a document's content from another's: WRITER_UNCHANGED is said when it is equal to
 * content_hash of the document that is there. */
uint64_t writer_content_hash(const struct source_document *document);
/* Removes the document with this id; ST_NOT_FOUND when there is none. */
enum status writer_remove(struct writer *writer, struct slice id, struct error *err);

/* True when the budget is used up: commit now. */
bool writer_needs_commit(const struct writer *writer);
/* Makes everything since the last commit visible, durably; merges when segments have become many.
 * With nothing to commit it does nothing. ST_INTERRUPTED: the commit is done, but a merge was given
 * up. Any other failure leaves the index as the last commit left it; the writer can then only be
 * closed. */
enum status writer_commit(struct writer *writer, struct error *err);

/* What the last commit left. Valid until the next writer_commit() or writer_close(). */
struct snapshot *writer_snapshot(struct writer *writer);

/* Records that travel with the next commit. Values are copied. An empty value deletes. */
enum status writer_put_file(struct writer *writer, struct slice key, struct slice value,
                            struct error *err); /* TABLE_FILE */
enum status writer_put_meta(struct writer *writer, struct slice key, struct slice value,
                            struct error *err); /* TABLE_META */
/* The times of runs that `status` shows travel likewise: 0 leaves one as it is. */
void writer_set_run_times(struct writer *writer, int64_t completed, int64_t failed);

/* Rewrites the whole index as one segment without removed documents, in a new generation that takes
 * the place of the old one atomically. Nothing may be uncommitted.
 * ST_INTERRUPTED: the index is as it was. */
enum status writer_compact(struct writer *writer, struct error *err);

/* Counts since the writer was opened, for reports. */
struct writer_counts {
    uint64_t commits, segments_flushed, merges;
    uint64_t bytes_flushed, bytes_merged;
};
const struct writer_counts *writer_counts(const struct writer *writer);

#endif
