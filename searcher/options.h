/* SPDX-License-Identifier: MIT */
/* The options of quern-search. One table is the source of the parser, --help and the completion; a
 * test compares it with the man page. */
#ifndef QUERN_SEARCHER_OPTIONS_H
#define QUERN_SEARCHER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cli/cli.h"
#include "common/cli/output.h"
#include "searcher/query/query.h"
#include "searcher/query/restriction.h"
#include "searcher/show/printer.h"

enum {
    QUERY_THREADS_MAX = 64,
    QUERY_HITS_MAX = 10 * 1000 * 1000, /* the best are kept in memory */
};
#define QUERY_SNIPPETS_AUTO UINT32_MAX /* as the format needs */

struct query_options {
    struct cli_list indexes; /* empty: the default path */
    uint32_t limit;
    uint32_t offset;
    enum query_mode mode;
    double k1, b; /* NaN: not given */
    double nearness;
    bool strict; /* a query that needs a note is an error */
    enum { STOPWORDS_AUTO, STOPWORDS_NONE } stopwords;
    char *synonyms; /* a file, or NULL */
    struct restriction restriction;
    bool expand;                      /* by the words of the best documents */
    const char *like;                 /* an id: documents like that one; or NULL */
    const char *why_not;              /* an id: says how that document answers the query; or NULL */
    const char *field, *sort, *boost; /* as given, for request.h; or NULL */
    struct cli_list facets;           /* likewise */
    bool field_list;
    const struct printer_format *format; /* NULL while it is not chosen yet */
    const char *template;                /* of printer_template, which it implies; or NULL */
    bool nul;                            /* end ids with NUL; implies printer_ids */
    bool total; /* count all matches, even where the best are found without that */
    bool why;
    const char *new_name; /* show only what was not shown under this name (seen_ids.h); or NULL */
    uint32_t snippets;
    enum when color, hyperlink;
    char *query_file;    /* "-": standard input; NULL: the words are the query */
    const char *run_tag; /* implies printer_trec; or NULL */
    char *timing_file;   /* or NULL */
    uint32_t repeat;
    uint32_t threads; /* for a batch; otherwise 1 */
    bool exhaustive;
    bool help, version;
    enum { COMPLETION_BASH, COMPLETION_NONE } completion;
};

extern const struct cli query_options_cli;

/* Parses argv as cli_parse() does, checks the combination of options and chooses `format` and
 * `snippets` where they are not given. `terminal`: standard output is one. ST_INVALID: err->text
 * says which option is wrong; there is nothing to release. */
enum status query_options_parse(struct query_options *options, int *argc, char **argv,
                                bool terminal, struct error *err);
void query_options_release(struct query_options *options);

#endif
