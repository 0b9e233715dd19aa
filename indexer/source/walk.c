/* SPDX-License-Identifier: MIT */
/* A walk keeps one level for each folder between the root and the current one. */
#include "indexer/source/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/array.h"
#include "indexer/source/ignore_stack.h"
#include "indexer/source/kernel_fs.h"

static const char *const version_control[] = {".git", ".hg",    ".svn", ".bzr",
                                              ".jj",  "_darcs", "CVS",  ".pijul"};

enum phase { PHASE_BEGIN, PHASE_NAMES, PHASE_SUBDIRECTORIES, PHASE_DESCENT };

/* A folder between the root and the current one. */
struct level {
    enum phase phase;
    DIR *directory;   /* NULL while it is closed in favour of deeper ones */
    int reopen_error; /* errno, if it could not be opened again */
    struct stat stat;
    size_t path_size;
    struct buffer storage; /* the names, each with its NUL */
    const char **names;    /* sorted; once visited, [0, subdirectories) are those to enter */
    size_t count, next, subdirectories;
};

struct walk {
    struct walk_options options;
    dev_t device; /* of the root */
    struct buffer path;
    struct level *levels;
    size_t depth, capacity;
    struct ignore_stack *ignores; /* a layer for each level; NULL with options.no_ignore */
    struct error rules_error;     /* of the last ignore file that could not be read */
};

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Compares the first byte first, by which nearly all names differ from all special ones. */
static inline bool is_name(const char *name, const char *special) {
    return *name == *special && strcmp(name, special) == 0;
}

/* Sets walk->path to the path of `name` in a folder, or, without a name, of the folder itself. */
static enum status set_path(struct walk *walk, const struct level *level, const char *name) {
    walk->path.size = level->path_size;
    enum status status = ST_OK;
    if (name && walk->path.data[level->path_size - 1] != '/')
        status = buffer_append_byte(&walk->path, '/');
    if (!status && name)
        status = buffer_append(&walk->path, name, strlen(name));
    if (!status)
        status = buffer_append_byte(&walk->path, '\0');
    walk->path.size -= !status; /* the NUL is not part of the size */
    return status;
}

static void level_release(struct level *level) {
    if (level->directory)
        closedir(level->directory);
    buffer_release(&level->storage);
    free(level->names);
}

/* Fills level->names, and *names with those that ignore rules depend on. ST_EIO with errno. */
static enum status read_names(struct level *level, struct ignore_names *names) {
    const struct dirent *entry;
    errno = 0;
    for (; (entry = readdir(level->directory)); errno = 0) {
        const char *name = entry->d_name;
        if (is_name(name, ".") || is_name(name, ".."))
            continue;
        ignore_names_add(names, name);
        if (buffer_append(&level->storage, name, strlen(name) + 1))
            return ST_NOMEM;
        level->count++;
    }
    if (errno)
        return ST_EIO;
    level->names = calloc(level->count + 1, sizeof *level->names);
    if (!level->names)
        return ST_NOMEM;
    const char *at = (const char *)level->storage.data;
    for (size_t i = 0; i < level->count; i++, at += strlen(at) + 1)
        level->names[i] = at;
    qsort(level->names, level->count, sizeof *level->names, compare_names);
    return ST_OK;
}

/* The reason not to enter a folder that is open. */
static enum walk_reason reason_of_folder(const struct walk *walk, int directory,
                                         const struct stat *stat) {
    if (file_set_has(walk->options.excluded, stat))
        return WALK_EXCLUDED;
    bool mounted = walk->depth == 0 || walk->levels[walk->depth - 1].stat.st_dev != stat->st_dev;
    return mounted && kernel_fs_has_folder(directory) ? WALK_KERNEL_FILE_SYSTEM : WALK_NO_REASON;
}

/* Enters the folder at walk->path. ST_EIO with errno; ST_SKIPPED: *reason says why; ST_INVALID:
 * walk->rules_error does. */
static enum status push(enum walk_reason *reason, struct walk *walk, int parent, const char *name,
                        int flags) {
    struct level *levels =
        array_reserve(walk->levels, &walk->capacity, walk->depth + 1, sizeof *levels);
    if (!levels)
        return ST_NOMEM;
    walk->levels = levels;
    int descriptor =
        openat(parent, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags);
    if (descriptor < 0)
        return ST_EIO;
    struct level level = {.path_size = walk->path.size};
    struct ignore_names names = {0};
    enum status status = fstat(descriptor, &level.stat) ? ST_EIO : ST_OK;
    if (!status && (*reason = reason_of_folder(walk, descriptor, &level.stat)))
        status = ST_SKIPPED;
    if (!status && !(level.directory = fdopendir(descriptor)))
        status = ST_EIO;
    if (!status)
        status = read_names(&level, &names);
    if (!status && walk->ignores)
        status = ignore_stack_push(walk->ignores, descriptor, level.path_size, names,
                                   &walk->rules_error);
    if (status) {
        int cause = errno;
        if (!level.directory)
            close(descriptor);
        level_release(&level);
        errno = cause;
        return status;
    }
    if (walk->depth == 0)
        walk->device = level.stat.st_dev;
    walk->levels[walk->depth++] = level;
    if (walk->depth > WALK_OPEN_MAX) {
        struct level *distant = &walk->levels[walk->depth - WALK_OPEN_MAX - 1];
        if (distant->directory)
            closedir(distant->directory);
        distant->directory = NULL;
    }
    return ST_OK;
}

