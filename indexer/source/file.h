/* One regular file, read whole or piece by piece, whatever else happens to it meanwhile.
 *
 * The file is opened without following a link and without waiting for a FIFO or a device, and it is
 * read with read(2), so that a file cut short under our eyes is a message and not a SIGBUS. No
 * state: any number of threads at a time. */
#ifndef QUERN_INDEXER_SOURCE_FILE_H
#define QUERN_INDEXER_SOURCE_FILE_H

#include <sys/stat.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* A file or folder as stat(2) knows it, under any of its names. */
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

enum { FILE_DEFAULT_MAX_SIZE = 64 * 1024 * 1024 }; /* a good max_size, in bytes */

struct file_request {
    int directory;           /* descriptor that `name` is relative to, or AT_FDCWD */
    const char *name;        /* what to open */
    const char *path;        /* what messages call it */
    uint64_t max_size;       /* bytes; a larger file is not read at all */
    const struct stat *seen; /* what stat(2) said when the file was found, or NULL */
    /* Skipped. Where the name leads to one of them only by the time it is opened, the descriptor
     * stays open until the process ends: closing any descriptor of LMDB's lock file would drop the
     * locks that this process holds on it (fcntl(2), on advisory record locks). */
    struct file_set forbidden;
};

/* Clears *out, reads the file into it, and fills *now (may be NULL) with what fstat(2) said of
 * exactly these bytes: the times and the size to remember, which may be newer than `seen`.
 *
 * ST_SKIPPED: no regular file, a forbidden one, another file than the one seen, larger than
 * max_size, binary (charset_is_binary), or changed twice while being read. ST_NOT_FOUND: gone.
 * ST_EIO: a system call failed, as for lack of permission; its errno is in error.sys. ST_NOMEM. On
 * failure *out holds nothing of use. */
enum status file_read(struct buffer *out, struct stat *now, const struct file_request *request,
                      struct error *err);

/* A file that is open to be read in pieces. */
struct file {
    int descriptor;
    const char *path;  /* borrowed from the request */
    struct stat state; /* what fstat(2) said when it was opened */
    uint64_t offset;   /* where the next piece begins */
};

/* Opens the file under the same conditions, but for those on its bytes, and with the same failures
 * as file_read(). Only then is it to be closed. */
enum status file_open(struct file *file, const struct file_request *request, struct error *err);
void file_close(struct file *file);

/* Appends the first bytes, CHARSET_PROBE_SIZE of them or all there are. ST_SKIPPED: binary. ST_EIO,
 * ST_NOMEM. */
enum status file_read_head(struct file *file, struct buffer *out, struct error *err);

/* Appends the next `size` bytes; fewer only when the file ends. ST_EIO, ST_NOMEM. */
enum status file_read_next(struct file *file, struct buffer *out, size_t size, struct error *err);

/* The next piece is the first again. ST_EIO. */
enum status file_rewind(struct file *file, struct error *err);

/* True when two stats describe the same state of the same file: device, inode, size, and both times
 * to the nanosecond. */
bool file_unchanged(const struct stat *a, const struct stat *b);

#endif
