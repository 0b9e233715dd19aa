/* SPDX-License-Identifier: MIT */
/* What a node of a tree yields in a window of documents: those that match, as bits, and their scores.
 *
 * Frames go back to a pool that clears them, which costs only as much as was set, so that a tree of
 * any number of windows needs as many frames as groups are nested. */
#ifndef QUERN_SEARCHER_MATCH_TREE_FRAME_H
#define QUERN_SEARCHER_MATCH_TREE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TREE_WINDOW_BITS = 14,
    TREE_WINDOW = 1 << TREE_WINDOW_BITS, /* documents at most: 2 KiB of bits, 64 KiB of scores */
    TREE_WORDS = TREE_WINDOW / 64,
};

struct tree_frame {
    uint64_t bits[TREE_WORDS + 1];
    uint32_t scores[TREE_WINDOW]; /* 0 where the bit is not set */
    bool is_scored;               /* the scores are set, too */
    bool is_clear;                /* nothing was added yet */
    struct tree_frame *next;      /* in the pool */
};

struct tree_pool {
    struct tree_frame *free; /* cleared ones; owned */
};

/* A clear frame. NULL: out of memory. */
struct tree_frame *tree_frame_take(struct tree_pool *pool, bool is_scored);
/* Gives it back after use in the first `words` words. Giving back NULL does nothing. */
void tree_frame_give_back(struct tree_pool *pool, struct tree_frame *frame, uint32_t words);
void tree_pool_release(struct tree_pool *pool);

/* Adds documents and scores of another frame. */
void tree_frame_add(struct tree_frame *frame, const struct tree_frame *other, uint32_t words);
/* Adds documents of another frame; of one in both, the higher score counts. */
void tree_frame_add_best(struct tree_frame *frame, const struct tree_frame *other, uint32_t words);
/* Keeps the documents of another frame, and adds its scores. */
void tree_frame_intersect(struct tree_frame *frame, const struct tree_frame *other, uint32_t words);
/* Drops the documents of another frame. */
void tree_frame_subtract(struct tree_frame *frame, const struct tree_frame *other, uint32_t words);
/* Keeps the documents of a set. */
void tree_frame_keep(struct tree_frame *frame, const uint64_t *bits, uint32_t words);
/* Drops documents whose scores are lower. Returns whether there were any. */
bool tree_frame_drop_below(struct tree_frame *frame, uint32_t threshold, uint32_t words);
bool tree_frame_is_empty(const struct tree_frame *frame, uint32_t words);

/* The first document of the set from `from` on and before `end`, or `end`. */
static inline uint32_t tree_next(const uint64_t *bits, uint32_t from, uint32_t end) {
    if (from >= end)
        return end;
    uint64_t left = bits[from / 64] >> from % 64;
    if (left)
        from += (uint32_t)__builtin_ctzll(left);
    else
        for (from = (from | 63) + 1; from < end; from += 64)
            if (bits[from / 64]) {
                from += (uint32_t)__builtin_ctzll(bits[from / 64]);
                break;
            }
    return from < end ? from : end;
}

static inline bool tree_bit(const uint64_t *bits, uint32_t at) {
    return bits[at / 64] >> at % 64 & 1;
}

static inline void tree_frame_set(struct tree_frame *frame, uint32_t at, uint32_t score) {
    frame->bits[at / 64] |= UINT64_C(1) << at % 64;
    if (frame->is_scored)
        frame->scores[at] += score;
}

#endif
