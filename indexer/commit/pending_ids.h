/* The ids of the batch that is being indexed: what an uncommitted document's id leads to. */
#ifndef QUERN_INDEXER_COMMIT_PENDING_IDS_H
#define QUERN_INDEXER_COMMIT_PENDING_IDS_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum { BATCH_REMOVED = -1 }; /* as a document number: the id was removed in this batch */

struct batch_item {
    uint64_t hash;         /* id_index_hash() of the id */
    uint64_t content_hash; /* of its newest document */
    size_t id;             /* place in `ids` */
    uint32_t id_size;
    uint32_t doc; /* its newest document, or BATCH_REMOVED */
};

/* Start with {0}. Memory grows with the ids. */
struct batch {
    struct batch_item *items;
    size_t count, capacity;
    uint32_t *table; /* open addressing: item + 1, or 0 */
    size_t mask;
    struct buffer ids;
};

/* Leaves an empty batch. */
void batch_release(struct batch *batch);
uint64_t batch_memory(const struct batch *batch);

/* The item of an id, or NULL. Valid until the next batch_put(). */
struct batch_item *batch_find(struct batch *batch, uint64_t hash, struct slice id);
/* Adds an id that is not there. */
enum status batch_put(struct batch *batch, uint64_t hash, struct slice id, uint32_t doc,
                      uint64_t content_hash);

#endif
