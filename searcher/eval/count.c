/* SPDX-License-Identifier: MIT */
/* Counts with sets instead of scores. Unions are bit sets of one range of documents at a time, into
 * which dense lists, which are stored as bitmaps (postings.h), are copied as they are. */
#include "searcher/eval/count.h"

#include <stdlib.h>

#include "common/simd/cpu.h"
#include "searcher/eval/conjunction.h"

enum { RANGE_DOCS = 1 << 16 }; /* 8 KiB of bits */

struct bitset {
    uint64_t bits[RANGE_DOCS / 64 + 1];
};

/* Adds the documents of [from, end) that match a clause. */
static void add_clause(struct scorer *scorer, struct bitset *bitset, uint32_t from, uint32_t end) {
    if (scorer->kind == SCORER_TERM) {
        cursor_to_bitset(bitset->bits, scorer->cursors, from, end);
        return;
    }
    for (uint32_t doc = scorer_seek(scorer, from); doc < end; doc = scorer_seek(scorer, doc + 1))
        bitset->bits[(doc - from) / 64] |= UINT64_C(1) << (doc - from) % 64;
}

/* Removes the deleted documents of [from, end). */
static void clear_deleted(struct segment *segment, struct bitset *bitset, uint32_t from,
                          uint32_t end) {
    for (uint32_t doc = from; doc < end; doc += 1u << SEGMENT_DELETES_BITS) {
        const uint8_t *deleted = segment_deletes(segment, doc >> SEGMENT_DELETES_BITS);
        uint64_t *bits = bitset->bits + (doc - from) / 64;
        for (unsigned i = 0; deleted && i < SEGMENT_DELETES_SIZE / 8; i++)
            bits[i] &= ~get_u64(deleted + 8 * i);
    }
}

/* Removes the documents of [from, end) that do not pass. */
static void clear_failing(struct filter *filter, struct bitset *bitset, uint32_t from,
                          uint32_t end) {
    const uint64_t *passing = filter_bits(filter, from, end) + from / 64;
    for (unsigned i = 0; i < (end - from + 63) / 64; i++) {
        bitset->bits[i] &= passing[i];
        for (uint64_t left = filter->predicate_count ? bitset->bits[i] : 0; left; left &= left - 1)
            if (!filter_ask_predicates(filter, from + 64 * i + (uint32_t)__builtin_ctzll(left)))
                bitset->bits[i] &= ~(left & -left);
    }
}

CPU_CLONES static uint64_t count_bits(const struct bitset *bitset) {
    uint64_t total = 0;
    for (unsigned i = 0; i < RANGE_DOCS / 64; i++)
        total += (uint64_t)__builtin_popcountll(bitset->bits[i]);
    return total;
}

static uint64_t count_range(struct match *match, struct bitset *bitset, struct bitset *excluded,
                            uint32_t from, uint32_t end) {
    memset(bitset, 0, sizeof *bitset);
    if (match->filters_only)
        memset(bitset->bits, 0xff, (end - from + 63) / 64 * sizeof *bitset->bits);
    for (size_t i = 0; i < match->optional_count; i++)
        add_clause(&match->optional[i], bitset, from, end);
    if (match->excluded_count) {
        memset(excluded, 0, sizeof *excluded);
        for (size_t i = 0; i < match->excluded_count; i++)
            add_clause(&match->excluded[i], excluded, from, end);
        for (unsigned i = 0; i < RANGE_DOCS / 64; i++)
            bitset->bits[i] &= ~excluded->bits[i];
    }
    if (match->filtered)
        clear_failing(&match->filter, bitset, from, end);
    else if (match->segment->info.deleted)
        clear_deleted(match->segment, bitset, from, end);
    return count_bits(bitset);
}

static uint64_t count_any(struct match *match) {
    struct bitset *bitset = malloc(2 * sizeof *bitset);
    if (!bitset) {
        segment_fail_nomem(match->segment);
        return 0;
    }
    uint64_t total = 0;
    for (uint64_t from = 0; from < match->documents; from += RANGE_DOCS) {
        uint64_t end = from + RANGE_DOCS < match->documents ? from + RANGE_DOCS : match->documents;
        total += count_range(match, &bitset[0], &bitset[1], (uint32_t)from, (uint32_t)end);
    }
    free(bitset);
    return total;
}

uint64_t count_matches(struct match *match) {
    if (match->impossible)
        return 0;
    size_t clauses = match->required_count + match->optional_count;
    if (match_excludes_nothing(match) && clauses == 1 && match->scorers[0].kind == SCORER_TERM)
        return match->scorers[0].cursors[0].entry.documents;
    if (!match->required_count)
        return match->optional_count || match->filters_only ? count_any(match) : 0;
    return conjunction_count(match);
}
