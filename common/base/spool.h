/* SPDX-License-Identifier: MIT */
/* Bytes that are appended first and then read in any order. Up to a limit they stay in memory;
 * beyond it they go to a temporary file, which is mapped for reading. The kernel may drop pages of
 * the map at any time, so the process needs no more memory than the limit.
 *
 *     struct spool spool = {.folder = folder, .limit = limit};
 *     spool_append(&spool, bytes, size, &err);            any number of times
 *     spool_read(&data, &spool, &err);
 *     spool_release(&spool);
 *
 * Threads: one appends; any number may read the bytes of spool_read(). */
#ifndef QUERN_COMMON_BASE_SPOOL_H
#define QUERN_COMMON_BASE_SPOOL_H

#include "common/base/bytes.h"
#include "common/base/status.h"

struct spool {
    const char *folder;   /* where the file is made; borrowed */
    uint64_t limit;       /* bytes to keep in memory, about */
    struct buffer memory; /* the bytes that are not in the file yet */
    int file;             /* open if `file_size` is not 0 */
    uint64_t file_size;
    void *map; /* of the file; NULL: not mapped yet */
};

/* Appends `size` bytes, far fewer than the limit. ST_NOMEM; ST_EIO and ST_FULL of the file. */
enum status spool_append(struct spool *spool, const void *bytes, size_t size, struct error *err);
/* Sets *data to all bytes, valid until spool_release(). After the first call nothing may be
 * appended. ST_EIO, ST_FULL. */
enum status spool_read(const void **data, struct spool *spool, struct error *err);
void spool_release(struct spool *spool);

#endif
