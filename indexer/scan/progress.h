/* What a run did, counted and shown: a line on a terminal that is redrawn, trouble wherever stderr
 * leads, a summary at the end.
 *
 * stderr is silent unless it is a terminal, but for failures: cron mails what is printed, so only
 * trouble is. With --verbose every document is named, and with --dry-run too, then on stdout, since
 * that is what was asked for. All names are escaped.
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
    OUTCOME_SKIPPED, /* left out by a rule: ignored, binary, too large ... */
    OUTCOME_FAILED,  /* should have been indexed, but something went wrong */
    OUTCOME_COUNT,
};

enum {
    PROGRESS_REASONS_MAX = 24,      /* distinct reasons that are counted apart */
    PROGRESS_ERRORS_SHOWN_MAX = 20, /* failures that are told one by one */
};

struct progress_reason {
    char why[40]; /* empty: none yet */
    uint64_t count;
};

struct progress {
    const char *program;
    bool quiet, verbose, dry_run;
    bool show_line;    /* redraw a line */
    bool show_summary; /* say at the end what was done */
    bool line_drawn;   /* the line is on the screen */
    int64_t started;   /* milliseconds, as clock_monotonic_ms() */
    int64_t redrawn;
    uint64_t counts[OUTCOME_COUNT];
    struct progress_reason reasons[PROGRESS_REASONS_MAX]; /* of what was skipped */
    uint64_t bytes;                                       /* read */
    uint64_t source_done, source_total; /* of the source at hand, in bytes; total 0: not known */
    int64_t source_started;
};

void progress_init(struct progress *progress, const char *program, enum when when);

/* Counts a document or file, and names it when names are shown. `why` is the reason of a
 * skip, the whole message of a failure, else NULL. */
void progress_count(struct progress *progress, enum outcome outcome, struct slice name,
                    const char *why);
/* Trouble that concerns no single document; counted as a failure. */
void progress_error(struct progress *progress, const char *text);

/* A source of `total` bytes begins, or 0: of unknown size. */
void progress_begin_source(struct progress *progress, uint64_t total);
/* So many more bytes were read, and the source is `done` bytes on. Redraws the line when it is
 * time. */
void progress_read(struct progress *progress, uint64_t bytes, uint64_t done);

/* Takes the line away; says how many failures were not told, and what was done if `summarize`. */
void progress_end(struct progress *progress, bool summarize);

#endif
