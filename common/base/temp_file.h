/* Temporary files: they have no name, so that they are gone when they are closed, and when the
 * process dies. */
#ifndef QUERN_COMMON_BASE_TEMP_FILE_H
#define QUERN_COMMON_BASE_TEMP_FILE_H

#include "common/base/bytes.h"
#include "common/base/status.h"

/* Makes an empty file in the folder, to be written and read and closed by the caller. */
enum status temp_file_open(int *file, const char *folder, struct error *err);
/* Appends the bytes to the file. */
enum status temp_file_write(int file, struct slice bytes, struct error *err);
/* The failure of a system call on such a file: `what` is a verb, `sys` is errno. */
enum status temp_file_fail(struct error *err, int sys, const char *what);

#endif
