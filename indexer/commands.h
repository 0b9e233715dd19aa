/* SPDX-License-Identifier: MIT */
/* Runs the commands of quern-index. */
#ifndef QUERN_INDEXER_COMMANDS_H
#define QUERN_INDEXER_COMMANDS_H

#include <signal.h>

#include "indexer/options.h"
#include "indexer/scan/progress.h"

/* Runs the command of the options. Prints its result on stdout and reports problems with documents
 * to *progress, whose counts say how the run went. Once *stop is not 0, the run ends early, and
 * what was done is committed: ST_INTERRUPTED. *guard_tripped, which is always set: the delete guard
 * kept documents. ST_NOT_FOUND: a source or the index does not exist. Other failures are those of
 * writer.h, snapshot.h and adopt.h. */
enum status commands_run(bool *guard_tripped, const struct index_options *options,
                         struct progress *progress, const volatile sig_atomic_t *stop,
                         struct error *err);

#endif
