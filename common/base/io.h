/* SPDX-License-Identifier: MIT */
/* What files and folders need again and again beyond a system call. */
#ifndef QUERN_COMMON_BASE_IO_H
#define QUERN_COMMON_BASE_IO_H

#include <limits.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* Puts FOLDER/NAME into path[PATH_MAX]. ST_INVALID: the path is too long for the system. */
enum status io_join(char path[PATH_MAX], const char *folder, const char *name, struct error *err);

/* Writes all of the bytes, also when a signal or a pipe interrupts it. After a failure, errno says
 * why. */
enum status io_write(int fd, struct slice bytes);

/* Makes durable what the folder lists: the creation and renaming of files in it. */
enum status io_sync_folder(const char *path, struct error *err);

#endif
