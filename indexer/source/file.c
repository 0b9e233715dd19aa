/* SPDX-License-Identifier: MIT */
/* Opens, checks and reads a file that may change at any time. */
#include "indexer/source/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "indexer/source/charset.h"

bool file_set_has(struct file_set set, const struct stat *stat) {
    for (size_t i = 0; i < set.count; i++)
        if (set.items[i].inode == stat->st_ino && set.items[i].device == stat->st_dev)
            return true;
    return false;
}

bool file_unchanged(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Fills file->state and checks whether the file may be read. */
static enum status check_state(struct file *file, const struct file_request *request,
                               struct error *err) {
    struct stat *state = &file->state;
    if (fstat(file->descriptor, state))
        return error_set(err, ST_EIO, errno, "%s: cannot stat", file->path);
    if (!S_ISREG(state->st_mode))
        return error_set(err, ST_SKIPPED, 0, "%s: not a regular file", file->path);
    const struct stat *seen = request->seen;
    if (seen && (seen->st_dev != state->st_dev || seen->st_ino != state->st_ino))
        return error_set(err, ST_SKIPPED, 0, "%s: replaced by another file while scanning",
                         file->path);
    if ((uint64_t)state->st_size > request->max_size)
        return error_set(err, ST_SKIPPED, 0, "%s: %llu bytes, more than the limit of %llu",
                         file->path, (unsigned long long)state->st_size,
                         (unsigned long long)request->max_size);
    return ST_OK;
}

enum status file_open(struct file *file, const struct file_request *request, struct error *err) {
    int descriptor = openat(request->directory, request->name,
                            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return error_set(err, ST_NOT_FOUND, errno, "%s", request->path);
        if (errno == ELOOP || errno == ENXIO) /* a link; a socket */
            return error_set(err, ST_SKIPPED, 0, "%s: not a regular file", request->path);
        return error_set(err, ST_EIO, errno, "%s: cannot open", request->path);
    }
    *file = (struct file){.descriptor = descriptor, .path = request->path};
    enum status status = check_state(file, request, err);
    if (file_set_has(request->forbidden, &file->state)) /* for whatever reason it is refused */
        return error_set(err, ST_SKIPPED, 0, "%s: part of the index", request->path);
    if (status)
        file_close(file);
    return status;
}

void file_close(struct file *file) {
    close(file->descriptor);
}

enum status file_read_next(struct buffer *out, struct file *file, size_t size, struct error *err) {
    if (buffer_reserve(out, size))
        return error_nomem(err);
    for (size_t left = size; left > 0;) {
        ssize_t got = read(file->descriptor, out->data + out->size, left);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(err, ST_EIO, errno, "%s: cannot read", file->path);
        out->size += (size_t)got;
        file->offset += (uint64_t)got;
        left -= (size_t)got;
    }
    return ST_OK;
}

enum status file_read_head(struct buffer *out, struct file *file, struct error *err) {
    enum status status = file_read_next(out, file, CHARSET_PROBE_SIZE, err);
    if (!status && charset_is_binary(buffer_slice(out)))
        status = error_set(err, ST_SKIPPED, 0, "%s: binary", file->path);
    return status;
}

enum status file_rewind(struct file *file, struct error *err) {
    if (file->offset > 0 && lseek(file->descriptor, 0, SEEK_SET) < 0)
        return error_set(err, ST_EIO, errno, "%s: cannot seek", file->path);
    file->offset = 0;
    return ST_OK;
}

/* Tries once. ST_BUSY: the file changed meanwhile. */
static enum status read_once(struct buffer *out, struct stat *now, struct file *file,
                             struct error *err) {
    /* One byte more than expected, to notice a file that grows. */
    uint64_t size = (uint64_t)file->state.st_size;
    buffer_clear(out);
    if (size >= SIZE_MAX || buffer_reserve(out, (size_t)size + 1))
        return error_nomem(err);
    enum status status = file_read_head(out, file, err);
    if (!status && out->size <= size)
        status = file_read_next(out, file, (size_t)size + 1 - out->size, err);
    if (status)
        return status;
    if (fstat(file->descriptor, now))
        return error_set(err, ST_EIO, errno, "%s: cannot stat", file->path);
    return out->size == size && file_unchanged(&file->state, now) ? ST_OK : ST_BUSY;
}

enum status file_read(struct buffer *out, struct stat *now, const struct file_request *request,
                      struct error *err) {
    struct file file;
    struct stat ignored;
    enum status status = file_open(&file, request, err);
    if (status)
        return status;
    status = read_once(out, now ? now : &ignored, &file, err);
    if (status == ST_BUSY) {
        status = check_state(&file, request, err);
        if (!status)
            status = file_rewind(&file, err);
        if (!status)
            status = read_once(out, now ? now : &ignored, &file, err);
    }
    if (status == ST_BUSY)
        status = error_set(err, ST_SKIPPED, 0, "%s: changed while being read", file.path);
    file_close(&file);
    return status;
}
