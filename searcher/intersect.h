/* The documents that several cursors have in common, found a block at a time.
 *
 * The rarest cursor leads. Of each of its blocks the documents are candidates, numbered by slots;
 * each further cursor, in order of frequency, takes the candidates that lie in one of its blocks,
 * keeps those that it has too and hands them on before it goes to its next block. So at the end of
 * the chain every cursor has the block loaded in which the documents handed on lie, and a block is
 * decoded only when candidates are left that need it and may score enough.
 *
 *     level 0      [ lead's block: 128 candidates                                     ]
 *     level 1      [ block: 40 of them, 7 kept   ][ block not worth it ][ ...          ]
 *     level 2      [ block: 3, 2 kept ][ 4, 0 kept]                      [ ...          ]
 *                       visit(2)
 *
 * Within a level nothing branches on whether a candidate is found, so the searches for one
 * another's neighbours overlap. Bounds of blocks are those of the impacts (impact.h), so that what
 * is passed over could not have got in: block-max pruning (Ding and Suel, 2011) of an intersection.
 */
#ifndef QUERN_SEARCHER_INTERSECT_H
#define QUERN_SEARCHER_INTERSECT_H

#include "searcher/cursor.h"

/* A cursor and the clause that it belongs to. */
struct level {
    struct cursor *cursor;
    uint32_t clause;
    float weight;               /* of the clause */
    uint8_t at[POSTINGS_BLOCK]; /* by slot: the index in the cursor's block */
    /* How far it is: */
    uint8_t found[POSTINGS_BLOCK]; /* slots of the candidates that it has too */
    const uint8_t *slots;          /* candidates that are still to be looked for */
    unsigned left;                 /* how many */
    uint64_t most;                 /* what they score at most, as far as the levels before know */
    uint32_t clause_most;          /* of which so much with this clause */
};

struct intersection {
    struct level *levels; /* by rising frequency; at least one */
    size_t count;
    const struct bm25 *bm25;
    /* What a document has to score at least, which may rise meanwhile; NULL: all are wanted, and
     * the two below are not needed. */
    const uint32_t *least;
    uint32_t *bounds; /* by clause: what it scores at most, in the blocks at hand */
    uint64_t most;    /* what all clauses score at most anywhere, optional ones as well */
    bool pruned;      /* out: there may be documents that were not visited */
    /* Gets the documents in common, in ascending order: `count` > 0 slots. levels[i].at says where
     * in cursor i's block each of them is. */
    void (*visit)(struct intersection *intersection, const uint8_t *slots, unsigned count);
    void *context;
};

/* The cursors must be newly opened. */
void intersection_run(struct intersection *intersection);

static inline uint32_t intersection_doc(const struct intersection *intersection, unsigned slot) {
    return intersection->levels[0].cursor->block.docs[slot];
}

#endif
