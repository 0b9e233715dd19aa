/* SPDX-License-Identifier: MIT */
/* Moves through the blocks of a list. */
#include "searcher/score/cursor.h"

#include <stdlib.h>

#include "common/simd/cpu.h"

static bool end(struct cursor *cursor) {
    cursor->block_index = cursor->block.count = 0;
    cursor->decoded_block = cursor->shallow_block = cursor->block_count;
    cursor->decoded_last = cursor->shallow_last = DOC_END;
    cursor->doc = DOC_END;
    return false;
}

/* Maps all of the list's skip entries that share a chunk with the entry of block `number`, usually
 * the whole list's, and returns that entry. NULL: they are damaged. */
static const uint8_t *load_skips(struct cursor *cursor, uint32_t number) {
    uint64_t first = cursor->entry.skips + number;
    uint32_t at = (uint32_t)(first % POSTINGS_SKIPS_PER_CHUNK), before = at < number ? at : number;
    uint32_t count = POSTINGS_SKIPS_PER_CHUNK - at, left = cursor->block_count - number;
    if (left < count)
        count = left;
    cursor->skips =
        chunk_read(&cursor->segment->chunks, STREAM_SKIPS, postings_skip_address(first - before),
                   (before + count) * POSTINGS_SKIP_SIZE);
    cursor->skips_first = number - before;
    cursor->skips_count = cursor->skips ? before + count : 0;
    return cursor->skips ? cursor->skips + before * POSTINGS_SKIP_SIZE : NULL;
}

static inline const uint8_t *skip_entry(struct cursor *cursor, uint32_t number) {
    uint32_t at = number - cursor->skips_first;
    return at < cursor->skips_count ? cursor->skips + at * POSTINGS_SKIP_SIZE
                                    : load_skips(cursor, number);
}

/* The last document of a block. DOC_END if it is damaged, which ends every search for the block. */
static inline uint32_t block_last(struct cursor *cursor, uint32_t number) {
    const uint8_t *skip = skip_entry(cursor, number);
    return skip ? postings_skip_last_doc(skip) : DOC_END;
}

static bool is_long(const struct cursor *cursor) {
    return cursor->entry.documents >= POSTINGS_BLOCK;
}

static bool decode_long(struct cursor *cursor, uint32_t number) {
    uint32_t before = number ? block_last(cursor, number - 1) : UINT32_MAX;
    uint32_t left = cursor->entry.documents - number * POSTINGS_BLOCK;
    const uint8_t *skip = skip_entry(cursor, number);
    return skip &&
           postings_block_load_at(&cursor->block, &cursor->segment->chunks, &cursor->entry, skip,
                                  left < POSTINGS_BLOCK ? left : POSTINGS_BLOCK, before);
}

CPU_CLONES static void scale(uint32_t *frequencies, uint32_t count, uint32_t unit) {
    for (uint32_t i = 0; i < count; i++)
        frequencies[i] = unit * cursor_limited(frequencies[i]);
}

/* Counts the frequencies of the decoded block in units, by the weights of the fields. */
static void weigh(struct cursor *cursor) {
    struct postings_block *block = &cursor->block;
    scale(block->frequencies, block->count, cursor->unit);
    for (size_t i = 0; cursor->weights && i < cursor->weights->count; i++) {
        struct cursor_weight *weight = &cursor->weights->items[i];
        uint32_t doc = cursor_seek(&weight->cursor, block->docs[0]);
        for (; doc <= cursor->decoded_last && doc != DOC_END; doc = cursor_next(&weight->cursor)) {
            uint32_t at = postings_block_search(block, doc);
            if (block->docs[at] == doc)
                block->frequencies[at] +=
                    (uint32_t)weight->delta * cursor_limited(cursor_frequency(&weight->cursor));
        }
    }
}

void cursor_set_weights(struct cursor *cursor, uint32_t unit, struct cursor_weights *weights) {
    int32_t highest = 0;
    cursor->unit = unit;
    cursor->weights = weights;
    for (size_t i = 0; weights && i < weights->count; i++) {
        struct cursor_weight *weight = &weights->items[i];
        highest = weight->delta > highest ? weight->delta : highest;
        cursor_start(&weight->cursor);
        cursor_start(&weight->probe);
    }
    cursor->most = unit + (uint32_t)highest;
    if (cursor->decoded_block != UINT32_MAX && !cursor->block.undecoded)
        weigh(cursor);
}

struct cursor_weights *cursor_weights_copy(const struct cursor_weights *weights) {
    struct cursor_weights *copy = malloc(sizeof *copy + weights->count * sizeof *copy->items);
    if (!copy)
        return NULL;
    copy->count = weights->count;
    for (size_t i = 0; i < weights->count; i++) {
        const struct cursor *cursor = &weights->items[i].cursor;
        cursor_init(&copy->items[i].cursor, cursor->segment, &cursor->entry);
        cursor_init(&copy->items[i].probe, cursor->segment, &cursor->entry);
        copy->items[i].delta = weights->items[i].delta;
    }
    return copy;
}

