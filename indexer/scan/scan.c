/* SPDX-License-Identifier: MIT */
/* Walks the folders of a source and reports each entry to changes and ingest. */
#include "indexer/scan/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/index/index_path.h"
#include "indexer/scan/ingest_file.h"
#include "indexer/source/decompressor.h"
#include "indexer/source/stream.h"
#include "indexer/source/walk.h"

/* Lists what a scan must not open: the index's own files, and folders that are scanned apart. */
static enum status exclude(struct file_identity **out, size_t *count, const struct ingest *ingest,
                           const struct source *source, const struct sources *all_sources,
                           struct error *err) {
    struct file_set index_files = ingest_index_files(ingest);
    struct file_identity *excluded =
        malloc((index_files.count + all_sources->count + 1) * sizeof *excluded);
    if (!excluded)
        return error_nomem(err);
    for (*count = 0; *count < index_files.count; ++*count)
        excluded[*count] = index_files.items[*count];
    for (size_t i = 0; i < all_sources->count; i++) {
        const struct source *other = &all_sources->items[i];
        struct stat st;
        if (other->kind == SOURCE_FOLDER && !slice_equal(other->path, source->path) &&
            path_within(other->path, source->path) &&
            lstat((const char *)other->path.data, &st) == 0)
            excluded[(*count)++] = (struct file_identity){st.st_dev, st.st_ino};
    }
    *out = excluded;
    return ST_OK;
}

static enum status count_failure(struct ingest *ingest, struct slice path, int sys) {
    struct error why;
    error_set(&why, ST_EIO, sys, "%.*s", (int)path.size, (const char *)path.data);
    progress_count(ingest->progress, OUTCOME_FAILED, path, why.text);
    return ST_OK;
}

/* Counts a folder whose ignore files cannot be read. */
static enum status count_unreadable_rules(struct ingest *ingest, struct slice path,
                                          const char *reason) {
    struct error why;
    error_set(&why, ST_EIO, 0, "%.*s: not scanned: %s", (int)path.size, (const char *)path.data,
              reason);
    progress_count(ingest->progress, OUTCOME_FAILED, path, why.text);
    return ST_OK;
}

