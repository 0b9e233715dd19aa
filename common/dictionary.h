/* term -> where its postings are: front-coded blocks of sorted terms, each one LMDB value. */
#ifndef QUERN_COMMON_DICTIONARY_H
#define QUERN_COMMON_DICTIONARY_H

#include "common/bytes.h"
#include "common/impact.h"
#include "common/status.h"
#include "common/store.h"

/* What the dictionary says of a term in one segment. */
struct term_entry {
    uint32_t documents;   /* df: how many documents have it; 1 and more */
    uint64_t occurrences; /* cf: how often they have it; >= df */
    /* df == 1: the posting itself. */
    uint32_t doc;
    uint32_t frequency;
    uint32_t position; /* when cf == 1 too: the position itself */
    /* df > 1: where its postings are. */
    uint64_t postings;
    /* cf > 1: where its positions are. */
    uint64_t positions;
    /* df > POSTINGS_BLOCK: its first skip entry, and a bound for all of its postings. */
    uint64_t skips;
    struct impact impacts[IMPACT_COUNT];
};

#endif
