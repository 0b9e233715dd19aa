/* SPDX-License-Identifier: MIT */
/* A cursor over the postings of one term in one segment, in document order.
 *
 *     cursor_init(&cursor, segment, &entry);
 *     for (uint32_t doc = cursor_start(&cursor); doc != DOC_END; doc = cursor_next(&cursor))
 *         use(doc, cursor_frequency(&cursor));
 *
 * Or block by block, decoding only those that are needed:
 *
 *     for (uint32_t doc = 0; cursor_advance_shallow(&cursor, doc); doc = cursor.shallow_last + 1)
 *         if (is_needed(cursor_block_bound(&cursor, ...)) && cursor_decode_block(&cursor))
 *             use(&cursor.block);
 *
 * A cursor that meets damage goes to DOC_END and the segment keeps the failure: ask
 * segment_status() after the loop. */
#ifndef QUERN_SEARCHER_SCORE_CURSOR_H
#define QUERN_SEARCHER_SCORE_CURSOR_H

#include "common/segment/positions.h"
#include "common/segment/postings.h"
#include "common/segment/segment.h"
#include "searcher/score/lengths.h"

#define DOC_END UINT32_MAX /* past every document */

struct cursor_weights;

struct cursor {
    uint32_t doc;         /* of the current posting, or DOC_END */
    uint32_t block_index; /* of the current posting, in the decoded block */
    uint32_t block_count;
    uint32_t decoded_block; /* number of the block in `block`; UINT32_MAX: none */
    uint32_t decoded_last;  /* its last document */
    uint32_t shallow_block; /* number of the block last advanced to, decoded or not */
    uint32_t shallow_last;  /* its last document */
    const uint8_t *skips;   /* mapped skip entries */
    uint32_t skips_first;   /* number of the first one's block */
    uint32_t skips_count;
    struct segment *segment;
    struct term_entry entry;
    struct postings_block block;
    struct positions_reader positions;
    uint32_t positions_block; /* the block that `positions` reads; UINT32_MAX: none */
    /* If fields have weights: the block's frequencies are counted in units (bm25.h), and this says
     * how much occurrences in these fields count; borrowed. The cursor has no positions then. */
    struct cursor_weights *weights;
    uint32_t unit;
    uint32_t most; /* units that an occurrence counts at most */
};

/* A list of the same term in one field. */
struct cursor_weight {
    struct cursor cursor; /* of the frequencies that are added */
    struct cursor probe;  /* says which blocks have any */
    int32_t delta;
};

struct cursor_weights {
    size_t count;
    struct cursor_weight items[];
};

enum { CURSOR_FREQUENCY_MAX = 1 << 20 }; /* higher ones count as this when they are weighted */

static inline uint32_t cursor_limited(uint32_t frequency) {
    return frequency < CURSOR_FREQUENCY_MAX ? frequency : CURSOR_FREQUENCY_MAX;
}

/* Makes a cursor without a current posting, advanced to its first block. The segment must outlive
 * it. It owns nothing and needs no release. */
void cursor_init(struct cursor *cursor, struct segment *segment, const struct term_entry *entry);

/* The same, advanced to a block with this number, which the list has. */
void cursor_init_at(struct cursor *cursor, struct segment *segment, const struct term_entry *entry,
                    uint32_t block);

/* Makes the cursor count in units, before it is used. The weights, which may be NULL, have their
 * cursors and deltas, and live as long as the cursor. */
void cursor_set_weights(struct cursor *cursor, uint32_t unit, struct cursor_weights *weights);

/* Weights of the same lists, not used yet. NULL: out of memory. */
struct cursor_weights *cursor_weights_copy(const struct cursor_weights *weights);

/* Moves to the first posting. Returns cursor->doc. */
uint32_t cursor_start(struct cursor *cursor);

/* The slow path of cursor_advance_shallow(). */
bool cursor_advance_shallow_slow(struct cursor *cursor, uint32_t target);

/* Advances to the block with the first posting whose document is >= target, without decoding it:
 * sets shallow_block and shallow_last. Targets may not decrease from call to call. False: there is
 * none, and the cursor is at DOC_END. */
static inline bool cursor_advance_shallow(struct cursor *cursor, uint32_t target) {
    return (target <= cursor->shallow_last && cursor->shallow_block < cursor->block_count) ||
           cursor_advance_shallow_slow(cursor, target);
}

/* The slow path of cursor_decode_block(). */
bool cursor_decode_block_slow(struct cursor *cursor);

/* Decodes the documents of the block advanced to and moves to its first posting. False: it is
 * damaged. */
static inline bool cursor_decode_block(struct cursor *cursor) {
    return cursor->decoded_block == cursor->shallow_block || cursor_decode_block_slow(cursor);
}

/* Decodes the block after the current one and moves to its first posting. Returns cursor->doc. */
uint32_t cursor_next_block(struct cursor *cursor);

/* Moves to the next posting. Returns cursor->doc. Not to be called at DOC_END. */
static inline uint32_t cursor_next(struct cursor *cursor) {
    if (++cursor->block_index < cursor->block.count)
        return cursor->doc = cursor->block.docs[cursor->block_index];
    return cursor_next_block(cursor);
}

/* The slow path of cursor_seek(). */
uint32_t cursor_seek_slow(struct cursor *cursor, uint32_t target);

/* Moves to the first posting whose document is >= target; stays if the current one is. Returns
 * cursor->doc. */
static inline uint32_t cursor_seek(struct cursor *cursor, uint32_t target) {
    return cursor->doc >= target ? cursor->doc : cursor_seek_slow(cursor, target);
}

/* Sets bit `doc - from` of `bits` for each document in [from, end) that has the term, beginning
 * with the block advanced to. `bits` extends one word past the last bit. */
void cursor_to_bitset(uint64_t *bits, struct cursor *cursor, uint32_t from, uint32_t end);

/* The slow path of cursor_decode_frequencies(). */
bool cursor_decode_frequencies_slow(struct cursor *cursor);

/* Decodes the frequencies of the decoded block, if they are not yet. False: they are damaged. */
static inline bool cursor_decode_frequencies(struct cursor *cursor) {
    return !cursor->block.undecoded || cursor_decode_frequencies_slow(cursor);
}

/* The frequency in the current document; 0 if it is damaged. Not to be called at DOC_END. */
static inline uint32_t cursor_frequency(struct cursor *cursor) {
    if (!cursor_decode_frequencies(cursor))
        return 0;
    return cursor->block.frequencies[cursor->block_index];
}

/* Sets 1 / K and the scores of all postings of the decoded block, frequencies included. The arrays
 * extend to the next multiple of BM25_LANES. */
void cursor_score_block(float *inverses, uint32_t *scores, const struct cursor *cursor,
                        float weight, struct lengths *lengths);

/* Writes the positions of the current posting: cursor_frequency() of them, ascending. At most once
 * per posting. False: they are damaged. */
bool cursor_positions(uint32_t *positions, struct cursor *cursor);

/* Upper bounds of the scores with this weight: in the block advanced to, ... */
uint32_t cursor_block_bound(struct cursor *cursor, const struct bm25 *bm25, float weight);
/* ... from there up to document `end`, exclusive, ... */
uint32_t cursor_range_bound(struct cursor *cursor, const struct bm25 *bm25, float weight,
                            uint32_t end);
/* ... and in the whole list. */
uint32_t cursor_list_bound(const struct cursor *cursor, const struct bm25 *bm25, float weight);

#endif
