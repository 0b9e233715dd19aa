#include "searcher/score/cursor.h"

static bool end(struct cursor *cursor) {
    cursor->index = cursor->block.count = 0;
    cursor->number = cursor->ahead = cursor->blocks;
    cursor->last = cursor->ahead_last = DOC_END;
    cursor->doc = DOC_END;
    return false;
}

/* All of the list's skip entries that lie in the chunk of block `number`'s: mostly those of the
 * whole list. NULL when they are damaged. */
static const uint8_t *load_skips(struct cursor *cursor, uint32_t number) {
    uint64_t first = cursor->entry.skips + number;
    uint32_t at = (uint32_t)(first % SKIPS_PER_CHUNK), before = at < number ? at : number;
    uint32_t count = SKIPS_PER_CHUNK - at, left = cursor->blocks - number;
    if (left < count)
        count = left;
    cursor->skips = chunk_read(&cursor->segment->chunks, STREAM_SKIPS, skip_address(first - before),
                               (before + count) * SKIP_SIZE);
    cursor->skips_from = number - before;
    cursor->skips_count = cursor->skips ? before + count : 0;
    return cursor->skips ? cursor->skips + before * SKIP_SIZE : NULL;
}

static inline const uint8_t *skip_entry(struct cursor *cursor, uint32_t number) {
    uint32_t at = number - cursor->skips_from;
    return at < cursor->skips_count ? cursor->skips + at * SKIP_SIZE : load_skips(cursor, number);
}

/* The last document of a block, or DOC_END when it is damaged, which ends every search for it. */
static inline uint32_t block_last(struct cursor *cursor, uint32_t number) {
    const uint8_t *skip = skip_entry(cursor, number);
    return skip ? skip_last_doc(skip) : DOC_END;
}

static bool is_long(const struct cursor *cursor) {
    return cursor->entry.documents >= POSTINGS_BLOCK;
}

static bool load_long(struct cursor *cursor, uint32_t number) {
    uint32_t before = number ? block_last(cursor, number - 1) : UINT32_MAX;
    uint32_t left = cursor->entry.documents - number * POSTINGS_BLOCK;
    const uint8_t *skip = skip_entry(cursor, number);
    return skip &&
           postings_block_load_at(&cursor->block, &cursor->segment->chunks, &cursor->entry, skip,
                                  left < POSTINGS_BLOCK ? left : POSTINGS_BLOCK, before);
}

bool cursor_load_far(struct cursor *cursor) {
    if (cursor->ahead >= cursor->blocks)
        return end(cursor);
    bool loaded = is_long(cursor) ? load_long(cursor, cursor->ahead)
                                  : postings_block_load(&cursor->block, &cursor->segment->chunks,
                                                        &cursor->entry, cursor->ahead);
    if (!loaded)
        return end(cursor);
    cursor->number = cursor->ahead;
    cursor->index = 0;
    cursor->last = cursor->ahead_last = cursor->block.docs[cursor->block.count - 1];
    if (cursor->last >= cursor->segment->info.documents) {
        chunk_reader_damaged(&cursor->segment->chunks, "postings");
        return end(cursor);
    }
    cursor->doc = cursor->block.docs[0];
    return true;
}

void cursor_open(struct cursor *cursor, struct segment *segment, const struct term_entry *entry) {
    cursor->doc = cursor->index = 0;
    cursor->number = cursor->positions_block = UINT32_MAX;
    cursor->last = 0;
    cursor->blocks = postings_block_count(entry);
    cursor->ahead = 0;
    cursor->skips_count = cursor->skips_from = 0;
    cursor->segment = segment;
    cursor->entry = *entry;
    if (is_long(cursor))
        cursor->ahead_last = block_last(cursor, 0);
    else
        cursor_load_far(cursor); /* no skip entry says where it ends */
}

uint32_t cursor_start(struct cursor *cursor) {
    cursor_load(cursor);
    return cursor->doc;
}

uint32_t cursor_next_block(struct cursor *cursor) {
    if (cursor->number + 1 >= cursor->blocks) {
        end(cursor);
    } else {
        cursor->ahead = cursor->number + 1;
        cursor_load_far(cursor);
    }
    return cursor->doc;
}

/* Blocks are tried at doubling distances, then between the last two. */
bool cursor_find_far(struct cursor *cursor, uint32_t target) {
    if (!is_long(cursor))
        return end(cursor);
    uint32_t low = cursor->ahead + 1, step = 1, last = DOC_END;
    while (low + step - 1 < cursor->blocks &&
           (last = block_last(cursor, low + step - 1)) < target) {
        low += step;
        step *= 2;
    }
    if (low >= cursor->blocks)
        return end(cursor);
    uint32_t high = low + step - 1;
    if (high >= cursor->blocks) {
        high = cursor->blocks - 1;
        last = block_last(cursor, high);
        if (last < target)
            return end(cursor);
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2, there = block_last(cursor, middle);
        if (there < target) {
            low = middle + 1;
        } else {
            high = middle;
            last = there;
        }
    }
    cursor->ahead = low;
    cursor->ahead_last = last;
    return true;
}

uint32_t cursor_seek_far(struct cursor *cursor, uint32_t target) {
    if (target > cursor->last &&
        (!cursor_find(cursor, target) || !cursor_load(cursor) || cursor->doc >= target))
        return cursor->doc;
    cursor->index = postings_block_search(&cursor->block, target);
    return cursor->doc = cursor->block.docs[cursor->index];
}

/* Sets in `bits`, of which bit 0 stands for `from`, those of a bitmap of `count` bits, of which bit
 * 0 stands for `first`. */
