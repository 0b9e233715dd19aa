/* One writer an index: flock() on a file of our own, which no crash leaves locked and which nothing
 * but quern opens. (LMDB's lock file must not be opened by anybody but LMDB.) */
#ifndef QUERN_INDEXER_COMMIT_LOCK_H
#define QUERN_INDEXER_COMMIT_LOCK_H

#include "common/base/status.h"

/* Locks index/lock, making the file when it is not there; *fd holds the lock until lock_release().
 * ST_BUSY: another process has it; the message says which and since when. *fd is -1 then, as after
 * any failure; lock_release() takes that. */
enum status lock_acquire(int *fd, const char *index, struct error *err);
void lock_release(int fd);

#endif
