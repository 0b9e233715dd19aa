/* SPDX-License-Identifier: MIT */
/* Keeps the first documents of each segment in a heap, and merges them. */
#include "searcher/eval/sort.h"

#include <stdlib.h>

#include "common/column/column_reader.h"
#include "common/column/value_table.h"
#include "searcher/eval/match_set.h"

enum {
    BLOCK_WORDS = COLUMN_BLOCK_DOCS / 64,
    BLOCKS_PER_WINDOW = MATCH_SET_WINDOW / COLUMN_BLOCK_DOCS,
};

/* A document of the segment that is being sorted. */
struct entry {
    int64_t rank; /* its key, or in ascending order the complement of that: the greatest is first */
    uint32_t doc;
};

/* A document of all segments. */
struct merged {
    struct sorted_doc doc;
    struct slice term; /* of a keyword */
};

/* A block of the column. */
struct ranked_block {
    int64_t best; /* the greatest rank in it */
    uint32_t number;
};

struct sorter {
    const struct plan *plan;
    const struct sort_order *order;
    size_t limit;
    bool exhaustive;
    struct merged *first; /* the first documents of the segments seen so far, in order; owned */
    struct merged *other; /* room for as many; owned */
    size_t count;
    struct arena terms;
    uint64_t matched;
    bool pruned;
    /* Of the current segment: */
    uint32_t ordinal;
    struct segment *segment;
    struct match match;
    struct match_set set;
    struct column_reader column;
    struct value_table values;
    struct entry *heap; /* the worst on top; owned */
    size_t heap_count, heap_limit;
    /* Ranks that are too low to be among the first: below `floor`, or not above it. */
    int64_t floor;
    bool floor_is_too_low;
};

static int64_t rank_of(const struct sorter *sorter, int64_t key) {
    return sorter->order->descending ? key : ~key;
}

static bool is_worse(const struct entry *a, const struct entry *b) {
    return a->rank != b->rank ? a->rank < b->rank : a->doc > b->doc;
}

/* Whether a document with this rank may be among the first. */
static bool may_enter(const struct sorter *sorter, int64_t rank, uint32_t doc) {
    if (rank < sorter->floor || (rank == sorter->floor && sorter->floor_is_too_low))
        return false;
    const struct entry entry = {.rank = rank, .doc = doc};
    return sorter->heap_count < sorter->heap_limit || is_worse(&sorter->heap[0], &entry);
}

static void push(struct sorter *sorter, int64_t rank, uint32_t doc) {
    struct entry entry = {.rank = rank, .doc = doc}, *heap = sorter->heap;
    size_t at = 0, count = sorter->heap_count;
    if (count < sorter->heap_limit) {
        for (at = sorter->heap_count++; at && is_worse(&entry, &heap[(at - 1) / 2]);
             at = (at - 1) / 2)
            heap[at] = heap[(at - 1) / 2];
        heap[at] = entry;
        return;
    }
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_worse(&heap[child + 1], &heap[child]))
            child++;
        if (!is_worse(&heap[child], &entry))
            break;
        heap[at] = heap[child];
    }
    heap[at] = entry;
}

static void offer(struct sorter *sorter, int64_t key, uint32_t doc) {
    int64_t rank = rank_of(sorter, key);
    if (may_enter(sorter, rank, doc) &&
        (!sorter->match.filtered || filter_ask_predicates(&sorter->match.filter, doc)))
        push(sorter, rank, doc);
}

/* The value of a document that counts; false: it has none. */
static bool choose_value(int64_t *key, const struct sorter *sorter,
                         const struct column_block *block, uint32_t doc) {
    const int64_t *values;
    size_t count = column_block_values(&values, block, doc);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || (sorter->order->descending ? values[i] > *key : values[i] < *key))
            *key = values[i];
    return count > 0;
}

