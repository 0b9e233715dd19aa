/* SPDX-License-Identifier: MIT */
/* Counts how often surface forms occur: the entries of a term cache count the words that they
 * stand for, and before the cache starts over, and at the end, their forms go to a sink, as a run
 * in ascending order. A form may be in any number of runs; the sums do not depend on how the cache
 * was used.
 *
 * Only words of letters that are written with spaces are forms. Numbers, versions and c++ are terms
 * as they stand, and pairs of ideographs are no words.
 *
 * Threads: one at a time. */
#ifndef QUERN_COMMON_TEXT_FORM_COUNTS_H
#define QUERN_COMMON_TEXT_FORM_COUNTS_H

#include "common/base/status.h"
#include "common/text/surface_form.h"
#include "common/text/term_cache.h"
#include "common/text/unicode.h"

/* Takes runs. A failure ends the run, and comes back from what caused it. */
struct form_sink {
    /* Takes the next form of a run, or NULL at the end of the run. */
    enum status (*take)(struct form_sink *sink, const struct surface_form *form);
    struct error err; /* of a failure other than ST_NOMEM */
};

struct form_counts {
    struct form_sink *sink; /* borrowed; NULL: nothing is counted */
    enum unicode_fold fold;
    uint16_t step;     /* what an occurrence counts: 1, or 0 while nothing is counted */
    uint32_t *wrapped; /* numbers of entries, one for each time that a count wrapped; owned */
    size_t wrapped_count, wrapped_capacity;
    struct buffer folded, stripped; /* scratch */
    struct buffer forms;            /* forms and keys that differ from the bytes of their entry */
};

void form_counts_release(struct form_counts *counts);

/* Counts an occurrence of the entry's word, in one addition; the first function does so when the
 * entry's count has become 0. ST_NOMEM. */
enum status form_counts_wrap(struct form_counts *counts, const struct term_cache *cache,
                             const struct term_cache_entry *entry);
static inline enum status form_counts_add(struct form_counts *counts,
                                          const struct term_cache *cache,
                                          struct term_cache_entry *entry) {
    entry->count = (uint16_t)(entry->count + counts->step);
    return entry->count ? ST_OK : form_counts_wrap(counts, cache, entry);
}

/* Passes on what was counted as one run, and sets all counts to 0. ST_NOMEM; failures of the
 * sink. */
enum status form_counts_flush(struct form_counts *counts, struct term_cache *cache);

/* Sets all counts to 0. */
void form_counts_discard(struct form_counts *counts, struct term_cache *cache);

/* About how many bytes form_counts_flush() needs for a cache with this many entries: two items of 16
 * each, and for some of them a form and its key. */
static inline uint64_t form_counts_memory(const struct form_counts *counts, size_t entries) {
    return counts->sink ? entries * 48 : 0;
}

#endif
