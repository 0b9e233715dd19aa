/* SPDX-License-Identifier: MIT */
/* Passes candidates from level to level. */
#include "searcher/match/intersection.h"

/* 0, 1, ..., 127: all slots of a block. */
#define EIGHT(n) n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7
static const uint8_t all_slots[POSTINGS_BLOCK] = {
    EIGHT(0),  EIGHT(8),  EIGHT(16), EIGHT(24), EIGHT(32), EIGHT(40),  EIGHT(48),  EIGHT(56),
    EIGHT(64), EIGHT(72), EIGHT(80), EIGHT(88), EIGHT(96), EIGHT(104), EIGHT(112), EIGHT(120),
};

static uint32_t current_threshold(const struct intersection *intersection) {
    return intersection->threshold ? *intersection->threshold : 0;
}

/* Gives a level its candidates. */
static void enter(struct intersection *intersection, struct intersection_level *level,
                  const uint8_t *slots, unsigned count, uint32_t remaining_bound) {
    level->slots = slots;
    level->slot_count = count;
    level->remaining_bound = remaining_bound;
    if (intersection->lengths)
        level->bound = intersection->bounds[level->clause];
}

/* The bound of clauses that are not scored yet, for documents in the block that the cursor advanced
 * to. The bound of a phrase is the lowest of its words' bounds. */
static uint32_t block_remaining_bound(struct intersection *intersection,
                                      struct intersection_level *level) {
    uint32_t bound =
        level->multiplicity * cursor_block_bound(level->cursor, level->bm25, level->weight);
    if (bound > level->bound)
        bound = level->bound;
    intersection->bounds[level->clause] = bound;
    return level->remaining_bound - level->bound + bound;
}

/* The same after the level's candidates are scored. */
static uint32_t remaining_bound_after(const struct intersection *intersection,
                                      const struct intersection_level *level) {
    if (level->is_term)
        return level->remaining_bound - level->bound;
    return level->remaining_bound - level->bound + intersection->bounds[level->clause];
}

/* Keeps the candidates that can reach the threshold; returns how many. */
static unsigned keep(struct intersection *intersection, uint8_t *kept, const uint8_t *slots,
                     unsigned count, uint32_t remaining_bound) {
    uint32_t threshold = bm25_partial_threshold(current_threshold(intersection), remaining_bound);
    unsigned found = 0;
    for (unsigned i = 0; i < count; i++) {
        uint8_t slot = slots[i];
        kept[found] = slot;
        found += intersection->scores[slot] >= threshold;
    }
    intersection->pruned |= found < count;
    return found;
}

/* The number of the level's candidates in the range of the block that its cursor advanced to. */
static unsigned count_here(const struct intersection_level *level, const uint32_t *docs) {
    uint32_t last = level->cursor->shallow_last;
    if (docs[level->slots[level->slot_count - 1]] <= last)
        return level->slot_count;
    unsigned here = 1; /* the cursor advanced to the block of the first */
    while (docs[level->slots[here]] <= last)
        here++;
    return here;
}

/* Searches the block for candidates, puts those found in level->kept and returns how many. */
static unsigned find_in_block(struct intersection_level *level, const uint32_t *lead_docs,
                              const uint8_t *slots, unsigned count) {
    uint32_t docs[POSTINGS_BLOCK];
    uint8_t found[POSTINGS_BLOCK], at[POSTINGS_BLOCK];
    for (unsigned i = 0; i < count; i++)
        docs[i] = lead_docs[slots[i]];
    unsigned hits = postings_block_match(found, at, &level->cursor->block, docs, count);
    for (unsigned i = 0; i < hits; i++) {
        uint8_t slot = slots[found[i]];
        level->block_index[slot] = at[i];
        level->kept[i] = slot;
    }
    return hits;
}

/* Adds the term's scores to the first `count` kept candidates, and keeps those that can still reach
 * the threshold. */
static unsigned score_kept(struct intersection *intersection, struct intersection_level *level,
                           unsigned count) {
    if (level->is_term) {
        if (!cursor_decode_frequencies(level->cursor))
            return 0;
        const uint32_t *frequencies = level->cursor->block.frequencies;
        for (unsigned i = 0; i < count; i++) {
            uint8_t slot = level->kept[i];
            float inverse_k = intersection->inverses[slot];
            if (level->own_lengths)
                inverse_k =
                    lengths_inverse_k(level->own_lengths, intersection_doc(intersection, slot));
            intersection->scores[slot] +=
                bm25_score(level->weight, inverse_k, frequencies[level->block_index[slot]]);
        }
    }
    return keep(intersection, level->kept, level->kept, count,
                remaining_bound_after(intersection, level));
}

/* Takes the level's candidates in the range of the block that its cursor advanced to. Returns how
 * many it keeps; their scores are added. */
static unsigned take_block(struct intersection *intersection, struct intersection_level *level,
                           const uint32_t *docs) {
    unsigned here = count_here(level, docs), found = here;
    const uint8_t *slots = level->slots;
    level->slots += here;
    level->slot_count -= here;
    if (intersection->lengths) {
        found = keep(intersection, level->kept, slots, here,
                     block_remaining_bound(intersection, level));
        slots = level->kept;
    }
    if (!found || !cursor_decode_block(level->cursor))
        return 0;
    found = find_in_block(level, docs, slots, found);
    return found && intersection->lengths ? score_kept(intersection, level, found) : found;
}

