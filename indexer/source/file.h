/* One regular file, read whole, whatever else happens to it meanwhile.
 *
 * The file is opened without following a link and without waiting for a FIFO or a device, and it is
 * read with read(2), so that a file cut short under our eyes is a message and not a SIGBUS. No
 * state: any number of threads at a time. */
#ifndef QUERN_INDEXER_SOURCE_FILE_H
#define QUERN_INDEXER_SOURCE_FILE_H

#include <sys/stat.h>

#include "common/bytes.h"
#include "common/status.h"

enum { FILE_MAX_SIZE = 64 * 1024 * 1024 }; /* a good max_size, in bytes */

struct file_request {
    int directory;           /* descriptor that `name` is relative to, or AT_FDCWD */
    const char *name;        /* what to open */
    const char *path;        /* what messages call it */
    uint64_t max_size;       /* bytes; a larger file is not read at all */
    const struct stat *seen; /* what lstat(2) said when the file was found, or NULL */
};

/* Clears *out, reads the file into it, and fills *now (may be NULL) with what fstat(2) said of
 * exactly these bytes: the times and the size to remember, which may be newer than `seen`.
 *
 * ST_SKIPPED: no regular file, another file than the one seen, larger than max_size, binary
 * (charset_is_binary), or changed twice while being read. ST_NOT_FOUND: gone. ST_EIO: a system call
 * failed, as for lack of permission; error.sys tells. ST_NOMEM. On failure *out holds nothing of
 * use. */
enum status file_read(struct buffer *out, struct stat *now, const struct file_request *request,
                      struct error *err);

/* True when two stats describe the same state of the same file: device, inode, size, and both times
 * to the nanosecond. */
bool file_unchanged(const struct stat *a, const struct stat *b);

#endif