bool cursor_decode_frequencies_slow(struct cursor *cursor) {
    if (!postings_block_frequencies(&cursor->block, &cursor->segment->chunks))
        return false;
    if (cursor->unit > 1)
        weigh(cursor);
    return true;
}

bool cursor_decode_block_slow(struct cursor *cursor) {
    if (cursor->shallow_block >= cursor->block_count)
        return end(cursor);
    bool decoded = is_long(cursor) ? decode_long(cursor, cursor->shallow_block)
                                   : postings_block_load(&cursor->block, &cursor->segment->chunks,
                                                         &cursor->entry, cursor->shallow_block);
    if (!decoded)
        return end(cursor);
    cursor->decoded_block = cursor->shallow_block;
    cursor->block_index = 0;
    cursor->decoded_last = cursor->shallow_last = cursor->block.docs[cursor->block.count - 1];
    if (cursor->decoded_last >= cursor->segment->info.documents) {
        chunk_reader_damaged(&cursor->segment->chunks, "postings");
        return end(cursor);
    }
    cursor->doc = cursor->block.docs[0];
    if (cursor->unit > 1 && !cursor->block.undecoded)
        weigh(cursor);
    return true;
}

void cursor_init_at(struct cursor *cursor, struct segment *segment, const struct term_entry *entry,
                    uint32_t block) {
    cursor->doc = cursor->block_index = 0;
    cursor->decoded_block = cursor->positions_block = UINT32_MAX;
    cursor->decoded_last = 0;
    cursor->block_count = postings_block_count(entry);
    cursor->shallow_block = block;
    cursor->skips_count = cursor->skips_first = 0;
    cursor->segment = segment;
    cursor->entry = *entry;
    cursor->weights = NULL;
    cursor->unit = cursor->most = 1;
    if (is_long(cursor))
        cursor->shallow_last = block_last(cursor, block);
    else
        cursor_decode_block_slow(cursor); /* it has no skip entry, so only this finds its end */
}

void cursor_init(struct cursor *cursor, struct segment *segment, const struct term_entry *entry) {
    cursor_init_at(cursor, segment, entry, 0);
}

uint32_t cursor_start(struct cursor *cursor) {
    cursor_decode_block(cursor);
    return cursor->doc;
}

uint32_t cursor_next_block(struct cursor *cursor) {
    if (cursor->decoded_block + 1 >= cursor->block_count) {
        end(cursor);
    } else {
        cursor->shallow_block = cursor->decoded_block + 1;
        cursor_decode_block_slow(cursor);
    }
    return cursor->doc;
}

