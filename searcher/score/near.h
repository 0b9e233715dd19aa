/* SPDX-License-Identifier: MIT */
/* How often words are near each other in a document.
 *
 * An occurrence is a range of positions, no longer than `length`, that has as many different
 * occurrences of each element as it needs. Counted is the greatest number of them no two of which
 * share a position: of all that begin after the last one, the one that ends first is taken. It is found
 * by leaps: where the first occurrences of all elements from a position on end, no range before that
 * end is complete, so whatever begins more than `length` before it is passed over. The latest of each
 * element make the shortest range that ends there. */
#ifndef QUERN_SEARCHER_SCORE_NEAR_H
#define QUERN_SEARCHER_SCORE_NEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A word or a phrase in a document. */
struct near_element {
    const uint32_t *starts; /* the positions at which it begins, ascending */
    size_t count;
    uint32_t width;  /* positions from its first word to its last, both included */
    uint32_t needed; /* how many occurrences of it: the number of equal elements */
    size_t next;     /* private to near_walk */
};

/* A pass over the occurrences of elements. */
struct near_walk {
    struct near_element *elements; /* borrowed */
    size_t count;                  /* > 0 */
    uint64_t length;               /* of an occurrence, at most */
    uint64_t end;                  /* of the last one: the position after it */
};

/* Begins a pass. */
void near_begin(struct near_walk *walk, struct near_element *elements, size_t count,
                uint64_t length);
/* Moves to the next occurrence, which ends before walk->end. False: there is none. */
bool near_next(struct near_walk *walk);
/* The first position of the current occurrence. */
uint32_t near_first(const struct near_walk *walk);

/* Whether there is an occurrence of `count` > 0 elements, and how many. */
bool near_is_found(struct near_element *elements, size_t count, uint64_t length);
uint32_t near_count(struct near_element *elements, size_t count, uint64_t length);

#endif
