/* SPDX-License-Identifier: MIT */
/* Intersects posting lists and scores the documents in common, a block at a time.
 *
 * The rarest list leads. The documents of each of its blocks are the candidates, identified by
 * slot: their index in that block. Each further level takes the candidates in the range of one of
 * its blocks, keeps those that it has, adds their scores and passes them on to the next level
 * before it advances to its next block. So at the last level every cursor has the block decoded
 * that contains the documents. A candidate that can no longer reach the threshold is dropped on the
 * way, and a block is only decoded for those that remain.
 *
 *     level 0      [ lead's block: 128 candidates, 31 can reach the threshold         ]
 *     level 1      [ block: 9 of them, 3 kept    ][ block not decoded  ][ ...          ]
 *     level 2      [ block: 2, 1 kept ][ 1, 0 kept]                      [ ...          ]
 *                       visit(1)
 *
 * Within a level no branch depends on whether a candidate is found, so searches overlap. The bound
 * of a block comes from its impacts (impact.h). This is block-max pruning (Ding and Suel, "Faster
 * top-k document retrieval using block-max indexes", 2011), applied to intersections. */
#ifndef QUERN_SEARCHER_MATCH_INTERSECTION_H
#define QUERN_SEARCHER_MATCH_INTERSECTION_H

#include "searcher/filter/filter.h"

/* One list, and the candidates that it is looking for. */
struct intersection_level {
    struct cursor *cursor;
    uint32_t clause;             /* its index in intersection->bounds */
    float weight;                /* of the clause */
    const struct bm25 *bm25;     /* of the clause */
    struct lengths *own_lengths; /* of the clause's documents; NULL: intersection->lengths */
    uint32_t multiplicity;       /* of the clause (scorer.h) */
    bool is_term;                /* the clause is this term; else a phrase, which visit() scores */
    uint8_t block_index[POSTINGS_BLOCK]; /* by slot: index in the cursor's block */
    uint8_t kept[POSTINGS_BLOCK];        /* slots of the candidates that are passed on */
    const uint8_t *slots;                /* of the candidates still to be looked for */
    unsigned slot_count;                 /* of `slots` */
    uint32_t remaining_bound;            /* sum of the bounds of clauses that are not scored yet */
    uint32_t bound;                      /* this clause's share in it */
};

struct intersection {
    struct intersection_level *levels; /* at least one, by rising frequency */
    size_t count;
    struct filter *filter; /* candidates that do not meet its conditions are dropped; or NULL */
    uint32_t end;          /* only documents before it are visited; DOC_END: all */
    /* NULL: nothing is scored, and the members from here to `scores` are not used. */
    struct lengths *lengths;
    const uint32_t *threshold; /* visit() may raise it; NULL: 0 */
    /* By clause: bound of its score in the current blocks. To be set before each run. */
    uint32_t *bounds;
    uint32_t remaining_bound;        /* sum of the bounds of all clauses, optional ones included */
    bool pruned;                     /* set when documents may have been left out */
    float inverses[POSTINGS_BLOCK];  /* by slot: 1 / K of the document, if there are terms */
    uint32_t scores[POSTINGS_BLOCK]; /* by slot: of the terms, so far */
    /* Receives documents in common, in ascending order: `count` > 0 slots. levels[i].block_index is
     * the index of each in the block of cursor i. */
    void (*visit)(struct intersection *intersection, const uint8_t *slots, unsigned count);
    void *context;
};

/* Visits the documents in common from `from` on; no cursor may have been moved past it. Stops at
 * the end of a block once *threshold has reached `stop_threshold`. Returns the document to continue
 * with, `end` at the most, or DOC_END. */
uint32_t intersection_run(struct intersection *intersection, uint32_t from,
                          uint32_t stop_threshold);

static inline uint32_t intersection_doc(const struct intersection *intersection, unsigned slot) {
    return intersection->levels[0].cursor->block.docs[slot];
}

#endif
