/* SPDX-License-Identifier: MIT */
/* Finds the current generation of an index. */
#include "common/index/current.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/io.h"
#include "common/index/catalog.h"

enum {
    ATTEMPTS = 10,
    CREATION_COMMITS = 2, /* creating the tables, writing the settings */
};

unsigned long current_parse_name(const char *name, bool *draft) {
    unsigned long number = 0;
    char finished[GENERATION_NAME_MAX], unfinished[GENERATION_NAME_MAX + 4];
    if (sscanf(name, "gen-%lu", &number) != 1)
        return 0;
    snprintf(finished, sizeof finished, "gen-%06lu", number);
    snprintf(unfinished, sizeof unfinished, "%s.new", finished);
    bool is_draft = strcmp(name, unfinished) == 0;
    if (draft)
        *draft = is_draft;
    return is_draft || strcmp(name, finished) == 0 ? number : 0;
}

unsigned long current_newest_below(const char *index, unsigned long limit) {
    DIR *folder = opendir(index);
    unsigned long greatest = 0;
    if (!folder)
        return 0;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        bool draft;
        unsigned long number = current_parse_name(entry->d_name, &draft);
        if (number && !draft && number > greatest && number < limit)
            greatest = number;
    }
    closedir(folder);
    return greatest;
}

enum status current_path(char path[PATH_MAX], const char **name, const char *index,
                         unsigned long number, struct error *err) {
    char folder[GENERATION_NAME_MAX];
    snprintf(folder, sizeof folder, "gen-%06lu", number);
    enum status status = io_join(path, index, folder, err);
    if (!status)
        *name = strrchr(path, '/') + 1;
    return status;
}

enum status current_inspect(const char *path, struct error *err) {
    struct store *store;
    struct store_txn *txn;
    struct catalog catalog = {0};
    enum status status = store_open(&store, path, STORE_READ, err);
    if (status)
        return status;
    status = store_begin(&txn, store, false, err);
    if (!status) {
        status = catalog_read(&catalog, txn, err);
        bool created = store_txn_id(txn) <= CREATION_COMMITS && catalog.segment_count == 0;
        if (!created && status == ST_NOT_FOUND)
            status = error_set(err, ST_CORRUPT, 0, "%s: the catalog is missing", path);
        else if (created && !status && catalog.next_segment == 1)
            status = ST_NOT_FOUND;
        store_abort(txn);
    }
    catalog_release(&catalog);
    store_close(store);
    return status;
}

/* Reports that no generation is current because of `what`. ST_CORRUPT: there are others; the
 * message says what to do. ST_NOT_FOUND: there are none, and *err is unchanged. */
static enum status lost(const char *index, const char *what, struct error *err) {
    struct error failure = {0}, latest = {0};
    unsigned long number = ULONG_MAX;
    while ((number = current_newest_below(index, number)) != 0) {
        char path[PATH_MAX];
        const char *name;
        enum status status = current_path(path, &name, index, number, &failure);
        if (!status)
            status = current_inspect(path, &failure);
        if (!status)
            return error_set(err, ST_CORRUPT, 0,
                             "%.300s; go on with %s, the newest generation that can be read, by: "
                             "quern-index -i %.300s adopt",
                             what, name, index);
        if (status != ST_NOT_FOUND && !latest.code)
            latest = failure;
    }
    if (!latest.code)
        return ST_NOT_FOUND;
    return error_set(err, ST_CORRUPT, 0,
                     "%.300s, and no generation can be read (%.400s); move the folder away and "
                     "index again",
                     what, latest.text);
}

/* The same where an index has existed: if no generation is left, it must be rebuilt. */
static enum status damaged(const char *index, const char *what, struct error *err) {
    enum status status = lost(index, what, err);
    return status == ST_NOT_FOUND ? error_set(err, ST_CORRUPT, 0, "%.900s; rebuild the index", what)
                                  : status;
}

enum status current_missing(const char *index, const char *path, struct error *err) {
    char what[PATH_MAX + 64];
    snprintf(what, sizeof what, "%s: the generation is missing", path);
    return damaged(index, what, err);
}

/* Reads the first line of CURRENT without waiting for it, or "" if it is not a regular file.
 * ST_NOT_FOUND: nothing has that name. */
static enum status read_name(char name[GENERATION_NAME_MAX], const char *current,
                             struct error *err) {
    struct stat stat;
    int fd = open(current, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return ST_NOT_FOUND;
    name[0] = '\0';
    /* A socket, or a link to itself. */
    if (fd < 0 && (errno == ENXIO || errno == ELOOP) && lstat(current, &stat) == 0)
        return ST_OK;
    if (fd < 0)
        return error_set(err, ST_EIO, errno, "open %s", current);
    ssize_t got = fstat(fd, &stat);
    if (got == 0 && S_ISREG(stat.st_mode))
        got = read(fd, name, GENERATION_NAME_MAX - 1);
    int sys = errno;
    close(fd);
    if (got < 0)
        return error_set(err, ST_EIO, sys, "read %s", current);
    name[got] = '\0';
    name[strcspn(name, "\n")] = '\0';
    return ST_OK;
}

enum status current_generation(char path[PATH_MAX], const char *index, struct error *err) {
    char current[PATH_MAX], what[PATH_MAX + 64], name[GENERATION_NAME_MAX];
    enum status status = io_join(current, index, "CURRENT", err);
    if (!status)
        status = read_name(name, current, err);
    /* The creation of the index may have finished, and a first commit may have come, before lost()
     * looked at the generations. */
    for (int attempt = 0; status == ST_NOT_FOUND; attempt++) {
        snprintf(what, sizeof what, "%s: CURRENT is missing", index);
        status = lost(index, what, err);
        if (status == ST_NOT_FOUND)
            return error_set(err, ST_NOT_FOUND, 0, "no index at %s", index);
        if (attempt == ATTEMPTS || access(current, F_OK) != 0)
            return status;
        status = read_name(name, current, err);
    }
    if (status)
        return status;
    /* Anybody may have edited the file, so its name must not lead out of the index. */
    bool draft;
    if (!current_parse_name(name, &draft) || draft) {
        snprintf(what, sizeof what, "%s: names no generation", current);
        return damaged(index, what, err);
    }
    return io_join(path, index, name, err);
}
