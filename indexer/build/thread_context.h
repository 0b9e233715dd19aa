/* SPDX-License-Identifier: MIT */
/* What each thread of a segment builder works with: an analyzer, an inverter and a compressor.
 *
 * Threads: while a batch of documents is being worked on, the context belongs to the thread that
 * does it. The first thread learns the usage of the others from the batches that come back. */
#ifndef QUERN_INDEXER_BUILD_THREAD_CONTEXT_H
#define QUERN_INDEXER_BUILD_THREAD_CONTEXT_H

#include "common/segment/segment_writer.h"
#include "indexer/build/indexed_fields.h"
#include "indexer/build/inverter.h"

/* Start it with the members up to keep_text. */
struct thread_context {
    const struct analyzer_options *analysis; /* borrowed */
    uint64_t memory;                         /* bytes of all contexts together */
    uint64_t share;                          /* bytes of each when all use the same */
    bool keep_text;
    struct analyzer *analyzer;
    struct inverter *inverter;
    struct block_store_compressor compressor;
};

/* Makes what is missing: the first time, everything. */
enum status thread_context_prepare(struct thread_context *context, struct error *err);
void thread_context_release(struct thread_context *context);

/* Inverts the first `count` indexed fields of document `doc`. Sets the lengths of *record, and
 * *position to where the next field begins. Errors are those of inverter_add_field(). */
enum status thread_context_invert(struct document *record, uint32_t *position,
                                  struct thread_context *context, uint32_t doc,
                                  const struct indexed_fields *fields, size_t count,
                                  struct error *err);

struct thread_usage {
    uint64_t memory; /* bytes in use */
    uint64_t room;   /* inverter_room() */
};
/* Of a context that was prepared. */
struct thread_usage thread_context_usage(const struct thread_context *context);

#endif
