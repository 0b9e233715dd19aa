#include "searcher/intersect.h"

#include "common/clones.h"

/* 0, 1, ..., 127: all slots of a block. */
#define EIGHT(n) n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7
static const uint8_t all_slots[POSTINGS_BLOCK] = {
    EIGHT(0),  EIGHT(8),  EIGHT(16), EIGHT(24), EIGHT(32), EIGHT(40),  EIGHT(48),  EIGHT(56),
    EIGHT(64), EIGHT(72), EIGHT(80), EIGHT(88), EIGHT(96), EIGHT(104), EIGHT(112), EIGHT(120),
};

/* Notes how much its clause scores at most in the block that the cursor found, and says whether
 * that is enough for documents that score `most` without knowing it. A phrase scores no more than
 * the least that any of its words would. */
static bool is_enough(struct intersection *intersection, struct level *level, uint64_t *most) {
    if (!intersection->least)
        return true;
    uint32_t bound = cursor_bound_ahead(level->cursor, intersection->bm25, level->weight);
    if (bound > level->clause_most)
        bound = level->clause_most;
    intersection->bounds[level->clause] = bound;
    *most = level->most - level->clause_most + bound;
    if (*most >= *intersection->least)
        return true;
    intersection->pruned = true;
    return false;
}

/* Gives a level its candidates. */
static void enter(struct intersection *intersection, struct level *level, const uint8_t *slots,
                  unsigned count, uint64_t most) {
    level->slots = slots;
    level->left = count;
    level->most = most;
    level->clause_most = intersection->least ? intersection->bounds[level->clause] : 0;
}

/* How many of the level's candidates lie in the block that its cursor found. */
static unsigned count_here(const struct level *level, const uint32_t *docs) {
    uint32_t last = level->cursor->ahead_last;
    if (docs[level->slots[level->left - 1]] <= last)
        return level->left;
    unsigned here = 1; /* the first does: it was sought */
    while (docs[level->slots[here]] <= last)
        here++;
    return here;
}

/* Looks candidates up in the block; returns how many it has, their slots in level->found. */
CLONES static unsigned match_block(struct level *level, const uint32_t *docs, unsigned count) {
    const struct postings_block *block = &level->cursor->block;
    unsigned found = 0;
    for (unsigned i = 0; i < count; i++) {
        uint8_t slot = level->slots[i];
        uint32_t at = postings_block_search(block, docs[slot]);
        level->at[slot] = (uint8_t)at;
        level->found[found] = slot;
        found += block->docs[at] == docs[slot];
    }
    return found;
}

/* Takes the candidates of the lead's block through all levels. False: a cursor has ended, or there
 * is damage. */
static bool run_block(struct intersection *intersection) {
    struct level *levels = intersection->levels;
    const uint32_t *docs = levels[0].cursor->block.docs;
    for (size_t depth = 1; depth > 0;) {
        struct level *level = &levels[depth];
        if (!level->left) {
            if (intersection->least)
                intersection->bounds[level->clause] = level->clause_most;
            depth--;
            continue;
        }
        if (!cursor_find(level->cursor, docs[level->slots[0]]))
            return false;
        unsigned here = count_here(level, docs), found = 0;
        uint64_t most = 0;
        if (is_enough(intersection, level, &most)) {
            if (!cursor_load(level->cursor))
                return false;
            found = match_block(level, docs, here);
        }
        level->slots += here;
        level->left -= here;
        if (found && depth + 1 == intersection->count)
            intersection->visit(intersection, level->found, found);
        else if (found)
            enter(intersection, &levels[++depth], level->found, found, most);
    }
    return true;
}

void intersection_run(struct intersection *intersection) {
    struct level *lead = &intersection->levels[0];
    memcpy(lead->at, all_slots, sizeof all_slots);
    enter(intersection, lead, all_slots, 0, intersection->most);
    for (uint32_t from = 0; cursor_find(lead->cursor, from); from = lead->cursor->ahead_last + 1) {
        uint64_t most = 0;
        if (intersection->least && intersection->most < *intersection->least) {
            intersection->pruned = true;
            return;
        }
        if (is_enough(intersection, lead, &most)) {
            if (!cursor_load(lead->cursor))
                return;
            unsigned count = lead->cursor->block.count;
            if (intersection->count == 1) {
                intersection->visit(intersection, all_slots, count);
            } else {
                enter(intersection, &intersection->levels[1], all_slots, count, most);
                if (!run_block(intersection))
                    return;
            }
        }
        if (lead->cursor->ahead_last == DOC_END)
            return;
    }
}
