/* SPDX-License-Identifier: MIT */
/* Reads what the user typed as a list of clauses, each a term, a phrase or a filter. Every text is a
 * query; where the reader had to guess, it leaves a note.
 *
 * Threads: once read, a query is not changed, so any number of threads may use it. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_H
#define QUERN_SEARCHER_QUERY_QUERY_H

#include "searcher/query/query_clause.h"

/* Reads one query: `gas pipeline`, `"gas pipeline" -leak`, `+norway title:gas date:2021..`. Quotes
 * may be those of any language (quotes.h); signs and names of fields are such only after white space
 * or at the start. A word that the analyzer splits (`multi-agent`, `node.js`) becomes a clause of
 * several terms, and one that it drops (a stop word, a lone symbol) becomes nothing. After the name
 * of a text field come its words; after that of a keyword, whole values, of which those between
 * commas are alternatives; after that of a number or date, a range (range.h). What is none, and an
 * unknown name, is text. ST_NOMEM: there is nothing to release. */
enum status query_parse(struct query *query, const struct query_context *context, struct slice text,
                        struct error *err);

/* Reads the arguments of a command line. A single argument is a whole query; of several, one that
 * contains white space is a phrase, unless it has quotes of its own. */
enum status query_parse_arguments(struct query *query, const struct query_context *context,
                                  int count, char *const *arguments, struct error *err);

#endif
