/* SPDX-License-Identifier: MIT */
/* Memory that one search leaves to the next one, so that it is cleared only where it was used. */
#ifndef QUERN_SEARCHER_MATCH_SEARCH_SCRATCH_H
#define QUERN_SEARCHER_MATCH_SEARCH_SCRATCH_H

#include "searcher/match/completion.h"
#include "searcher/match/tree_frame.h"

enum { SCRATCH_DOCS = 16384 };

/* The members are private to disjunction.c, but for the last one. */
struct search_scratch {
    uint32_t scores[SCRATCH_DOCS];        /* by document: 1 more than its score; 0: not found */
    uint64_t doc_bits[SCRATCH_DOCS / 64]; /* documents that are to be candidates */
    uint64_t word_bits[SCRATCH_DOCS / 64 / 64]; /* words of doc_bits that are not 0 */
    /* The arrays above are all 0 between searches; these may hold anything. */
    uint16_t found[SCRATCH_DOCS + 1]; /* documents that have a score, in the order found */
    struct candidates candidates;
    struct tree_pool frames; /* of tree.h; cleared ones */
};

/* Each thread needs its own. NULL: out of memory. Freeing NULL does nothing. */
struct search_scratch *search_scratch_new(void);
void search_scratch_free(struct search_scratch *scratch);

/* Restores it after a search that failed half-way. */
void search_scratch_clear(struct search_scratch *scratch);

#endif