/* Offers the documents of a block that match. */
static void offer_block(struct sorter *sorter, const struct column_block *block,
                        const uint64_t *bits) {
    for (uint32_t word = 0; word < BLOCK_WORDS; word++)
        for (uint64_t left = bits[word]; left; left &= left - 1) {
            uint32_t at = 64 * word + (uint32_t)__builtin_ctzll(left);
            int64_t key = block->keys[at < block->count ? at : 0];
            if (block->dense || choose_value(&key, sorter, block, block->first + at))
                offer(sorter, key, block->first + at);
        }
}

static uint64_t count_bits(const uint64_t *bits) {
    uint64_t count = 0;
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        count += (uint64_t)__builtin_popcountll(bits[i]);
    return count;
}

static int compare_blocks(const void *a, const void *b) {
    const struct ranked_block *x = a, *y = b;
    if (x->best != y->best)
        return x->best > y->best ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Lists the blocks that have values, the best first. */
static enum status rank_blocks(struct ranked_block **out, size_t *count, struct sorter *sorter,
                               struct error *err) {
    uint32_t entries = sorter->column.info.entries;
    struct ranked_block *blocks = malloc((entries + 1ul) * sizeof *blocks);
    if (!blocks)
        return error_nomem(err);
    *count = 0;
    for (uint32_t i = 0; i < entries; i++) {
        struct column_entry entry;
        if (!column_reader_entry(&entry, &sorter->column, i))
            break;
        blocks[(*count)++] = (struct ranked_block){
            .best = rank_of(sorter, sorter->order->descending ? entry.max : entry.min),
            .number = entry.block};
    }
    qsort(blocks, *count, sizeof *blocks, compare_blocks);
    *out = blocks;
    return ST_OK;
}

/* Fills the heap with the first documents of the segment. */
static enum status sort_segment(struct sorter *sorter, struct error *err) {
    struct ranked_block *blocks;
    size_t count;
    enum status status = rank_blocks(&blocks, &count, sorter, err);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        uint32_t number = blocks[i].number;
        if (!sorter->exhaustive && !may_enter(sorter, blocks[i].best, number * COLUMN_BLOCK_DOCS)) {
            sorter->pruned = true;
            break; /* the other blocks are no better */
        }
        const uint64_t *bits = match_set_window(&sorter->set, number / BLOCKS_PER_WINDOW) +
                               number % BLOCKS_PER_WINDOW * BLOCK_WORDS;
        uint64_t found = count_bits(bits);
        const struct column_block *block =
            found ? column_reader_block(&sorter->column, number) : NULL;
        if (sorter->match.filter.predicate_count) /* asked about few of them */
            sorter->pruned = true;
        else
            sorter->matched += found;
        if (block)
            offer_block(sorter, block, bits);
    }
    free(blocks);
    return ST_OK;
}

static int compare_entries(const void *a, const void *b) {
    return is_worse(a, b) ? 1 : -1;
}

/* Whether a document of an earlier segment stays before one of the current segment. */
static bool is_before(const struct sorter *sorter, const struct merged *a, const struct merged *b) {
    if (sorter->order->field->type != FIELD_TYPE_KEYWORD)
        return rank_of(sorter, a->doc.key) >= rank_of(sorter, b->doc.key);
    int order = slice_compare(a->term, b->term);
    return sorter->order->descending ? order >= 0 : order <= 0;
}

static enum status read_term(struct slice *term, struct sorter *sorter, int64_t ordinal,
                             struct error *err) {
    struct slice found, shown;
    *term = (struct slice){0};
    if (!value_table_value(&found, &shown, &sorter->values, (uint32_t)ordinal))
        return segment_status(sorter->segment, err);
    char *copy = arena_copy(&sorter->terms, found.data, found.size);
    if (!copy)
        return error_nomem(err);
    *term = slice_of(copy, found.size);
    return ST_OK;
}

