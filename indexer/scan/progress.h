/* SPDX-License-Identifier: MIT */
/* Counts and shows what a run does: a line that is redrawn on a terminal, errors wherever stderr
 * goes, and a summary at the end.
 *
 * Unless it is a terminal, stderr gets errors only, because cron mails everything that is printed.
 * With --verbose every document is named there, and with --dry-run on stdout, since that is what
 * the user asked for. All names are escaped.
 *
 * Threads: one. */
#ifndef QUERN_INDEXER_SCAN_PROGRESS_H
#define QUERN_INDEXER_SCAN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/cli/output.h"

enum outcome {
    OUTCOME_NEW,
    OUTCOME_CHANGED,
    OUTCOME_UNCHANGED,
    OUTCOME_REMOVED,
    OUTCOME_SKIPPED, /* excluded by a rule: ignored, binary, too large ... */
    OUTCOME_FAILED,  /* could not be indexed because something went wrong */
    OUTCOME_COUNT,
};

enum {
    PROGRESS_REASONS_MAX = 24,      /* distinct reasons that are counted separately */
    PROGRESS_ERRORS_SHOWN_MAX = 20, /* failures that are reported one by one */
};

struct progress_reason {
    char why[40]; /* empty: none yet */
    uint64_t count;
};

struct progress {
    const char *program;
    bool quiet, verbose, dry_run;
    bool show_line;    /* a line is redrawn */
    bool show_summary; /* a summary is printed at the end */
    bool line_drawn;   /* the line is on the screen */
    int64_t started;   /* clock_monotonic_ms() */
    int64_t redrawn;
    uint64_t counts[OUTCOME_COUNT];
    uint64_t misfits;                                     /* values that did not fit their field */
    struct progress_reason reasons[PROGRESS_REASONS_MAX]; /* of skipped documents */
    uint64_t bytes;                                       /* read so far */
    uint64_t source_done, source_total; /* bytes of the current source; total 0: unknown */
    int64_t source_started;
};

void progress_init(struct progress *progress, const char *program, enum when when);

/* Counts a document or file, and prints its name if names are shown. `why` is the reason if it was
 * skipped, the whole message if it failed, and NULL otherwise. */
void progress_count(struct progress *progress, enum outcome outcome, struct slice name,
                    const char *why);
/* Reports an error that concerns no single document; counted as a failure. */
void progress_error(struct progress *progress, const char *text);

/* Counts a value of a document that was indexed without it, which is no failure, and prints the
 * text, if any, unless only errors are printed. */
void progress_misfit(struct progress *progress, const char *text);

/* Begins a source of `total` bytes; 0: of unknown size. */
void progress_begin_source(struct progress *progress, uint64_t total);
/* Adds `bytes` that were read; `done` is the offset in the current source. Redraws the line if it
 * is time. */
void progress_read(struct progress *progress, uint64_t bytes, uint64_t done);

/* Erases the line, reports how many failures were not shown, and prints a summary if asked. */
void progress_end(struct progress *progress, bool summarize);

#endif
