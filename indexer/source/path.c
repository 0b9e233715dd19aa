/* SPDX-License-Identifier: MIT */
/* Splits, joins and resolves paths. */
#include "indexer/source/path.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/index/index_path.h"

void path_split(struct slice *folder, struct slice *name, struct slice path) {
    const uint8_t *slash = memrchr(path.data, '/', path.size);
    size_t end = slash ? (size_t)(slash + 1 - path.data) : 0;
    *name = slice_of(path.data + end, path.size - end);
    *folder = slice_of(path.data, end > 1 ? end - 1 : end);
}

bool path_within(struct slice path, struct slice folder) {
    if (folder.size == 1) /* "/" */
        return path.size > 0 && path.data[0] == '/';
    return folder.size > 0 && path.size >= folder.size &&
           memcmp(path.data, folder.data, folder.size) == 0 &&
           (path.size == folder.size || path.data[folder.size] == '/');
}

enum status path_join(struct buffer *out, struct slice folder, struct slice name) {
    enum status status = buffer_append_slice(out, folder);
    if (!status && folder.size > 1)
        status = buffer_append_byte(out, '/');
    return status ? status : buffer_append_slice(out, name);
}

void path_resolver_release(struct path_resolver *resolver) {
    buffer_release(&resolver->typed);
    buffer_release(&resolver->resolved);
}

static enum status set_string(struct buffer *out, const char *string) {
    buffer_clear(out);
    return buffer_append(out, string, strlen(string) + 1);
}

/* Resolves the folder in the first `length` bytes of `typed` into resolver->resolved. False: it
 * does not exist, or *status is a failure. */
static bool resolve_folder(enum status *status, struct path_resolver *resolver, const char *typed,
                           size_t length) {
    if (resolver->resolved.size && resolver->typed.size == length + 1 &&
        memcmp(resolver->typed.data, typed, length) == 0)
        return true;
    buffer_clear(&resolver->typed);
    buffer_clear(&resolver->resolved);
    if ((*status = buffer_append(&resolver->typed, typed, length)) ||
        (*status = buffer_append_byte(&resolver->typed, 0)))
        return false;
    char *resolved = realpath(length ? (const char *)resolver->typed.data : ".", NULL);
    if (!resolved)
        return false;
    *status = buffer_append(&resolver->resolved, resolved, strlen(resolved));
    free(resolved);
    return *status == ST_OK;
}

static bool means_missing(int sys) {
    return sys == ENOENT || sys == ENOTDIR;
}

static enum status refuse_empty_name(struct error *err) {
    return error_set(err, ST_NOT_FOUND, 0, "an empty name is not a file");
}

/* `follow`: resolve a link at the end of the name, too. */
static enum status resolve(struct buffer *out, struct path_resolver *resolver, const char *typed,
                           bool follow, struct error *err) {
    buffer_clear(out);
    if (!*typed)
        return refuse_empty_name(err);
    size_t size = strlen(typed);
    while (!follow && size > 1 && typed[size - 1] == '/')
        size--;
    const char *slash = memrchr(typed, '/', size);
    size_t length = slash ? (size_t)(slash + 1 - typed) : 0; /* of the folder and its last slash */
    struct slice name = slice_of(typed + length, size - length);
    bool ordinary = name.size > 0 && !slice_equal(name, slice_of_string(".")) &&
                    !slice_equal(name, slice_of_string(".."));
    enum status status = ST_OK;
    struct stat st;
    bool found = false;
    if (ordinary && resolve_folder(&status, resolver, typed, length)) {
        status = path_join(out, buffer_slice(&resolver->resolved), name);
        if (!status)
            status = buffer_append_byte(out, 0);
        found = !status && lstat((const char *)out->data, &st) == 0;
        ordinary = !found || !follow || !S_ISLNK(st.st_mode);
    }
    if (!status && !ordinary) {
        char *resolved = realpath(typed, NULL);
        found = resolved != NULL;
        if (found)
            status = set_string(out, resolved);
        free(resolved);
    }
    int cause = errno;
    if (status) {
        buffer_clear(out);
        return error_nomem(err);
    }
    if (!found && out->size == 0)
        status = index_path_normalize(out, typed, err);
    if (status)
        return status;
    out->size--; /* the NUL stays after the end */
    if (found)
        return ST_OK;
    /* The normalized path may exist although the typed name leads nowhere. */
    bool missing =
        means_missing(cause) && lstat((const char *)out->data, &st) != 0 && means_missing(errno);
    return error_set(err, missing ? ST_NOT_FOUND : ST_EIO, cause, "%s", typed);
}

enum status path_resolve(struct buffer *out, struct path_resolver *resolver, const char *typed,
                         struct error *err) {
    return resolve(out, resolver, typed, true, err);
}

enum status path_resolve_parent(struct buffer *out, struct path_resolver *resolver,
                                const char *typed, struct error *err) {
    return resolve(out, resolver, typed, false, err);
}

enum status path_normalize(struct buffer *out, const char *typed, struct error *err) {
    buffer_clear(out);
    if (!*typed)
        return refuse_empty_name(err);
    enum status status = index_path_normalize(out, typed, err);
    out->size -= !status; /* as above */
    return status;
}
