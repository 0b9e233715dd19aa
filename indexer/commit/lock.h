/* SPDX-License-Identifier: MIT */
/* The lock that makes a process the only writer of an index.
 *
 * It is a flock() on a file that only quern opens, so a crash does not leave it locked. (Only LMDB
 * may open its own lock file.) */
#ifndef QUERN_INDEXER_COMMIT_LOCK_H
#define QUERN_INDEXER_COMMIT_LOCK_H

#include "common/base/status.h"

/* Locks index/lock, creating the file if necessary; lock_release(*fd) releases it. ST_BUSY: another
 * process holds it; the message says which one and for how long. ST_EIO: the file cannot be opened.
 * After a failure *fd is -1, which lock_release() accepts. */
enum status lock_acquire(int *fd, const char *index, struct error *err);
void lock_release(int fd);

#endif
