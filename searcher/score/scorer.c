/* SPDX-License-Identifier: MIT */
/* Matches terms, phrases and words that are near each other. */
#include "searcher/score/scorer.h"

#include <stdlib.h>

#include "common/base/array.h"

enum status scorer_init_term(struct scorer *scorer, struct segment *segment,
                             const struct term_entry *entry, struct lengths *lengths,
                             float weight) {
    *scorer = (struct scorer){.kind = SCORER_TERM,
                              .weight = weight,
                              .multiplicity = 1,
                              .bm25 = lengths->bm25,
                              .lengths = lengths,
                              .unit = 1,
                              .most = 1,
                              .word_count = 1,
                              .cursors = malloc(sizeof *scorer->cursors)};
    if (!scorer->cursors)
        return ST_NOMEM;
    cursor_init(scorer->cursors, segment, entry);
    scorer->bound = cursor_list_bound(scorer->cursors, scorer->bm25, weight);
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

/* A phrase scores no more than its words would with its weight. */
static void set_phrase_bound(struct scorer *scorer) {
    scorer->bound = UINT32_MAX;
    for (size_t i = 0; i < scorer->word_count; i++) {
        uint32_t bound = cursor_list_bound(&scorer->cursors[i], scorer->bm25, scorer->weight);
        scorer->bound = bound < scorer->bound ? bound : scorer->bound;
    }
}

enum status scorer_init_phrase(struct scorer *scorer, struct segment *segment,
                               const struct term_entry *const *entries, const uint32_t *offsets,
                               size_t count, struct lengths *lengths, float weight) {
    *scorer = (struct scorer){.kind = SCORER_PHRASE,
                              .weight = weight,
                              .multiplicity = 1,
                              .bm25 = lengths->bm25,
                              .lengths = lengths,
                              .unit = 1,
                              .most = 1,
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
    }
    free(order);
    set_phrase_bound(scorer);
    return ST_OK;
}

/* Adds the words of an element, the rarest first. ST_NOMEM. */
static enum status add_element(struct scorer *scorer, struct segment *segment,
                               const struct scorer_words *words) {
    struct scorer_near *near = scorer->near;
    size_t *order = malloc(words->count * sizeof *order);
    uint32_t low = UINT32_MAX, high = 0;
    if (!order)
        return ST_NOMEM;
    sort_words(order, words->entries, words->count);
    near->elements[near->count] =
        (struct scorer_element){.first_word = scorer->word_count, .word_count = words->count};
    for (size_t i = 0; i < words->count; i++, scorer->word_count++) {
        uint32_t offset = words->offsets[order[i]];
        low = offset < low ? offset : low;
        high = offset > high ? offset : high;
        cursor_init(&scorer->cursors[scorer->word_count], segment, words->entries[order[i]]);
        scorer->offsets[scorer->word_count] = offset;
    }
    free(order);
    near->elements[near->count].low = low;
    near->counts[near->count++] =
        (struct near_element){.width = high - low + 1, .needed = words->needed};
    near->length += (uint64_t)words->needed * (high - low + 1);
    return ST_OK;
}

enum status scorer_init_near(struct scorer *scorer, struct segment *segment,
                             const struct scorer_words *elements, size_t count, uint32_t distance,
                             struct lengths *lengths, float weight) {
    const size_t element_size = sizeof *scorer->near->elements;
    size_t words = 0, rarest = 0;
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < elements[i].count; k++, words++)
            if (elements[i].entries[k]->documents < least) {
                least = elements[i].entries[k]->documents;
                rarest = i;
            }
    *scorer = (struct scorer){.kind = SCORER_PHRASE,
                              .weight = weight,
                              .multiplicity = 1,
                              .bm25 = lengths->bm25,
                              .lengths = lengths,
                              .unit = 1,
                              .most = 1,
                              .cursors = malloc(words * sizeof *scorer->cursors),
                              .offsets = malloc(words * sizeof *scorer->offsets),
                              .near = calloc(1, sizeof *scorer->near + count * element_size)};
    if (scorer->near) {
        scorer->near->length = distance;
        scorer->near->counts = calloc(count, sizeof *scorer->near->counts);
    }
    bool made = scorer->cursors && scorer->offsets && scorer->near && scorer->near->counts;
    enum status status = made ? add_element(scorer, segment, &elements[rarest]) : ST_NOMEM;
    for (size_t i = 0; i < count && !status; i++)
        if (i != rarest) /* whose words come first */
            status = add_element(scorer, segment, &elements[i]);
    if (status)
        scorer_release(scorer);
    else
        set_phrase_bound(scorer);
    return status;
}

void scorer_set_weights(struct scorer *scorer, uint32_t unit, struct cursor_weights *weights) {
    scorer->unit = unit;
    scorer->weights = weights;
    cursor_set_weights(scorer->cursors, unit, weights);
    scorer->most = scorer->cursors->most;
    scorer->bound = cursor_list_bound(scorer->cursors, scorer->bm25, scorer->weight);
}