/* Merges the heap with the documents of earlier segments. */
static enum status merge_heap(struct sorter *sorter, struct error *err) {
    struct merged *merged = sorter->other;
    size_t count = 0, old = 0, at = 0;
    struct slice term = {0};
    enum status status = ST_OK;
    qsort(sorter->heap, sorter->heap_count, sizeof *sorter->heap, compare_entries);
    while (count < sorter->limit && (old < sorter->count || at < sorter->heap_count)) {
        struct merged next = {0};
        if (at < sorter->heap_count) {
            const struct entry *entry = &sorter->heap[at];
            next.doc = (struct sorted_doc){
                .key = rank_of(sorter, entry->rank), .ordinal = sorter->ordinal, .doc = entry->doc};
            bool same = at > 0 && entry->rank == entry[-1].rank;
            if (sorter->order->field->type == FIELD_TYPE_KEYWORD && !same)
                status = read_term(&term, sorter, next.doc.key, err);
            if (status)
                return status;
            next.term = term;
        }
        if (at == sorter->heap_count ||
            (old < sorter->count && is_before(sorter, &sorter->first[old], &next)))
            merged[count++] = sorter->first[old++];
        else {
            merged[count++] = next;
            at++;
        }
    }
    sorter->other = sorter->first;
    sorter->first = merged;
    sorter->count = count;
    return ST_OK;
}

/* Sets the floor: of equal documents, those of earlier segments come first. */
static enum status set_floor(struct sorter *sorter, struct error *err) {
    sorter->floor = INT64_MIN;
    sorter->floor_is_too_low = false;
    if (sorter->count < sorter->limit || sorter->exhaustive)
        return ST_OK;
    const struct merged *last = &sorter->first[sorter->count - 1];
    if (sorter->order->field->type != FIELD_TYPE_KEYWORD) {
        sorter->floor = rank_of(sorter, last->doc.key);
        sorter->floor_is_too_low = true;
        return ST_OK;
    }
    uint32_t ordinal;
    bool found;
    if (!value_table_find(&ordinal, &found, &sorter->values, last->term))
        return segment_status(sorter->segment, err);
    /* Ascending, only values before `ordinal` get in; descending, those from the one after it on, or
     * from it if the segment does not have the value. */
    sorter->floor = rank_of(sorter, ordinal);
    sorter->floor_is_too_low = !sorter->order->descending || found;
    return ST_OK;
}

/* Opens the column of the segment; *has: there is one. */
static void open_column(bool *has, struct sorter *sorter) {
    const struct segment *segment = sorter->segment;
    const struct segment_field *field =
        match_field(sorter->plan, sorter->ordinal, sorter->order->field);
    *has = field && field->column.entries > 0;
    if (!*has)
        return;
    column_reader_init(&sorter->column, &sorter->segment->chunks, &field->column,
                       sorter->order->field->type, segment->info.documents);
    if (sorter->order->field->type == FIELD_TYPE_KEYWORD)
        value_table_open(&sorter->values, &sorter->segment->chunks, &field->column);
}

/* Begins with a segment; *has: it has values. */
static enum status begin_segment(bool *has, struct sorter *sorter, uint32_t ordinal,
                                 struct error *err) {
    sorter->ordinal = ordinal;
    sorter->segment = sorter->plan->segments[ordinal].segment;
    enum status status = match_init(&sorter->match, sorter->plan, ordinal, err);
    if (status)
        return status;
    status = match_set_init(&sorter->set, &sorter->match, err);
    if (status)
        match_release(&sorter->match);
    else
        open_column(has, sorter);
    return status;
}

static enum status end_segment(struct sorter *sorter, bool has, struct error *err) {
    if (has)
        column_reader_release(&sorter->column);
    match_set_release(&sorter->set);
    match_release(&sorter->match);
    return segment_status(sorter->segment, err);
}

