/* SPDX-License-Identifier: MIT */
/* Looks for the newest sound generation and makes it the current one. */
#include "indexer/adopt.h"

#include <limits.h>
#include <string.h>

#include "indexer/commit/generation.h"
#include "indexer/commit/lock.h"

static enum status verify(struct verify_counts *counts, const char *path, struct error *err) {
    struct store *store;
    struct snapshot *snapshot;
    enum status status = store_open(&store, path, STORE_READ, err);
    if (status)
        return status;
    status = snapshot_open_store(&snapshot, store, err);
    if (!status) {
        status = verify_snapshot(counts, snapshot, err);
        snapshot_close(snapshot);
    }
    store_close(store);
    return status;
}

/* Verifies the generation that CURRENT names. ST_OK: it is sound, and name and counts are set. */
static enum status verify_current(struct adoption *adoption, const char *index, struct error *err) {
    char path[PATH_MAX];
    enum status status = current_generation(path, index, err);
    if (status)
        return status;
    status = verify(&adoption->counts, path, err);
    if (status == ST_NOT_FOUND)
        return current_missing(index, path, err);
    snprintf(adoption->name, sizeof adoption->name, "%s", strrchr(path, '/') + 1);
    return status;
}

/* Finds the newest sound generation. Only damage leads to an older one: a generation that cannot be
 * read now may be sound, and would be removed. If there is no generation at all, returns ST_CORRUPT
 * and leaves *err as it was. */
static enum status find_sound(struct adoption *adoption, const char *index,
                              struct progress *progress, struct error *err) {
    unsigned long number = ULONG_MAX;
    struct error failure = {0};
    bool damaged = false;
    while ((number = current_newest_below(index, number)) != 0) {
        char path[PATH_MAX];
        const char *name;
        enum status status = current_path(path, &name, index, number, &failure);
        if (!status)
            status = current_inspect(path, &failure);
        if (status == ST_NOT_FOUND)
            continue;
        if (!status)
            status = verify(&adoption->counts, path, &failure);
        if (!status) {
            snprintf(adoption->name, sizeof adoption->name, "%s", name);
            return ST_OK;
        }
        if (status != ST_CORRUPT) {
            if (err)
                *err = failure;
            return status;
        }
        progress_error(progress, failure.text);
        damaged = true;
    }
    if (!damaged)
        return ST_CORRUPT;
    return error_set(err, ST_CORRUPT, 0,
                     "%s: no generation is sound; move the folder away and index again", index);
}

enum status adopt(struct adoption *adoption, const char *index, struct progress *progress,
                  struct error *err) {
    char path[PATH_MAX];
    int lock = -1;
    *adoption = (struct adoption){0};
    enum status status = current_generation(path, index, err);
    if (status && status != ST_CORRUPT)
        return status;
    status = lock_acquire(&lock, index, err);
    if (status)
        return status;
    status = verify_current(adoption, index, err);
    adoption->already_current = !status;
    if (status == ST_CORRUPT) {
        status = find_sound(adoption, index, progress, err);
        if (!status)
            status = generation_publish(index, adoption->name, err);
    }
    lock_release(lock);
    return status;
}
