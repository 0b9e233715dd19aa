/* SPDX-License-Identifier: MIT */
/* All documents of a segment that match, as bits: what counting, sorting and facets begin with.
 *
 *     match_set_init(&set, &match);
 *     for (uint32_t i = 0; i < match_set_window_count(&set); i++)
 *         ... match_set_window(&set, i) ...
 *     match_set_release(&set);
 *
 * Unions, single terms and trees are computed a window of 65,536 documents at a time, when it is asked
 * for; windows may be asked for in any order. Dense lists, which are stored as bitmaps (postings.h),
 * are copied as they are. Other queries with required clauses are computed at once, by
 * intersection. */
#ifndef QUERN_SEARCHER_EVAL_MATCH_SET_H
#define QUERN_SEARCHER_EVAL_MATCH_SET_H

#include "searcher/match/match.h"

enum {
    MATCH_SET_WINDOW_BITS = 16,
    MATCH_SET_WINDOW = 1 << MATCH_SET_WINDOW_BITS, /* documents; 8 KiB of bits */
    MATCH_SET_WORDS = MATCH_SET_WINDOW / 64,
};

struct tree;

struct match_set {
    struct match *match;
    struct tree *tree;  /* of a query that is not flat; owned, or NULL */
    uint64_t *bits;     /* bit doc & 63 of word doc >> 6; owned */
    uint64_t *excluded; /* of one window; owned */
    uint8_t *ready;     /* by window; owned */
    uint32_t next;      /* the first window that the cursors have not passed */
};

/* Computes the bits of documents [from, end), at most a window's; `bits` has MATCH_SET_WORDS + 1
 * words, and so has `excluded`, which is scratch memory. The match has no required clause but
 * perhaps a single term, and `from` does not decrease from call to call. The filter's predicates are not asked. */
void match_set_range(uint64_t *bits, uint64_t *excluded, struct match *match, uint32_t from,
                     uint32_t end);

/* Makes the set; the match belongs to it and must outlive it. ST_NOMEM: there is nothing to
 * release. */
enum status match_set_init(struct match_set *set, struct match *match, struct error *err);
void match_set_release(struct match_set *set);

static inline uint32_t match_set_window_count(const struct match_set *set) {
    return (uint32_t)(((uint64_t)set->match->documents + MATCH_SET_WINDOW - 1) >>
                      MATCH_SET_WINDOW_BITS);
}

/* The documents of a window that match, but for the filter's predicates, which are not asked:
 * MATCH_SET_WORDS words, valid as long as the set. */
uint64_t *match_set_window(struct match_set *set, uint32_t number);

#endif