/* Handles one entry of a walk. */
static enum status scan_entry(struct ingest *ingest, const struct source *source,
                              const struct walk_entry *entry, struct error *err) {
    struct changes *changes = ingest->changes;
    struct slice path = slice_of(entry->path, entry->path_size);
    struct slice name = slice_of_string(entry->name);
    switch (entry->kind) {
    case WALK_DIRECTORY_BEGIN:
        return changes_enter(changes, ingest_snapshot(ingest), path, entry->stat.st_dev, err);
    case WALK_FILE: {
        struct file_entry file = {path, entry->directory, entry->name, &entry->stat, 0, false};
        return ingest_file(ingest, source, &file, err);
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
        return entry->rules_error ? count_unreadable_rules(ingest, path, entry->rules_error)
                                  : count_failure(ingest, path, entry->sys);
    case WALK_DIRECTORY_END:
        return changes_leave(changes, ingest_snapshot(ingest), err);
    }
    return ST_OK;
}

/* `follow`: the source may be a link to a folder. */
static enum status scan_folder(struct ingest *ingest, const struct source *source,
                               const struct sources *all_sources, bool follow, bool requested,
                               struct error *err) {
    struct walk *walk = NULL;
    struct file_identity *excluded;
    size_t excluded_count;
    enum status status = exclude(&excluded, &excluded_count, ingest, source, all_sources, err);
    if (status)
        return status;
    struct walk_options options = {.follow = follow,
                                   .no_ignore = source->no_ignore,
                                   .one_file_system = source->one_file_system,
                                   .excluded = {excluded, excluded_count}};
    status = walk_open(&walk, (const char *)source->path.data, &options, err);
    if (status == ST_EIO || status == ST_NOT_FOUND) {
        progress_error(ingest->progress, err->text);
        status = ST_END;
    } else if (status == ST_SKIPPED) {
        ingest_skip(ingest, source->path, requested, ingest_error_reason(err, source->path));
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

/* Scans a single file; `target` is the path to open, and `st` its state. */
static enum status scan_file(struct ingest *ingest, const struct source *source, const char *target,
                             const struct stat *st, bool requested, struct error *err) {
    struct slice folder, name;
    path_split(&folder, &name, source->path);
    enum status status = changes_visit(ingest->changes, ingest_snapshot(ingest), folder, err);
    struct file_entry file = {source->path, AT_FDCWD, target, st, FILE_NAMED, requested};
    return status ? status : ingest_file(ingest, source, &file, err);
}

/* Adds what is remembered of a folder at this path to the deleted entries. */
static enum status find_deleted_folder(struct ingest *ingest, struct slice path,
                                       struct error *err) {
    return changes_folder_deleted(ingest->changes, ingest_snapshot(ingest), path, err);
}

/* Adds what is remembered of a file at this path to the deleted entries. */
static enum status find_deleted_file(struct ingest *ingest, struct slice path, struct error *err) {
    struct slice folder, name;
    path_split(&folder, &name, path);
    return name.size
               ? changes_file_deleted(ingest->changes, ingest_snapshot(ingest), folder, name, err)
               : ST_OK;
}

/* Begins a new source, and adds what is remembered of a path where nothing exists to the deleted
 * entries. *folder: it was a folder. */
static enum status find_deleted(bool *folder, struct ingest *ingest, struct slice path,
                                struct error *err) {
    size_t deleted_count;
    changes_reset(ingest->changes);
    enum status status = find_deleted_folder(ingest, path, err);
    changes_deleted(&deleted_count, ingest->changes);
    *folder = deleted_count > 0;
    return status ? status : find_deleted_file(ingest, path, err);
}

static enum status remove_deleted_unless_guarded(struct ingest *ingest, struct slice path,
                                                 bool folder, struct error *err) {
    enum status status = delete_guard_check(changes_counts(ingest->changes),
                                            &ingest->options->max_delete, path, folder, err);
    if (status == ST_LIMIT) {
        ingest->guard_tripped = true;
        progress_error(ingest->progress, err->text);
        return ST_OK;
    }
    return status ? status : ingest_remove_deleted(ingest, err);
}

/* Scans a source that exists. `link`: it is a link, whose target is scanned. */
static enum status scan_target(struct ingest *ingest, const struct source *source,
                               const struct sources *all_sources, bool link, bool requested,
                               struct error *err) {
    const char *path = (const char *)source->path.data;
    char *target = link ? realpath(path, NULL) : NULL;
    struct stat st;
    if ((link && !target) || lstat(link ? target : path, &st) != 0) {
        int cause = errno;
        free(target);
        return cause == ENOMEM ? error_nomem(err) : count_failure(ingest, source->path, cause);
    }
    bool folder = S_ISDIR(st.st_mode);
    enum status status = ST_OK;
    changes_reset(ingest->changes);
    if (folder && file_set_has(ingest_index_files(ingest), &st))
        ingest_skip(ingest, source->path, requested, "part of the index");
    else if (folder)
        status = scan_folder(ingest, source, all_sources, link, requested, err);
    else
        status = scan_file(ingest, source, link ? target : path, &st, requested, err);
    free(target);
    /* The source may have been a file before and be a folder now, or the reverse. */
    if (!status && folder && source->kind != SOURCE_FOLDER)
        status = find_deleted_file(ingest, source->path, err);
    if (!status && !folder && source->kind != SOURCE_FILE)
        status = find_deleted_folder(ingest, source->path, err);
    return status ? status : remove_deleted_unless_guarded(ingest, source->path, folder, err);
}

enum status scan_source(struct ingest *ingest, const struct source *source,
                        const struct sources *all_sources, bool requested, struct error *err) {
    const char *path = (const char *)source->path.data;
    struct stat st, target;
    bool folder;
    size_t deleted_count;
    if (lstat(path, &st) == 0 && stat(path, &target) == 0) {
        bool link = S_ISLNK(st.st_mode);
        if (!link || source->kind == SOURCE_LINK)
            return scan_target(ingest, source, all_sources, link, requested, err);
        error_set(err, ST_SKIPPED, 0,
                  "%s: now a symbolic link, which is not followed; to follow it: quern-index %s",
                  path, path);
        progress_error(ingest->progress, err->text);
        return ST_OK;
    }
    if (errno != ENOENT && errno != ENOTDIR)
        return count_failure(ingest, source->path, errno);
    enum status status = find_deleted(&folder, ingest, source->path, err);
    changes_deleted(&deleted_count, ingest->changes);
    if (!status && deleted_count == 0)
        return error_set(err, ST_NOT_FOUND, ENOENT, "%s", path);
    return status ? status : remove_deleted_unless_guarded(ingest, source->path, folder, err);
}

/* Removes the deleted entries; if no document was among them, the document with this id. *removed:
 * there was a document. */
static enum status remove_deleted(bool *removed, struct ingest *ingest, struct slice id,
                                  struct error *err) {
    const uint64_t *count = &ingest->progress->counts[OUTCOME_REMOVED], before = *count;
    enum status status = ingest_remove_deleted(ingest, err);
    if (!status && *count == before)
        status = ingest_remove(ingest, id, err);
    *removed = *count > before;
    return status;
}

/* Handles a path in a list where nothing exists. The list may know that a file was deleted; a
 * folder may be on a disk that is not mounted, so it is guarded as a source is. *known: something
 * is remembered of the path. */
static enum status remove_listed(bool *known, struct ingest *ingest, struct slice path,
                                 struct error *err) {
    bool folder, removed;
    size_t deleted_count;
    enum status status = find_deleted(&folder, ingest, path, err);
    changes_deleted(&deleted_count, ingest->changes);
    *known = deleted_count > 0;
    if (!status && folder)
        return remove_deleted_unless_guarded(ingest, path, folder, err);
    if (!status) {
        status = remove_deleted(&removed, ingest, path, err);
        *known = *known || removed;
    }
    return status;
}

/* Scans what one line of a list names; *path becomes its path. */
static enum status scan_list_line(struct buffer *path, struct ingest *ingest, struct source *source,
                                  const struct sources *all_sources, const char *typed,
                                  struct error *err) {
    struct stat st;
    enum status status = path_resolve(path, &ingest->resolver, typed, err);
    source->path = buffer_slice(path);
    if (status && !path->size)
        return status;
    if (status == ST_NOT_FOUND) {
        int cause = err->sys;
        bool known;
        status = remove_listed(&known, ingest, source->path, err);
        return status || known ? status : count_failure(ingest, slice_of_string(typed), cause);
    }
    if (status == ST_EIO)
        return count_failure(ingest, slice_of_string(typed), err->sys);
    if (status)
        return status;
    if (lstat((const char *)path->data, &st) != 0)
        return count_failure(ingest, slice_of_string(typed), errno);
    source->kind = S_ISDIR(st.st_mode) ? SOURCE_FOLDER : SOURCE_FILE;
    return source->kind == SOURCE_FOLDER
               ? scan_target(ingest, source, all_sources, false, false, err)
               : scan_file(ingest, source, (const char *)path->data, &st, false, err);
}

/* Scans what each line of a list names. */
static enum status scan_lines(struct ingest *ingest, struct line_reader *lines,
                              const struct source *options, const struct sources *all_sources,
                              struct error *err) {
    struct source source = *options;
    struct buffer typed = {0}, path = {0};
    struct slice line;
    enum status status = ST_OK;
    while (!status) {
        status = line_reader_next(&line, lines, err);
        if (status == ST_SKIPPED || status == ST_EIO || status == ST_CORRUPT) {
            progress_error(ingest->progress, err->text);
            status = status == ST_SKIPPED ? ST_OK : ST_END;
            continue;
        }
        if (status || line.size == 0)
            continue;
        buffer_clear(&typed);
        if (buffer_append_slice(&typed, line) || buffer_append_byte(&typed, 0))
            status = error_nomem(err);
        else
            status =
                scan_list_line(&path, ingest, &source, all_sources, (const char *)typed.data, err);
    }
    buffer_release(&typed);
    buffer_release(&path);
    return status == ST_END ? ST_OK : status;
}

enum status scan_list(struct ingest *ingest, const char *list, bool nul_separated,
                      const struct source *options, const struct sources *all_sources,
                      struct error *err) {
    struct decompressor *input;
    struct line_reader lines;
    int descriptor;
    enum status status = stream_open(&descriptor, list, ingest_index_files(ingest), err);
    if (status == ST_SKIPPED)
        return error_set(err, ST_INVALID, 0, "--files-from %s: part of the index", list);
    if (status)
        return status;
    status = decompressor_open(&input, descriptor, list, ingest->options->stop, err);
    if (!status) {
        struct line_source source = decompressor_line_source(input);
        line_reader_init(&lines, &source,
                         &(struct line_reader_options){
                             .name = list, .nul_separated = nul_separated, .max_line = PATH_MAX});
        status = scan_lines(ingest, &lines, options, all_sources, err);
        line_reader_release(&lines);
        decompressor_close(input);
    }
    close(descriptor);
    return status;
}

/* Removes what is known of a path. *known: something was. */
static enum status remove_path(bool *known, struct ingest *ingest, struct sources *sources,
                               struct slice path, struct error *err) {
    bool folder, removed = false;
    enum status status = find_deleted(&folder, ingest, path, err);
    if (!status)
        status = remove_deleted(&removed, ingest, path, err);
    *known = sources_remove(sources, path) > 0 || removed;
    return status;
}

/* Removes the document with this id. If the id is the path of a file, the record of the file goes
 * with it; a folder at this path stays, because a record of an NDJSON file may have such an id. */
static enum status remove_document(bool *known, struct ingest *ingest, struct sources *sources,
                                   struct slice id, struct error *err) {
    size_t deleted_count;
    *known = false;
    changes_reset(ingest->changes);
    enum status status = id.size && id.data[0] == '/' ? find_deleted_file(ingest, id, err) : ST_OK;
    changes_deleted(&deleted_count, ingest->changes);
    if (!status)
        status = remove_deleted(known, ingest, id, err);
    if (*known && deleted_count)
        sources_remove(sources, id);
    return status;
}

enum status scan_remove(struct ingest *ingest, struct sources *sources, const char *word,
                        struct error *err) {
    struct buffer path = {0};
    bool known;
    enum status status = remove_document(&known, ingest, sources, slice_of_string(word), err);
    /* A path through a link that is a source is known by the name of the link, so three readings of
     * the word are tried. */
    for (int way = 0; !status && !known && way < 3; way++) {
        status = way == 0   ? path_resolve_parent(&path, &ingest->resolver, word, err)
                 : way == 1 ? path_resolve(&path, &ingest->resolver, word, err)
                            : path_normalize(&path, word, err);
        if (path.size)
            status = remove_path(&known, ingest, sources, buffer_slice(&path), err);
    }
    if (!status && !known) {
        error_set(err, ST_NOT_FOUND, 0, "%s: no such document, file or folder in the index", word);
        progress_error(ingest->progress, err->text);
    }
    buffer_release(&path);
    return status;
}
