/* SPDX-License-Identifier: MIT */
/* Runs many queries from a file, one per line.
 *
 *     line = id TAB query | query      ; the id of a query alone is the number of its line
 *
 * Empty lines are skipped. Lines are read ahead and answered by the threads of a pool, each with
 * its own indexes and analyzer. Output is written in the order of the lines, so it does not depend
 * on the number of threads: it ends before the first query in the file that fails. All lines read so
 * far are answered, and the output is written, before waiting for more input.
 *
 * Memory: LINES_PER_THREAD lines and their output for each thread, at most LINES_MAX in all. */
#ifndef QUERN_SEARCHER_BATCH_H
#define QUERN_SEARCHER_BATCH_H

#include "searcher/indexes.h"
#include "searcher/options.h"
#include "searcher/request.h"
#include "searcher/show/printer.h"

/* Answers every line of options->query_file ("-": standard input), each parsed like a single
 * argument, prints to standard output and writes options->timing_file. `indexes` are open for
 * `threads` and stay open, so all queries see the same state. Ends early, without failure, if
 * standard output is a closed pipe. ST_END: none of the queries answered has a hit. */
enum status query_batch_run(struct printer *printer, const struct indexes *indexes,
                            unsigned threads, const struct query_options *options,
                            const struct request *request, struct error *err);

#endif
