/* Where the lists of a term are and what bounds them. The dictionary keeps an entry of each term;
 * the readers of lists begin with one. */
#ifndef QUERN_COMMON_SEGMENT_TERM_ENTRY_H
#define QUERN_COMMON_SEGMENT_TERM_ENTRY_H

#include <stdint.h>

#include "common/segment/impact.h"

enum { POSTINGS_BLOCK = 128 }; /* postings of a block; a list of fewer has no skip entries */

/* What the dictionary says of a term in one segment. */
struct term_entry {
    uint32_t documents;   /* df: how many documents have it; 1 and more */
    uint64_t occurrences; /* cf: how often they have it; >= df */
    /* df == 1: the posting itself. */
    uint32_t doc;
    uint32_t frequency;
    uint32_t position; /* when cf == 1 too: the position itself */
    /* df > 1: where its (first block of) postings are. */
    uint64_t postings;
    /* cf > 1: where its (first run of) positions are. */
    uint64_t positions;
    /* df >= 128: number of its first skip entry, and a bound for all of its postings. */
    uint64_t skips;
    struct impact impacts[IMPACT_COUNT];
};

/* How many skip entries a list of `documents` has. */
static inline uint32_t skip_count(uint32_t documents) {
    return documents < POSTINGS_BLOCK ? 0 : (documents + POSTINGS_BLOCK - 1) / POSTINGS_BLOCK;
}

#endif
