/* SPDX-License-Identifier: MIT */
/* Small tasks around files and folders: joined paths, whole writes, synced folders. */
#ifndef QUERN_COMMON_BASE_IO_H
#define QUERN_COMMON_BASE_IO_H

#include <limits.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* Puts FOLDER/NAME into path[PATH_MAX]. ST_INVALID: the path is too long for the system. */
enum status io_join(char path[PATH_MAX], const char *folder, const char *name, struct error *err);

/* Writes all of the bytes, however many calls of write() that takes. ST_EIO, ST_FULL: errno is the
 * cause. */
enum status io_write(int fd, struct slice bytes);

/* Makes the list of a folder durable: the creation and renaming of files in it. ST_EIO, ST_FULL. */
enum status io_sync_folder(const char *path, struct error *err);

#endif
