/* SPDX-License-Identifier: MIT */
/* A filter says which documents of a segment pass: those that meet all of its conditions and are
 * not deleted. It adds nothing to a score.
 *
 *     filter_init(&filter, segment, 2, 0);
 *     filter_add_terms(&filter, entries, count, false);    any of these terms
 *     filter_add_range(&filter, &column, FIELD_TYPE_DATE, first, last, true);    nor such a date
 *     filter_start(&filter);
 *     if (filter_meets(&filter, doc) && filter_ask_predicates(&filter, doc)) ...
 *     filter_release(&filter);
 *
 * The documents that pass are a bit set, computed in windows of 8,192 documents when a caller asks
 * for bits, or has tested more than tests_max documents of a window one by one. In a
 * window the conditions are applied one after the other, the rarest first, and the rest is left out
 * once no document remains. Predicates, which read what is stored, are asked last, document by
 * document.
 *
 * Threads: a filter belongs to the thread of its segment. Failures are kept by the segment; what
 * they make unreadable does not meet its condition. */
#ifndef QUERN_SEARCHER_FILTER_FILTER_H
#define QUERN_SEARCHER_FILTER_FILTER_H

#include "common/column/column_reader.h"
#include "searcher/score/cursor.h"

enum {
    FILTER_WINDOW_BITS = SEGMENT_DELETES_BITS, /* so that one record of deletes is a window's */
    FILTER_WINDOW = 1 << FILTER_WINDOW_BITS,   /* documents */
    FILTER_READY = UINT8_MAX,
};

enum filter_kind {
    FILTER_TERMS, /* a document has one of these terms */
    FILTER_RANGE, /* a document has a value in this range */
};

struct filter_condition {
    enum filter_kind kind;
    bool excluded; /* documents pass that do not meet it */
    /* Of terms: */
    struct cursor *cursors; /* owned */
    size_t cursor_count;
    uint32_t next; /* the first document that the cursors have not passed */
    /* Of a range: */
    struct column_reader column; /* owned */
    int64_t min, max;            /* keys, both inclusive */
    uint32_t first, end;         /* documents outside of [first, end) do not have any */
    uint64_t documents;          /* upper bound of how many meet it, before exclusion */
};

/* A condition on what is stored of a document. */
struct filter_predicate {
    bool excluded;
    /* Whether it meets the condition. `document` is valid until the next call on the segment, which
     * keeps failures. */
    bool (*test)(const void *context, struct segment *segment, uint32_t doc,
                 const struct document *document);
    const void *context; /* borrowed */
};

struct filter {
    struct segment *segment;
    struct filter_condition *conditions; /* owned */
    size_t condition_count;
    struct filter_predicate *predicates; /* owned */
    size_t predicate_count;
    uint64_t *bits; /* bit doc & 63 of word doc >> 6; owned */
    /* By window: FILTER_READY if it is in `bits`, else how many of its documents were tested without
     * that. Owned. */
    uint8_t *windows;
    uint8_t tests_max;   /* tests that cost about as much as a window's bits */
    uint32_t estimate;   /* upper bound of how many documents pass */
    uint32_t first, end; /* no document outside of [first, end) passes */
};

/* Makes a filter with room for these numbers of conditions and predicates. The segment must outlive it.
 * ST_NOMEM: there is nothing to release. */
enum status filter_init(struct filter *filter, struct segment *segment, size_t conditions,
                        size_t predicates);
void filter_release(struct filter *filter);

/* Adds a condition on terms that the segment has; without any, no document meets it. ST_NOMEM. */
enum status filter_add_terms(struct filter *filter, const struct term_entry *const *entries,
                             size_t count, bool excluded);
/* Adds a condition on the values of a column, whose keys have to be in [min, max]. */
void filter_add_range(struct filter *filter, const struct column_info *column, enum field_type type,
                      int64_t min, int64_t max, bool excluded);
void filter_add_predicate(struct filter *filter,
                          bool (*test)(const void *context, struct segment *segment, uint32_t doc,
                                       const struct document *document),
                          const void *context, bool excluded);
/* To be called once all conditions are added. */
void filter_start(struct filter *filter);

/* The term that all documents that pass have, if the first condition is one on a single term; else
 * NULL. */
const struct term_entry *filter_term_entry(const struct filter *filter);

/* Computes one window. */
void filter_compute_window(struct filter *filter, uint32_t number);

/* About how many documents pass: filter->estimate, or, if that may be much too high, what a few
 * windows say, which are computed for this. */
uint64_t filter_sample(struct filter *filter);

/* The documents that meet the conditions, as bits of all documents; those of [from, end) are valid.
 * Predicates are not asked. */
static inline const uint64_t *filter_bits(struct filter *filter, uint32_t from, uint32_t end) {
    for (uint32_t i = from >> FILTER_WINDOW_BITS; i <= (end - 1) >> FILTER_WINDOW_BITS; i++)
        if (filter->windows[i] != FILTER_READY)
            filter_compute_window(filter, i);
    return filter->bits;
}

static inline bool filter_bit(const uint64_t *bits, uint32_t doc) {
    return bits[doc >> 6] >> (doc & 63) & 1;
}

/* Writes the indexes, from < 128 on up to `end`, of the documents whose bits are set. Returns how many
 * there are. */
unsigned filter_find(uint8_t found[POSTINGS_BLOCK], const uint64_t *bits, const uint32_t *docs,
                     uint32_t from, uint32_t end);

/* Whether the predicates accept the document. */
bool filter_ask_predicates(struct filter *filter, uint32_t doc);

/* Clears the bits, of the documents [from, end), of those that the predicates refuse. */
void filter_ask_about(uint64_t *bits, struct filter *filter, uint32_t from, uint32_t end);

/* The slow path of filter_meets(). */
bool filter_meets_slow(struct filter *filter, uint32_t doc);

/* Whether the document meets the conditions. Predicates are not asked. */
static inline bool filter_meets(struct filter *filter, uint32_t doc) {
    return filter->windows[doc >> FILTER_WINDOW_BITS] == FILTER_READY
               ? filter_bit(filter->bits, doc)
               : filter_meets_slow(filter, doc);
}

/* Whether bits save a caller more than they cost: with them it passes over those of its `postings`
 * whose documents do not pass. */
static inline bool filter_is_worth_bits(const struct filter *filter, uint64_t postings) {
    return (uint64_t)filter->estimate * 8 < filter->segment->info.documents &&
           filter->estimate < 2 * postings;
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
