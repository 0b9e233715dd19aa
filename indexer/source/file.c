#include "indexer/source/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "indexer/source/charset.h"

bool file_unchanged(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Reads until `size` bytes are there or the file ends. */
static enum status read_up_to(struct buffer *out, int file, size_t size,
                              const struct file_request *request, struct error *err) {
    while (out->size < size) {
        ssize_t got = read(file, out->data + out->size, size - out->size);
        if (got == 0)
            break;
        if (got > 0)
            out->size += (size_t)got;
        else if (errno != EINTR)
            return error_set(err, ST_EIO, errno, "%s: cannot read", request->path);
    }
    return ST_OK;
}

/* One attempt. ST_BUSY: the file changed meanwhile. */
static enum status read_once(struct buffer *out, struct stat *now, int file,
                             const struct file_request *request, struct error *err) {
    struct stat before;
    if (fstat(file, &before))
        return error_set(err, ST_EIO, errno, "%s: cannot stat", request->path);
    if (!S_ISREG(before.st_mode))
        return error_set(err, ST_SKIPPED, 0, "%s: not a regular file", request->path);
    const struct stat *seen = request->seen;
    if (seen && (seen->st_dev != before.st_dev || seen->st_ino != before.st_ino))
        return error_set(err, ST_SKIPPED, 0, "%s: replaced by another file while scanning",
                         request->path);
    uint64_t size = (uint64_t)before.st_size;
    if (size > request->max_size)
        return error_set(err, ST_SKIPPED, 0, "%s: %llu bytes, more than the limit of %llu",
                         request->path, (unsigned long long)size,
                         (unsigned long long)request->max_size);

    /* One byte more than there should be, to see a file that grows. */
    buffer_clear(out);
    if (size >= SIZE_MAX || buffer_reserve(out, (size_t)size + 1))
        return error_nomem(err);
    enum status status;
    size_t probe = size < CHARSET_PROBE ? (size_t)size + 1 : CHARSET_PROBE;
    if ((status = read_up_to(out, file, probe, request, err)))
        return status;
    if (charset_is_binary(buffer_slice(out)))
        return error_set(err, ST_SKIPPED, 0, "%s: binary", request->path);
    if ((status = read_up_to(out, file, (size_t)size + 1, request, err)))
        return status;
    if (fstat(file, now))
        return error_set(err, ST_EIO, errno, "%s: cannot stat", request->path);
    return out->size == size && file_unchanged(&before, now) ? ST_OK : ST_BUSY;
}

enum status file_read(struct buffer *out, struct stat *now, const struct file_request *request,
                      struct error *err) {
    struct stat ignored;
    int file = openat(request->directory, request->name,
                      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return error_set(err, ST_NOT_FOUND, errno, "%s", request->path);
        if (errno == ELOOP || errno == ENXIO) /* a link; a socket */
            return error_set(err, ST_SKIPPED, 0, "%s: not a regular file", request->path);
        return error_set(err, ST_EIO, errno, "%s: cannot open", request->path);
    }
    enum status status = ST_BUSY;
    for (int attempt = 0; attempt < 2 && status == ST_BUSY; attempt++) {
        if (lseek(file, 0, SEEK_SET) < 0 && errno != ESPIPE) {
            status = error_set(err, ST_EIO, errno, "%s: cannot seek", request->path);
            break;
        }
        status = read_once(out, now ? now : &ignored, file, request, err);
    }
    if (status == ST_BUSY)
        status = error_set(err, ST_SKIPPED, 0, "%s: changed while being read", request->path);
    close(file);
    return status;
}
