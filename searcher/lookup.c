/* SPDX-License-Identifier: MIT */
/* Asks every segment for an id. */
#include "searcher/lookup.h"

#include <stdlib.h>

static enum status find_id(struct hit *hit, struct buffer *id, const struct indexes *indexes,
                           const char *name, struct error *err) {
    for (size_t i = 0; i < indexes->count; i++) {
        struct snapshot *snapshot = indexes->snapshots[i];
        for (size_t k = 0; k < snapshot->catalog.segment_count; k++) {
            struct document document;
            enum status status = segment_find_id(&hit->doc, &document, &snapshot->segments[k],
                                                 slice_of_string(name), err);
            if (status == ST_NOT_FOUND)
                continue;
            hit->index = (uint32_t)i;
            hit->segment = (uint32_t)k;
            if (!status && buffer_append_slice(id, document.id))
                status = error_nomem(err);
            return status;
        }
    }
    return ST_NOT_FOUND;
}

enum status lookup_document(struct hit *hit, struct buffer *id, const struct indexes *indexes,
                            const char *name, struct error *err) {
    *hit = (struct hit){0};
    *id = (struct buffer){0};
    enum status status = find_id(hit, id, indexes, name, err);
    char *path = status == ST_NOT_FOUND ? realpath(name, NULL) : NULL;
    if (path)
        status = find_id(hit, id, indexes, path, err);
    free(path);
    return status == ST_NOT_FOUND ? error_set(err, status, 0, "%s: not in the index", name)
                                  : status;
}
