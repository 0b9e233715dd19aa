/* SPDX-License-Identifier: MIT */
/* Locks an index for writing, and says who holds the lock. */
#include "indexer/commit/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "common/base/io.h"

/* The holder writes "PID START" into the file, for the message to processes that are kept out. */
static enum status busy(int fd, const char *index, struct error *err) {
    char text[64] = "";
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    text[size > 0 ? size : 0] = '\0';
    long pid, start;
    if (sscanf(text, "%ld %ld", &pid, &start) != 2)
        return error_set(err, ST_BUSY, 0, "%s: index busy; nothing done", index);
    long seconds = (long)time(NULL) - start;
    if (seconds < 0)
        seconds = 0;
    return error_set(err, ST_BUSY, 0,
                     "%s: index busy: pid %ld, running %02ld:%02ld:%02ld; nothing done", index, pid,
                     seconds / 3600, seconds / 60 % 60, seconds % 60);
}

enum status lock_acquire(int *fd, const char *index, struct error *err) {
    char path[PATH_MAX];
    *fd = -1;
    enum status joined = io_join(path, index, "lock", err);
    if (joined)
        return joined;
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return error_set(err, ST_EIO, errno, "open %s", path);
    if (flock(*fd, LOCK_EX | LOCK_NB)) {
        int sys = errno;
        enum status status = sys == EWOULDBLOCK ? busy(*fd, index, err)
                                                : error_set(err, ST_EIO, sys, "lock %s", path);
        close(*fd);
        *fd = -1;
        return status;
    }
    char text[64];
    int length = snprintf(text, sizeof text, "%ld %ld\n", (long)getpid(), (long)time(NULL));
    /* This is only for a message: a full disk shows elsewhere. The file is cut to its length
     * afterwards, because a file that was cut to nothing gets new blocks, which ext4 writes out
     * when it is closed. */
    if (pwrite(*fd, text, (size_t)length, 0) < 0 || ftruncate(*fd, length))
        errno = 0;
    return ST_OK;
}

void lock_release(int fd) {
    if (fd >= 0)
        close(fd);
}
