/* SPDX-License-Identifier: MIT */
/* Opens and closes stores.
 *
 * LMDB's locks are fcntl locks, which the process loses as soon as it closes any descriptor of
 * lock.mdb. So a process opens a file only once (the registry), and this file opens lock.mdb itself
 * only before LMDB does. */
#include "common/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/base/io.h"
#include "common/store/mount.h"
#include "common/store/store_meta.h"
#include "common/store/store_private.h"

/* A write that failed with less free space than this counts as a full disk. */
static const uint64_t DISK_FULL_BELOW = UINT64_C(16) << 20;

enum {
    FILE_MODE = 0600,
    LOCK_BYTES = (STORE_READERS_MAX + 2) * 64, /* a cache line for each slot, and the header */
};

const struct store_table_kind store_table_kinds[TABLE_COUNT] = {
    [TABLE_META] = {"meta", 0},
    [TABLE_DICT] = {"dict", 0},
    [TABLE_CHUNK] = {"chunk", MDB_INTEGERKEY},
    [TABLE_DELETES] = {"live", MDB_INTEGERKEY},
    [TABLE_FILE] = {"file", 0},
};

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
struct store *store_registry;

/* False: this process has the file open already. A child of fork() may open it again, as it does
 * not inherit locks. */
static bool registry_add(struct store *store) {
    bool free = true;
    pthread_mutex_lock(&registry_lock);
    for (const struct store *other = store_registry; other; other = other->next)
        if (other->device == store->device && other->inode == store->inode &&
            other->process == store->process)
            free = false;
    if (free) {
        store->next = store_registry;
        store_registry = store;
    }
    pthread_mutex_unlock(&registry_lock);
    return free;
}

static void registry_remove(struct store *store) {
    pthread_mutex_lock(&registry_lock);
    struct store **link = &store_registry;
    while (*link && *link != store)
        link = &(*link)->next;
    if (*link)
        *link = store->next;
    pthread_mutex_unlock(&registry_lock);
}

static bool disk_is_full(const char *path) {
    struct statvfs space;
    return statvfs(path, &space) == 0 &&
           (uint64_t)space.f_bavail * space.f_frsize < DISK_FULL_BELOW;
}

enum status store_fail(const struct store *store, int code, const char *what, struct error *err) {
    const char *path = store->path;
    switch (code) {
    case EIO: /* LMDB reports a short write like this, too */
        if (!disk_is_full(path))
            break;
        /* fall through */
    case ENOSPC:
    case EDQUOT:
        return error_set(err, ST_FULL, 0, "%s: %s: the disk is full; make room and run again", path,
                         what);
    case ENOMEM:
        return error_set(err, ST_NOMEM, 0, "%s: %s: out of memory or address space (ulimit -v)",
                         path, what);
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
    case MDB_INCOMPATIBLE:
    case MDB_INVALID:
    case MDB_NOTFOUND:
        return error_set(err, ST_CORRUPT, 0, "%s: %s: damaged; rebuild the index", path, what);
    case MDB_VERSION_MISMATCH:
        return error_set(err, ST_SETTINGS, 0,
                         "%s: %s: in use by a program with another version of LMDB", path, what);
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case MDB_BAD_VALSIZE:
        return error_set(err, ST_LIMIT, 0, "%s: %s: %s", path, what, mdb_strerror(code));
    case MDB_READERS_FULL:
        return error_set(err, ST_BUSY, 0, "%s: %s: all %d places for readers are taken", path, what,
                         STORE_READERS_MAX);
    case MDB_PANIC:
    case MDB_BAD_TXN:
        return error_set(err, ST_EIO, 0, "%s: %s: given up after an earlier failure", path, what);
    default:
        break;
    }
    if (code > 0)
        return error_set(err, ST_EIO, code, "%s: %s", path, what);
    return error_set(err, ST_EIO, 0, "%s: %s: %s", path, what, mdb_strerror(code));
}

/* LMDB's locks and its shared map do not work between machines. */
static enum status refuse_network_mount(const char *path, struct error *err) {
    char type[MOUNT_TYPE_SIZE];
    const char *allowed = getenv("QUERN_ALLOW_NETWORK_FS");
    if ((allowed && strcmp(allowed, "1") == 0) || !mount_is_network(type, path))
        return ST_OK;
    return error_set(err, ST_INVALID, 0,
                     "%s: is on a network file system, or one that is not known to be local (%s), "
                     "where locks and shared memory are not to be relied on; put the index on a "
                     "local disk (or set QUERN_ALLOW_NETWORK_FS=1)",
                     path, type);
}

