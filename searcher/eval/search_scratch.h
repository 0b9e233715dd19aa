/* SPDX-License-Identifier: MIT */
/* Memory that one search leaves as it found it, for the next one. */
#ifndef QUERN_SEARCHER_EVAL_SEARCH_SCRATCH_H
#define QUERN_SEARCHER_EVAL_SEARCH_SCRATCH_H

#include "searcher/eval/completion.h"

enum { SCRATCH_DOCS = 16384 };

/* The fields are private to disjunction.c. The arrays are 0 between searches, so that a search that
 * touches little of them has little to clear. */
struct search_scratch {
    uint32_t scores[SCRATCH_DOCS]; /* of each document: 1 more than its score; 0: not found */
    uint64_t doc_bits[SCRATCH_DOCS / 64];       /* those that are to be candidates */
    uint64_t word_bits[SCRATCH_DOCS / 64 / 64]; /* words of the bits that are not 0 */
    /* The others need no clearing. */
    uint16_t found[SCRATCH_DOCS + 1]; /* documents that have a score, as found */
    struct candidates candidates;
};

/* Threads: each needs its own. NULL: out of memory. */
struct search_scratch *search_scratch_new(void);
void search_scratch_free(struct search_scratch *scratch);

/* Makes it usable again after a search that failed, and may have stopped anywhere. */
void search_scratch_clear(struct search_scratch *scratch);

#endif
