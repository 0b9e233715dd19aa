/* SPDX-License-Identifier: MIT */
/* Surface forms of a segment being built: runs of sorted forms, as each thread's analyzer counts
 * them, and their merge.
 *
 *     struct form_runs runs = {.sink.take = form_runs_take, .spool = {.folder = folder, .limit = limit}};
 *     analyzer_count_forms(analyzer, &runs.sink);
 *     ... analyzer_flush_forms(analyzer);
 *     form_runs_merge(all, count, &writer, &err);
 *     form_runs_release(&runs);
 *
 *     run  = form*
 *     form = key_size:u8 key:byte*key_size form_size:u8 form:byte*form_size kept:u8 term_size:u8 term:byte*term_size
 *            count:varint
 *                                         ; form_size 0: the key; term_size 0: `kept` leading bytes of the key
 *
 * Past a limit, runs are in a temporary file. Failures: those of spool.h, ST_NOMEM.
 *
 * Threads: that of its analyzer; merging, any one after it. */
#ifndef QUERN_INDEXER_BUILD_FORM_RUNS_H
#define QUERN_INDEXER_BUILD_FORM_RUNS_H

#include "common/base/spool.h"
#include "common/segment/segment_writer.h"
#include "common/text/form_counts.h"

/* Start with sink.take, and folder and limit of the spool. */
struct form_runs {
    struct form_sink sink;
    struct spool spool;
    uint64_t size;  /* bytes of all runs */
    uint64_t *ends; /* of the runs, as bytes from the first; owned */
    size_t count, capacity;
};

/* The operation of the sink. */
enum status form_runs_take(struct form_sink *sink, const struct surface_form *form);
/* Bytes of memory in use. */
uint64_t form_runs_memory(const struct form_runs *runs);
/* Forgets all runs. */
void form_runs_release(struct form_runs *runs);

/* Merges all runs of all threads into the segment. */
enum status form_runs_merge(struct form_runs *const *all, size_t count,
                            struct segment_writer *writer, struct error *err);

#endif