/* Examines data.mdb before LMDB opens it. */
static enum status store_examine_file(struct store *store, struct store_meta *meta,
                                      struct error *err) {
    char file[PATH_MAX];
    enum status status = io_join(file, store->path, "data.mdb", err);
    if (status)
        return status;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        status = errno == ENOENT || errno == ENOTDIR ? ST_NOT_FOUND : ST_EIO;
        error_set(err, status, errno, "%s", file);
        goto out;
    }
    /* As descriptor 0, 1 or 2 the file would receive what the program prints. */
    if (fd <= STDERR_FILENO) {
        status = error_set(err, ST_INVALID, 0,
                           "%s: a standard stream is closed; open it (on /dev/null)", file);
        goto out;
    }
    struct stat stat;
    if (fstat(fd, &stat) < 0) {
        status = error_set(err, ST_EIO, errno, "%s", file);
        goto out;
    }
    if (!S_ISREG(stat.st_mode)) {
        status = error_set(err, ST_CORRUPT, 0, "%s: is not a regular file", file);
        goto out;
    }
    store->device = stat.st_dev;
    store->inode = stat.st_ino;
    store->process = getpid();
    status = store_meta_examine(meta, fd, file, err);
out:
    if (fd >= 0)
        close(fd);
    return status;
}

enum status store_open_tables(struct store *store, unsigned create, struct error *err) {
    STORE_IN_LMDB(store);
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(store->env, NULL, create ? 0 : MDB_RDONLY, &txn);
    if (code)
        return store_fail(store, code, "cannot begin", err);
    for (int i = 0; i < TABLE_COUNT; i++) {
        const struct store_table_kind *kind = &store_table_kinds[i];
        unsigned flags = 0;
        code = mdb_dbi_open(txn, kind->name, kind->flags | create, &store->tables[i]);
        if (!code)
            code = mdb_dbi_flags(txn, store->tables[i], &flags);
        if (!code && flags != kind->flags)
            code = MDB_INCOMPATIBLE;
        if (code) {
            mdb_txn_abort(txn);
            return store_fail(store, code, kind->name, err);
        }
    }
    if (create) {
        struct store_txn created = {.store = store, .txn = txn, .write = true};
        enum status status = store_txn_record_put(&created, err);
        if (status) {
            mdb_txn_abort(txn);
            return status;
        }
    }
    code = mdb_txn_commit(txn); /* also of a read transaction: an abort would drop the handles */
    return code ? store_fail(store, code, "cannot commit", err) : ST_OK;
}

/* LMDB writes to lock.mdb through a map. On a full disk, the first touch of a page without a block
 * raises SIGBUS, so all blocks are allocated before. */
static enum status lock_allocate(const struct store *store, struct error *err) {
    char file[PATH_MAX];
    enum status status = io_join(file, store->path, "lock.mdb", err);
    if (status)
        return status;
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, FILE_MODE);
    struct stat stat;
    bool failed = fd < 0;
    /* st_blocks counts in units of 512. The test spares searches a call that changes the file. */
    if (!failed && fstat(fd, &stat) == 0 && stat.st_blocks < LOCK_BYTES / 512)
        failed = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, LOCK_BYTES) < 0;
    bool full = failed && status_from_errno(errno) == ST_FULL;
    if (fd >= 0)
        close(fd);
    /* LMDB reports any other failure itself. */
    return full ? store_fail(store, ENOSPC, "cannot open", err) : ST_OK;
}

