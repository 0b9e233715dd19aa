/* SPDX-License-Identifier: MIT */
/* Temporary files without a name: they vanish when they are closed or the process dies. */
#ifndef QUERN_COMMON_BASE_TEMP_FILE_H
#define QUERN_COMMON_BASE_TEMP_FILE_H

#include "common/base/bytes.h"
#include "common/base/status.h"

/* Opens a new, empty file in the folder for reading and writing; the caller closes it. ST_EIO,
 * ST_FULL. */
enum status temp_file_open(int *file, const char *folder, struct error *err);
/* Writes the bytes at the file's offset, which moves past them. ST_EIO, ST_FULL. */
enum status temp_file_write(int file, struct slice bytes, struct error *err);
/* Reports that a system call on such a file failed: `what` is a verb, `sys` is errno. */
enum status temp_file_fail(int sys, const char *what, struct error *err);

#endif
