/* One term's postings in one segment, in order of documents.
 *
 *     cursor_open(&cursor, segment, &entry);
 *     for (uint32_t doc = cursor.doc; doc != DOC_END; doc = cursor_next(&cursor))
 *         use(doc, cursor_frequency(&cursor));
 *
 * A cursor that meets damage ends: the segment keeps the failure. */
#ifndef QUERN_SEARCHER_CURSOR_H
#define QUERN_SEARCHER_CURSOR_H

#include "common/postings.h"
#include "common/segment.h"
#include "searcher/bm25.h"

#define DOC_END UINT32_MAX /* behind every document */

struct cursor {
    uint32_t doc;    /* the posting it stands on, or DOC_END */
    uint32_t index;  /* of that, in the block */
    uint32_t number; /* of the block */
    uint32_t blocks;
    uint32_t last; /* the block's last document */
    struct segment *segment;
    struct term_entry entry;
    struct postings_block block;
    /* The block that cursor_bound() looked at last, without decoding it. */
    uint32_t shallow;
    struct positions_reader positions; /* of block positions_block, UINT32_MAX: of none */
    uint32_t positions_block;
};

/* Stands on the first posting. The segment must outlive the cursor. */
void cursor_open(struct cursor *cursor, struct segment *segment, const struct term_entry *entry);

/* Loads the next block and stands on its first posting. */
uint32_t cursor_next_block(struct cursor *cursor);

/* Steps to the next posting; not called at DOC_END. Returns cursor->doc. */
static inline uint32_t cursor_next(struct cursor *cursor) {
    if (++cursor->index < cursor->block.count)
        return cursor->doc = cursor->block.docs[cursor->index];
    return cursor_next_block(cursor);
}

/* The slow path of cursor_seek(). */
uint32_t cursor_seek_far(struct cursor *cursor, uint32_t target);

/* Steps to the first posting with a document >= target, which may be the one it stands on. */
static inline uint32_t cursor_seek(struct cursor *cursor, uint32_t target) {
    return cursor->doc >= target ? cursor->doc : cursor_seek_far(cursor, target);
}

/* How often the document has the term; 0 when damaged. Not called at DOC_END. */
static inline uint32_t cursor_frequency(struct cursor *cursor) {
    if (!postings_block_frequencies(&cursor->block, &cursor->segment->chunks))
        return 0;
    return cursor->block.frequencies[cursor->index];
}

/* Writes the positions of the posting it stands on, cursor_frequency() of them, ascending. May be
 * called once for a posting. */
bool cursor_positions(struct cursor *cursor, uint32_t *positions);

/* What no posting that is still to come, with a document in [from, end), scores above with this
 * weight. `from` may not fall from call to call. Decodes nothing; only for lists that have skip
 * entries (postings.h). */
uint32_t cursor_bound(struct cursor *cursor, const struct bm25 *bm25, float weight, uint32_t from,
                      uint32_t end);
/* The same for all of its postings. */
uint32_t cursor_bound_all(struct cursor *cursor, const struct bm25 *bm25, float weight);

#endif
