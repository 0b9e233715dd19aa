#include "indexer/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "common/place.h"
#include "indexer/source/lines.h"

/* The folders a scan must not enter: the index's own, and sources that are scanned apart. */
static enum status exclude(struct file_identity **out, size_t *count, const struct ingest *ingest,
                           const struct source *source, const struct sources *all,
                           struct error *err) {
    struct file_identity *excluded =
        malloc((ingest->own_count + all->count + 1) * sizeof *excluded);
    if (!excluded)
        return error_nomem(err);
    *count = 0;
    for (size_t i = 0; i < ingest->own_count; i++)
        excluded[(*count)++] = ingest->own[i];
    for (size_t i = 0; i < all->count; i++) {
        const struct source *other = &all->items[i];
        struct stat st;
        if (other->kind == SOURCE_FOLDER && !slice_equal(other->path, source->path) &&
            path_within(other->path, source->path) &&
            lstat((const char *)other->path.data, &st) == 0)
            excluded[(*count)++] = (struct file_identity){st.st_dev, st.st_ino};
    }
    *out = excluded;
    return ST_OK;
}

static enum status fail(struct ingest *ingest, struct slice path, int sys) {
    struct error why;
    error_set(&why, ST_EIO, sys, "%.*s", (int)path.size, (const char *)path.data);
    progress_count(ingest->progress, OUTCOME_FAILED, path, why.text);
    return ST_OK;
}

/* Takes in one entry of a walk. */
static enum status scan_entry(struct ingest *ingest, const struct source *source,
                              const struct walk_entry *entry, struct error *err) {
    struct changes *changes = ingest->changes;
    struct slice path = slice_of(entry->path, entry->path_size);
    struct slice name = slice_of_string(entry->name);
    switch (entry->kind) {
    case WALK_DIRECTORY_BEGIN:
        return changes_enter(changes, ingest_snapshot(ingest), path, entry->stat.st_dev, err);
    case WALK_FILE: {
        struct found found = {path, entry->directory, entry->name, &entry->stat, 0};
        return ingest_file(ingest, source, &found, err);
    }
    case WALK_SUBDIRECTORY:
        return changes_subfolder(changes, name, err);
    case WALK_SKIPPED:
        if (entry->reason == WALK_EXCLUDED || entry->reason == WALK_OTHER_FILE_SYSTEM)
            changes_keep(changes, name);
        progress_count(ingest->progress, OUTCOME_SKIPPED, path, walk_reason_text(entry->reason));
        return ST_OK;
    case WALK_FAILED:
        changes_keep(changes, name);
        return fail(ingest, path, entry->sys);
    case WALK_DIRECTORY_END:
        return changes_leave(changes, ingest_snapshot(ingest), err);
    }
    return ST_OK;
}

static enum status scan_folder(struct ingest *ingest, const struct source *source,
                               const struct sources *all, struct error *err) {
    struct walk *walk = NULL;
    struct file_identity *excluded = NULL;
    size_t excluded_count;
    enum status status = exclude(&excluded, &excluded_count, ingest, source, all, err);
    if (status)
        return status;
    struct walk_options options = {.follow = true,
                                   .no_ignore = source->no_ignore,
                                   .one_file_system = source->one_file_system,
                                   .excluded = {excluded, excluded_count}};
    status = walk_open(&walk, (const char *)source->path.data, &options, err);
    if (status == ST_EIO || status == ST_NOT_FOUND) {
        progress_trouble(ingest->progress, err->text);
        status = ST_END;
    }
    struct walk_entry entry;
    while (!status) {
        status = walk_next(&entry, walk, err);
        if (!status)
            status = scan_entry(ingest, source, &entry, err);
    }
    walk_close(walk);
    free(excluded);
    return status == ST_END ? ST_OK : status;
}

/* A single file, by its absolute path. */
static enum status scan_file(struct ingest *ingest, const struct source *source,
                             const struct stat *st, struct error *err) {
    struct slice folder, name;
    path_split(source->path, &folder, &name);
    enum status status = changes_visit(ingest->changes, ingest_snapshot(ingest), folder, err);
    struct found found = {source->path, AT_FDCWD, (const char *)source->path.data, st, FILE_NAMED};
    return status ? status : ingest_file(ingest, source, &found, err);
}

/* What is remembered of a path where nothing is any more. */
static enum status vanished(struct ingest *ingest, struct slice path, struct error *err) {
    struct slice folder, name;
    path_split(path, &folder, &name);
    enum status status = changes_folder_gone(ingest->changes, ingest_snapshot(ingest), path, err);
    if (!status && name.size)
        status = changes_file_gone(ingest->changes, ingest_snapshot(ingest), folder, name, err);
    return status;
}

