/* How many documents match: no scores, no order, only sets. Documents that any of several clauses
 * has are marked in bitmaps, of a range at a time; dense lists are bitmaps already (postings.h). */
#include <stdlib.h>

#include "common/simd/cpu.h"
#include "searcher/eval/match.h"

enum { RANGE = 1 << 16 }; /* documents marked together: 8 KiB of bits */

struct marks {
    uint64_t bits[RANGE / 64 + 1];
};

/* Marks the documents of [from, end) that a clause has. */
static void mark(struct scorer *scorer, struct marks *marks, uint32_t from, uint32_t end) {
    if (scorer->count == 1) {
        cursor_mark(scorer->cursors, marks->bits, from, end);
        return;
    }
    for (uint32_t doc = scorer_seek(scorer, from); doc < end; doc = scorer_seek(scorer, doc + 1))
        marks->bits[(doc - from) / 64] |= UINT64_C(1) << (doc - from) % 64;
}

/* Takes away those of [from, end) that are removed. */
static void unmark_removed(struct segment *segment, struct marks *marks, uint32_t from,
                           uint32_t end) {
    for (uint32_t doc = from; doc < end; doc += 1u << SEGMENT_DELETES_BITS) {
        const uint8_t *removed = segment_deletes(segment, doc >> SEGMENT_DELETES_BITS);
        uint64_t *bits = marks->bits + (doc - from) / 64;
        for (unsigned i = 0; removed && i < SEGMENT_DELETES_SIZE / 8; i++)
            bits[i] &= ~get_u64(removed + 8 * i);
    }
}

CPU_CLONES static uint64_t count_bits(const struct marks *marks) {
    uint64_t total = 0;
    for (unsigned i = 0; i < RANGE / 64; i++)
        total += (uint64_t)__builtin_popcountll(marks->bits[i]);
    return total;
}

static uint64_t count_range(struct match *match, struct marks *marks, struct marks *excluded,
                            uint32_t from, uint32_t end) {
    memset(marks, 0, sizeof *marks);
    for (size_t i = 0; i < match->optional_count; i++)
        mark(&match->optional[i], marks, from, end);
    if (match->excluded_count) {
        memset(excluded, 0, sizeof *excluded);
        for (size_t i = 0; i < match->excluded_count; i++)
            mark(&match->excluded[i], excluded, from, end);
        for (unsigned i = 0; i < RANGE / 64; i++)
            marks->bits[i] &= ~excluded->bits[i];
    }
    if (match->segment->info.deleted)
        unmark_removed(match->segment, marks, from, end);
    return count_bits(marks);
}

static uint64_t count_any(struct match *match) {
    struct marks *marks = malloc(2 * sizeof *marks);
    if (!marks) {
        match->segment->chunks.status = error_nomem(&match->segment->chunks.error);
        return 0;
    }
    uint64_t total = 0;
    for (uint64_t from = 0; from < match->documents; from += RANGE) {
        uint64_t end = from + RANGE < match->documents ? from + RANGE : match->documents;
        total += count_range(match, &marks[0], &marks[1], (uint32_t)from, (uint32_t)end);
    }
    free(marks);
    return total;
}

uint64_t match_count(struct match *match) {
    if (match->none)
        return 0;
    bool plain = !match->excluded_count && !match->segment->info.deleted;
    size_t clauses = match->required_count + match->optional_count;
    if (plain && clauses == 1 && match->scorers[0].count == 1)
        return match->scorers[0].cursors[0].entry.documents;
    if (!match->required_count)
        return match->optional_count ? count_any(match) : 0;
    return match_count_all(match);
}
