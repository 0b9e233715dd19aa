/* The k best documents seen so far: a binary heap with the worst on top. Of equal scores the
 * document that comes first in the index is the better one. */
#ifndef QUERN_SEARCHER_TOPK_H
#define QUERN_SEARCHER_TOPK_H

#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

struct topk_entry {
    uint32_t score;
    uint32_t segment; /* counted through all indexes, in document order */
    uint32_t doc;
};

struct topk {
    struct topk_entry *entries;
    size_t count, limit;
    /* The least score that gets in, when documents come in order: 0 while there is room, then one
     * more than the worst that is in. UINT32_MAX when nothing is wanted. */
    uint32_t least;
};

enum status topk_init(struct topk *topk, size_t limit);
void topk_release(struct topk *topk);

/* Offers a document that comes behind all offered before. */
void topk_push(struct topk *topk, uint32_t score, uint32_t segment, uint32_t doc);

/* Puts the entries in order, best first; then topk_push() is over. */
void topk_sort(struct topk *topk);

#endif
