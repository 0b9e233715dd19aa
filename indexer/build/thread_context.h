/* SPDX-License-Identifier: MIT */
/* What each thread of a segment builder works with: an analyzer, an inverter, a compressor and
 * a folder of keywords.
 *
 * Threads: a context belongs to the thread that works on a batch of documents. The first thread
 * learns the usage of the others from the batches that it collects. */
#ifndef QUERN_INDEXER_BUILD_THREAD_CONTEXT_H
#define QUERN_INDEXER_BUILD_THREAD_CONTEXT_H

#include "common/base/pool.h"
#include "common/segment/segment_writer.h"
#include "common/text/keyword.h"
#include "indexer/build/form_runs.h"
#include "indexer/build/inverter.h"

/* Start with the first five members. */
struct thread_context {
    const struct analyzer_options *analysis; /* borrowed */
    const char *temp_folder;                 /* of temporary files; borrowed */
    uint64_t memory;                         /* bytes for all contexts together */
    uint64_t share;                          /* bytes for each when all use the same */
    bool keep_text;
    struct analyzer *analyzer;
    struct inverter *inverter;
    struct form_runs forms;
    struct block_store_compressor compressor;
    struct keyword_folder folder;
};

/* Creates the parts that are missing: the first time, all of them. ST_INVALID: there is no such
 * stemmer. ST_NOMEM. */
enum status thread_context_prepare(struct thread_context *context, struct error *err);
void thread_context_release(struct thread_context *context);

/* Writes the surface forms of what all contexts inverted, after its lists. Fails as
 * form_runs_merge() and segment_writer_add_form() do. */
enum status thread_contexts_write_forms(struct thread_context *contexts, unsigned count,
                                        struct pool *pool, struct segment_writer *writer,
                                        struct error *err);
/* Forgets the surface forms of what was inverted. */
void thread_context_discard_forms(struct thread_context *context);

struct thread_usage {
    uint64_t memory; /* bytes in use */
    uint64_t room;   /* inverter_room() */
};
/* Of a prepared context. */
struct thread_usage thread_context_usage(const struct thread_context *context);

#endif