/* Galloping search: doubles the step until it passes the target, then bisects the last step. */
bool cursor_advance_shallow_slow(struct cursor *cursor, uint32_t target) {
    if (!is_long(cursor))
        return end(cursor);
    uint32_t low = cursor->shallow_block + 1, step = 1, last = DOC_END;
    while (low + step - 1 < cursor->block_count &&
           (last = block_last(cursor, low + step - 1)) < target) {
        low += step;
        step *= 2;
    }
    if (low >= cursor->block_count)
        return end(cursor);
    uint32_t high = low + step - 1;
    if (high >= cursor->block_count) {
        high = cursor->block_count - 1;
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
    cursor->shallow_block = low;
    cursor->shallow_last = last;
    return true;
}

uint32_t cursor_seek_slow(struct cursor *cursor, uint32_t target) {
    if (target > cursor->decoded_last && (!cursor_advance_shallow(cursor, target) ||
                                          !cursor_decode_block(cursor) || cursor->doc >= target))
        return cursor->doc;
    cursor->block_index = postings_block_search(&cursor->block, target);
    return cursor->doc = cursor->block.docs[cursor->block_index];
}

/* Copies the set bits of a bitmap of `count` documents that begins with document `first` into
 * `bits`, which covers [from, end). */
static void or_bitmap(uint64_t *bits, uint32_t from, uint32_t end, const uint8_t *bitmap,
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

CPU_CLONES static void set_bits(uint64_t *bits, const uint32_t *docs, uint32_t count,
                                uint32_t from) {
#pragma GCC unroll 4
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = docs[i] - from;
        bits[at / 64] |= UINT64_C(1) << at % 64;
    }
}

static void decoded_to_bitset(uint64_t *bits, const struct cursor *cursor, uint32_t from,
                              uint32_t end) {
    const struct postings_block *block = &cursor->block;
    if (cursor->decoded_last < from)
        return;
    uint32_t i = postings_block_search(block, from);
    uint32_t stop = cursor->decoded_last < end ? block->count : postings_block_search(block, end);
    set_bits(bits, block->docs + i, stop - i, from);
}

void cursor_to_bitset(uint64_t *bits, struct cursor *cursor, uint32_t from, uint32_t end_doc) {
    for (uint32_t target = from; target < end_doc && cursor_advance_shallow(cursor, target);) {
        uint32_t last = cursor->shallow_last, before = UINT32_MAX;
        const uint8_t *bitmap = NULL, *skip = NULL;
        bool whole =
            (cursor->shallow_block + 1) * (uint64_t)POSTINGS_BLOCK <= cursor->entry.documents;
        if (is_long(cursor) && whole && cursor->decoded_block != cursor->shallow_block) {
            before =
                cursor->shallow_block ? block_last(cursor, cursor->shallow_block - 1) : UINT32_MAX;
            skip = skip_entry(cursor, cursor->shallow_block);
        }
        if (skip && last < cursor->segment->info.documents)
            bitmap = postings_block_bitmap(&cursor->segment->chunks, &cursor->entry, skip, before);
        if (bitmap)
            or_bitmap(bits, from, end_doc, bitmap, before + 1, last - before);
        else if (cursor_decode_block(cursor))
            decoded_to_bitset(bits, cursor, from, end_doc);
        if (last >= end_doc)
            return;
        target = last + 1;
    }
}

void cursor_score_block(float *inverses, uint32_t *scores, const struct cursor *cursor,
                        float weight, struct lengths *lengths) {
    const struct postings_block *block = &cursor->block;
    lengths_inverses(inverses, lengths, block->docs, block->count);
    for (uint32_t i = block->count; i % BM25_LANES; i++)
        inverses[i] = 0;
    bm25_scores(scores, weight, inverses, block->frequencies, block->count);
}

bool cursor_positions(uint32_t *positions, struct cursor *cursor) {
    if (!cursor_decode_frequencies(cursor))
        return false;
    if (cursor->positions_block != cursor->decoded_block) {
        positions_reader_init(&cursor->positions, &cursor->segment->chunks, &cursor->entry,
                              &cursor->block);
        cursor->positions_block = cursor->decoded_block;
    }
    return positions_reader_read(positions, &cursor->positions, cursor->block_index);
}

/* What an occurrence counts at most in documents from the block advanced to up to `end`. */
static uint32_t most_until(struct cursor *cursor, uint32_t end) {
    if (!cursor->weights)
        return cursor->most;
    uint32_t number = cursor->shallow_block, from = number ? block_last(cursor, number - 1) + 1 : 0;
    for (size_t i = 0; i < cursor->weights->count; i++)
        if (cursor_seek(&cursor->weights->items[i].probe, from) < end)
            return cursor->most;
    return cursor->unit;
}

static uint32_t block_bound(uint32_t *last, struct cursor *cursor, const struct bm25 *bm25,
                            float weight, uint32_t most, uint32_t number) {
    const uint8_t *skip = skip_entry(cursor, number);
    struct impact impacts[IMPACT_COUNT];
    *last = DOC_END;
    if (!skip)
        return 0;
    *last = postings_skip_last_doc(skip);
    postings_skip_impacts(impacts, skip);
    return bm25_bound(bm25, weight, most, impacts);
}

uint32_t cursor_block_bound(struct cursor *cursor, const struct bm25 *bm25, float weight) {
    uint32_t last;
    if (!is_long(cursor))
        return cursor_list_bound(cursor, bm25, weight);
    uint32_t most = most_until(cursor, cursor->shallow_last + 1);
    return block_bound(&last, cursor, bm25, weight, most, cursor->shallow_block);
}

uint32_t cursor_range_bound(struct cursor *cursor, const struct bm25 *bm25, float weight,
                            uint32_t end_doc) {
    if (!is_long(cursor))
        return cursor_list_bound(cursor, bm25, weight);
    uint32_t bound = 0, last, number = cursor->shallow_block, most = most_until(cursor, end_doc);
    do {
        uint32_t here = block_bound(&last, cursor, bm25, weight, most, number);
        if (here > bound)
            bound = here;
    } while (last < end_doc - 1 && ++number < cursor->block_count);
    return bound;
}

/* A short list has no stored bound, but is decoded already, so its best score is the bound. */
static uint32_t short_list_bound(const struct cursor *cursor, const struct bm25 *bm25,
                                 float weight) {
    struct norm_reader norms = {.chunks = &cursor->segment->chunks, .source = cursor->entry.norms};
    uint32_t bound = 0;
    for (uint32_t i = 0; i < cursor->block.count; i++) {
        uint8_t norm = norm_reader_norm(&norms, cursor->block.docs[i]);
        uint32_t frequency = cursor->block.frequencies[i];
        if (!cursor->weights && cursor->most > cursor->unit) /* of a phrase, as yet unweighted */
            frequency = cursor->most * cursor_limited(frequency);
        uint32_t score = bm25_score(weight, bm25->inverse_k[norm], frequency);
        if (score > bound)
            bound = score;
    }
    return bound;
}

uint32_t cursor_list_bound(const struct cursor *cursor, const struct bm25 *bm25, float weight) {
    if (!is_long(cursor))
        return short_list_bound(cursor, bm25, weight);
    return bm25_bound(bm25, weight, cursor->most, cursor->entry.impacts);
}
