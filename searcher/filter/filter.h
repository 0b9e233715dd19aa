/* SPDX-License-Identifier: MIT */
/* A filter says which documents of a segment pass: those that meet all of its conditions and are
 * not deleted. It adds nothing to a score.
 *
 *     filter_init(&filter, segment, 2, 0);
 *     filter_add_terms(&filter, entries, count, false);    any of these terms
 *     filter_add_terms(&filter, others, 1, true);          and not that one
 *     filter_start(&filter);
 *     if (filter_passes(&filter, doc)) ...
 *     filter_release(&filter);
 *
 * The documents that pass are a bit set, computed in windows of 8,192 documents when one of their
 * documents is first asked for: a search that meets few documents computes few windows, and one
 * that meets many pays a fraction of a nanosecond for each. In a window the conditions are applied
 * one after the other, the cheapest and rarest first, and the rest is left out once no document
 * remains. Predicates, which read a document's id, are asked last, document by document.
 *
 * Threads: a filter belongs to the thread of its segment. Failures are kept by the segment; what
 * they make unreadable does not meet its condition. */
#ifndef QUERN_SEARCHER_FILTER_FILTER_H
#define QUERN_SEARCHER_FILTER_FILTER_H

#include "searcher/score/cursor.h"

enum {
    FILTER_WINDOW_BITS = SEGMENT_DELETES_BITS, /* so that one record of deletes is a window's */
    FILTER_WINDOW = 1 << FILTER_WINDOW_BITS,   /* documents */
};

/* A condition: a document has one of these terms, or, if excluded, none of them. */
struct filter_condition {
    bool excluded;
    struct cursor *cursors; /* of the terms; owned */
    size_t cursor_count;
    uint32_t next;      /* the first document that the cursors have not passed */
    uint64_t documents; /* at most so many meet it, before exclusion */
};

/* A condition on the id. */
struct filter_predicate {
    bool excluded;
    bool (*test)(const void *context, struct slice id);
    const void *context; /* borrowed */
};

struct filter {
    struct segment *segment;
    struct filter_condition *conditions; /* owned */
    size_t condition_count;
    struct filter_predicate *predicates; /* owned */
    size_t predicate_count;
    uint64_t *bits;  /* bit doc & 63 of word doc >> 6; owned */
    uint64_t *ready; /* a bit for each window that is in `bits`; owned */
    /* At most so many documents pass. */
    uint32_t estimate;
};

/* Makes a filter with room for so many conditions and predicates. The segment must outlive it.
 * ST_NOMEM: there is nothing to release. */
enum status filter_init(struct filter *filter, struct segment *segment, size_t conditions,
                        size_t predicates);
void filter_release(struct filter *filter);

/* Adds a condition on terms that the segment has; without any, no document meets it. ST_NOMEM. */
enum status filter_add_terms(struct filter *filter, const struct term_entry *const *entries,
                             size_t count, bool excluded);
void filter_add_predicate(struct filter *filter, bool (*test)(const void *context, struct slice id),
                          const void *context, bool excluded);
/* To be called once all conditions are added. */
void filter_start(struct filter *filter);

/* The term that all documents that pass have, if the first condition is one on a single term; else
 * NULL. */
const struct term_entry *filter_term_entry(const struct filter *filter);

/* Computes one window. */
void filter_compute_window(struct filter *filter, uint32_t number);

/* The documents that meet the conditions, as bits of all documents; those of [from, end) are valid.
 * Predicates are not asked. */
static inline const uint64_t *filter_bits(struct filter *filter, uint32_t from, uint32_t end) {
    for (uint32_t i = from >> FILTER_WINDOW_BITS; i <= (end - 1) >> FILTER_WINDOW_BITS; i++)
        if (!(filter->ready[i >> 6] >> (i & 63) & 1))
            filter_compute_window(filter, i);
    return filter->bits;
}

static inline bool filter_bit(const uint64_t *bits, uint32_t doc) {
    return bits[doc >> 6] >> (doc & 63) & 1;
}

/* Asks the predicates. */
bool filter_ask_predicates(struct filter *filter, uint32_t doc);

/* Whether the document passes. */
static inline bool filter_passes(struct filter *filter, uint32_t doc) {
    return filter_bit(filter_bits(filter, doc, doc + 1), doc) &&
           (!filter->predicate_count || filter_ask_predicates(filter, doc));
}

/* Whether one of the documents [from, end) meets the conditions. */
bool filter_has_any(struct filter *filter, uint32_t from, uint32_t end);

/* The first document >= `from` that meets the conditions, or DOC_END. */
uint32_t filter_next(struct filter *filter, uint32_t from);

/* Writes the documents of [*from, end) that meet the conditions, at most `capacity` of them, and
 * sets *from to where the next call goes on, `end` after the last one. Returns how many. */
uint32_t filter_list(uint32_t *docs, uint32_t capacity, uint32_t *from, uint32_t end,
                     struct filter *filter);

#endif
