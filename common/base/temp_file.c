/* SPDX-License-Identifier: MIT */
/* Opens and writes files without a name. */
#include "common/base/temp_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/io.h"

enum status temp_file_fail(int sys, const char *what, struct error *err) {
    return error_set(err, status_from_errno(sys), sys, "%s a temporary file in the index", what);
}

/* For file systems that cannot make a file without a name: the name is removed at once. */
static int open_and_unlink(const char *folder) {
    char path[PATH_MAX];
    if (io_join(path, folder, "quern-XXXXXX", NULL)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int file = mkostemp(path, O_CLOEXEC);
    if (file >= 0)
        unlink(path);
    return file;
}

enum status temp_file_open(int *file, const char *folder, struct error *err) {
    *file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    /* The file system does not support it, or the kernel does not know it and sees O_DIRECTORY. */
    if (*file < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
        *file = open_and_unlink(folder);
    return *file < 0 ? temp_file_fail(errno, "make", err) : ST_OK;
}

enum status temp_file_write(int file, struct slice bytes, struct error *err) {
    return io_write(file, bytes) ? temp_file_fail(errno, "write", err) : ST_OK;
}
