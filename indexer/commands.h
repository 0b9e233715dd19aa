/* The commands of quern-index, between the command line and the index. */
#ifndef QUERN_INDEXER_COMMANDS_H
#define QUERN_INDEXER_COMMANDS_H

#include <signal.h>

#include "indexer/options.h"
#include "indexer/scan/progress.h"

/* Does what the options ask for. What is asked for is printed on stdout; trouble with documents
 * goes to *progress, whose counts tell how the run went. *stop, once not 0, ends the run early with
 * what was done committed: ST_INTERRUPTED. *guard_tripped: the delete guard kept what vanished.
 * ST_NOT_FOUND: no source or no index. */
enum status commands_run(bool *guard_tripped, const struct index_options *options,
                         struct progress *progress, const volatile sig_atomic_t *stop,
                         struct error *err);

#endif
