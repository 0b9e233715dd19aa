/* SPDX-License-Identifier: MIT */
/* Reads one regular file, as a whole or in pieces, whatever happens to it in the meantime.
 *
 * The file is opened without following a link and without waiting for a FIFO or a device. It is
 * read with read(2), so that truncating it meanwhile gives an error message and not a SIGBUS. No
 * state: any number of threads at a time. */
#ifndef QUERN_INDEXER_SOURCE_FILE_H
#define QUERN_INDEXER_SOURCE_FILE_H

#include <sys/stat.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* A file or folder as identified by stat(2), whatever its name. */
struct file_identity {
    dev_t device;
    ino_t inode;
};

/* Files and folders that must not be opened, such as those of the index. Borrowed. */
struct file_set {
    const struct file_identity *items;
    size_t count;
};

bool file_set_has(struct file_set set, const struct stat *stat);

enum { FILE_DEFAULT_MAX_SIZE = 64 * 1024 * 1024 }; /* the default max_size, in bytes */

struct file_request {
    int directory;           /* descriptor that `name` is relative to, or AT_FDCWD */
    const char *name;        /* the file to open */
    const char *path;        /* its name in messages */
    uint64_t max_size;       /* bytes; a larger file is not read */
    const struct stat *seen; /* its lstat(2) when it was found, or NULL */
    /* These files are skipped. If the name leads to one of them only by the time it is opened, the
     * descriptor stays open until the process ends: closing any descriptor of LMDB's lock file
     * drops the locks that this process holds on it (fcntl(2), advisory record locks). */
    struct file_set forbidden;
};

/* Clears *out, reads the file into it, and fills *now (may be NULL) with the fstat(2) of exactly
 * these bytes: the times and the size to remember, which may be newer than `seen`.
 *
 * ST_SKIPPED: not a regular file, a forbidden one, not the one seen, larger than max_size, binary
 * (charset_is_binary), or changed twice while it was read. ST_NOT_FOUND: it does not exist. ST_EIO:
 * a system call failed, for instance for lack of permission. ST_NOMEM. After a failure the content
 * of *out is unspecified. */
enum status file_read(struct buffer *out, struct stat *now, const struct file_request *request,
                      struct error *err);

/* A file that is open for reading in pieces. */
struct file {
    int descriptor;
    const char *path;  /* borrowed from the request */
    struct stat state; /* its fstat(2) when it was opened */
    uint64_t offset;   /* of the next piece */
};

/* Opens the file. The failures are those of file_read() that do not depend on its bytes. Only a
 * file that was opened must be closed. */
enum status file_open(struct file *file, const struct file_request *request, struct error *err);
void file_close(struct file *file);

/* Appends the first CHARSET_PROBE_SIZE bytes, or all if there are fewer. ST_SKIPPED: they are
 * binary. ST_EIO, ST_NOMEM. */
enum status file_read_head(struct buffer *out, struct file *file, struct error *err);

/* Appends the next `size` bytes; fewer only at the end of the file. ST_EIO, ST_NOMEM. */
enum status file_read_next(struct buffer *out, struct file *file, size_t size, struct error *err);

/* Continues with the first byte. ST_EIO. */
enum status file_rewind(struct file *file, struct error *err);

/* True when both are the same state of the same file: device, inode, size, and both times to the
 * nanosecond. */
bool file_unchanged(const struct stat *a, const struct stat *b);

#endif
