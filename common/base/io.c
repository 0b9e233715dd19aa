/* SPDX-License-Identifier: MIT */
/* Joins paths, writes whole buffers and syncs folders. */
#include "common/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum status io_join(char path[PATH_MAX], const char *folder, const char *name, struct error *err) {
    int length = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    if (length < 0 || length >= PATH_MAX)
        return error_set(err, ST_INVALID, 0, "%.200s...: the path is too long", folder);
    return ST_OK;
}

enum status io_write(int fd, struct slice bytes) {
    while (bytes.size > 0) {
        ssize_t written = write(fd, bytes.data, bytes.size);
        if (written < 0 && errno != EINTR)
            return status_from_errno(errno);
        if (written > 0)
            bytes = slice_of(bytes.data + written, bytes.size - (size_t)written);
    }
    return ST_OK;
}

enum status io_sync_folder(const char *path, struct error *err) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return failed ? error_set(err, status_from_errno(failed), failed, "%s: cannot sync", path)
                  : ST_OK;
}
