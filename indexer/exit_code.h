/* SPDX-License-Identifier: MIT */
/* The exit codes of quern-index: 0, 1, and those of sysexits.h. */
#ifndef QUERN_INDEXER_EXIT_CODE_H
#define QUERN_INDEXER_EXIT_CODE_H

#include <sysexits.h>

#include "common/base/status.h"

enum exit_code {
    EXIT_CODE_DONE = 0,
    EXIT_CODE_PARTLY = 1, /* done, but some documents failed or the delete guard tripped */
    EXIT_CODE_USAGE = EX_USAGE,
    EXIT_CODE_DAMAGED = EX_DATAERR,
    EXIT_CODE_NO_INPUT = EX_NOINPUT, /* no source or no index */
    EXIT_CODE_LIMIT = EX_SOFTWARE,   /* a documented limit is exceeded */
    EXIT_CODE_MEMORY = EX_OSERR,
    EXIT_CODE_EXISTS = EX_CANTCREAT, /* no index can be made among other files */
    EXIT_CODE_IO = EX_IOERR,         /* also a full disk */
    EXIT_CODE_BUSY = EX_TEMPFAIL,
    EXIT_CODE_CONFIG = EX_CONFIG, /* the index was made with other settings */
};

/* The exit code of a run that ended with this status. ST_INTERRUPTED gives that of SIGINT; main()
 * knows the signal and exits with 128 + its number. */
int exit_code_from_status(enum status status);

#endif
