#include "indexer/generation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/catalog.h"

static const char PREFIX[] = "gen-";

/* How many records one transaction deletes: each may dirty a page. */
enum { DROP_RECORDS = 4096 };

enum status generation_make_index(const char *index, struct error *err) {
    char path[4096];
    int length = snprintf(path, sizeof path, "%s", index);
    if (length <= 0 || (size_t)length >= sizeof path)
        return error_set(err, ST_INVALID, 0, "%.200s: the path is too long", index);
    for (char *slash = path + 1;; slash++) {
        if (*slash != '/' && *slash != '\0')
            continue;
        char end = *slash;
        *slash = '\0';
        if (mkdir(path, 0700) && errno != EEXIST)
            return error_set(err, errno == ENOSPC ? ST_FULL : ST_EIO, errno, "make folder %s",
                             path);
        *slash = end;
        if (!end)
            return ST_OK;
    }
}

/* The number of a generation's folder, or 0 when it is none. */
static unsigned long number_of(const char *name) {
    if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
        return 0;
    char *end;
    unsigned long number = strtoul(name + strlen(PREFIX), &end, 10);
    return *end ? 0 : number;
}

enum status generation_next(const char *index, char name[GENERATION_NAME],
                            char path[GENERATION_PATH], struct error *err) {
    DIR *folder = opendir(index);
    if (!folder)
        return error_set(err, ST_EIO, errno, "open %s", index);
    unsigned long last = 0;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        unsigned long number = number_of(entry->d_name);
        if (number > last)
            last = number;
    }
    closedir(folder);
    snprintf(name, GENERATION_NAME, "%s%06lu", PREFIX, last + 1);
    int length = snprintf(path, GENERATION_PATH, "%s/%s", index, name);
    if (length < 0 || length >= GENERATION_PATH)
        return error_set(err, ST_INVALID, 0, "%.200s...: the path is too long", index);
    return ST_OK;
}

/* Unlinks; nothing in a generation is ever opened here, as closing LMDB's lock file would take away
 * the locks that this process holds on it. */
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
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 &&
            (!keep || strcmp(entry->d_name, keep) != 0))
            remove_generation(dirfd(folder), entry->d_name);
    closedir(folder);
}

/* The segment that a table's key names; a key of TABLE_DICT has 4 bytes at least. */
static uint32_t key_segment(enum store_table table, struct slice key) {
    if (table == TABLE_DICT)
        return (uint32_t)key.data[0] << 24 | (uint32_t)key.data[1] << 16 |
               (uint32_t)key.data[2] << 8 | key.data[3];
    uint64_t number;
    memcpy(&number, key.data, sizeof number);
    return (uint32_t)(number >> 32);
}

static struct slice segment_key(enum store_table table, uint32_t segment, uint8_t bytes[8]) {
    if (table == TABLE_DICT) {
        for (unsigned i = 0; i < 4; i++)
            bytes[i] = (uint8_t)(segment >> (24 - 8 * i));
        return slice_of(bytes, 4);
    }
    uint64_t number = (uint64_t)segment << 32;
    memcpy(bytes, &number, sizeof number);
    return slice_of(bytes, sizeof number);
}

static bool is_live(const struct catalog *catalog, uint32_t segment) {
    for (size_t i = 0; i < catalog->count; i++)
        if (catalog->segments[i].id == segment)
            return true;
    return false;
}

/* Deletes orphans of one table, until *dropped is DROP_RECORDS or *stop is other than 0. */
static enum status drop_some(struct store_txn *txn, enum store_table table,
                             const struct catalog *catalog, const volatile sig_atomic_t *stop,
                             unsigned *dropped, struct error *err) {
    struct store_cursor *cursor;
    struct slice key, value;
    enum status status = store_cursor_open(&cursor, txn, table, err);
    if (status)
        return status;
    uint8_t bytes[8];
    status = store_cursor_seek(cursor, segment_key(table, 0, bytes), &key, &value, err);
    while (!status && *dropped < DROP_RECORDS && !(stop && *stop)) {
        if (table == TABLE_DICT && key.size < 4) {
            status = error_set(err, ST_CORRUPT, 0,
                               "%s: damaged: a key of table dict names no segment; build the index "
                               "anew",
                               store_txn_path(txn));
            break;
        }
        uint32_t segment = key_segment(table, key);
        if (!is_live(catalog, segment)) {
            status = store_cursor_delete(cursor, err);
            ++*dropped;
            if (!status)
                status = store_cursor_next(cursor, &key, &value, err);
        } else if (segment == UINT32_MAX) {
            break;
        } else {
            status = store_cursor_seek(cursor, segment_key(table, segment + 1, bytes), &key, &value,
                                       err);
        }
    }
    store_cursor_close(cursor);
    return status == ST_END ? ST_OK : status;
}

enum status generation_drop_orphans(struct store *store, const struct catalog *catalog,
                                    const volatile sig_atomic_t *stop, struct error *err) {
    static const enum store_table tables[] = {TABLE_CHUNK, TABLE_DICT, TABLE_LIVE};
    for (;;) {
        struct store_txn *txn;
        enum status status = store_begin(&txn, store, true, err);
        if (status)
            return status;
        unsigned dropped = 0;
        for (size_t i = 0; i < sizeof tables / sizeof *tables && !status; i++)
            status = drop_some(txn, tables[i], catalog, stop, &dropped, err);
        if (status || !dropped)
            store_abort(txn);
        else
            status = store_commit(txn, err);
        if (!status && stop && *stop)
            status = error_set(err, ST_INTERRUPTED, 0, "interrupted");
        if (status || dropped < DROP_RECORDS)
            return status;
    }
}
