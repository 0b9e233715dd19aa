/* SPDX-License-Identifier: MIT */
/* Sorts the terms of an inverter, and reads their postings. */
#include <stdlib.h>

#include "common/base/codec.h"
#include "indexer/build/inverter_private.h"

enum { PREFETCH_DISTANCE = 8 }; /* terms */

static int compare_terms(const void *a, const void *b, void *context) {
    const struct sort_item *x = a, *y = b;
    const struct inverter *inverter = context;
    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    return slice_compare(inverter_string(inverter, x->string_offset),
                         inverter_string(inverter, y->string_offset));
}

/* Groups the terms by their fields, and sorts each group. */
static void sort_items(struct inverter *inverter, struct sort_item *items, uint32_t *ends) {
    uint32_t end = 0;
    for (uint32_t number = 0; number < inverter->term_count; number++)
        ends[inverter->terms[number].field]++;
    for (uint32_t field = 0; field <= UINT16_MAX; field++) {
        uint32_t count = ends[field];
        ends[field] = end; /* of those placed so far */
        end += count;
    }
    for (uint32_t number = 0; number < inverter->term_count; number++) {
        const struct term *term = &inverter->terms[number];
        struct slice bytes = inverter_string(inverter, term->string_offset);
        uint64_t prefix = 0;
        for (size_t i = 0; i < 8; i++)
            prefix = prefix << 8 | (i < bytes.size ? bytes.data[i] : 0);
        items[ends[term->field]++] = (struct sort_item){
            .prefix = prefix, .number = number, .string_offset = term->string_offset};
    }
    uint32_t begin = 0;
    for (uint32_t field = 0; field <= UINT16_MAX; field++) {
        if (ends[field] > begin)
            qsort_r(items + begin, ends[field] - begin, sizeof *items, compare_terms, inverter);
        begin = ends[field];
    }
}

enum status inverter_sort(struct inverter *inverter, struct error *err) {
    inverter_discard_order(inverter);
    struct sort_item *items = inverter_map(inverter_sorted_bytes(inverter), inverter->large_pages);
    uint32_t *ends = calloc(UINT16_MAX + 1, sizeof *ends);
    if (items && ends)
        sort_items(inverter, items, ends);
    else
        inverter_unmap(items, inverter_sorted_bytes(inverter));
    inverter->sorted = ends ? items : NULL;
    free(ends);
    return inverter->sorted ? ST_OK : error_nomem(err);
}

uint32_t inverter_term_count(const struct inverter *inverter) {
    return inverter->term_count;
}

struct slice inverter_term(uint8_t bytes[FIELD_TERM_MAX], const struct inverter *inverter,
                           uint32_t i) {
    const struct sort_item *item = &inverter->sorted[i];
    struct slice term = inverter_string(inverter, item->string_offset);
    memcpy(field_term_begin(bytes, inverter->terms[item->number].field), term.data, term.size);
    return slice_of(bytes, FIELD_TERM_HEAD + term.size);
}

static void set_extent(struct inverter_postings *postings, uint32_t extent) {
    uint32_t end = extent + extent_sizes[postings->level] - LINK_SIZE;
    postings->link = end;
    /* The last extent may be full; then its end is that of the postings. */
    postings->reader.at = postings->extents + extent;
    postings->reader.end =
        postings->extents +
        (postings->last >= extent && postings->last <= end ? postings->last : end);
}

static bool next_extent(struct posting_buffer_reader *base) {
    struct inverter_postings *postings = (struct inverter_postings *)base;
    if (base->end == postings->extents + postings->last)
        return false;
    if (postings->level + 1 < EXTENT_LEVELS)
        postings->level++;
    set_extent(postings, get_u32(postings->extents + postings->link));
    return true;
}

/* Terms are in memory in the order in which they came, so sorted ones are far apart. Prefetch what
 * the next ones need. */
static void prefetch(const struct inverter *inverter, uint32_t i) {
    const struct sort_item *sorted = inverter->sorted;
    if (inverter->term_count - i <= 2 * PREFETCH_DISTANCE)
        return;
    __builtin_prefetch(inverter->strings + sorted[i + 2 * PREFETCH_DISTANCE].string_offset);
    __builtin_prefetch(&inverter->terms[sorted[i + 2 * PREFETCH_DISTANCE].number]);
    __builtin_prefetch(inverter->extents +
                       inverter->terms[sorted[i + PREFETCH_DISTANCE].number].first);
}

void inverter_postings(struct inverter_postings *postings, const struct inverter *inverter,
                       uint32_t i) {
    prefetch(inverter, i);
    const struct term *term = &inverter->terms[inverter->sorted[i].number];
    *postings = (struct inverter_postings){
        .reader = {.refill = next_extent}, .extents = inverter->extents, .last = term->next};
    set_extent(postings, term->first);
    posting_buffer_first(&postings->reader);
}
