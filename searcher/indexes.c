/* SPDX-License-Identifier: MIT */
/* Finds, opens and closes the indexes that are searched. */
#include "searcher/indexes.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "common/index/index_path.h"
#include "common/text/fingerprint.h"

enum { ATTEMPTS_MAX = 20 };

/* Whether an earlier path names the same folder. */
static bool is_duplicate(const struct indexes *indexes, const char *path) {
    struct stat info, other;
    if (indexes->count == 0 || stat(path, &info) != 0)
        return false; /* opening it will report the error */
    for (size_t i = 0; i < indexes->count; i++)
        if (stat(indexes->paths[i], &other) == 0 && other.st_dev == info.st_dev &&
            other.st_ino == info.st_ino)
            return true;
    return false;
}

enum status indexes_find(struct indexes *indexes, struct error *note, const struct cli_list *given,
                         struct error *err) {
    size_t wanted = given->count ? given->count : 1;
    *indexes = (struct indexes){.given = given->count > 0};
    indexes->paths = calloc(wanted, sizeof *indexes->paths);
    indexes->snapshots = calloc(wanted, sizeof(struct snapshot *));
    if (!indexes->paths || !indexes->snapshots)
        return error_nomem(err);
    for (size_t i = 0; i < wanted; i++) {
        char path[PATH_MAX];
        enum status status =
            index_path_find(path, note, given->count ? given->items[i] : NULL, false, err);
        if (status)
            return status;
        if (is_duplicate(indexes, path))
            continue;
        indexes->paths[indexes->count] = strdup(path);
        if (!indexes->paths[indexes->count])
            return error_nomem(err);
        indexes->count++;
    }
    return ST_OK;
}

static enum status open_analyzer(struct indexes *indexes, struct error *err) {
    char shown[PATH_MAX];
    const struct catalog *first = &indexes->snapshots[0]->catalog;
    for (size_t i = 1; i < indexes->count; i++) {
        if (fingerprint_compare(first->fingerprint, indexes->snapshots[i]->catalog.fingerprint) !=
            FINGERPRINT_OTHER)
            continue;
        return error_set(err, ST_SETTINGS, 0,
                         "%s: has other settings (stemmer, stop words) than the first index; "
                         "search them separately",
                         index_path_shorten(shown, indexes->paths[i]));
    }
    struct analyzer_options settings;
    if (catalog_analysis(&settings, first))
        return error_set(err, ST_CORRUPT, 0, "%s: its catalog names no stemmer",
                         index_path_shorten(shown, indexes->paths[0]));
    enum status status = analyzer_new(&indexes->analyzer, &settings, err);
    if (status)
        return status;
    const char *own = analyzer_fingerprint(indexes->analyzer);
    if (fingerprint_compare(own, first->fingerprint) == FINGERPRINT_OTHER)
        return error_set(err, ST_SETTINGS, 0,
                         "%s: made by a version of quern that splits text into words "
                         "differently; remove it and index again with: quern-index",
                         index_path_shorten(shown, indexes->paths[0]));
    for (size_t i = 0; i < indexes->count && !indexes->other_unicode; i++)
        if (strcmp(own, indexes->snapshots[i]->catalog.fingerprint) != 0)
            indexes->other_unicode = indexes->paths[i];
    return ST_OK;
}

static enum status open_first(struct indexes *indexes, size_t i, struct error *err) {
    char shown[PATH_MAX];
    enum status status = snapshot_open(&indexes->snapshots[i], indexes->paths[i], err);
    if (status != ST_NOT_FOUND)
        return status;
    index_path_shorten(shown, indexes->paths[i]);
    return error_set(err, status, 0, "no index at %s; create one with: quern-index%s%s %s", shown,
                     indexes->given ? " -i " : "", indexes->given ? shown : "", "~/notes");
}

static void close_one(struct indexes *indexes, unsigned threads, size_t i) {
    while (threads-- > 0) { /* the first one last: it holds the store that the others read */
        if (!indexes[threads].snapshots)
            continue;
        snapshot_close(indexes[threads].snapshots[i]);
        indexes[threads].snapshots[i] = NULL;
    }
}

/* Opens index `i` for all threads. A commit within the microseconds of opening makes the state of
 * the first thread unavailable to the others; then all threads start again. Lowers *threads if
 * there are too few slots for readers, or if every attempt meets a commit. */
static enum status open_one(struct indexes *indexes, unsigned *threads, size_t i,
                            struct error *err) {
    for (unsigned attempt = 1;; attempt++) {
        enum status status = open_first(&indexes[0], i, err);
        if (status)
            return status;
        unsigned opened = 1;
        while (opened < *threads && !status) {
            status =
                snapshot_open_same(&indexes[opened].snapshots[i], indexes[0].snapshots[i], err);
            opened += !status;
        }
        if (status == ST_BUSY && attempt < ATTEMPTS_MAX) {
            close_one(indexes, opened, i);
            continue;
        }
        *threads = opened;
        return status == ST_BUSY ? ST_OK : status;
    }
}

enum status indexes_open(struct indexes *indexes, unsigned *threads, struct error *err) {
    enum status status = ST_OK;
    for (unsigned thread = 1; thread < *threads; thread++) {
        indexes[thread] = (struct indexes){.paths = indexes[0].paths, .count = indexes[0].count};
        indexes[thread].snapshots = calloc(indexes[0].count, sizeof(struct snapshot *));
        if (!indexes[thread].snapshots)
            status = error_nomem(err);
    }
    for (size_t i = 0; !status && i < indexes[0].count; i++)
        status = open_one(indexes, threads, i, err);
    for (unsigned thread = 0; !status && thread < *threads; thread++) {
        status = open_analyzer(&indexes[thread], err);
        indexes[thread].scratch = search_scratch_new();
        if (!status && !indexes[thread].scratch)
            status = error_nomem(err);
    }
    return status;
}

enum status indexes_schema(struct schema *schema, const struct indexes *indexes,
                           struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < indexes->count && !status; i++) {
        const struct schema *other = &indexes->snapshots[i]->catalog.schema;
        if (i == 0)
            status = schema_copy(schema, other);
        for (size_t k = 0; i > 0 && k < other->count && !status; k++) {
            const struct schema_field *field = &other->fields[k];
            char shown[PATH_MAX];
            uint16_t number;
            status = schema_add(&number, schema, slice_of_string(field->name), field->type,
                                field->flags);
            if (status == ST_EXISTS)
                status = error_set(err, ST_SETTINGS, 0,
                                   "%s: its field %s has another type than in the first index; "
                                   "search them separately",
                                   index_path_shorten(shown, indexes->paths[i]), field->name);
            else if (status == ST_LIMIT)
                status = error_set(err, ST_LIMIT, 0, "%s: there are too many fields in all indexes",
                                   index_path_shorten(shown, indexes->paths[i]));
            else if (status)
                status = error_nomem(err);
        }
    }
    if (status)
        schema_release(schema);
    return status == ST_NOMEM ? error_nomem(err) : status;
}

void indexes_close(struct indexes *indexes, unsigned threads) {
    for (size_t i = 0; i < indexes[0].count; i++) {
        close_one(indexes, threads, i);
        free(indexes[0].paths[i]);
    }
    free(indexes[0].paths);
    for (unsigned thread = 0; thread < threads; thread++) {
        analyzer_free(indexes[thread].analyzer);
        search_scratch_free(indexes[thread].scratch);
        free(indexes[thread].snapshots);
        indexes[thread] = (struct indexes){0};
    }
}
