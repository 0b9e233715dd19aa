/* SPDX-License-Identifier: MIT */
/* Combines frames. */
#include "searcher/match/tree_frame.h"

#include <stdlib.h>
#include <string.h>

struct tree_frame *tree_frame_take(struct tree_pool *pool, bool is_scored) {
    struct tree_frame *frame = pool->free;
    if (frame)
        pool->free = frame->next;
    else
        frame = calloc(1, sizeof *frame);
    if (frame) {
        frame->is_clear = true;
        frame->is_scored = is_scored;
    }
    return frame;
}

void tree_frame_give_back(struct tree_pool *pool, struct tree_frame *frame, uint32_t words) {
    if (!frame)
        return;
    for (uint32_t i = 0; i < words && !frame->is_clear; i++)
        if (frame->bits[i]) {
            frame->bits[i] = 0;
            if (frame->is_scored)
                memset(frame->scores + 64ul * i, 0, 64 * sizeof *frame->scores);
        }
    frame->bits[words] = 0; /* past the last one, which bitmaps may be copied into */
    frame->next = pool->free;
    pool->free = frame;
}

void tree_pool_release(struct tree_pool *pool) {
    while (pool->free) {
        struct tree_frame *frame = pool->free;
        pool->free = frame->next;
        free(frame);
    }
}

void tree_frame_add(struct tree_frame *frame, const struct tree_frame *other, uint32_t words) {
    frame->is_clear = false;
    for (uint32_t i = 0; i < words; i++) {
        uint64_t left = other->bits[i];
        frame->bits[i] |= left;
        for (; left && frame->is_scored; left &= left - 1) {
            uint32_t at = 64 * i + (uint32_t)__builtin_ctzll(left);
            frame->scores[at] += other->scores[at];
        }
    }
}

void tree_frame_add_best(struct tree_frame *frame, const struct tree_frame *other, uint32_t words) {
    frame->is_clear = false;
    for (uint32_t i = 0; i < words; i++) {
        uint64_t left = other->bits[i];
        frame->bits[i] |= left;
        for (; left; left &= left - 1) {
            uint32_t at = 64 * i + (uint32_t)__builtin_ctzll(left);
            if (frame->scores[at] < other->scores[at])
                frame->scores[at] = other->scores[at];
        }
    }
}

/* Drops documents of a word, and their scores. */
static void drop(struct tree_frame *frame, uint32_t word, uint64_t dropped) {
    frame->bits[word] &= ~dropped;
    for (; dropped && frame->is_scored; dropped &= dropped - 1)
        frame->scores[64 * word + (uint32_t)__builtin_ctzll(dropped)] = 0;
}

void tree_frame_intersect(struct tree_frame *frame, const struct tree_frame *other,
                          uint32_t words) {
    for (uint32_t i = 0; i < words; i++) {
        if (!frame->bits[i])
            continue;
        drop(frame, i, frame->bits[i] & ~other->bits[i]);
        for (uint64_t left = frame->bits[i]; left && frame->is_scored; left &= left - 1) {
            uint32_t at = 64 * i + (uint32_t)__builtin_ctzll(left);
            frame->scores[at] += other->scores[at];
        }
    }
}

void tree_frame_subtract(struct tree_frame *frame, const struct tree_frame *other, uint32_t words) {
    for (uint32_t i = 0; i < words; i++)
        drop(frame, i, frame->bits[i] & other->bits[i]);
}

void tree_frame_keep(struct tree_frame *frame, const uint64_t *bits, uint32_t words) {
    for (uint32_t i = 0; i < words; i++)
        drop(frame, i, frame->bits[i] & ~bits[i]);
}

bool tree_frame_drop_below(struct tree_frame *frame, uint32_t threshold, uint32_t words) {
    bool any = false;
    for (uint32_t i = 0; i < words && threshold; i++) {
        uint64_t low = 0;
        for (uint64_t left = frame->bits[i]; left; left &= left - 1) {
            uint32_t at = (uint32_t)__builtin_ctzll(left);
            low |= (uint64_t)(frame->scores[64 * i + at] < threshold) << at;
        }
        drop(frame, i, low);
        any |= low != 0;
    }
    return any;
}

bool tree_frame_is_empty(const struct tree_frame *frame, uint32_t words) {
    uint64_t all = 0;
    for (uint32_t i = 0; i < words; i++)
        all |= frame->bits[i];
    return !all;
}