/* Passes the lead's `count` kept candidates through all other levels. False: a cursor has ended. */
static bool run_block(struct intersection *intersection, unsigned count) {
    struct intersection_level *levels = intersection->levels;
    const uint32_t *docs = levels[0].cursor->block.docs;
    enter(intersection, &levels[1], levels[0].kept, count,
          remaining_bound_after(intersection, &levels[0]));
    for (size_t depth = 1; depth > 0;) {
        struct intersection_level *level = &levels[depth];
        if (!level->slot_count) {
            if (intersection->lengths)
                intersection->bounds[level->clause] = level->bound;
            depth--;
            continue;
        }
        if (!cursor_advance_shallow(level->cursor, docs[level->slots[0]]))
            return false;
        unsigned found = take_block(intersection, level, docs);
        if (found && depth + 1 == intersection->count)
            intersection->visit(intersection, level->kept, found);
        else if (found)
            enter(intersection, &levels[++depth], level->kept, found,
                  remaining_bound_after(intersection, level));
    }
    return true;
}

/* Whether any clause is a term. If all are phrases, the norms of few documents are needed, and norms
 * are scattered in memory. */
static bool has_term(const struct intersection *intersection) {
    for (size_t i = 0; i < intersection->count; i++)
        if (intersection->levels[i].is_term)
            return true;
    return false;
}

/* Keeps those of the lead's candidates that meet the conditions of the filter; returns how many. */
static unsigned keep_passing(struct intersection *intersection, unsigned count) {
    struct intersection_level *lead = &intersection->levels[0];
    const uint32_t *docs = lead->cursor->block.docs;
    unsigned found = 0;
    if (!count)
        return 0;
    const uint64_t *passing =
        filter_bits(intersection->filter, docs[lead->kept[0]], docs[lead->kept[count - 1]] + 1);
    for (unsigned i = 0; i < count; i++) {
        uint8_t slot = lead->kept[i];
        lead->kept[found] = slot;
        found += filter_bit(passing, docs[slot]);
    }
    return found;
}

/* Scores the documents of the lead's block from `from` up to the end, and keeps those that can reach
 * the threshold; returns how many. */
static unsigned score_lead(struct intersection *intersection, uint32_t from) {
    struct intersection_level *lead = &intersection->levels[0];
    const struct postings_block *block = &lead->cursor->block;
    unsigned first = postings_block_search(block, from), count = block->count - first;
    if (lead->cursor->decoded_last >= intersection->end)
        count = postings_block_search(block, intersection->end) - first;
    if (!intersection->lengths) {
        memcpy(lead->kept, all_slots + first, count);
        return count;
    }
    unsigned scored = has_term(intersection) ? block->count : 0;
    lengths_inverses(intersection->inverses, intersection->lengths, block->docs, scored);
    for (unsigned i = scored; i % BM25_LANES; i++)
        intersection->inverses[i] = 0;
    float own_inverses[POSTINGS_BLOCK];
    if (!lead->is_term)
        memset(intersection->scores, 0, sizeof intersection->scores);
    else if (!cursor_decode_frequencies(lead->cursor))
        return 0;
    else if (lead->own_lengths)
        cursor_score_block(own_inverses, intersection->scores, lead->cursor, lead->weight,
                           lead->own_lengths);
    else
        bm25_scores(intersection->scores, lead->weight, intersection->inverses, block->frequencies,
                    block->count);
    return keep(intersection, lead->kept, all_slots + first, count,
                remaining_bound_after(intersection, lead));
}

static bool is_worth_decoding(struct intersection *intersection, struct intersection_level *lead,
                              uint32_t from) {
    if (intersection->filter &&
        !filter_has_any(intersection->filter, from, lead->cursor->shallow_last + 1))
        return false;
    if (!intersection->lengths ||
        block_remaining_bound(intersection, lead) >= current_threshold(intersection))
        return true;
    intersection->pruned = true;
    return false;
}

uint32_t intersection_run(struct intersection *intersection, uint32_t from,
                          uint32_t stop_threshold) {
    struct intersection_level *lead = &intersection->levels[0];
    memcpy(lead->block_index, all_slots, sizeof all_slots);
    memcpy(lead->kept, all_slots, sizeof all_slots);
    memset(intersection->inverses, 0, sizeof intersection->inverses);
    enter(intersection, lead, NULL, 0, intersection->remaining_bound);
    while (from < intersection->end && current_threshold(intersection) < stop_threshold &&
           cursor_advance_shallow(lead->cursor, from)) {
        if (intersection->lengths &&
            intersection->remaining_bound < current_threshold(intersection)) {
            intersection->pruned = true;
            return DOC_END;
        }
        if (is_worth_decoding(intersection, lead, from)) {
            if (!cursor_decode_block(lead->cursor))
                return DOC_END;
            unsigned count = score_lead(intersection, from);
            if (intersection->filter)
                count = keep_passing(intersection, count);
            if (count && intersection->count == 1)
                intersection->visit(intersection, lead->kept, count);
            else if (count && !run_block(intersection, count))
                return DOC_END;
        }
        if (lead->cursor->shallow_last >= lead->cursor->segment->info.documents - 1)
            return DOC_END;
        from = lead->cursor->shallow_last + 1;
    }
    if (lead->cursor->doc == DOC_END)
        return DOC_END;
    return from < intersection->end ? from : intersection->end;
}
