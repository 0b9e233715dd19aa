/* What the commands say of an index and of a run. Nothing here changes anything. */
#ifndef QUERN_INDEXER_REPORT_H
#define QUERN_INDEXER_REPORT_H

#include <stdio.h>

#include "common/index/snapshot.h"
#include "common/index/verify.h"
#include "indexer/adopt.h"
#include "indexer/scan/progress.h"
#include "indexer/scan/sources.h"

/* The text of `status`: what is in the index at the folder `index`, how large it is, when it was
 * made. `now`: seconds since 1970. */
enum status report_status(FILE *out, const char *index, struct snapshot *snapshot,
                          const struct sources *sources, int64_t now, struct error *err);

/* The text of `check` for an index that is sound: a line, and one for each thing that is no damage
 * but may be of interest. */
void report_check(FILE *out, const struct verify_counts *counts);

/* The text of `adopt` for what it found. */
void report_adopt(FILE *out, const struct adoption *adoption);

/* Appends one line to the file at `path`, in one write, so that runs may share it:
 *     {"v":1,"time":SECONDS,"command":"update","index":"...","exit":0,"seconds":4.1,"error":null,
 *      "new":0,"changed":0,"unchanged":0,"removed":0,"skipped":0,"failed":0,"bytes":0}
 * `error` is the message the run ended with, or NULL. */
enum status report_run(const char *path, const char *command, const char *index, int exit_code,
                       const char *error, const struct progress *progress, int64_t now,
                       struct error *err);

#endif
