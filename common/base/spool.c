/* SPDX-License-Identifier: MIT */
/* Keeps bytes in memory, then in a temporary file. */
#include "common/base/spool.h"

#include <assert.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/temp_file.h"

/* Moves the bytes in memory to the file. */
static enum status spill_to_file(struct spool *spool, struct error *err) {
    enum status status =
        spool->file_size ? ST_OK : temp_file_open(&spool->file, spool->folder, err);
    if (status)
        return status;
    struct slice bytes = buffer_slice(&spool->memory);
    spool->file_size += bytes.size; /* also if writing fails: it says that the file is open */
    status = temp_file_write(spool->file, bytes, err);
    buffer_clear(&spool->memory);
    return status;
}

enum status spool_append(struct spool *spool, const void *bytes, size_t size, struct error *err) {
    assert(!spool->map);
    if (spool->memory.size && spool->memory.size + size > spool->limit) {
        enum status status = spill_to_file(spool, err);
        if (status)
            return status;
    }
    return buffer_append(&spool->memory, bytes, size) ? error_nomem(err) : ST_OK;
}

enum status spool_read(const void **data, struct spool *spool, struct error *err) {
    if (spool->file_size && !spool->map) {
        enum status status = spool->memory.size ? spill_to_file(spool, err) : ST_OK;
        if (status)
            return status;
        buffer_release(&spool->memory);
        void *map = mmap(NULL, spool->file_size, PROT_READ, MAP_SHARED, spool->file, 0);
        if (map == MAP_FAILED)
            return temp_file_fail(errno, "map", err);
        spool->map = map;
    }
    *data = spool->file_size ? spool->map : spool->memory.data;
    return ST_OK;
}

void spool_release(struct spool *spool) {
    if (spool->map)
        munmap(spool->map, spool->file_size);
    if (spool->file_size)
        close(spool->file);
    buffer_release(&spool->memory);
    *spool = (struct spool){0};
}
