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
    bool is_sought;      /* in the current document */
    bool is_here;        /* that has it */
    bool is_read;        /* its positions in that document are read */
    uint32_t *positions; /* owned */
    size_t capacity;
};

/* Reads documents of one segment, in ascending order. */
struct near_reader {
    const struct plan *plan;
    struct segment *segment;
    struct lengths lengths;
    uint32_t doc;       /* the current one */
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
    }
    return ST_OK;
}

/* Whether the cursor finds the document; the first one that it seeks is the first that it decodes. */
static bool seek(struct cursor *cursor, uint32_t doc) {
    if (cursor->decoded_block == UINT32_MAX && cursor_advance_shallow(cursor, doc))
        cursor_decode_block(cursor);
    return cursor_seek(cursor, doc) == doc;
}

static void reader_seek(struct near_reader *reader, uint32_t doc) {
    reader->doc = doc;
    for (size_t i = 0; i < reader->plan->near_term_count; i++)
        reader->words[i].is_sought = reader->words[i].is_read = false;
}

static bool has_word(struct near_reader *reader, struct word *word) {
    if (!word->is_sought)
        word->is_here = seek(&word->cursor, reader->doc);
    word->is_sought = true;
    return word->is_here;
}

/* Whether the current document has both words. The rarer one is sought first. */
static bool has_pair(struct near_reader *reader, const struct plan_pair *pair) {
    struct word *rare = &reader->words[pair->first], *other = &reader->words[pair->second];
    if (!rare->present || !other->present)
        return false;
    if (rare->cursor.entry.documents > other->cursor.entry.documents) {
        rare = other;
        other = &reader->words[pair->first];
    }
    return has_word(reader, rare) && has_word(reader, other);
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
    if (!has_pair(reader, pair))
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
        if (!has_pair(reader, pair))
            continue;
        uint32_t frequency = cursor_frequency(&first->cursor);
        struct nearness most = {.adjacent = frequency, .near = frequency};
        if (cursor_frequency(&second->cursor) < frequency)
            most.adjacent = cursor_frequency(&second->cursor);
        sum += nearness_score(reader->plan, pair, most, inverse_k);
    }
    return sum;
}

static bool is_before(const struct topk_entry *a, const struct topk_entry *b) {
    return a->segment != b->segment ? a->segment < b->segment : a->doc < b->doc;
}

static bool is_better(const struct topk_entry *a, const struct topk_entry *b) {
    return a->score != b->score ? a->score > b->score : is_before(a, b);
}

/* The best scores that documents have for certain, falling; no more than are wanted. */
struct best_scores {
    uint32_t scores[NEARNESS_BEST];
    size_t count, wanted;
};

/* What further documents have to reach. */
static uint32_t best_threshold(const struct best_scores *best) {
    return best->count < best->wanted ? 0 : best->scores[best->count - 1];
}

static void best_insert(struct best_scores *best, uint32_t score) {
    if (best->count == best->wanted) {
        if (score <= best->scores[best->count - 1])
            return;
        best->count--;
    }
    size_t at = best->count++;
    for (; at && best->scores[at - 1] < score; at--)
        best->scores[at] = best->scores[at - 1];
    best->scores[at] = score;
}

/* Adds to the score of a document if it can be among the best. */
static void add(struct near_reader *reader, struct topk_entry *entry, struct best_scores *best) {
    const struct plan *plan = reader->plan;
    uint32_t threshold = best_threshold(best);
    if (entry->score + (uint64_t)plan->nearness_bound < threshold)
        return;
    reader_seek(reader, entry->doc);
    float inverse_k = lengths_inverse_k(&reader->lengths, entry->doc);
    if (entry->score + (uint64_t)bound(reader, inverse_k) < threshold)
        return;
    for (size_t i = 0; i < plan->pair_count; i++)
        entry->score +=
            nearness_score(plan, &plan->pairs[i], read_pair(reader, &plan->pairs[i]), inverse_k);
    best_insert(best, entry->score);
}

/* Does this for some of the entries, in the order of documents. */
static enum status add_all(struct near_reader *reader, struct topk_entry *entries, size_t count,
                           struct best_scores *best, struct error *err) {
    uint8_t order[NEARNESS_BEST];
    size_t found = 0;
    enum status status = ST_OK;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].score + (uint64_t)reader->plan->nearness_bound < best_threshold(best))
            break; /* so are all that follow */
        size_t at = found++;
        for (; at && is_before(&entries[i], &entries[order[at - 1]]); at--)
            order[at] = order[at - 1];
        order[at] = (uint8_t)i;
    }
    for (size_t i = 0; i < found && !status; i++) {
        struct topk_entry *entry = &entries[order[i]];
        if (i == 0 || entry->segment != entries[order[i - 1]].segment)
            status = reader_begin_segment(reader, entry->segment, err);
        if (status)
            break;
        add(reader, entry, best);
        status = segment_status(reader->segment, err);
    }
    return status;
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
    /* The best ones first: how near their words are raises what the others have to reach. */
    size_t first = wanted < count && !exhaustive ? wanted : count;
    struct best_scores best = {.wanted = first};
    status = add_all(&reader, entries, first, &best, err);
    if (!status)
        status = add_all(&reader, entries + first, count - first, &best, err);
    for (size_t i = 1; i < count; i++) { /* few are out of order */
        struct topk_entry moving = entries[i];
        size_t at = i;
        for (; at && is_better(&moving, &entries[at - 1]); at--)
            entries[at] = entries[at - 1];
        entries[at] = moving;
    }
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
