/* SPDX-License-Identifier: MIT */
/* Prints what the commands report about an index and a run. Changes nothing. */
#ifndef QUERN_INDEXER_REPORT_H
#define QUERN_INDEXER_REPORT_H

#include <stdio.h>

#include "common/index/snapshot.h"
#include "common/index/verify.h"
#include "indexer/adopt.h"
#include "indexer/scan/progress.h"
#include "indexer/scan/sources.h"

/* Prints the text of `status` about the index at `index`. `now`: seconds since 1970. */
enum status report_status(FILE *out, const char *index, struct snapshot *snapshot,
                          const struct sources *sources, int64_t now, struct error *err);

/* Prints the text of `check` for a sound index: one line, and one for each finding that is no
 * damage but may be of interest. */
void report_check(FILE *out, const struct verify_counts *counts);

/* Prints the text of `adopt` for its result. */
void report_adopt(FILE *out, const struct adoption *adoption);

/* Appends one line to the file at `path`, in one write, so that several runs may share it:
 *
 *     {"v":1,"time":SECONDS,"command":"update","index":"...","exit":0,"seconds":4.1,"error":null,
 *      "new":0,"changed":0,"unchanged":0,"removed":0,"skipped":0,"failed":0,"misfits":0,
 *      "bytes":0}
 *
 * `error` is the message that ended the run, or NULL. `now`: seconds since 1970. ST_EIO, ST_FULL:
 * the file cannot be written, which *err says. ST_NOMEM. */
enum status report_run(const char *path, const char *command, const char *index, int exit_code,
                       const char *error, const struct progress *progress, int64_t now,
                       struct error *err);

#endif
