#include "indexer/adopt.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "indexer/generation.h"
#include "indexer/lock.h"

static enum status verify(struct verify_counts *counts, const char *path, struct error *err) {
    struct store *store;
    struct snapshot *snapshot;
    enum status status = store_open(&store, path, STORE_READ, err);
    if (status)
        return status;
    status = snapshot_of_store(&snapshot, store, err);
    if (!status) {
        status = verify_snapshot(snapshot, counts, err);
        snapshot_close(snapshot);
    }
    store_close(store);
    return status;
}

/* Fills in the newest sound generation. Only damage leads on to an older one: what cannot be read
 * just now may be whole, and would be swept. */
static enum status find_sound(struct adoption *adoption, const char *index,
                              struct progress *progress, struct error *err) {
    unsigned long number = ULONG_MAX;
    bool damaged = false;
    while ((number = current_below(index, number)) != 0) {
        char path[GENERATION_PATH];
        const char *name;
        enum status status = current_path(index, number, path, &name, err);
        if (!status)
            status = current_examine(path, err);
        if (status == ST_NOT_FOUND)
            continue;
        if (!status)
            status = verify(&adoption->counts, path, err);
        if (!status) {
            snprintf(adoption->name, sizeof adoption->name, "%s", name);
            return ST_OK;
        }
        if (status != ST_CORRUPT)
            return status;
        progress_trouble(progress, err->text);
        damaged = true;
    }
    if (!damaged)
        return error_set(err, ST_NOT_FOUND, 0, "no index at %s", index);
    return error_set(err, ST_CORRUPT, 0,
                     "%s: no generation is sound; move the folder away and index again", index);
}

enum status adopt(struct adoption *adoption, const char *index, struct progress *progress,
                  struct error *err) {
    char path[GENERATION_PATH];
    int lock = -1;
    *adoption = (struct adoption){0};
    enum status status = current_generation(index, path, sizeof path, err);
    if (status && status != ST_CORRUPT)
        return status;
    status = lock_take(&lock, index, err);
    if (status)
        return status;
    status = current_generation(index, path, sizeof path, err);
    adoption->needless = !status && access(path, F_OK) == 0;
    if (adoption->needless) {
        snprintf(adoption->name, sizeof adoption->name, "%s", strrchr(path, '/') + 1);
    } else if (!status || status == ST_CORRUPT) {
        status = find_sound(adoption, index, progress, err);
        if (!status)
            status = generation_publish(index, adoption->name, err);
    }
    lock_release(lock);
    return status;
}
