/* The k best documents seen so far. Of equal scores the document that comes first in the index is
 * the better one.
 *
 * A few are kept in a heap with the worst on top, so that each one that gets in raises the bar at
 * once. Many are collected in a buffer of twice as many, while a histogram of their scores raises
 * the bar to the bucket of the k-th best: a push costs a fraction of the way through a heap. When
 * the buffer is full, what is below the bar is dropped. */
#ifndef QUERN_SEARCHER_EVAL_TOPK_H
#define QUERN_SEARCHER_EVAL_TOPK_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/status.h"

struct topk_entry {
    uint32_t score;
    uint32_t segment; /* counted through all indexes, in document order */
    uint32_t doc;
};

struct topk {
    struct topk_entry *entries;
    size_t count, limit, capacity;
    uint32_t *histogram; /* how many entries have a score of each; NULL: entries are a heap */
    uint32_t kth_bucket; /* the bucket of the k-th best, 0 while there are fewer */
    size_t kept_count;   /* entries of this bucket and those above */
    uint32_t *scratch;   /* to select in */
    /* The least score that gets in, when documents come in order: 0 while there is room, then more
     * than the worst of those that are known to be in. UINT32_MAX when nothing is wanted. */
    uint32_t threshold;
};

enum status topk_init(struct topk *topk, size_t limit);
void topk_release(struct topk *topk);

/* Offers a document that comes behind all offered before; its score is below 2^31. */
void topk_offer(struct topk *topk, uint32_t score, uint32_t segment, uint32_t doc);

/* Puts the best `limit` entries in order, best first; then topk_offer() is over. ST_NOMEM. */
enum status topk_sort(struct topk *topk);

#endif