static enum status remove_vanished(struct ingest *ingest, const struct source *source,
                                   struct error *err) {
    enum status status = changes_guard(ingest->changes, &ingest->settings->max_delete, source->path,
                                       source->kind == SOURCE_FOLDER, err);
    if (status == ST_LIMIT) {
        ingest->held = true;
        progress_trouble(ingest->progress, err->text);
        return ST_OK;
    }
    return status ? status : ingest_gone(ingest, err);
}

enum status scan_source(struct ingest *ingest, const struct source *source,
                        const struct sources *all, struct error *err) {
    struct stat st;
    enum status status;
    size_t gone;
    changes_start(ingest->changes);
    if (stat((const char *)source->path.data, &st) == 0) {
        if (S_ISDIR(st.st_mode) && ingest_is_own(ingest, &st)) {
            progress_count(ingest->progress, OUTCOME_SKIPPED, source->path, "part of the index");
            return ST_OK;
        }
        status = S_ISDIR(st.st_mode) ? scan_folder(ingest, source, all, err)
                                     : scan_file(ingest, source, &st, err);
    } else if (errno == ENOENT || errno == ENOTDIR) {
        status = vanished(ingest, source->path, err);
        changes_gone(ingest->changes, &gone);
        if (!status && gone == 0)
            return error_set(err, ST_NOT_FOUND, ENOENT, "%s", (const char *)source->path.data);
    } else {
        return fail(ingest, source->path, errno);
    }
    return status ? status : remove_vanished(ingest, source, err);
}

/* One line of a list of files. */
static enum status scan_listed(struct ingest *ingest, struct source *source, const char *typed,
                               const struct sources *all, struct buffer *path, struct error *err) {
    struct stat st;
    enum status status = path_resolve(path, &ingest->resolver, typed, err);
    source->path = buffer_slice(path);
    if (status == ST_NOT_FOUND) {
        changes_start(ingest->changes);
        status = vanished(ingest, source->path, err);
        if (!status)
            status = ingest_gone(ingest, err);
        return status ? status : ingest_drop(ingest, source->path, err);
    }
    if (status == ST_EIO || (!status && lstat((const char *)path->data, &st) != 0))
        return fail(ingest, slice_of_string(typed), errno);
    if (status)
        return status;
    return S_ISDIR(st.st_mode) ? scan_source(ingest, source, all, err)
                               : scan_file(ingest, source, &st, err);
}

enum status scan_list(struct ingest *ingest, const char *list, bool null,
                      const struct source *options, const struct sources *all, struct error *err) {
    struct lines *lines = NULL;
    struct lines_options lines_options = {
        .separator = null ? '\0' : '\n', .max_line = PLACE_MAX, .stop = ingest->settings->stop};
    struct source source = *options;
    struct buffer typed = {0}, path = {0};
    struct slice line;
    enum status status = lines_open(&lines, list, list, &lines_options, err);
    while (!status) {
        status = lines_next(&line, lines, err);
        if (status == ST_SKIPPED || status == ST_EIO || status == ST_CORRUPT) {
            progress_trouble(ingest->progress, err->text);
            status = status == ST_SKIPPED ? ST_OK : ST_END;
            continue;
        }
        if (status || line.size == 0)
            continue;
        buffer_clear(&typed);
        if (buffer_append_slice(&typed, line) || buffer_append_byte(&typed, 0))
            status = error_nomem(err);
        else
            status = scan_listed(ingest, &source, (const char *)typed.data, all, &path, err);
    }
    lines_close(lines);
    buffer_release(&typed);
    buffer_release(&path);
    return status == ST_END ? ST_OK : status;
}

enum status scan_remove(struct ingest *ingest, struct sources *sources, const char *word,
                        struct error *err) {
    uint64_t *removed = &ingest->progress->counts[OUTCOME_REMOVED], before = *removed;
    struct buffer path = {0};
    enum status status = ingest_drop(ingest, slice_of_string(word), err);
    if (!status && *removed == before) {
        status = path_resolve(&path, &ingest->resolver, word, err);
        if (status == ST_NOT_FOUND || status == ST_EIO)
            status = ST_OK;
    }
    if (!status && *removed == before) {
        changes_start(ingest->changes);
        status = vanished(ingest, buffer_slice(&path), err);
        if (!status)
            status = ingest_gone(ingest, err);
        if (!status && *removed == before)
            status = ingest_drop(ingest, buffer_slice(&path), err);
        bool known = sources_remove(sources, buffer_slice(&path)) > 0;
        if (!status && *removed == before && !known) {
            error_set(err, ST_NOT_FOUND, 0, "%s: no such document, file or folder in the index",
                      word);
            progress_trouble(ingest->progress, err->text);
        }
    }
    buffer_release(&path);
    return status;
}
