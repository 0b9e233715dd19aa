/* SPDX-License-Identifier: MIT */
/* Creates stores: complete or not at all.
 *
 * If LMDB fails at the wrong moment while it creates its files, they can never be opened again. So
 * they are created under another name, where nobody looks, and renamed. What a killed run leaves
 * there is removed by the next. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/io.h"
#include "common/store/store_meta.h"
#include "common/store/store_private.h"

static const uint64_t CREATE_MAP = 1 << 20; /* more than an empty store needs */

/* Removes only what LMDB makes there. */
static void draft_remove(const char *folder) {
    static const char *const files[] = {"data.mdb", "lock.mdb"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char file[PATH_MAX];
        if (io_join(file, folder, files[i], NULL) == ST_OK)
            unlink(file);
    }
    rmdir(folder);
}

static enum status draft_fill(const char *folder, struct error *err) {
    struct store *store;
    enum status status = store_new(&store, folder, STORE_WRITE, err);
    if (status)
        return status;
    MDB_stat stat;
    int fd;
    if (!(status = store_open_env(store, CREATE_MAP, err)) &&
        !(status = store_open_tables(store, MDB_CREATE, err))) {
        errno = 0; /* not every failure below sets it */
        if (mdb_env_stat(store->env, &stat) || mdb_env_get_fd(store->env, &fd) ||
            store_meta_write_checksum(fd, stat.ms_psize, 0) ||
            store_meta_write_checksum(fd, stat.ms_psize, 1))
            status = error_set(err, status_from_errno(errno), errno, "%s: cannot write a checksum",
                               folder);
        else if (fsync(fd) < 0)
            status = error_set(err, status_from_errno(errno), errno, "%s: cannot sync", folder);
    }
    store_close(store);
    return status;
}

/* The folder that contains `path`. The caller frees it. */
static char *parent_of(const char *path) {
    const char *end = path + strlen(path);
    while (end > path && end[-1] == '/')
        end--;
    while (end > path && end[-1] != '/')
        end--;
    while (end > path + 1 && end[-1] == '/')
        end--;
    return end > path ? strndup(path, (size_t)(end - path)) : strdup(".");
}

enum status store_create(const char *path, struct error *err) {
    enum status status = ST_OK;
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    char *draft = NULL;
    char *parent = parent_of(path);
    if (!parent || asprintf(&draft, "%.*s.new", (int)length, path) < 0) {
        free(parent);
        return error_nomem(err);
    }
    struct stat stat;
    if (lstat(path, &stat) == 0) {
        status = error_set(err, ST_INVALID, 0, "%s: is there already", path);
        goto out;
    }
    draft_remove(draft);
    if (mkdir(draft, 0700) < 0) {
        status = error_set(err, status_from_errno(errno), errno, "cannot make %s", draft);
        goto out;
    }
    if (!(status = draft_fill(draft, err)) && !(status = io_sync_folder(draft, err))) {
        if (rename(draft, path) < 0)
            status = error_set(err, status_from_errno(errno), errno, "cannot rename %s to %s",
                               draft, path);
        else
            status = io_sync_folder(parent, err);
    }
    if (status)
        draft_remove(draft);
out:
    free(parent);
    free(draft);
    return status;
}
