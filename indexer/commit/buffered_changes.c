/* SPDX-License-Identifier: MIT */
/* Collects deletions and records until a commit writes them. */
#include "indexer/commit/buffered_changes.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/codec.h"

enum { DELETIONS_INITIAL = 256 };

void buffered_changes_release(struct buffered_changes *changes) {
    free(changes->deletions);
    buffer_release(&changes->records);
    *changes = (struct buffered_changes){0};
}

enum status buffered_changes_delete(struct buffered_changes *changes, uint32_t segment,
                                    uint32_t doc) {
    size_t count = changes->deletion_count ? changes->deletion_count + 1 : DELETIONS_INITIAL;
    struct deletion *deletions =
        array_reserve(changes->deletions, &changes->deletion_capacity, count, sizeof *deletions);
    if (!deletions)
        return ST_NOMEM;
    changes->deletions = deletions;
    deletions[changes->deletion_count++] = (struct deletion){.segment = segment, .doc = doc};
    return ST_OK;
}

enum status buffered_changes_put(struct buffered_changes *changes, enum store_table table,
                                 struct slice key, struct slice value) {
    size_t size = changes->records.size;
    if (buffer_append_byte(&changes->records, (uint8_t)table) ||
        buffer_append_string(&changes->records, key) ||
        buffer_append_string(&changes->records, value)) {
        changes->records.size = size;
        return ST_NOMEM;
    }
    return ST_OK;
}

uint64_t buffered_changes_memory(const struct buffered_changes *changes) {
    return changes->records.capacity + changes->deletion_capacity * sizeof *changes->deletions;
}