void scorer_set_parts(struct scorer *scorer, uint32_t unit, struct scorer_part *parts, size_t count,
                      bool subtracts) {
    int32_t highest = 0;
    scorer->unit = unit;
    scorer->parts = parts;
    scorer->part_count = count;
    scorer->subtracts = subtracts;
    for (size_t i = 0; i < count; i++)
        highest = parts[i].delta > highest ? parts[i].delta : highest;
    scorer->most = unit + (uint32_t)highest;
    for (size_t i = 0; i < scorer->word_count; i++)
        scorer->cursors[i].most = scorer->most;
    set_phrase_bound(scorer);
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

void scorer_restart(struct scorer *scorer) {
    for (size_t i = 0; i < scorer->word_count; i++) {
        struct cursor *cursor = &scorer->cursors[i];
        cursor_init(cursor, cursor->segment, &cursor->entry);
    }
    for (size_t i = 0; i < scorer->part_count; i++)
        scorer_restart(scorer->parts[i].scorer);
    scorer->doc = 0;
}

void scorer_release(struct scorer *scorer) {
    for (size_t i = 0; i < scorer->part_count; i++) {
        scorer_release(scorer->parts[i].scorer);
        free(scorer->parts[i].scorer);
    }
    if (scorer->owns_lengths) {
        lengths_release(scorer->lengths);
        free(scorer->lengths);
    }
    for (size_t i = 0; scorer->near && i < scorer->near->count; i++)
        free(scorer->near->elements[i].starts);
    if (scorer->near)
        free(scorer->near->counts);
    free(scorer->near);
    free(scorer->parts);
    free(scorer->weights);
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

/* Counts the phrase of the words [first, first + count) in the document that all cursors are at. The
 * rarest word gives the positions where the phrase may begin, and each further word keeps those that
 * it confirms. Usually none remain before the frequent words, with their many positions, are
 * read. */
static uint32_t count_phrase(uint32_t **starts_out, size_t *capacity, struct scorer *scorer,
                             size_t first, size_t word_count) {
    size_t count = read_positions(starts_out, capacity, &scorer->cursors[first]);
    uint32_t *starts = *starts_out;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (starts[i] >= scorer->offsets[first])
            starts[kept++] = starts[i] - scorer->offsets[first];
    for (size_t word = first + 1; word < first + word_count && kept; word++) {
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

/* Counts a NEAR in the document that all cursors are at. No more elements are read once those that
 * were are not near each other. */
static uint32_t count_near(struct scorer *scorer) {
    struct scorer_near *near = scorer->near;
    uint32_t found = 0;
    for (size_t i = 0; i < near->count && (found || i == 0); i++) {
        struct scorer_element *element = &near->elements[i];
        struct near_element *counts = &near->counts[i];
        counts->count = count_phrase(&element->starts, &element->capacity, scorer,
                                     element->first_word, element->word_count);
        if (counts->count < counts->needed)
            return 0;
        for (size_t k = 0; k < counts->count && element->low; k++)
            element->starts[k] += element->low;
        counts->starts = element->starts;
        if (i + 1 == near->count)
            found = near_count(near->counts, near->count, near->length);
        else
            found = i == 0 || near_is_found(near->counts, i + 1, near->length);
    }
    return found;
}

bool scorer_match_phrase(struct scorer *scorer) {
    uint32_t doc = scorer->cursors[0].doc;
    scorer->occurrences = scorer->near ? count_near(scorer)
                                       : count_phrase(&scorer->starts, &scorer->starts_capacity,
                                                      scorer, 0, scorer->word_count);
    scorer->frequency = scorer->occurrences;
    if (scorer->unit > 1 || scorer->part_count)
        scorer->frequency = scorer->unit * cursor_limited(scorer->occurrences);
    for (size_t i = 0; i < scorer->part_count && scorer->occurrences; i++) {
        struct scorer *part = scorer->parts[i].scorer;
        if (scorer_seek_exact(part, doc))
            scorer->frequency +=
                (uint32_t)scorer->parts[i].delta * cursor_limited(part->occurrences);
    }
    return scorer->subtracts ? scorer->frequency > 0 : scorer->occurrences > 0;
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

const uint32_t *scorer_starts(size_t *count, struct scorer *scorer) {
    uint32_t skipped = 0; /* what the parts subtract comes first: the text is last */
    if (scorer->kind == SCORER_TERM)
        *count = read_positions(&scorer->starts, &scorer->starts_capacity, &scorer->cursors[0]);
    else if (scorer->subtracts)
        *count = scorer->frequency / scorer->unit;
    else
        *count = scorer->occurrences;
    if (scorer->subtracts)
        skipped = scorer->occurrences - (uint32_t)*count;
    return *count ? scorer->starts + skipped : NULL;
}

uint32_t scorer_doc_bound(struct scorer *scorer, uint32_t doc) {
    uint32_t min_frequency = UINT32_MAX;
    for (size_t i = 0; i < scorer->word_count; i++) {
        uint32_t frequency = cursor_frequency(&scorer->cursors[i]);
        if (frequency < min_frequency)
            min_frequency = frequency;
    }
    return scorer->multiplicity *
           bm25_score(scorer->weight, lengths_inverse_k(scorer->lengths, doc),
                      scorer->most > 1 ? scorer->most * cursor_limited(min_frequency)
                                       : min_frequency);
}

static bool is_worth_reading(struct scorer *scorer, uint32_t doc) {
    if (!scorer->threshold)
        return true;
    if (scorer_doc_bound(scorer, doc) >= scorer->threshold)
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
