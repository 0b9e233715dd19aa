/* The documents that several cursors have in common, found and scored a block at a time.
 *
 * The rarest cursor leads. Of each of its blocks the documents are candidates, numbered by slots;
 * each further cursor, in order of frequency, takes the candidates that lie in one of its blocks,
 * keeps those that it has too, adds what they score and hands them on before it goes to its next
 * block. So at the end of the chain every cursor has the block loaded in which the documents handed
 * on lie; and a candidate that cannot score enough any more is dropped on the way: blocks that no
 * candidate is left for are not decoded.
 *
 *     level 0      [ lead's block: 128 candidates, 31 score enough to be looked for   ]
 *     level 1      [ block: 9 of them, 3 kept    ][ block not worth it ][ ...          ]
 *     level 2      [ block: 2, 1 kept ][ 1, 0 kept]                      [ ...          ]
 *                       visit(1)
 *
 * Within a level nothing branches on whether a candidate is found, so searches overlap. What a
 * cursor's block scores at most comes from its impacts (impact.h): block-max pruning (Ding and
 * Suel, "Faster top-k document retrieval using block-max indexes", 2011) of an intersection. */
#ifndef QUERN_SEARCHER_EVAL_INTERSECTION_H
#define QUERN_SEARCHER_EVAL_INTERSECTION_H

#include "searcher/score/cursor.h"

/* A cursor, the word that it is of, and how far it is. */
struct intersection_level {
    struct cursor *cursor;
    uint32_t clause;
    float weight;          /* of the clause */
    uint32_t multiplicity; /* of the clause: how many times it scores */
    bool is_term;          /* the clause is this word; else a phrase, which others score */
    uint8_t block_index[POSTINGS_BLOCK]; /* by slot: the index in the cursor's block */
    uint8_t kept[POSTINGS_BLOCK];        /* slots of the candidates that are handed on */
    const uint8_t *slots;                /* candidates that are still to be looked for */
    unsigned slot_count;                 /* how many */
    uint32_t remaining_bound;            /* what clauses that are not scored yet add at most ... */
    uint32_t bound;                      /* ... of which so much with this one */
};

struct intersection {
    struct intersection_level *levels; /* by rising frequency; at least one */
    size_t count;
    /* To score: NULL: nothing is, and what is below up to `scores` does not matter. */
    const struct bm25 *bm25;
    struct norm_reader *norms;
    const uint32_t *threshold; /* what a document has to score, which may rise meanwhile; NULL: 0 */
    /* By clause: what it scores at most, in the blocks at hand. Set anew before each run. */
    uint32_t *bounds;
    uint32_t remaining_bound; /* what all clauses score at most anywhere, optional ones as well */
    bool pruned;              /* out: there may be documents that were not visited */
    float inverses[POSTINGS_BLOCK];  /* by slot: of the document's norm, when words score */
    uint32_t scores[POSTINGS_BLOCK]; /* by slot: of the words that score, so far */
    /* Gets the documents in common, in ascending order: `count` > 0 slots. levels[i].block_index says where
     * in cursor i's block each of them is. */
    void (*visit)(struct intersection *intersection, const uint8_t *slots, unsigned count);
    void *context;
};

/* Visits the documents in common from `from` on; no cursor may have been sought further. Stops at
 * the end of a block as soon as *threshold reaches `stop_threshold`: returns where to go on, or DOC_END. */
uint32_t intersection_run(struct intersection *intersection, uint32_t from,
                          uint32_t stop_threshold);

static inline uint32_t intersection_doc(const struct intersection *intersection, unsigned slot) {
    return intersection->levels[0].cursor->block.docs[slot];
}

#endif