enum status store_open_env(struct store *store, uint64_t map, struct error *err) {
    unsigned flags = MDB_NOTLS; /* a thread may read beside its own write */
    if (store->mode == STORE_READ)
        flags |= MDB_RDONLY;
    if (store->mode == STORE_WRITE_FRESH)
        flags |= MDB_NOSYNC;
    enum status status = lock_allocate(store, err);
    if (status)
        return status;
    STORE_IN_LMDB(store);
    int code = mdb_env_create(&store->env);
    if (code)
        return store_fail(store, code, "cannot open", err);
    if (!(code = mdb_env_set_maxdbs(store->env, TABLE_COUNT)) &&
        !(code = mdb_env_set_maxreaders(store->env, STORE_READERS_MAX)) &&
        !(code = mdb_env_set_mapsize(store->env, map)) &&
        !(code = mdb_env_set_userctx(store->env, store)) &&
        !(code = mdb_env_set_assert(store->env, store_guard_assert)))
        code = mdb_env_open(store->env, store->path, flags, FILE_MODE);
    /* A compaction removed the generation after it was examined. */
    if (code == ENOENT && store->mode == STORE_READ)
        return error_set(err, ST_NOT_FOUND, code, "%s", store->path);
    if (code == EACCES && store->mode == STORE_READ)
        return error_set(err, ST_EIO, code,
                         "%s/lock.mdb: searching takes a place among the readers there; let the "
                         "searchers write to it (chgrp, chmod g+w)",
                         store->path);
    if (code)
        return store_fail(store, code, "cannot open", err);
    return ST_OK;
}

enum status store_new(struct store **out, const char *path, enum store_mode mode,
                      struct error *err) {
    struct store *store = calloc(1, sizeof *store);
    if (!store || !(store->path = strdup(path)) || store_guard_prepare(store)) {
        if (store)
            free(store->path);
        free(store);
        return error_nomem(err);
    }
    store->mode = mode;
    pthread_mutex_init(&store->lock, NULL);
    *out = store;
    return ST_OK;
}

enum status store_open(struct store **out, const char *path, enum store_mode mode,
                       struct error *err) {
    struct store *store = NULL;
    struct store_meta meta;
    enum status status = store_new(&store, path, mode, err);
    if (status)
        return status;
    if (mode != STORE_READ)
        status = refuse_network_mount(path, err);
    if (!status)
        status = store_examine_file(store, &meta, err);
    if (status)
        goto out;
    if (!registry_add(store)) {
        status = error_set(err, ST_BUSY, 0, "%s: is open in this process already", path);
        goto out;
    }
    store->page_size = meta.page_size;
    uint64_t size = meta.used_size > meta.file_size ? meta.used_size : meta.file_size;
    if ((status = store_open_env(store, store_map_size(size, mode), err)) ||
        (status = store_open_tables(store, 0, err)))
        goto out;
    *out = store;
    store = NULL;
out:
    store_close(store);
    return status;
}

void store_close(struct store *store) {
    if (!store)
        return;
    STORE_IN_LMDB(store);
    if (store->env)
        mdb_env_close(store->env);
    registry_remove(store);
    pthread_mutex_destroy(&store->lock);
    free(store->damage_message);
    free(store->path);
    free(store);
}

enum status store_sync(struct store *store, struct error *err) {
    STORE_IN_LMDB(store);
    int code = mdb_env_sync(store->env, 1);
    return code ? store_fail(store, code, "cannot sync", err) : ST_OK;
}

const char *store_path(const struct store *store) {
    return store->path;
}

enum status store_size(struct store_size *size, struct store_txn *txn, struct error *err) {
    struct store *store = txn->store;
    MDB_envinfo info;
    mdb_env_info(store->env, &info);
    struct stat stat;
    int fd = -1;
    if (mdb_env_get_fd(store->env, &fd) || fstat(fd, &stat) < 0)
        return error_set(err, ST_EIO, errno, "%s/data.mdb", store->path);
    STORE_IN_LMDB(store);
    uint64_t pages = 0;
    MDB_cursor *cursor;
    const MDB_dbi free_list = 0; /* transaction -> count, page numbers */
    int code = mdb_cursor_open(txn->txn, free_list, &cursor);
    if (code)
        return store_fail(store, code, "cannot read the list of free pages", err);
    MDB_val key, value;
    while (!(code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) {
        uint64_t count = 0;
        if (value.mv_size >= sizeof count)
            memcpy(&count, value.mv_data, sizeof count);
        pages += count;
    }
    mdb_cursor_close(cursor);
    if (code != MDB_NOTFOUND)
        return store_fail(store, code, "cannot read the list of free pages", err);
    uint64_t total = info.me_last_pgno + 1;
    if (pages > total)
        return store_fail(store, MDB_CORRUPTED, "the list of free pages", err);
    *size = (struct store_size){.file = (uint64_t)stat.st_size,
                                .used = (total - pages) * store->page_size,
                                .reclaimable = pages * store->page_size,
                                .map = info.me_mapsize};
    return ST_OK;
}
