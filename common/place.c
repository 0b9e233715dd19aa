#include "common/place.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char system_index[] = "/var/lib/quern";

static const char *home_folder(void) {
    const char *home = getenv("HOME");
    if (home && *home)
        return home;
    /* Not by getpwuid(): that loads shared libraries, which a program that is linked statically
     * should not. Users that only a network knows have a HOME. */
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

static enum status join(char *path, const char *folder, const char *name, struct error *err) {
    int length = snprintf(path, PLACE_MAX, "%s%s", folder, name);
    if (length < 0 || length >= PLACE_MAX)
        return error_set(err, ST_LIMIT, 0, "%.100s...: path longer than %d bytes", folder,
                         PLACE_MAX - 1);
    return ST_OK;
}

/* ST_NOT_FOUND when no folder from here up to the root has a `.quern` that can be trusted. */
static enum status find_upward(char *path) {
    static const char name[] = "/.quern";
    char folder[PLACE_MAX];
    if (!getcwd(folder, sizeof folder - sizeof name))
        return ST_NOT_FOUND;
    size_t length = strcmp(folder, "/") == 0 ? 0 : strlen(folder);
    for (;;) {
        memcpy(folder + length, name, sizeof name);
        struct stat info;
        if (stat(folder, &info) == 0 && S_ISDIR(info.st_mode) &&
            (info.st_uid == geteuid() || info.st_uid == 0)) {
            memcpy(path, folder, length + sizeof name);
            return ST_OK;
        }
        if (length == 0)
            return ST_NOT_FOUND;
        while (folder[--length] != '/') {
        }
    }
}

enum status place_index(char *path, const char *given, bool writer, struct error *err) {
    const char *named = given ? given : getenv("QUERN_INDEX");
    if (given && !*given)
        return error_set(err, ST_INVALID, 0, "the name of the index is empty");
    if (named && *named)
        return join(path, named, "", err);
    if (find_upward(path) == ST_OK)
        return ST_OK;

    const char *data = getenv("XDG_DATA_HOME"), *home = home_folder();
    enum status status;
    if (data && data[0] == '/') /* the specification: a relative one is to be ignored */
        status = join(path, data, "/quern", err);
    else if (home)
        status = join(path, home, "/.local/share/quern", err);
    else
        status = error_set(err, ST_NOT_FOUND, 0, "no home folder; name the index with -i");
    bool shared = is_folder(system_index) && (!writer || access(system_index, W_OK) == 0);
    if (shared && (status || !is_folder(path)))
        return join(path, system_index, "", err);
    return status;
}

struct slice place_below(struct slice path, struct slice base) {
    if (base.size == 1 && base.data[0] == '/')
        base.size = 0;
    if (path.size < base.size + 2 || path.data[base.size] != '/' ||
        (base.size && memcmp(path.data, base.data, base.size) != 0))
        return path;
    return slice_of(path.data + base.size + 1, path.size - base.size - 1);
}

const char *place_show(char *shown, const char *path) {
    struct slice whole = slice_of_string(path), below = whole;
    const char *home = home_folder(), *lead = "";
    char folder[PLACE_MAX];
    /* Everything is below the root, in which cron jobs and services stand. */
    if (getcwd(folder, sizeof folder) && strcmp(folder, "/") != 0)
        below = place_below(whole, slice_of_string(folder));
    if (below.size == whole.size && home && strcmp(home, "/") != 0) {
        below = place_below(whole, slice_of_string(home));
        lead = below.size < whole.size ? "~/" : "";
    }
    snprintf(shown, PLACE_MAX, "%s%.*s", lead, (int)below.size, (const char *)below.data);
    return shown;
}
