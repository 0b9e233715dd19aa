/* SPDX-License-Identifier: MIT */
/* Reads the documents of a file or a stream that holds many of them.
 *
 *     struct record_source *source;
 *     struct source_document document;
 *     record_source_open(&source, FORMAT_NDJSON, descriptor, "/srv/tickets.ndjson.zst", &options,
 *                        &err);
 *     while ((status = record_source_next(&document, source, &err)) >= 0 && status != ST_END)
 *         if (status == ST_OK)
 *             add(&document);
 *         else
 *             warn(err.text);
 *     record_source_close(source);
 *
 * Threads: a source belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_RECORD_SOURCE_H
#define QUERN_INDEXER_SOURCE_RECORD_SOURCE_H

#include "indexer/source/format.h"
#include "indexer/source/record_source_ops.h"

/* True for a format whose files hold many documents; a file of any other is one document. */
bool record_source_has_format(enum format format);

/* Reads from a descriptor, which stays the caller's and outlives the source. `name` is what
 * messages call it, and what the ids of records without one begin with. `format` must be one that
 * record_source_has_format(). ST_INVALID: an option that the format cannot follow. ST_NOMEM. */
enum status record_source_open(struct record_source **out, enum format format, int descriptor,
                               const char *name, const struct record_source_options *options,
                               struct error *err);
void record_source_close(struct record_source *source);

/* The next record: its id, place and fields, borrowed until the next call; `mtime` and `size` are 0.
 *
 * ST_END: no more. ST_SKIPPED: this record is no document, *err says "name:line: why"; go on.
 * ST_INVALID: the input as a whole is not what it should be, and *err says what to do; no document
 * was returned before. ST_EIO, ST_CORRUPT (compressed data that is damaged or ends too early),
 * ST_INTERRUPTED and ST_NOMEM end the source after the records before the fault. */
enum status record_source_next(struct source_document *document, struct record_source *source,
                               struct error *err);

/* Bytes read from the descriptor so far, for progress. */
uint64_t record_source_consumed(const struct record_source *source);

#endif
