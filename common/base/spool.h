/* Bytes that are appended first and read in any order afterwards: in memory up to a limit, beyond
 * it in a temporary file, which is mapped for reading. A page of the map is the page cache's and
 * can be dropped at any time, so only the limit is claimed from the process's memory.
 *
 *     struct spool spool = {.folder = folder, .limit = limit};
 *     spool_append(&spool, bytes, size, &err);            as often as needed
 *     spool_read(&data, &spool, &err);
 *     spool_release(&spool);
 *
 * Threads: one appends; any number may read what spool_read() returned. */
#ifndef QUERN_COMMON_BASE_SPOOL_H
#define QUERN_COMMON_BASE_SPOOL_H

#include "common/base/bytes.h"
#include "common/base/status.h"

struct spool {
    const char *folder;   /* where the file is made; borrowed */
    uint64_t limit;       /* bytes to hold in memory, about */
    struct buffer memory; /* all that was appended, or what the file does not have yet */
    int file;             /* open when `file_size` is not 0 */
    uint64_t file_size;   /* bytes in the file */
    void *map;            /* of the file; NULL: not read yet */
};

/* Appends `size` bytes, which is much less than the limit. */
enum status spool_append(struct spool *spool, const void *bytes, size_t size, struct error *err);
/* Sets *data to all that was appended, valid until spool_release(). Nothing more is appended. */
enum status spool_read(const void **data, struct spool *spool, struct error *err);
void spool_release(struct spool *spool);

#endif