static void or_bits(uint64_t *bits, uint32_t from, uint32_t end, const uint8_t *bitmap,
                    uint32_t first, uint32_t count) {
    for (uint32_t done = 0; done < count; done += 64) {
        uint32_t left = count - done;
        uint64_t word = 0;
        if (left >= 64) {
            word = get_u64(bitmap + done / 8);
        } else {
            memcpy(&word, bitmap + done / 8, (left + 7) / 8);
            word &= (UINT64_C(1) << left) - 1;
        }
        int64_t at = (int64_t)first + done - from;
        if (at + 64 > (int64_t)end - from && at < (int64_t)end - from)
            word &= UINT64_MAX >> (at + 64 - ((int64_t)end - from));
        if (at <= -64 || at >= (int64_t)end - from)
            continue;
        if (at < 0) {
            bits[0] |= word >> -at;
            continue;
        }
        bits[at / 64] |= word << at % 64;
        if (at % 64)
            bits[at / 64 + 1] |= word >> (64 - at % 64);
    }
}

static void mark_loaded(const struct cursor *cursor, uint64_t *bits, uint32_t from, uint32_t end) {
    const struct postings_block *block = &cursor->block;
    for (uint32_t i = 0; i < block->count; i++) {
        uint32_t at = block->docs[i] - from;
        if (at < end - from)
            bits[at / 64] |= UINT64_C(1) << at % 64;
    }
}

void cursor_mark(struct cursor *cursor, uint64_t *bits, uint32_t from, uint32_t end_doc) {
    for (uint32_t target = from; target < end_doc && cursor_find(cursor, target);) {
        uint32_t last = cursor->ahead_last, before = UINT32_MAX;
        const uint8_t *bitmap = NULL, *skip = NULL;
        bool whole = (cursor->ahead + 1) * (uint64_t)POSTINGS_BLOCK <= cursor->entry.documents;
        if (is_long(cursor) && whole && cursor->number != cursor->ahead) {
            before = cursor->ahead ? block_last(cursor, cursor->ahead - 1) : UINT32_MAX;
            skip = skip_entry(cursor, cursor->ahead);
        }
        if (skip && last < cursor->segment->info.documents)
            bitmap = postings_block_bitmap(&cursor->segment->chunks, &cursor->entry, skip, before);
        if (bitmap)
            or_bits(bits, from, end_doc, bitmap, before + 1, last - before);
        else if (cursor_load(cursor))
            mark_loaded(cursor, bits, from, end_doc);
        if (last >= end_doc)
            return;
        target = last + 1;
    }
}

void cursor_score_block(const struct cursor *cursor, const struct bm25 *bm25, float weight,
                        struct norm_reader *reader, uint8_t norms[POSTINGS_BLOCK],
                        uint32_t scores[POSTINGS_BLOCK]) {
    const struct postings_block *block = &cursor->block;
    float inverses[POSTINGS_BLOCK];
    for (uint32_t i = 0; i < block->count; i++) {
        norms[i] = norm_reader_norm(reader, block->docs[i]);
        inverses[i] = bm25->inverse[norms[i]];
    }
    for (uint32_t i = block->count; i % BM25_ROOM; i++)
        inverses[i] = 0;
    bm25_scores(scores, weight, inverses, block->frequencies, block->count);
}

bool cursor_positions(struct cursor *cursor, uint32_t *positions) {
    if (!cursor_unpack(cursor))
        return false;
    if (cursor->positions_block != cursor->number) {
        positions_reader_init(&cursor->positions, &cursor->segment->chunks, &cursor->entry,
                              &cursor->block);
        cursor->positions_block = cursor->number;
    }
    return positions_reader_read(positions, &cursor->positions, cursor->index);
}

static uint32_t bound_block(struct cursor *cursor, const struct bm25 *bm25, float weight,
                            uint32_t number, uint32_t *last) {
    const uint8_t *skip = skip_entry(cursor, number);
    struct impact impacts[IMPACT_COUNT];
    *last = DOC_END;
    if (!skip)
        return 0;
    *last = skip_last_doc(skip);
    skip_impacts(impacts, skip);
    return bm25_bound(bm25, weight, impacts);
}

uint32_t cursor_bound_ahead(struct cursor *cursor, const struct bm25 *bm25, float weight) {
    uint32_t last;
    if (!is_long(cursor))
        return cursor_bound_all(cursor, bm25, weight);
    return bound_block(cursor, bm25, weight, cursor->ahead, &last);
}

uint32_t cursor_bound(struct cursor *cursor, const struct bm25 *bm25, float weight,
                      uint32_t end_doc) {
    if (!is_long(cursor))
        return cursor_bound_all(cursor, bm25, weight);
    uint32_t most = 0, last, number = cursor->ahead;
    do {
        uint32_t bound = bound_block(cursor, bm25, weight, number, &last);
        if (bound > most)
            most = bound;
    } while (last < end_doc - 1 && ++number < cursor->blocks);
    return most;
}

/* A short list has no stored bound. It is decoded, so its scores can be had. */
static uint32_t bound_short(const struct cursor *cursor, const struct bm25 *bm25, float weight) {
    struct norm_reader norms = {.chunks = &cursor->segment->chunks};
    uint32_t most = 0;
    for (uint32_t i = 0; i < cursor->block.count; i++) {
        uint8_t norm = norm_reader_norm(&norms, cursor->block.docs[i]);
        uint32_t score = bm25_score(weight, bm25->inverse[norm], cursor->block.frequencies[i]);
        if (score > most)
            most = score;
    }
    return most;
}

uint32_t cursor_bound_all(const struct cursor *cursor, const struct bm25 *bm25, float weight) {
    if (!is_long(cursor))
        return bound_short(cursor, bm25, weight);
    return bm25_bound(bm25, weight, cursor->entry.impacts);
}
