/* SPDX-License-Identifier: MIT */
/* Keeps the k best documents offered so far. Of equal scores the document that comes first in the
 * index is the better one.
 *
 * A small k uses a heap with the worst document on top, so each document that gets in raises the
 * threshold at once. A large k uses a buffer of 2 k documents with a histogram of their scores,
 * which raises the threshold to the bucket of the k-th best: an offer costs a fraction of what it
 * costs in a heap. When the buffer is full, documents below the threshold are dropped. */
#ifndef QUERN_SEARCHER_MATCH_TOPK_H
#define QUERN_SEARCHER_MATCH_TOPK_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/status.h"

struct topk_entry {
    uint32_t score;
    uint32_t segment; /* its ordinal (plan.h) */
    uint32_t doc;
};

struct topk {
    struct topk_entry *entries;
    size_t count, limit, capacity;
    uint32_t *histogram; /* number of entries by bucket of scores; NULL: entries are a heap */
    uint32_t kth_bucket; /* the bucket of the k-th best; 0 while there are fewer */
    size_t kept_count;   /* entries in this bucket and those above */
    uint32_t *scratch;   /* for the selection of the k-th best */
    /* See topk_expect(). The heap has the best scores offered so far, the lowest one on top. */
    uint32_t *expected;
    size_t expected_count, expected_limit;
    uint32_t slack;
    /* The lowest score that gets in, as documents are offered in order: 0 while there are fewer
     * than k (or than expected), then more than that of the worst document known to be in.
     * UINT32_MAX if k is 0. */
    uint32_t threshold;
};

/* Keeps the best `limit` documents. ST_NOMEM: there is nothing to release. */
enum status topk_init(struct topk *topk, size_t limit);
void topk_release(struct topk *topk);

/* Says that of the k documents only the best `count` are wanted once something up to `slack` has
 * been added to each score: no document need be kept whose score is lower than the count-th best by
 * more than that. To be called before the first offer. ST_NOMEM. */
enum status topk_expect(struct topk *topk, size_t count, uint32_t slack);

/* Offers a document that comes after all those offered before. Its score is below 2^31. */
void topk_offer(struct topk *topk, uint32_t score, uint32_t segment, uint32_t doc);

/* Leaves the best `limit` entries, best first. No more may be offered then. ST_NOMEM. */
enum status topk_sort(struct topk *topk);

#endif