/* Opens the parent of an open folder again; 0, or errno. Either may have been moved. */
static int reopen(struct level *level, DIR *child) {
    int descriptor = openat(dirfd(child), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return errno;
    struct stat stat;
    int reason = 0;
    if (fstat(descriptor, &stat))
        reason = errno;
    else if (stat.st_dev != level->stat.st_dev || stat.st_ino != level->stat.st_ino)
        reason = ESTALE;
    else if (!(level->directory = fdopendir(descriptor)))
        reason = errno;
    if (reason)
        close(descriptor);
    return reason;
}

static void pop(struct walk *walk) {
    struct level *level = &walk->levels[--walk->depth];
    if (walk->depth > 0) {
        struct level *parent = level - 1;
        if (!parent->directory && !parent->reopen_error)
            parent->reopen_error = level->directory ? reopen(parent, level->directory) : ESTALE;
    }
    if (walk->ignores)
        ignore_stack_pop(walk->ignores);
    level_release(level);
}

static enum walk_reason reason_of_name(const struct walk *walk, const char *name) {
    for (size_t i = 0; i < sizeof version_control / sizeof *version_control; i++)
        if (is_name(name, version_control[i]))
            return WALK_VERSION_CONTROL;
    return *name == '.' && !walk->options.hidden ? WALK_HIDDEN : WALK_NO_REASON;
}

static enum walk_reason reason_of_stat(const struct walk *walk, const struct stat *stat) {
    switch (stat->st_mode & S_IFMT) {
    case S_IFREG:
        return WALK_NO_REASON;
    case S_IFDIR:
        if (file_set_has(walk->options.excluded, stat))
            return WALK_EXCLUDED;
        return walk->options.one_file_system && stat->st_dev != walk->device
                   ? WALK_OTHER_FILE_SYSTEM
                   : WALK_NO_REASON;
    case S_IFLNK:
        return WALK_SYMLINK;
    case S_IFIFO:
        return WALK_FIFO;
    case S_IFSOCK:
        return WALK_SOCKET;
    default:
        return WALK_DEVICE;
    }
}

static enum status emit(struct walk_entry *entry, struct walk *walk, enum walk_kind kind) {
    entry->kind = kind;
    entry->path = (const char *)walk->path.data;
    entry->path_size = walk->path.size;
    const char *slash = strrchr(entry->path, '/');
    entry->name = slash ? slash + 1 : entry->path;
    return ST_OK;
}

static enum status emit_failed(struct walk_entry *entry, struct walk *walk, int reason) {
    entry->sys = reason;
    return emit(entry, walk, WALK_FAILED);
}

/* Visits one name. ST_END: it gives no entry now. */
static enum status visit_name(struct walk_entry *entry, struct walk *walk, struct level *level,
                              const char *name) {
    if (set_path(walk, level, name))
        return ST_NOMEM;
    entry->reason = reason_of_name(walk, name);
    if (entry->reason)
        return emit(entry, walk, WALK_SKIPPED);
    if (walk->path.size > WALK_PATH_MAX)
        return emit_failed(entry, walk, ENAMETOOLONG);
    int descriptor = dirfd(level->directory);
    if (fstatat(descriptor, name, &entry->stat, AT_SYMLINK_NOFOLLOW))
        return errno == ENOENT ? ST_END : emit_failed(entry, walk, errno);
    entry->reason = reason_of_stat(walk, &entry->stat);
    bool ignored = false;
    if (!entry->reason && walk->ignores &&
        ignore_stack_match(&ignored, walk->ignores, buffer_slice(&walk->path),
                           S_ISDIR(entry->stat.st_mode)))
        return ST_NOMEM;
    if (ignored)
        entry->reason = WALK_IGNORED;
    if (entry->reason)
        return emit(entry, walk, WALK_SKIPPED);
    if (S_ISDIR(entry->stat.st_mode)) {
        level->names[level->subdirectories++] = name;
        return ST_END;
    }
    entry->directory = descriptor;
    return emit(entry, walk, WALK_FILE);
}

/* Enters a subdirectory. ST_END: its entries begin with the next step. */
static enum status descend(struct walk_entry *entry, struct walk *walk, struct level *level,
                           const char *name) {
    if (set_path(walk, level, name))
        return ST_NOMEM;
    if (level->reopen_error)
        return emit_failed(entry, walk, level->reopen_error);
    enum status status = push(&entry->reason, walk, dirfd(level->directory), name, O_NOFOLLOW);
    if (status == ST_EIO)
        return errno == ENOENT ? ST_END : emit_failed(entry, walk, errno);
    if (status == ST_INVALID) {
        entry->rules_error = walk->rules_error.text;
        return emit(entry, walk, WALK_FAILED);
    }
    if (status == ST_SKIPPED)
        return emit(entry, walk, WALK_SKIPPED);
    return status == ST_OK ? ST_END : status;
}

/* Takes one step at the deepest level. ST_END: it gave no entry. */
static enum status step(struct walk_entry *entry, struct walk *walk) {
    struct level *level = &walk->levels[walk->depth - 1];
    switch (level->phase) {
    case PHASE_BEGIN:
        level->phase = PHASE_NAMES;
        if (set_path(walk, level, NULL))
            return ST_NOMEM;
        entry->stat = level->stat;
        return emit(entry, walk, WALK_DIRECTORY_BEGIN);
    case PHASE_NAMES:
        if (level->next < level->count)
            return visit_name(entry, walk, level, level->names[level->next++]);
        level->phase = PHASE_SUBDIRECTORIES;
        level->next = 0;
        return ST_END;
    case PHASE_SUBDIRECTORIES:
        if (level->next < level->subdirectories) {
            if (set_path(walk, level, level->names[level->next++]))
                return ST_NOMEM;
            return emit(entry, walk, WALK_SUBDIRECTORY);
        }
        level->phase = PHASE_DESCENT;
        level->next = 0;
        return set_path(walk, level, NULL) ? ST_NOMEM : emit(entry, walk, WALK_DIRECTORY_END);
    case PHASE_DESCENT:
        if (level->next < level->subdirectories)
            return descend(entry, walk, level, level->names[level->next++]);
        pop(walk);
        return ST_END;
    }
    return ST_END;
}

enum status walk_next(struct walk_entry *entry, struct walk *walk, struct error *err) {
    entry->reason = WALK_NO_REASON;
    entry->sys = 0;
    entry->rules_error = NULL;
    entry->directory = -1;
    while (walk->depth > 0) {
        enum status status = step(entry, walk);
        if (status == ST_NOMEM)
            return error_nomem(err);
        if (status == ST_OK)
            return ST_OK;
    }
    return ST_END;
}

enum status walk_open(struct walk **out, const char *root, const struct walk_options *options,
                      struct error *err) {
    *out = NULL;
    size_t size = strlen(root);
    while (size > 1 && root[size - 1] == '/')
        size--;
    if (size == 0 || size > WALK_PATH_MAX)
        return error_set(err, size ? ST_LIMIT : ST_NOT_FOUND, size ? ENAMETOOLONG : ENOENT, "%s",
                         root);
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk)
        return error_nomem(err);
    walk->options = *options;
    enum walk_reason reason = WALK_NO_REASON;
    enum status status = buffer_append(&walk->path, root, size);
    if (!status)
        status = buffer_append_byte(&walk->path, '\0');
    walk->path.size = size;
    /* Without a slash at its end, which would follow a link. */
    const char *name = (const char *)walk->path.data;
    if (!status && !options->no_ignore)
        status = ignore_stack_new(&walk->ignores, name, options->excluded, &walk->rules_error);
    if (!status)
        status = push(&reason, walk, AT_FDCWD, name, options->follow ? 0 : O_NOFOLLOW);
    int cause = errno;
    if (status == ST_OK)
        *out = walk;
    else if (status == ST_EIO)
        status = error_set(err, cause == ENOENT ? ST_NOT_FOUND : ST_EIO, cause, "%s", root);
    else if (status == ST_INVALID)
        status = error_set(err, ST_EIO, 0, "%s: not scanned: %s", root, walk->rules_error.text);
    else if (status == ST_SKIPPED)
        error_set(err, status, 0, "%s: %s", root, walk_reason_text(reason));
    else
        error_nomem(err);
    if (status)
        walk_close(walk);
    return status;
}

void walk_close(struct walk *walk) {
    if (!walk)
        return;
    while (walk->depth > 0)
        level_release(&walk->levels[--walk->depth]);
    free(walk->levels);
    ignore_stack_free(walk->ignores);
    buffer_release(&walk->path);
    free(walk);
}

const char *walk_reason_text(enum walk_reason reason) {
    static const char *const texts[] = {
        [WALK_NO_REASON] = "no reason",
        [WALK_HIDDEN] = "hidden",
        [WALK_VERSION_CONTROL] = "version control",
        [WALK_IGNORED] = "ignored",
        [WALK_EXCLUDED] = "excluded",
        [WALK_OTHER_FILE_SYSTEM] = "other file system",
        [WALK_KERNEL_FILE_SYSTEM] = "kernel file system",
        [WALK_SYMLINK] = "symbolic link",
        [WALK_FIFO] = "FIFO",
        [WALK_SOCKET] = "socket",
        [WALK_DEVICE] = "device",
    };
    return texts[reason];
}