/* Merges the documents of a segment that have a value. */
static enum status take_segment(struct sorter *sorter, uint32_t ordinal, struct error *err) {
    bool has;
    enum status status = begin_segment(&has, sorter, ordinal, err);
    if (status)
        return status;
    uint32_t documents = sorter->match.documents;
    sorter->heap_count = 0;
    sorter->heap_limit = sorter->limit < documents ? sorter->limit : documents;
    sorter->heap = has ? malloc((sorter->heap_limit + 1) * sizeof *sorter->heap) : NULL;
    if (has && !sorter->heap)
        status = error_nomem(err);
    if (has && !status)
        status = set_floor(sorter, err);
    if (has && !status)
        status = sort_segment(sorter, err);
    if (has && !status)
        status = merge_heap(sorter, err);
    free(sorter->heap);
    sorter->heap = NULL;
    if (!sorter->match.impossible)
        sorter->pruned |= !has || sorter->column.info.entries <
                                      (documents + COLUMN_BLOCK_DOCS - 1) / COLUMN_BLOCK_DOCS;
    enum status ended = end_segment(sorter, has, err);
    return status ? status : ended;
}

/* Appends documents of a segment that have no value, in order. */
static enum status append_missing(struct sorter *sorter, uint32_t ordinal, struct error *err) {
    bool has;
    enum status status = begin_segment(&has, sorter, ordinal, err);
    if (status)
        return status;
    uint64_t present[BLOCK_WORDS] = {0};
    for (uint32_t from = 0; from < sorter->match.documents && sorter->count < sorter->limit;) {
        uint32_t left = sorter->match.documents - from,
                 end = from + (left < COLUMN_BLOCK_DOCS ? left : COLUMN_BLOCK_DOCS);
        const uint64_t *bits = match_set_window(&sorter->set, from >> MATCH_SET_WINDOW_BITS) +
                               from % MATCH_SET_WINDOW / 64;
        if (has)
            column_range_to_bitset(present, &sorter->column, from, end, INT64_MIN, INT64_MAX);
        for (uint32_t i = 0; i < (end - from + 63) / 64; i++)
            for (uint64_t missing = bits[i] & ~present[i]; missing; missing &= missing - 1) {
                uint32_t doc = from + 64 * i + (uint32_t)__builtin_ctzll(missing);
                if (sorter->count < sorter->limit &&
                    (!sorter->match.filtered || filter_ask_predicates(&sorter->match.filter, doc)))
                    sorter->first[sorter->count++].doc =
                        (struct sorted_doc){.missing = true, .ordinal = ordinal, .doc = doc};
            }
        from = end;
    }
    return end_segment(sorter, has, err);
}

static enum status run(struct sorter *sorter, struct error *err) {
    enum status status = ST_OK;
    for (uint32_t i = 0; i < sorter->plan->segment_count && !status; i++)
        status = take_segment(sorter, i, err);
    bool all = sorter->count < sorter->limit;
    for (uint32_t i = 0; i < sorter->plan->segment_count && !status && all; i++)
        status = append_missing(sorter, i, err);
    if (all && sorter->count < sorter->limit) { /* there are no others */
        sorter->matched = sorter->count;
        sorter->pruned = false;
    }
    return status;
}

enum status sort_matches(struct sorted_docs *sorted, const struct plan *plan,
                         const struct sort_order *order, size_t limit, bool exhaustive,
                         struct error *err) {
    struct sorter sorter = {.plan = plan, .order = order, .exhaustive = exhaustive};
    sorter.limit = limit < plan->documents ? limit : (size_t)plan->documents;
    sorter.first = malloc((sorter.limit + 1) * sizeof *sorter.first);
    sorter.other = malloc((sorter.limit + 1) * sizeof *sorter.other);
    *sorted = (struct sorted_docs){0};
    enum status status = sorter.first && sorter.other ? run(&sorter, err) : error_nomem(err);
    if (!status)
        sorted->docs = malloc((sorter.count + 1) * sizeof *sorted->docs);
    if (!status && !sorted->docs)
        status = error_nomem(err);
    for (; !status && sorted->count < sorter.count; sorted->count++)
        sorted->docs[sorted->count] = sorter.first[sorted->count].doc;
    sorted->matched = sorter.matched > sorter.count ? sorter.matched : sorter.count;
    sorted->pruned = sorter.pruned;
    free(sorter.first);
    free(sorter.other);
    arena_release(&sorter.terms);
    return status;
}

void sorted_docs_release(struct sorted_docs *sorted) {
    free(sorted->docs);
    *sorted = (struct sorted_docs){0};
}
