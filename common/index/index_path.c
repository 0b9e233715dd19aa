/* SPDX-License-Identifier: MIT */
/* Finds the index and shortens paths for messages. */
#include "common/index/index_path.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char system_index[] = "/var/lib/quern";

static const char *home_folder(void) {
    const char *home = getenv("HOME");
    if (home && *home)
        return home;
    /* Not by getpwuid(), which loads shared libraries, as a statically linked program should not.
     * Users that only a directory service knows have a HOME. */
    FILE *users = fopen("/etc/passwd", "re");
    const struct passwd *entry = NULL;
    while (users && (entry = fgetpwent(users)) && entry->pw_uid != geteuid())
        continue;
    if (users)
        fclose(users);
    return entry && entry->pw_dir && *entry->pw_dir ? entry->pw_dir : NULL;
}

static bool is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static enum status concatenate(char *path, const char *folder, const char *name,
                               struct error *err) {
    int length = snprintf(path, PATH_MAX, "%s%s", folder, name);
    if (length < 0 || length >= PATH_MAX)
        return error_set(err, ST_LIMIT, 0, "%.100s...: path longer than %d bytes", folder,
                         PATH_MAX - 1);
    return ST_OK;
}

enum status index_path_expand(char *path, const char *typed, struct error *err) {
    if (typed[0] != '~' || (typed[1] && typed[1] != '/'))
        return concatenate(path, typed, "", err);
    const char *home = home_folder();
    if (!home)
        return error_set(err, ST_NOT_FOUND, 0, "%.100s: no home folder; write the whole path",
                         typed);
    return concatenate(path, home, typed + 1, err);
}

enum status index_path_current_folder(char *folder, const char *relative, struct error *err) {
    if (getcwd(folder, PATH_MAX))
        return ST_OK;
    return error_set(err, ST_NOT_FOUND, 0,
                     "%.100s: the current folder cannot be named (%s); give the whole path, or go "
                     "to another folder",
                     relative, strerror(errno));
}

enum status index_path_normalize(struct buffer *out, const char *typed, struct error *err) {
    char current[PATH_MAX] = "/";
    buffer_clear(out);
    enum status status = typed[0] == '/' ? ST_OK : index_path_current_folder(current, typed, err);
    if (status)
        return status;
    if (strcmp(current, "/") != 0)
        status = buffer_append(out, current, strlen(current));
    for (const char *part = typed; !status && *part;) {
        size_t size = strcspn(part, "/");
        if (size == 2 && part[0] == '.' && part[1] == '.') {
            while (out->size > 0 && out->data[--out->size] != '/')
                ;
        } else if (size > 0 && !(size == 1 && part[0] == '.')) {
            status = buffer_append_byte(out, '/');
            if (!status)
                status = buffer_append(out, part, size);
        }
        part += size + (part[size] == '/');
    }
    if (!status && out->size == 0)
        status = buffer_append_byte(out, '/');
    if (!status)
        status = buffer_append_byte(out, 0);
    if (!status)
        return ST_OK;
    buffer_clear(out);
    return error_nomem(err);
}

/* Why a `.quern` found on the way up is not used, or NULL. Anyone who can write to one of these
 * folders could plant one that leads to an index of theirs, or a link to an index of the user's
 * that belongs elsewhere. For the same reason git refuses the repositories of other users
 * (safe.directory). */
static const char *distrust(const struct stat *info) {
    if (S_ISLNK(info->st_mode))
        return "is a symbolic link";
    if (info->st_uid != geteuid() && info->st_uid != 0)
        return "belongs to another user";
    return NULL;
}

/* The nearest trustworthy `.quern`, here or further up. ST_END: there is none. */
static enum status find_upward(char *path, struct error *note, struct error *err) {
    static const char name[] = "/.quern";
    char folder[PATH_MAX + sizeof name];
    enum status status = index_path_current_folder(folder, "the index", err);
    if (status)
        return status;
    for (size_t length = strcmp(folder, "/") == 0 ? 0 : strlen(folder);;) {
        memcpy(folder + length, name, sizeof name);
        struct stat info;
        bool found = lstat(folder, &info) == 0 && (S_ISDIR(info.st_mode) || S_ISLNK(info.st_mode));
        const char *reason = found ? distrust(&info) : NULL;
        if (found && !reason)
            return concatenate(path, folder, "", err);
        if (reason && !note->code)
            error_set(note, ST_SKIPPED, 0, "%.500s: %s and is not used; name it with -i to use it",
                      folder, reason);
        if (length == 0)
            return ST_END;
        while (folder[--length] != '/') {
        }
    }
}

/* $VARIABLE/quern, or else ~/LOCAL/quern. */
static enum status find_own(char *path, const char *variable, const char *local,
                            const char *missing, struct error *err) {
    const char *folder = getenv(variable), *home = home_folder();
    char below[64];
    snprintf(below, sizeof below, "%s/quern", local);
    if (folder && folder[0] == '/') /* the specification ignores relative paths */
        return concatenate(path, folder, "/quern", err);
    if (home)
        return concatenate(path, home, below, err);
    return error_set(err, ST_NOT_FOUND, 0, "no home folder; %s", missing);
}

enum status index_path_state(char *path, struct error *err) {
    return find_own(path, "XDG_STATE_HOME", "/.local/state", "set XDG_STATE_HOME", err);
}

/* The folder of an index that nobody has named. */
static enum status find_default(char *path, bool writer, struct error *err) {
    enum status status =
        find_own(path, "XDG_DATA_HOME", "/.local/share", "name the index with -i", err);
    bool shared = is_folder(system_index) && (!writer || access(system_index, W_OK) == 0);
    if (shared && (status || !is_folder(path)))
        return concatenate(path, system_index, "", err);
    return status;
}

enum status index_path_find(char *path, struct error *note, const char *given, bool writer,
                            struct error *err) {
    const char *variable = getenv("QUERN_INDEX");
    char folder[PATH_MAX];
    enum status status;
    note->code = ST_OK;
    if (given && !*given)
        return error_set(err, ST_INVALID, 0, "the name of the index is empty");
    if (given || (variable && *variable)) {
        status = given ? concatenate(path, given, "", err) : index_path_expand(path, variable, err);
        return status || path[0] == '/' ? status : index_path_current_folder(folder, path, err);
    }
    status = find_upward(path, note, err);
    return status == ST_END ? find_default(path, writer, err) : status;
}

struct slice index_path_relative(struct slice path, struct slice base) {
    if (base.size == 1 && base.data[0] == '/')
        base.size = 0;
    if (path.size < base.size + 2 || path.data[base.size] != '/' ||
        (base.size && memcmp(path.data, base.data, base.size) != 0))
        return path;
    return slice_of(path.data + base.size + 1, path.size - base.size - 1);
}

const char *index_path_shorten(char *shown, const char *path) {
    struct slice whole = slice_of_string(path), below = whole;
    const char *home = home_folder(), *lead = "";
    char folder[PATH_MAX];
    /* Cron jobs and services run in the root, and every path is below it. */
    if (getcwd(folder, sizeof folder) && strcmp(folder, "/") != 0)
        below = index_path_relative(whole, slice_of_string(folder));
    if (below.size == whole.size && home && strcmp(home, "/") != 0) {
        below = index_path_relative(whole, slice_of_string(home));
        lead = below.size < whole.size ? "~/" : "";
    }
    snprintf(shown, PATH_MAX, "%s%.*s", lead, (int)below.size, (const char *)below.data);
    return shown;
}
