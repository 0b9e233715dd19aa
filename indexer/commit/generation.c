/* SPDX-License-Identifier: MIT */
/* Creates, publishes and removes the generations of an index. */
#include "indexer/commit/generation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/io.h"
#include "common/index/catalog.h"
#include "common/store/keys.h"

/* Records that one transaction deletes; each may dirty a page. */
enum { ORPHANS_PER_TXN = 4096 };

static enum status fail(int sys, const char *what, const char *path, struct error *err) {
    return error_set(err, status_from_errno(sys), sys, "%s %s", what, path);
}

enum status generation_make_index(const char *index, struct error *err) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s", index);
    if (length <= 0 || (size_t)length >= sizeof path)
        return error_set(err, ST_INVALID, 0, "%.200s: the path is too long", index);
    for (char *slash = path + 1;; slash++) {
        if (*slash != '/' && *slash != '\0')
            continue;
        char end = *slash;
        *slash = '\0';
        if (mkdir(path, 0700) && errno != EEXIST)
            return fail(errno, "make folder", path, err);
        *slash = end;
        if (!end)
            return ST_OK;
    }
}

enum status generation_check_folder(const char *index, struct error *err) {
    DIR *folder = opendir(index);
    if (!folder)
        return error_set(err, ST_EIO, errno, "open %s", index);
    static const char *const known[] = {".", "..", "lock", "CURRENT.new"};
    enum status status = ST_OK;
    const struct dirent *entry;
    errno = 0;
    for (; !status && (entry = readdir(folder)); errno = 0) {
        bool left = current_parse_name(entry->d_name, NULL) != 0;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            left = left || strcmp(entry->d_name, known[i]) == 0;
        if (!left)
            status = error_set(err, ST_EXISTS, 0,
                               "%.400s: is no index, and holds other files (%.200s); name a folder "
                               "that is empty or not there yet",
                               index, entry->d_name);
    }
    if (!status && errno)
        status = error_set(err, ST_EIO, errno, "read %s", index);
    closedir(folder);
    return status;
}

enum status generation_next(char path[PATH_MAX], const char **name, const char *index,
                            struct error *err) {
    return current_path(path, name, index, current_newest_below(index, ULONG_MAX) + 1, err);
}

/* Creates a new file, so that a link that somebody put in its place is not followed. A file that a
 * killed run left there is removed. */
static enum status write_synced(const char *path, struct slice line, struct error *err) {
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(errno, "create", path, err);
    enum status status = ST_OK;
    if (io_write(fd, line))
        status = fail(errno, "write", path, err);
    else if (fsync(fd) != 0)
        status = fail(errno, "sync", path, err);
    if (close(fd) != 0 && !status)
        status = fail(errno, "close", path, err);
    return status;
}

enum status generation_publish(const char *index, const char *name, struct error *err) {
    char temporary[PATH_MAX], current[PATH_MAX], line[GENERATION_NAME_MAX + 2];
    snprintf(line, sizeof line, "%s\n", name);
    enum status status = io_join(temporary, index, "CURRENT.new", err);
    if (!status)
        status = io_join(current, index, "CURRENT", err);
    if (!status)
        status = write_synced(temporary, slice_of_string(line), err);
    if (status)
        return status;
    rmdir(current); /* an empty folder would be in the way; this removes nothing else */
    if (rename(temporary, current))
        return errno == EISDIR ? error_set(err, ST_EIO, 0,
                                           "%s: is a folder; move it away and run again", current)
                               : fail(errno, "rename", temporary, err);
    return io_sync_folder(index, err);
}

/* Removes files without opening them: closing LMDB's lock file would release the locks that this
 * process holds on it. */
static void remove_generation(int index, const char *name) {
    int folder = openat(index, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return;
    unlinkat(folder, "data.mdb", 0);
    unlinkat(folder, "lock.mdb", 0);
    close(folder);
    unlinkat(index, name, AT_REMOVEDIR);
}

void generation_sweep(const char *index, const char *keep) {
    DIR *folder = opendir(index);
    if (!folder)
        return;
    for (const struct dirent *entry; (entry = readdir(folder));)
        if (current_parse_name(entry->d_name, NULL) && (!keep || strcmp(entry->d_name, keep) != 0))
            remove_generation(dirfd(folder), entry->d_name);
    closedir(folder);
}

static bool is_live(const struct catalog *catalog, uint32_t segment) {
    for (size_t i = 0; i < catalog->segment_count; i++)
        if (catalog->segments[i].id == segment)
            return true;
    return false;
}

/* Deletes orphans from one table, and counts them in *dropped, until it is ORPHANS_PER_TXN or *stop
 * is nonzero. */
static enum status drop_table_orphans(unsigned *dropped, struct store_txn *txn,
                                      enum store_table table, const struct catalog *catalog,
                                      const volatile sig_atomic_t *stop, struct error *err) {
    struct store_cursor *cursor;
    struct slice key, value;
    enum status status = store_cursor_open(&cursor, txn, table, err);
    if (status)
        return status;
    struct key first;
    status = store_cursor_seek(&key, &value, cursor, keys_first_of_segment(&first, table, 0), err);
    while (!status && *dropped < ORPHANS_PER_TXN && !(stop && *stop)) {
        uint32_t segment;
        if (!keys_segment(&segment, table, key)) {
            status =
                error_set(err, ST_CORRUPT, 0,
                          "%s: damaged: a key of table dict names no segment; rebuild the index",
                          store_txn_path(txn));
            break;
        }
        if (!is_live(catalog, segment)) {
            status = store_cursor_delete(cursor, err);
            ++*dropped;
            if (!status)
                status = store_cursor_next(&key, &value, cursor, err);
        } else if (segment == UINT32_MAX) {
            break;
        } else {
            status = store_cursor_seek(&key, &value, cursor,
                                       keys_first_of_segment(&first, table, segment + 1), err);
        }
    }
    store_cursor_close(cursor);
    return status == ST_END ? ST_OK : status;
}

enum status generation_drop_orphans(struct store *store, const struct catalog *catalog,
                                    const volatile sig_atomic_t *stop, struct error *err) {
    static const enum store_table tables[] = {TABLE_CHUNK, TABLE_DICT, TABLE_DELETES};
    for (;;) {
        struct store_txn *txn;
        enum status status = store_begin(&txn, store, true, err);
        if (status)
            return status;
        unsigned dropped = 0;
        for (size_t i = 0; i < sizeof tables / sizeof *tables && !status; i++)
            status = drop_table_orphans(&dropped, txn, tables[i], catalog, stop, err);
        if (status || !dropped)
            store_abort(txn);
        else
            status = store_commit(txn, err);
        if (!status && stop && *stop)
            status = error_set(err, ST_INTERRUPTED, 0, "interrupted");
        if (status || dropped < ORPHANS_PER_TXN)
            return status;
    }
}
