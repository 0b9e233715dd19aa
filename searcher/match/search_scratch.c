/* SPDX-License-Identifier: MIT */
/* Allocates scratch memory. */
#include "searcher/match/search_scratch.h"

#include <stdlib.h>
#include <string.h>

struct search_scratch *search_scratch_new(void) {
    return calloc(1, sizeof(struct search_scratch));
}

void search_scratch_free(struct search_scratch *scratch) {
    if (scratch)
        tree_pool_release(&scratch->frames);
    free(scratch);
}

void search_scratch_clear(struct search_scratch *scratch) {
    struct tree_pool frames = scratch->frames;
    memset(scratch, 0, sizeof *scratch);
    scratch->frames = frames;
}
