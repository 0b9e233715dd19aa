/* A walk through a folder, depth first, in an order that depends on nothing but the names.
 *
 *     struct walk *walk;
 *     walk_open(&walk, "/srv/docs", &options, &err);
 *     while ((status = walk_next(&entry, walk, &err)) == ST_OK)
 *         if (entry.kind == WALK_FILE)
 *             add(&entry);
 *     walk_close(walk);
 *
 * For each folder: DIRECTORY_BEGIN; then, sorted by the bytes of their names, its files and
 * whatever in it was left out (FILE, SKIPPED, FAILED); then, sorted, the SUBDIRECTORYs that will be
 * entered; DIRECTORY_END; and then these, one after the other. So a caller with a sorted memory of
 * each folder can merge it with what is there now, and knows at DIRECTORY_END what is gone.
 *
 * A name that vanishes meanwhile is passed over. Symbolic links are not followed, but for `root`
 * itself if options.follow. File systems that the kernel makes up, such as proc and sysfs, are not
 * entered. Nothing is opened but folders and ignore files, so that no FIFO blocks, no device acts
 * and no lock of LMDB is lost (fcntl(2): closing any descriptor of a file drops all locks of the
 * process on it). At most WALK_OPEN_MAX folders are open at a time; a name that makes the path
 * longer than WALK_PATH_MAX is FAILED with ENAMETOOLONG.
 * Threads: a walk belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_WALK_H
#define QUERN_INDEXER_SOURCE_WALK_H

#include <sys/stat.h>

#include "indexer/source/file.h"

enum {
    WALK_PATH_MAX = 4095, /* bytes: the longest path that open(2) takes */
    WALK_OPEN_MAX = 64,   /* descriptors */
};

enum walk_kind {
    WALK_DIRECTORY_BEGIN,
    WALK_FILE,
    WALK_SKIPPED,
    WALK_FAILED, /* nothing is known of this path and of what is below it: keep what was known */
    WALK_SUBDIRECTORY,
    WALK_DIRECTORY_END,
};

enum walk_reason {
    WALK_NO_REASON,
    WALK_HIDDEN,             /* the name starts with a dot */
    WALK_VERSION_CONTROL,    /* .git, CVS and the like */
    WALK_IGNORED,            /* by a .gitignore or .quernignore */
    WALK_EXCLUDED,           /* one of options.excluded */
    WALK_OTHER_FILE_SYSTEM,  /* a mount point, under one_file_system */
    WALK_KERNEL_FILE_SYSTEM, /* a file system that the kernel makes up */
    WALK_SYMLINK,
    WALK_FIFO,
    WALK_SOCKET,
    WALK_DEVICE,
};

/* All zero is the default. */
struct walk_options {
    bool follow;              /* `root` may be a symbolic link */
    bool no_ignore;           /* what ignore_stack.h reads has no say */
    bool hidden;              /* take in names that start with a dot, but for version control */
    bool one_file_system;     /* do not enter mount points */
    struct file_set excluded; /* files and folders never to be opened, nor anything in these */
};

/* Valid until the next walk_next(). Of the folder itself in DIRECTORY_BEGIN and _END. */
struct walk_entry {
    enum walk_kind kind;
    enum walk_reason reason; /* of SKIPPED */
    int sys;                 /* of FAILED: errno, or 0 and */
    const char *rules_error; /* which ignore file of the folder cannot be read, and why */
    const char *path;        /* root, "/" and the way from there; any bytes but NUL */
    size_t path_size;
    const char *name; /* the last part of path */
    struct stat stat; /* of FILE and of DIRECTORY_BEGIN; lstat(2) */
    int directory;    /* descriptor of the folder that holds a FILE, for openat(2); not yours */
};

struct walk;

/* Starts at the folder `root`; slashes at its end do not count. ST_NOT_FOUND; ST_EIO: no folder, or
 * one that cannot be read, or whose ignore files cannot; ST_SKIPPED: excluded, or the kernel's;
 * ST_LIMIT: the path is too long; ST_NOMEM. */
enum status walk_open(struct walk **out, const char *root, const struct walk_options *options,
                      struct error *err);
void walk_close(struct walk *walk);

/* ST_END: all was seen. ST_NOMEM is the only failure; what goes wrong with the files is an entry.
 */
enum status walk_next(struct walk_entry *entry, struct walk *walk, struct error *err);

/* A reason in a word or two, such as "symbolic link"; static. */
const char *walk_reason_text(enum walk_reason reason);

#endif
