/* Many queries from a file, one a line: `NAME TAB QUERY`, or the query alone, whose name is then
 * the number of its line. Empty lines are passed over. */
#ifndef QUERN_SEARCHER_QUERIES_H
#define QUERN_SEARCHER_QUERIES_H

#include "searcher/indexes.h"
#include "searcher/printer.h"
#include "searcher/request.h"

/* Answers every line of request->queries ("-": standard input), each read as a sole argument is,
 * prints to standard output and writes request->timing. The indexes stay open throughout: all
 * queries see the same state. ST_END: no query has a hit, or nobody reads the output any more. */
enum status queries_run(struct printer *printer, const struct indexes *indexes,
                        const struct request *request, struct error *err);

#endif
