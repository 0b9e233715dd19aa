/* SPDX-License-Identifier: MIT */
/* Reads the positions of a query's words in the best documents. */
#include "searcher/eval/nearness.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "searcher/match/match.h"

/* A word in one segment. */
struct word {
    struct cursor cursor;
    bool present;        /* the segment has it */
    bool is_here;        /* the current document has it */
    bool is_read;        /* its positions in that document are read */
    uint32_t *positions; /* owned */
    size_t capacity;
};

/* Reads documents of one segment, in ascending order. */
struct near_reader {
    const struct plan *plan;
    struct segment *segment;
    struct lengths lengths;
    struct word *words; /* one for each of plan->near_terms; owned */
};

static enum status reader_init(struct near_reader *reader, const struct plan *plan,
                               struct error *err) {
    *reader = (struct near_reader){.plan = plan};
    reader->words = calloc(plan->near_term_count, sizeof *reader->words);
    return reader->words ? ST_OK : error_nomem(err);
}

static void reader_release(struct near_reader *reader) {
    for (size_t i = 0; reader->words && i < reader->plan->near_term_count; i++)
        free(reader->words[i].positions);
    free(reader->words);
    lengths_release(&reader->lengths);
}

static enum status reader_begin_segment(struct near_reader *reader, uint32_t ordinal,
                                        struct error *err) {
    const struct plan *plan = reader->plan;
    reader->segment = plan->segments[ordinal].segment;
    lengths_release(&reader->lengths);
    if (match_init_lengths(&reader->lengths, plan, ordinal))
        return error_nomem(err);
    for (size_t i = 0; i < plan->near_term_count; i++) {
        const struct term_entry *entry = &plan->near_terms[i]->entries[ordinal];
        struct word *word = &reader->words[i];
        word->present = entry->documents > 0;
        if (!word->present)
            continue;
        cursor_init(&word->cursor, reader->segment, entry);
        cursor_start(&word->cursor);
    }
    return ST_OK;
}

static void reader_seek(struct near_reader *reader, uint32_t doc) {
    for (size_t i = 0; i < reader->plan->near_term_count; i++) {
        struct word *word = &reader->words[i];
        word->is_here = word->present && cursor_seek(&word->cursor, doc) == doc;
        word->is_read = false;
    }
}

/* The number of positions of the word; 0 after a failure, which the segment keeps. */
static uint32_t read_positions(struct word *word) {
    uint32_t count = cursor_frequency(&word->cursor);
    if (word->is_read || !count)
        return count;
    uint32_t *larger = array_reserve(word->positions, &word->capacity, count, sizeof *larger);
    if (!larger) {
        segment_fail_nomem(word->cursor.segment);
        return 0;
    }
    word->positions = larger;
    word->is_read = cursor_positions(word->positions, &word->cursor);
    return word->is_read ? count : 0;
}

static struct nearness read_pair(struct near_reader *reader, const struct plan_pair *pair) {
    struct word *first = &reader->words[pair->first], *second = &reader->words[pair->second];
    struct nearness nearness = {0};
    if (!first->is_here || !second->is_here)
        return nearness;
    uint32_t count = read_positions(first), others = read_positions(second), k = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t position = first->positions[i];
        while (k < others && second->positions[k] + NEARNESS_WINDOW < position)
            k++;
        if (k == others)
            break;
        nearness.near += second->positions[k] <= position + NEARNESS_WINDOW;
        for (uint32_t j = k; j < others && second->positions[j] <= position + 1; j++)
            nearness.adjacent += second->positions[j] == position + 1;
    }
    return nearness;
}

uint32_t nearness_score(const struct plan *plan, const struct plan_pair *pair,
                        struct nearness nearness, float inverse_k) {
    uint32_t score = 0, unit = plan->bm25.unit;
    if (nearness.adjacent)
        score += bm25_score(pair->weight, inverse_k, unit * cursor_limited(nearness.adjacent));
    if (nearness.near)
        score += bm25_score(pair->weight, inverse_k, unit * cursor_limited(nearness.near));
    return score;
}

/* An upper bound of what all pairs add in the current document: words are near each other no more
 * often than they occur. */
static uint32_t bound(struct near_reader *reader, float inverse_k) {
    uint32_t sum = 0;
    for (size_t i = 0; i < reader->plan->pair_count; i++) {
        const struct plan_pair *pair = &reader->plan->pairs[i];
        struct word *first = &reader->words[pair->first], *second = &reader->words[pair->second];
        if (!first->is_here || !second->is_here)
            continue;
        uint32_t frequency = cursor_frequency(&first->cursor);
        struct nearness most = {.adjacent = frequency, .near = frequency};
        if (cursor_frequency(&second->cursor) < frequency)
            most.adjacent = cursor_frequency(&second->cursor);
        sum += nearness_score(reader->plan, pair, most, inverse_k);
    }
    return sum;
}

static int compare_documents(const void *a, const void *b) {
    const struct topk_entry *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

static int compare_scores(const void *a, const void *b) {
    const struct topk_entry *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return compare_documents(a, b);
}

/* Adds to the score of a document if it can reach the threshold. */
static void add(struct near_reader *reader, struct topk_entry *entry, uint32_t threshold) {
    const struct plan *plan = reader->plan;
    if (entry->score + (uint64_t)plan->nearness_bound < threshold)
        return;
    reader_seek(reader, entry->doc);
    float inverse_k = lengths_inverse_k(&reader->lengths, entry->doc);
    if (entry->score + (uint64_t)bound(reader, inverse_k) < threshold)
        return;
    for (size_t i = 0; i < plan->pair_count; i++)
        entry->score +=
            nearness_score(plan, &plan->pairs[i], read_pair(reader, &plan->pairs[i]), inverse_k);
}

enum status nearness_rank(struct topk_entry *entries, size_t count, size_t wanted, bool exhaustive,
                          const struct plan *plan, struct error *err) {
    struct near_reader reader;
    if (count > NEARNESS_BEST)
        count = NEARNESS_BEST;
    if (!plan->pair_count || !count || !wanted)
        return ST_OK;
    enum status status = reader_init(&reader, plan, err);
    if (status)
        return status;
    uint32_t threshold = wanted < count && !exhaustive ? entries[wanted - 1].score : 0;
    qsort(entries, count, sizeof *entries, compare_documents);
    for (size_t i = 0; i < count && !status; i++) {
        if (i == 0 || entries[i].segment != entries[i - 1].segment)
            status = reader_begin_segment(&reader, entries[i].segment, err);
        if (status)
            break;
        add(&reader, &entries[i], threshold);
        status = segment_status(reader.segment, err);
    }
    qsort(entries, count, sizeof *entries, compare_scores);
    reader_release(&reader);
    return status;
}

enum status nearness_explain(struct nearness *pairs, const struct plan *plan, uint32_t ordinal,
                             uint32_t doc, struct error *err) {
    struct near_reader reader;
    enum status status = reader_init(&reader, plan, err);
    if (status)
        return status;
    status = reader_begin_segment(&reader, ordinal, err);
    if (!status) {
        reader_seek(&reader, doc);
        for (size_t i = 0; i < plan->pair_count; i++)
            pairs[i] = read_pair(&reader, &plan->pairs[i]);
        status = segment_status(reader.segment, err);
    }
    reader_release(&reader);
    return status;
}
