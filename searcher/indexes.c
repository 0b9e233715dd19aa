#include "searcher/indexes.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "common/place.h"

/* Whether an earlier path names the same folder. */
static bool is_known(const struct indexes *indexes, const char *path) {
    struct stat info, other;
    if (indexes->count == 0 || stat(path, &info) != 0)
        return false; /* opening it will tell what is wrong */
    for (size_t i = 0; i < indexes->count; i++)
        if (stat(indexes->paths[i], &other) == 0 && other.st_dev == info.st_dev &&
            other.st_ino == info.st_ino)
            return true;
    return false;
}

enum status indexes_find(struct indexes *indexes, const struct cli_list *given, struct error *err) {
    size_t wanted = given->count ? given->count : 1;
    *indexes = (struct indexes){.given = given->count > 0};
    indexes->paths = calloc(wanted, sizeof *indexes->paths);
    indexes->snapshots = calloc(wanted, sizeof(struct snapshot *));
    if (!indexes->paths || !indexes->snapshots)
        return error_nomem(err);
    for (size_t i = 0; i < wanted; i++) {
        char path[PLACE_MAX];
        enum status status = place_index(path, given->count ? given->items[i] : NULL, false, err);
        if (status)
            return status;
        if (is_known(indexes, path))
            continue;
        indexes->paths[indexes->count] = strdup(path);
        if (!indexes->paths[indexes->count])
            return error_nomem(err);
        indexes->count++;
    }
    return ST_OK;
}

static enum status open_analyzer(struct indexes *indexes, struct error *err) {
    char shown[PLACE_MAX];
    const struct catalog *first = &indexes->snapshots[0]->catalog;
    for (size_t i = 1; i < indexes->count; i++) {
        if (strcmp(first->analysis, indexes->snapshots[i]->catalog.analysis) == 0)
            continue;
        return error_set(err, ST_SETTINGS, 0,
                         "%s: its words were made with other settings (stemmer, stop words) than "
                         "those of the first index; search them apart",
                         place_show(shown, indexes->paths[i]));
    }
    struct analysis settings = {.stopwords = buffer_slice(&first->stopwords)};
    if (strlen(first->stemmer) >= sizeof settings.stemmer)
        return error_set(err, ST_CORRUPT, 0, "%s: its catalog names no stemmer",
                         place_show(shown, indexes->paths[0]));
    memcpy(settings.stemmer, first->stemmer, strlen(first->stemmer) + 1);
    enum status status = analyzer_new(&indexes->analyzer, &settings, err);
    if (!status && strcmp(analyzer_stamp(indexes->analyzer), first->analysis) != 0)
        status = error_set(err, ST_SETTINGS, 0,
                           "%s: made by a version that reads words otherwise; remove it and index "
                           "again with: quern-index",
                           place_show(shown, indexes->paths[0]));
    return status;
}

enum status indexes_open(struct indexes *indexes, struct error *err) {
    for (size_t i = 0; i < indexes->count; i++) {
        char shown[PLACE_MAX];
        enum status status = snapshot_open(&indexes->snapshots[i], indexes->paths[i], err);
        if (status == ST_NOT_FOUND) {
            place_show(shown, indexes->paths[i]);
            return error_set(err, status, 0, "no index at %s; create one with: quern-index%s%s %s",
                             shown, indexes->given ? " -i " : "", indexes->given ? shown : "",
                             "~/notes");
        }
        if (status)
            return status;
    }
    return open_analyzer(indexes, err);
}

void indexes_close(struct indexes *indexes) {
    analyzer_free(indexes->analyzer);
    for (size_t i = 0; i < indexes->count; i++) {
        if (indexes->snapshots[i])
            snapshot_close(indexes->snapshots[i]);
        free(indexes->paths[i]);
    }
    free(indexes->paths);
    free(indexes->snapshots);
    *indexes = (struct indexes){0};
}
