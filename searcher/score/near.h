/* SPDX-License-Identifier: MIT */
/* How often words are near each other in a document.
 *
 * An occurrence is a range of positions, no longer than `length`, that has as many different
 * occurrences of each element as it needs. Counted is the greatest number of them no two of which
 * share a position: of all that begin after the last one, the one that ends first is taken. Once the
 * words are passed in the order of their ends, the latest of each element make the shortest range
 * that ends there, so one pass over all positions finds them. */
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
    size_t next;     /* private to near_count() */
};

/* Counts the occurrences of `count` > 0 elements. */
uint32_t near_count(struct near_element *elements, size_t count, uint64_t length);

#endif
