/* SPDX-License-Identifier: MIT */
/* A library to preload that makes one call that changes a file fail, or ends the process before it.
 *
 *     FAULTS=eio:7 LD_PRELOAD=./libfaults.so quern-index ...
 *
 * makes the seventh call fail. The kinds of failure are eio and enospc (the call does nothing and
 * returns this error), short (a write writes half; any other call fails with EIO) and exit (the
 * process ends before the call). Writes to descriptors above 2, syncs, truncations, renames, new
 * folders and files opened for writing are counted. FAULTS_LOG=FILE lists these calls and their
 * files, a line for each.
 *
 * FAULTS_NAMES=1 makes unnamed files (O_TMPFILE) fail as on file systems without them.
 *
 * Without these variables the library changes nothing. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { EXIT_CODE = 99 };

enum fault { FAULT_NONE, FAULT_EIO, FAULT_ENOSPC, FAULT_SHORT, FAULT_EXIT };

static const char *const names[] = {"none", "eio", "enospc", "short", "exit"};

static enum fault kind;
static unsigned long failing_call;
static atomic_ulong calls;
static int trace = -1;
static int no_tmpfile;

/* The function of the C library. */
#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void faults_read(void) {
    const char *path = getenv("FAULTS_LOG"), *fault = getenv("FAULTS");
    if (path)
        trace = REAL(open)(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    no_tmpfile = getenv("FAULTS_NAMES") != NULL;
    const char *colon = fault ? strchr(fault, ':') : NULL;
    if (!colon)
        return;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == (size_t)(colon - fault) &&
            strncmp(names[i], fault, strlen(names[i])) == 0)
            kind = (enum fault)i;
    failing_call = strtoul(colon + 1, NULL, 10);
}

/* Counts and logs a call; returns how it is to fail. */
static enum fault next_fault(const char *name, const char *path) {
    if (trace >= 0) {
        char line[300];
        const char *slash = strrchr(path, '/');
        int size = snprintf(line, sizeof line, "%s %.255s\n", name, slash ? slash + 1 : path);
        if (REAL(write)(trace, line, (size_t)size) != size)
            _exit(EXIT_CODE);
    }
    if (atomic_fetch_add(&calls, 1) + 1 != failing_call)
        return FAULT_NONE;
    if (kind == FAULT_EXIT)
        _exit(EXIT_CODE);
    return kind;
}

static int fail(enum fault fault) {
    errno = fault == FAULT_ENOSPC ? ENOSPC : EIO;
    return -1;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    enum fault fault = fd > STDERR_FILENO ? next_fault("write", "") : FAULT_NONE;
    if (fault == FAULT_SHORT)
        size /= 2;
    else if (fault)
        return fail(fault);
    return REAL(write)(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    enum fault fault = next_fault("pwrite", "");
    if (fault == FAULT_SHORT)
        size /= 2;
    else if (fault)
        return fail(fault);
    return REAL(pwrite)(fd, bytes, size, at);
}

/* A short write takes the first half of the pieces, or half of the only one. */
ssize_t writev(int fd, const struct iovec *pieces, int count) {
    enum fault fault = fd > STDERR_FILENO ? next_fault("writev", "") : FAULT_NONE;
    struct iovec half = {pieces[0].iov_base, pieces[0].iov_len / 2};
    if (fault == FAULT_SHORT)
        return REAL(writev)(fd, count > 1 ? pieces : &half, (count + 1) / 2);
    if (fault)
        return fail(fault);
    return REAL(writev)(fd, pieces, count);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at) {
    enum fault fault = next_fault("pwritev", "");
    struct iovec half = {pieces[0].iov_base, pieces[0].iov_len / 2};
    if (fault == FAULT_SHORT)
        return REAL(pwritev)(fd, count > 1 ? pieces : &half, (count + 1) / 2, at);
    if (fault)
        return fail(fault);
    return REAL(pwritev)(fd, pieces, count, at);
}

int fsync(int fd) {
    enum fault fault = next_fault("fsync", "");
    return fault ? fail(fault) : REAL(fsync)(fd);
}

int fdatasync(int fd) {
    enum fault fault = next_fault("fdatasync", "");
    return fault ? fail(fault) : REAL(fdatasync)(fd);
}

int ftruncate(int fd, off_t size) {
    enum fault fault = next_fault("ftruncate", "");
    return fault ? fail(fault) : REAL(ftruncate)(fd, size);
}

int rename(const char *from, const char *to) {
    enum fault fault = next_fault("rename", to);
    return fault ? fail(fault) : REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode) {
    enum fault fault = next_fault("mkdir", path);
    return fault ? fail(fault) : REAL(mkdir)(path, mode);
}

static mode_t mode_of(int flags, va_list list) {
    return flags & O_CREAT ? va_arg(list, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = mode_of(flags, list);
    va_end(list);
    enum fault fault = (flags & O_ACCMODE) != O_RDONLY ? next_fault("open", path) : FAULT_NONE;
    if (no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return fault ? fail(fault) : REAL(open)(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = mode_of(flags, list);
    va_end(list);
    enum fault fault = (flags & O_ACCMODE) != O_RDONLY ? next_fault("openat", path) : FAULT_NONE;
    return fault ? fail(fault) : REAL(openat)(folder, path, flags, mode);
}
