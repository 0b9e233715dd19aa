/* SPDX-License-Identifier: MIT */
/* Walks through a folder, depth first, in an order that depends only on the names.
 *
 *     struct walk *walk;
 *     walk_open(&walk, "/srv/docs", &options, &err);
 *     while ((status = walk_next(&entry, walk, &err)) == ST_OK)
 *         if (entry.kind == WALK_FILE)
 *             add(&entry);
 *     walk_close(walk);
 *
 * A folder gives DIRECTORY_BEGIN; then its files and everything that is excluded, sorted by the
 * bytes of their names (FILE, SKIPPED, FAILED); then, sorted, a SUBDIRECTORY for each one that will
 * be entered; DIRECTORY_END; and then these subdirectories, one after the other. So a caller with
 * sorted records of each folder can merge them with the entries, and knows at DIRECTORY_END what
 * was deleted.
 *
 * A name that disappears in the meantime is ignored. Symbolic links are not followed, except `root`
 * itself with options.follow. Kernel file systems such as proc and sysfs are not entered. Only
 * folders and ignore files are opened, so that no FIFO blocks, no device reacts and no lock of LMDB
 * is lost (fcntl(2): closing any descriptor of a file drops all locks of the process on it). At
 * most WALK_OPEN_MAX folders are open at a time. A name that makes the path longer than
 * WALK_PATH_MAX is FAILED with ENAMETOOLONG.
 *
 * Threads: a walk belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_WALK_H
#define QUERN_INDEXER_SOURCE_WALK_H

#include <sys/stat.h>

#include "indexer/source/file.h"

enum {
    WALK_PATH_MAX = 4095, /* bytes; the longest path that open(2) takes */
    WALK_OPEN_MAX = 64,   /* descriptors */
};

enum walk_kind {
    WALK_DIRECTORY_BEGIN,
    WALK_FILE,
    WALK_SKIPPED,
    WALK_FAILED, /* this path and everything below it is unknown: keep what is remembered */
    WALK_SUBDIRECTORY,
    WALK_DIRECTORY_END,
};

enum walk_reason {
    WALK_NO_REASON,
    WALK_HIDDEN,             /* the name starts with a dot */
    WALK_VERSION_CONTROL,    /* .git, CVS and the like */
    WALK_IGNORED,            /* excluded by a .gitignore or .quernignore */
    WALK_EXCLUDED,           /* one of options.excluded */
    WALK_OTHER_FILE_SYSTEM,  /* a mount point, with one_file_system */
    WALK_KERNEL_FILE_SYSTEM, /* proc, sysfs and the like */
    WALK_SYMLINK,
    WALK_FIFO,
    WALK_SOCKET,
    WALK_DEVICE,
};

/* All zero is the default. */
struct walk_options {
    bool follow;              /* `root` may be a symbolic link */
    bool no_ignore;           /* ignore files have no effect */
    bool hidden;              /* include names that begin with a dot, except version control */
    bool one_file_system;     /* do not enter mount points */
    struct file_set excluded; /* files and folders never to be opened, nor anything in them */
};

/* Valid until the next walk_next(). DIRECTORY_BEGIN and _END describe the folder itself. */
struct walk_entry {
    enum walk_kind kind;
    enum walk_reason reason; /* of SKIPPED */
    int sys;                 /* of FAILED: errno, or 0 if rules_error is set */
    const char *rules_error; /* the ignore file of the folder that cannot be read, and why */
    const char *path;        /* the root's path, "/" and the path below it; any bytes except NUL */
    size_t path_size;
    const char *name; /* the last part of path */
    struct stat stat; /* of FILE and of DIRECTORY_BEGIN; lstat(2) */
    int directory;    /* of FILE: descriptor of its folder, for openat(2); borrowed */
};

struct walk;

/* Begins at the folder `root`; slashes at its end do not count. ST_NOT_FOUND; ST_EIO: it is no
 * folder, or it or its ignore files cannot be read; ST_SKIPPED: it is excluded, or in a kernel file
 * system; ST_LIMIT: the path is too long; ST_NOMEM. */
enum status walk_open(struct walk **out, const char *root, const struct walk_options *options,
                      struct error *err);
void walk_close(struct walk *walk);

/* The next entry. ST_END: there are no more. ST_NOMEM is the only failure, since what goes wrong
 * with files and folders is an entry. */
enum status walk_next(struct walk_entry *entry, struct walk *walk, struct error *err);

/* The reason in a word or two, such as "symbolic link"; static. */
const char *walk_reason_text(enum walk_reason reason);

#endif
