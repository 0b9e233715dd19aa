/* SPDX-License-Identifier: MIT */
/* The ids of the uncommitted batch, and the newest document of each. */
#ifndef QUERN_INDEXER_COMMIT_PENDING_IDS_H
#define QUERN_INDEXER_COMMIT_PENDING_IDS_H

#include "common/base/bytes.h"
#include "common/base/hash_index.h"
#include "common/base/status.h"

enum { PENDING_ID_DELETED = -1 }; /* as a document number: the id was deleted in this batch */

struct pending_id {
    uint64_t hash;         /* id_index_hash() of the id */
    uint64_t content_hash; /* of its newest document */
    size_t id_offset;      /* in `ids` */
    uint32_t id_size;
    uint32_t doc; /* its newest document, or PENDING_ID_DELETED */
};

/* Start with {0}. Memory grows with the number of ids. */
struct pending_ids {
    struct pending_id *items;
    size_t count, capacity;
    struct hash_index index; /* of items; at most half of its slots are used */
    struct buffer ids;
};

/* Removes all ids and frees their memory. */
void pending_ids_release(struct pending_ids *pending);
uint64_t pending_ids_memory(const struct pending_ids *pending);

/* The item of an id, or NULL. Valid until the next pending_ids_add(). */
struct pending_id *pending_ids_find(struct pending_ids *pending, uint64_t hash, struct slice id);
/* Adds an id that is not in the batch. ST_NOMEM. */
enum status pending_ids_add(struct pending_ids *pending, uint64_t hash, struct slice id,
                            uint32_t doc, uint64_t content_hash);

#endif
