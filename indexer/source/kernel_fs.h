/* SPDX-License-Identifier: MIT */
/* The file systems whose content the kernel generates, such as proc and sysfs: they hold no
 * documents. */
#ifndef QUERN_INDEXER_SOURCE_KERNEL_FS_H
#define QUERN_INDEXER_SOURCE_KERNEL_FS_H

#include "common/base/bytes.h"

/* True when the open folder is in such a file system, wherever that is mounted. Devices are in an
 * ordinary tmpfs and not recognized. */
bool kernel_fs_has_folder(int directory);

/* True for an absolute path in /proc, /sys or /dev, except /dev/shm, where shm_open(3) keeps
 * ordinary files. */
bool kernel_fs_has_path(struct slice path);

#endif
