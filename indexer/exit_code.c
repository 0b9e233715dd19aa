/* SPDX-License-Identifier: MIT */
/* Maps statuses to the exit codes of quern-index. */
#include "indexer/exit_code.h"

#include <signal.h>

int exit_code_from_status(enum status status) {
    switch (status) {
    case ST_OK:
    case ST_END:
        return EXIT_CODE_DONE;
    case ST_SKIPPED:
        return EXIT_CODE_PARTLY;
    case ST_NOT_FOUND:
        return EXIT_CODE_NO_INPUT;
    case ST_NOMEM:
        return EXIT_CODE_MEMORY;
    case ST_EIO:
    case ST_FULL:
        return EXIT_CODE_IO;
    case ST_CORRUPT:
        return EXIT_CODE_DAMAGED;
    case ST_INVALID:
        return EXIT_CODE_USAGE;
    case ST_BUSY:
        return EXIT_CODE_BUSY;
    case ST_SETTINGS:
        return EXIT_CODE_CONFIG;
    case ST_LIMIT:
        return EXIT_CODE_LIMIT;
    case ST_EXISTS:
        return EXIT_CODE_EXISTS;
    case ST_INTERRUPTED:
        return 128 + SIGINT;
    }
    return EXIT_CODE_LIMIT;
}
