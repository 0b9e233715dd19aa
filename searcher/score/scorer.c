/* SPDX-License-Identifier: MIT */
/* Matches terms and phrases. */
#include "searcher/score/scorer.h"

#include <stdlib.h>

#include "common/base/array.h"

enum status scorer_init_term(struct scorer *scorer, struct segment *segment,
                             const struct term_entry *entry, const struct bm25 *bm25,
                             float weight) {
    *scorer = (struct scorer){.kind = SCORER_TERM,
                              .weight = weight,
                              .multiplicity = 1,
                              .bm25 = bm25,
                              .word_count = 1,
                              .cursors = malloc(sizeof *scorer->cursors)};
    if (!scorer->cursors)
        return ST_NOMEM;
    cursor_init(scorer->cursors, segment, entry);
    scorer->bound = cursor_list_bound(scorer->cursors, bm25, weight);
    return ST_OK;
}

/* Sorts words by rising frequency: order[i] is the index of the i-th. */
static void sort_words(size_t *order, const struct term_entry *const *entries, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at && entries[order[at - 1]]->documents > entries[i]->documents; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

enum status scorer_init_phrase(struct scorer *scorer, struct segment *segment,
                               const struct term_entry *const *entries, const uint32_t *offsets,
                               size_t count, const struct bm25 *bm25, float weight) {
    *scorer = (struct scorer){.kind = SCORER_PHRASE,
                              .weight = weight,
                              .multiplicity = 1,
                              .bm25 = bm25,
                              .word_count = count,
                              .cursors = malloc(count * sizeof *scorer->cursors),
                              .offsets = malloc(count * sizeof *scorer->offsets),
                              .bound = UINT32_MAX};
    size_t *order = malloc(count * sizeof *order);
    if (!scorer->cursors || !scorer->offsets || !order) {
        free(order);
        scorer_release(scorer);
        return ST_NOMEM;
    }
    sort_words(order, entries, count);
    for (size_t i = 0; i < count; i++) {
        cursor_init(&scorer->cursors[i], segment, entries[order[i]]);
        scorer->offsets[i] = offsets[order[i]];
        uint32_t bound = cursor_list_bound(&scorer->cursors[i], bm25, weight);
        if (bound < scorer->bound)
            scorer->bound = bound;
    }
    free(order);
    return ST_OK;
}

void scorer_use_field_norms(struct scorer *scorer) {
    const struct cursor *cursor = &scorer->cursors[0];
    scorer->norms =
        (struct norm_reader){.chunks = &cursor->segment->chunks, .source = cursor->entry.norms};
}

enum status scorer_reserve_others(struct scorer *scorer, size_t count) {
    scorer->others = calloc(count + 1, sizeof *scorer->others);
    return scorer->others ? ST_OK : ST_NOMEM;
}

void scorer_set_multiplicity(struct scorer *scorer, uint32_t multiplicity) {
    scorer->bound *= multiplicity;
    scorer->multiplicity = multiplicity;
}

uint32_t scorer_start(struct scorer *scorer) {
    if (scorer->kind == SCORER_TERM)
        return scorer->doc = cursor_start(scorer->cursors);
    for (size_t i = 0; i < scorer->word_count; i++)
        cursor_start(&scorer->cursors[i]);
    return scorer_seek_phrase(scorer, 0);
}

void scorer_release(struct scorer *scorer) {
    for (size_t i = 0; i < scorer->other_count; i++)
        scorer_release(&scorer->others[i]);
    free(scorer->others);
    free(scorer->cursors);
    free(scorer->offsets);
    free(scorer->starts);
    free(scorer->positions);
    *scorer = (struct scorer){0};
}

/* Reads the positions in the current document; returns how many there are. */
static size_t read_positions(uint32_t **values, size_t *capacity, struct cursor *cursor) {
    uint32_t count = cursor_frequency(cursor);
    if (!count)
        return 0;
    uint32_t *larger = array_reserve(*values, capacity, count, sizeof *larger);
    if (!larger) {
        segment_fail_nomem(cursor->segment);
        return 0;
    }
    *values = larger;
    return cursor_positions(*values, cursor) ? count : 0;
}

/* Counts the phrase in the document that all cursors are at. The rarest word gives the positions
 * where the phrase may begin, and each further word keeps those that it confirms. Usually none
 * remain before the frequent words, with their many positions, are read. */
static uint32_t count_phrase(struct scorer *scorer) {
    size_t count = read_positions(&scorer->starts, &scorer->starts_capacity, &scorer->cursors[0]);
    uint32_t *starts = scorer->starts;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (starts[i] >= scorer->offsets[0])
            starts[kept++] = starts[i] - scorer->offsets[0];
    for (size_t word = 1; word < scorer->word_count && kept; word++) {
        size_t position_count =
            read_positions(&scorer->positions, &scorer->positions_capacity, &scorer->cursors[word]);
        const uint32_t *position = scorer->positions, *end = position + position_count;
        size_t confirmed = 0;
        for (size_t i = 0; i < kept; i++) {
            uint32_t wanted = starts[i] + scorer->offsets[word];
            while (position < end && *position < wanted)
                position++;
            if (position == end)
                break;
            if (*position == wanted)
                starts[confirmed++] = starts[i];
        }
        kept = confirmed;
    }
    return (uint32_t)kept;
}

bool scorer_match_phrase(struct scorer *scorer) {
    uint32_t doc = scorer->cursors[0].doc, skipped = 0;
    uint32_t frequency =
        scorer->word_count == 1 ? cursor_frequency(scorer->cursors) : count_phrase(scorer);
    for (size_t i = 0; i < scorer->other_count && frequency; i++)
        if (scorer_seek_exact(&scorer->others[i], doc))
            skipped += scorer_frequency(&scorer->others[i]);
    scorer->skipped = skipped < frequency ? skipped : frequency;
    scorer->frequency = frequency - scorer->skipped;
    return scorer->frequency > 0;
}

bool scorer_seek_exact(struct scorer *scorer, uint32_t doc) {
    for (size_t i = 0; i < scorer->word_count; i++) {
        struct cursor *cursor = &scorer->cursors[i];
        if (cursor->decoded_block == UINT32_MAX) /* not started yet */
            cursor_start(cursor);
        if (cursor_seek(cursor, doc) != doc)
            return false;
    }
    scorer->doc = doc;
    return scorer->kind == SCORER_TERM || scorer_match_phrase(scorer);
}

const uint32_t *scorer_starts(struct scorer *scorer) {
    if (scorer->word_count == 1 &&
        !read_positions(&scorer->starts, &scorer->starts_capacity, &scorer->cursors[0]))
        return NULL;
    return scorer->starts + scorer->skipped;
}

uint32_t scorer_doc_bound(struct scorer *scorer, uint8_t norm) {
    uint32_t min_frequency = UINT32_MAX;
    norm = scorer_norm(scorer, scorer->cursors->doc, norm);
    for (size_t i = 0; i < scorer->word_count; i++) {
        uint32_t frequency = cursor_frequency(&scorer->cursors[i]);
        if (frequency < min_frequency)
            min_frequency = frequency;
    }
    return scorer->multiplicity *
           bm25_score(scorer->weight, scorer->bm25->inverse_k[norm], min_frequency);
}

static bool is_worth_reading(struct scorer *scorer, uint32_t doc) {
    if (!scorer->threshold)
        return true;
    struct norm_reader norms = {.chunks = &scorer->cursors[0].segment->chunks};
    uint8_t norm = scorer->norms.chunks ? 0 : norm_reader_norm(&norms, doc);
    if (scorer_doc_bound(scorer, norm) >= scorer->threshold)
        return true;
    scorer->pruned = true;
    return false;
}

uint32_t scorer_seek_phrase(struct scorer *scorer, uint32_t target) {
    for (;; target++) {
        uint32_t doc = cursor_seek(&scorer->cursors[0], target);
        for (size_t i = 1; i < scorer->word_count && doc != DOC_END; i++) {
            uint32_t found = cursor_seek(&scorer->cursors[i], doc);
            if (found > doc) {
                doc = found == DOC_END ? DOC_END : cursor_seek(&scorer->cursors[0], found);
                i = 0; /* the next is word 1 again */
            }
        }
        scorer->doc = target = doc;
        if (doc == DOC_END)
            return doc;
        if (is_worth_reading(scorer, doc) && scorer_match_phrase(scorer))
            return doc;
    }
}

uint32_t scorer_range_bound(struct scorer *scorer, uint32_t from, uint32_t end) {
    uint32_t bound = scorer->bound;
    for (size_t i = 0; i < scorer->word_count; i++) {
        struct cursor *cursor = &scorer->cursors[i];
        if (cursor->entry.documents < POSTINGS_BLOCK)
            continue;
        uint32_t list_bound = 0;
        if (cursor_advance_shallow(cursor, from))
            list_bound = scorer->multiplicity *
                         cursor_range_bound(cursor, scorer->bm25, scorer->weight, end);
        if (list_bound < bound)
            bound = list_bound;
    }
    return bound;
}
