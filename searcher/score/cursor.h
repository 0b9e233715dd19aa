/* One term's postings in one segment, in order of documents.
 *
 *     cursor_init(&cursor, segment, &entry);
 *     for (uint32_t doc = cursor_start(&cursor); doc != DOC_END; doc = cursor_next(&cursor))
 *         use(doc, cursor_frequency(&cursor));
 *
 * or by blocks, which are decoded only when they are wanted:
 *
 *     for (uint32_t doc = 0; cursor_advance_shallow(&cursor, doc); doc = cursor.shallow_last + 1)
 *         if (is_wanted(cursor_block_bound(&cursor, ...)) && cursor_decode_block(&cursor))
 *             use(&cursor.block);
 *
 * A cursor that meets damage ends: the segment keeps the failure. */
#ifndef QUERN_SEARCHER_SCORE_CURSOR_H
#define QUERN_SEARCHER_SCORE_CURSOR_H

#include "common/segment/positions_reader.h"
#include "common/segment/postings.h"
#include "common/segment/segment.h"
#include "searcher/score/bm25.h"

#define DOC_END UINT32_MAX /* behind every document */

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
};

/* Makes a cursor that stands nowhere; `shallow_block` is its first block. The segment must outlive it. */
void cursor_init(struct cursor *cursor, struct segment *segment, const struct term_entry *entry);

/* Stands on the first posting. Returns cursor->doc. */
uint32_t cursor_start(struct cursor *cursor);

/* The slow path of cursor_advance_shallow(). */
bool cursor_advance_shallow_slow(struct cursor *cursor, uint32_t target);

/* Finds the block that holds the first posting with a document >= target: cursor->shallow_block, decoding
 * nothing. Targets may not fall from call to call. False when there is none. */
static inline bool cursor_advance_shallow(struct cursor *cursor, uint32_t target) {
    return (target <= cursor->shallow_last && cursor->shallow_block < cursor->block_count) ||
           cursor_advance_shallow_slow(cursor, target);
}

/* The slow path of cursor_decode_block(). */
bool cursor_decode_block_slow(struct cursor *cursor);

/* Decodes the documents of the block that was found. False when it is damaged. */
static inline bool cursor_decode_block(struct cursor *cursor) {
    return cursor->decoded_block == cursor->shallow_block || cursor_decode_block_slow(cursor);
}

/* Loads the next block and stands on its first posting. */
uint32_t cursor_next_block(struct cursor *cursor);

/* Steps to the next posting; not called at DOC_END. Returns cursor->doc. */
static inline uint32_t cursor_next(struct cursor *cursor) {
    if (++cursor->block_index < cursor->block.count)
        return cursor->doc = cursor->block.docs[cursor->block_index];
    return cursor_next_block(cursor);
}

/* The slow path of cursor_seek(). */
uint32_t cursor_seek_slow(struct cursor *cursor, uint32_t target);

/* Steps to the first posting with a document >= target, which may be the one it stands on. */
static inline uint32_t cursor_seek(struct cursor *cursor, uint32_t target) {
    return cursor->doc >= target ? cursor->doc : cursor_seek_slow(cursor, target);
}

/* Sets bit doc - from of `bits` for each document in [from, end) that has the term, from the block
 * on that was found last. `bits` has a word more than it takes. */
void cursor_to_bitset(uint64_t *bits, struct cursor *cursor, uint32_t from, uint32_t end);

/* Decodes the frequencies of the block that is loaded, unless that was done. False when they are
 * damaged. */
static inline bool cursor_decode_frequencies(struct cursor *cursor) {
    return postings_block_frequencies(&cursor->block, &cursor->segment->chunks);
}

/* How often the document has the term; 0 when damaged. Not called at DOC_END. */
static inline uint32_t cursor_frequency(struct cursor *cursor) {
    if (!cursor_decode_frequencies(cursor))
        return 0;
    return cursor->block.frequencies[cursor->block_index];
}

/* The norms of the documents of the block that is loaded and unpacked, and what each scores. */
void cursor_score_block(uint8_t norms[POSTINGS_BLOCK], uint32_t scores[POSTINGS_BLOCK],
                        const struct cursor *cursor, const struct bm25 *bm25, float weight,
                        struct norm_reader *reader);

/* Writes the positions of the posting it stands on, cursor_frequency() of them, ascending. May be
 * called once for a posting. */
bool cursor_positions(uint32_t *positions, struct cursor *cursor);

/* What no posting of the block that was found scores above with this weight. */
uint32_t cursor_block_bound(struct cursor *cursor, const struct bm25 *bm25, float weight);
/* What no posting with a document in [from, end) does, once cursor_advance_shallow() found the block of
 * `from`. */
uint32_t cursor_range_bound(struct cursor *cursor, const struct bm25 *bm25, float weight,
                            uint32_t end);
/* What no posting does. */
uint32_t cursor_list_bound(const struct cursor *cursor, const struct bm25 *bm25, float weight);

#endif
