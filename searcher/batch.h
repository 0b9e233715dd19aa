/* Many queries from a file, one a line: `NAME TAB QUERY`, or the query alone, whose name is then
 * the number of its line. Empty lines are passed over.
 *
 * Lines are read ahead and answered by the threads of a pool, each with indexes and an analyzer of
 * its own; answers are taken over in the order of the lines. So what is printed does not depend on
 * the number of threads: it ends before the first query in the file that failed. Before input is
 * waited for, all that was read is answered and written.
 *
 * Memory: LINES_PER_THREAD lines and their answers for each thread, LINES_MAX in all. */
#ifndef QUERN_SEARCHER_BATCH_H
#define QUERN_SEARCHER_BATCH_H

#include "searcher/indexes.h"
#include "searcher/options.h"
#include "searcher/show/printer.h"

/* Answers every line of options->query_file ("-": standard input), each read as a sole argument is,
 * prints to standard output and writes options->timing_file. `indexes` are open for `threads` and stay
 * so throughout: all queries see the same state. ST_END: no query has a hit, or nobody reads
 * the output any more. */
enum status query_batch_run(struct printer *printer, const struct indexes *indexes,
                            unsigned threads, const struct query_options *options,
                            struct error *err);

#endif
