#include "searcher/cursor.h"

static uint32_t end(struct cursor *cursor) {
    cursor->index = cursor->block.count;
    cursor->number = cursor->blocks;
    cursor->last = DOC_END;
    return cursor->doc = DOC_END;
}

static uint32_t load(struct cursor *cursor, uint32_t number) {
    if (!postings_block_load(&cursor->block, &cursor->segment->chunks, &cursor->entry, number))
        return end(cursor);
    cursor->number = number;
    cursor->index = 0;
    cursor->last = cursor->block.docs[cursor->block.count - 1];
    if (cursor->last >= cursor->segment->info.documents)
        return end(cursor);
    return cursor->doc = cursor->block.docs[0];
}

void cursor_open(struct cursor *cursor, struct segment *segment, const struct term_entry *entry) {
    cursor->segment = segment;
    cursor->entry = *entry;
    cursor->blocks = postings_blocks(entry);
    cursor->shallow = 0;
    cursor->positions_block = UINT32_MAX;
    load(cursor, 0);
}

uint32_t cursor_next_block(struct cursor *cursor) {
    if (cursor->number + 1 >= cursor->blocks)
        return end(cursor);
    return load(cursor, cursor->number + 1);
}

/* The last document of a block, or DOC_END when it is damaged, which ends every search for it. */
static uint32_t block_last(struct cursor *cursor, uint32_t number) {
    const uint8_t *skip = chunk_read(&cursor->segment->chunks, STREAM_SKIPS,
                                     skip_address(cursor->entry.skips + number), SKIP_SIZE);
    return skip ? skip_last(skip) : DOC_END;
}

/* The first block from `number` on whose last document is >= target: blocks are tried at doubling
 * distances, then between the last two. cursor->blocks when there is none. */
static uint32_t find_block(struct cursor *cursor, uint32_t number, uint32_t target) {
    uint32_t low = number, step = 1;
    while (low + step - 1 < cursor->blocks && block_last(cursor, low + step - 1) < target) {
        low += step;
        step *= 2;
    }
    uint32_t high = low + step - 1 < cursor->blocks ? low + step - 1 : cursor->blocks;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (block_last(cursor, middle) < target)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t cursor_seek_far(struct cursor *cursor, uint32_t target) {
    if (target > cursor->last) {
        if (cursor->blocks == 1)
            return end(cursor);
        uint32_t number = find_block(cursor, cursor->number + 1, target);
        if (number >= cursor->blocks)
            return end(cursor);
        if (load(cursor, number) >= target)
            return cursor->doc;
    }
    /* The block's last document is >= target. Halving without branches: which half it is cannot be
     * predicted. */
    const uint32_t *docs = cursor->block.docs + cursor->index;
    uint32_t left = cursor->block.count - cursor->index;
    while (left > 1) {
        uint32_t half = left / 2;
        docs += docs[half - 1] < target ? half : 0;
        left -= half;
    }
    cursor->index = (uint32_t)(docs - cursor->block.docs);
    return cursor->doc = *docs;
}

bool cursor_positions(struct cursor *cursor, uint32_t *positions) {
    struct chunk_reader *chunks = &cursor->segment->chunks;
    if (!postings_block_frequencies(&cursor->block, chunks))
        return false;
    if (cursor->positions_block != cursor->number) {
        positions_reader_init(&cursor->positions, chunks, &cursor->entry, &cursor->block);
        cursor->positions_block = cursor->number;
    }
    return positions_reader_read(&cursor->positions, cursor->index, positions);
}

/* A short list is one block without a stored bound; it is decoded, so its scores can be had. */
static uint32_t bound_short(struct cursor *cursor, const struct bm25 *bm25, float weight) {
    uint32_t most = 0;
    for (uint32_t i = 0; i < cursor->block.count; i++) {
        uint32_t doc = cursor->block.docs[i];
        const uint8_t *norms = segment_norms(cursor->segment, doc >> SEGMENT_NORM_BITS);
        if (!norms)
            return most;
        uint32_t score = bm25_score(weight, bm25->inverse[norms[doc & (SEGMENT_NORMS - 1)]],
                                    cursor->block.frequencies[i]);
        if (score > most)
            most = score;
    }
    return most;
}

uint32_t cursor_bound_all(struct cursor *cursor, const struct bm25 *bm25, float weight) {
    if (cursor->entry.documents < POSTINGS_BLOCK)
        return bound_short(cursor, bm25, weight);
    return bm25_bound(bm25, weight, cursor->entry.impacts);
}

uint32_t cursor_bound(struct cursor *cursor, const struct bm25 *bm25, float weight, uint32_t from,
                      uint32_t end_doc) {
    if (cursor->number > cursor->shallow)
        cursor->shallow = cursor->number;
    if (cursor->shallow < cursor->blocks && block_last(cursor, cursor->shallow) < from)
        cursor->shallow = find_block(cursor, cursor->shallow, from);
    uint32_t most = 0;
    for (uint32_t number = cursor->shallow; number < cursor->blocks; number++) {
        const uint8_t *skip = chunk_read(&cursor->segment->chunks, STREAM_SKIPS,
                                         skip_address(cursor->entry.skips + number), SKIP_SIZE);
        if (!skip)
            return most;
        struct impact impacts[IMPACT_COUNT];
        skip_impacts(skip, impacts);
        uint32_t bound = bm25_bound(bm25, weight, impacts);
        if (bound > most)
            most = bound;
        if (skip_last(skip) >= end_doc - 1)
            break;
    }
    return most;
}
