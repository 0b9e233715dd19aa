/* SPDX-License-Identifier: MIT */
/* Opens a descriptor or a name for reading, but never a forbidden file. */
#include "indexer/source/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "common/base/number.h"

int stream_descriptor(const char *name) {
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(name, "-") == 0 || strcmp(name, "/dev/stdin") == 0)
        return STDIN_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t size = strlen(folders[i]);
        uint64_t number;
        if (strncmp(name, folders[i], size) == 0 &&
            number_parse_count(&number, name + size) == ST_OK && number <= INT_MAX)
            return (int)number;
    }
    return -1;
}

enum status stream_open(int *descriptor, const char *name, struct file_set forbidden,
                        struct error *err) {
    struct stat state;
    if (stat(name, &state) == 0 && file_set_has(forbidden, &state))
        return error_set(err, ST_SKIPPED, 0, "%s: part of the index", name);
    int given = stream_descriptor(name);
    int opened = given >= 0 ? fcntl(given, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                            : open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (opened < 0)
        return error_set(err, errno == ENOENT || errno == ENOTDIR ? ST_NOT_FOUND : ST_EIO, errno,
                         "%s: cannot open", name);
    /* A forbidden file stays open, for the reason in file.h. */
    if (fstat(opened, &state) == 0 && file_set_has(forbidden, &state))
        return error_set(err, ST_SKIPPED, 0, "%s: part of the index", name);
    *descriptor = opened;
    return ST_OK;
}
