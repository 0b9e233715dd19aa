/* SPDX-License-Identifier: MIT */
/* A dictionary entry: where the lists of a term are and what bounds their scores. The dictionary
 * stores one for each term; readers of lists begin with it. */
#ifndef QUERN_COMMON_SEGMENT_TERM_ENTRY_H
#define QUERN_COMMON_SEGMENT_TERM_ENTRY_H

#include <stdint.h>

#include "common/segment/impact.h"

enum { POSTINGS_BLOCK = 128 }; /* postings of a block; a shorter list has no skip entries */

/* A term in one segment. */
struct term_entry {
    uint32_t documents;   /* df: how many documents have it, at least 1 */
    uint64_t occurrences; /* cf: how often they have it, at least df */
    /* df == 1: the posting itself. */
    uint32_t doc;
    uint32_t frequency;
    uint32_t position; /* cf == 1: the only position */
    /* df > 1: the address of its first block of postings. */
    uint64_t postings;
    /* cf > 1: the address of its first block of positions. */
    uint64_t positions;
    /* df >= 128: the number of its first skip entry, and a bound for all its postings. */
    uint64_t skips;
    struct impact impacts[IMPACT_COUNT];
};

/* How many skip entries a list of `documents` postings has. */
static inline uint32_t term_entry_skip_count(uint32_t documents) {
    return documents < POSTINGS_BLOCK ? 0 : (documents + POSTINGS_BLOCK - 1) / POSTINGS_BLOCK;
}

#endif
