/* What quern-search was asked to do. */
#ifndef QUERN_SEARCHER_OPTIONS_H
#define QUERN_SEARCHER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cli/cli.h"
#include "common/cli/output.h"
#include "searcher/query/query.h"
#include "searcher/show/printer.h"

enum {
    QUERY_THREADS_MAX = 64,
    QUERY_HITS_MAX = 10 * 1000 * 1000, /* what may be asked for: the best are kept in memory */
};
#define QUERY_SNIPPETS_AUTO UINT32_MAX

struct query_options {
    struct cli_list indexes; /* none: the default place */
    uint32_t limit;
    uint32_t offset;
    enum query_mode mode;
    double k1, b;
    const struct printer_format *format; /* NULL before parsing is complete: to be chosen */
    bool nul;
    bool total; /* is to be exact, whatever it costs */
    bool why;
    uint32_t snippets;
    enum when color;
    char *query_file; /* a file; NULL: the words are the query */
    const char *run_tag;
    char *timing_file; /* a file, or NULL */
    uint32_t repeat;
    uint32_t threads; /* that answer a batch; 1 without one */
    bool exhaustive;
    bool help, version;
    enum { COMPLETION_BASH, COMPLETION_NONE } completion;
};

extern const struct cli query_options_cli;

/* Reads argv as cli_parse() does, checks what belongs together, and settles what is automatic:
 * `format` and `snippets` are definite then. `terminal`: standard output is one. ST_INVALID. */
enum status query_options_parse(struct query_options *options, int *argc, char **argv,
                                bool terminal, struct error *err);
void query_options_release(struct query_options *options);

#endif
