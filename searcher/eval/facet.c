/* SPDX-License-Identifier: MIT */
/* Counts ordinals and years by segment, and merges the values. */
#include "searcher/eval/facet.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/column/column_reader.h"
#include "common/column/value_table.h"
#include "common/field/date.h"
#include "searcher/eval/match_set.h"

enum {
    BLOCK_WORDS = COLUMN_BLOCK_DOCS / 64,
    BLOCKS_PER_WINDOW = MATCH_SET_WINDOW / COLUMN_BLOCK_DOCS,
    YEAR_END = 10000, /* dates end with the year 9999 */
};

/* The counts of one request. */
struct counter {
    const struct facet_request *request;
    struct facet_value *values; /* those of the segments so far, by term; owned */
    size_t count;
    /* Of a date: by year, how many documents, and the first second, which is set from first_year on
     * up to year_end; owned. */
    uint64_t *years;
    int64_t *year_starts;
    uint32_t first_year, year_end;
    /* Of the current segment: */
    bool has; /* it has values */
    struct column_reader column;
    struct value_table table;
    uint32_t *ordinals; /* count by ordinal; owned */
};

struct faceter {
    const struct plan *plan;
    struct arena *arena;
    struct counter *counters;
    size_t count;
};

/* A year within one of that of a point in time from DATE_MIN on: an average year is 31,556,952
 * seconds long, which is off by two days at most. */
static uint32_t guess_year(int64_t seconds) {
    return (uint32_t)((seconds - DATE_MIN) / 31556952) + 1;
}

static uint32_t year_of(const int64_t *starts, int64_t seconds) {
    uint32_t year = guess_year(seconds);
    year -= seconds < starts[year];
    year += seconds >= starts[year + 1];
    return year;
}

/* The first second of a year. */
static int64_t year_start(uint32_t year) {
    int64_t before = (int64_t)year - 1;
    return DATE_MIN + (365 * before + before / 4 - before / 100 + before / 400) * 86400;
}

/* Makes year_of() work on points in time of [min, max]. */
static void prepare_years(struct counter *counter, int64_t min, int64_t max) {
    uint32_t first = guess_year(min < DATE_MIN ? DATE_MIN : min) - 1;
    uint32_t end = guess_year(max >= DATE_END ? DATE_END - 1 : max) + 3;
    if (max < DATE_MIN || min >= DATE_END)
        return;
    if (!counter->year_end)
        counter->first_year = counter->year_end = first;
    while (counter->first_year > first) {
        uint32_t year = --counter->first_year;
        counter->year_starts[year] = year_start(year);
    }
    for (; counter->year_end < end; counter->year_end++)
        counter->year_starts[counter->year_end] = year_start(counter->year_end);
}

static void count_year(struct counter *counter, int64_t seconds, uint64_t documents) {
    if (seconds >= DATE_MIN && seconds < DATE_END)
        counter->years[year_of(counter->year_starts, seconds)] += documents;
}

static inline void count_key(struct counter *counter, int64_t key) {
    if (counter->request->field->type == FIELD_TYPE_DATE)
        count_year(counter, key, 1);
    else if ((uint64_t)key < counter->column.info.values)
        counter->ordinals[key]++;
}

/* The years of several values of a document, each of which counts once. */
static void count_years(struct counter *counter, const int64_t *keys, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool seen = keys[i] < DATE_MIN || keys[i] >= DATE_END;
        for (size_t k = 0; k < i && !seen; k++)
            seen = keys[k] >= DATE_MIN && keys[k] < DATE_END &&
                   year_of(counter->year_starts, keys[k]) == year_of(counter->year_starts, keys[i]);
        if (!seen)
            count_year(counter, keys[i], 1);
    }
}

/* Counts the values of the documents of a block whose bits are set. */
static void count_block(struct counter *counter, uint32_t number, const uint64_t *bits) {
    const struct column_block *block = column_reader_block(&counter->column, number);
    if (!block)
        return;
    if (counter->request->field->type == FIELD_TYPE_DATE)
        prepare_years(counter, block->min, block->max);
    for (uint32_t word = 0; word < BLOCK_WORDS; word++)
        for (uint64_t left = bits[word]; left; left &= left - 1) {
            uint32_t at = 64 * word + (uint32_t)__builtin_ctzll(left);
            if (block->dense) {
                count_key(counter, block->keys[at]);
                continue;
            }
            const int64_t *keys = block->keys + block->offsets[at];
            size_t count = block->offsets[at + 1] - block->offsets[at];
            if (counter->request->field->type == FIELD_TYPE_DATE && count > 1)
                count_years(counter, keys, count);
            else
                for (size_t i = 0; i < count; i++)
                    count_key(counter, keys[i]);
        }
}

static void count_window(struct faceter *faceter, uint32_t number, const uint64_t *bits,
                         uint32_t documents) {
    uint32_t first = number * BLOCKS_PER_WINDOW,
             end = (documents + COLUMN_BLOCK_DOCS - 1) / COLUMN_BLOCK_DOCS;
    if (end > first + BLOCKS_PER_WINDOW)
        end = first + BLOCKS_PER_WINDOW;
    for (uint32_t block = first; block < end; block++, bits += BLOCK_WORDS) {
        uint64_t any = 0;
        for (unsigned i = 0; i < BLOCK_WORDS; i++)
            any |= bits[i];
        for (size_t i = 0; i < faceter->count && any; i++)
            if (faceter->counters[i].has)
                count_block(&faceter->counters[i], block, bits);
    }
}

static enum status begin_counter(struct counter *counter, const struct plan *plan, size_t ordinal,
                                 struct error *err) {
    struct segment *segment = plan->segments[ordinal].segment;
    const struct segment_field *field = match_field(plan, ordinal, counter->request->field);
    counter->has = field && field->column.entries > 0;
    if (!counter->has)
        return ST_OK;
    if (counter->request->field->type == FIELD_TYPE_KEYWORD) {
        counter->ordinals = calloc(field->column.values + 1ul, sizeof *counter->ordinals);
        if (!counter->ordinals) {
            counter->has = false;
            return error_nomem(err);
        }
        value_table_open(&counter->table, &segment->chunks, &field->column);
    }
    column_reader_init(&counter->column, &segment->chunks, &field->column,
                       counter->request->field->type, segment->info.documents);
    return ST_OK;
}

static enum status copy_value(struct facet_value *value, struct arena *arena, struct slice term,
                              struct slice shown, struct error *err) {
    char *bytes = arena_copy(arena, term.data, term.size);
    char *spelling = arena_copy(arena, shown.data, shown.size);
    if (!bytes || !spelling)
        return error_nomem(err);
    value->term = slice_of(bytes, term.size);
    value->shown = slice_of(spelling, shown.size);
    return ST_OK;
}

/* Merges the values that were counted in the segment with those of earlier ones: both are in the
 * order of their terms. */
static enum status merge_values(struct counter *counter, struct arena *arena, struct error *err) {
    size_t found = 0, old = 0, count = 0;
    for (uint32_t i = 0; i < counter->column.info.values; i++)
        found += counter->ordinals[i] > 0;
    if (!found)
        return ST_OK;
    struct facet_value *values = malloc((counter->count + found) * sizeof *values);
    if (!values)
        return error_nomem(err);
    enum status status = ST_OK;
    for (uint32_t i = 0; i < counter->column.info.values && !status; i++) {
        struct slice term, shown;
        if (!counter->ordinals[i])
            continue;
        if (!value_table_value(&term, &shown, &counter->table, i))
            break; /* the segment keeps the failure */
        int order = -1;
        while (old < counter->count && (order = slice_compare(counter->values[old].term, term)) < 0)
            values[count++] = counter->values[old++];
        if (old < counter->count && order == 0) {
            values[count] = counter->values[old++];
        } else {
            values[count] = (struct facet_value){0};
            status = copy_value(&values[count], arena, term, shown, err);
        }
        values[count++].count += counter->ordinals[i];
    }
    while (old < counter->count)
        values[count++] = counter->values[old++];
    free(counter->values);
    counter->values = values;
    counter->count = count;
    return status;
}

static enum status end_counter(struct counter *counter, struct arena *arena, struct error *err) {
    enum status status = ST_OK;
    if (counter->ordinals && counter->has)
        status = merge_values(counter, arena, err);
    if (counter->has)
        column_reader_release(&counter->column);
    free(counter->ordinals);
    counter->ordinals = NULL;
    counter->has = false;
    return status;
}

/* Counts the documents of a segment. */
static enum status count_matching(uint64_t *matched, struct faceter *faceter, struct match *match,
                                  struct error *err) {
    struct match_set set;
    enum status status = match_set_init(&set, match, err);
    if (status)
        return status;
    for (uint32_t i = 0; i < match_set_window_count(&set); i++) {
        uint64_t *bits = match_set_window(&set, i);
        uint64_t from = (uint64_t)i << MATCH_SET_WINDOW_BITS, end = from + MATCH_SET_WINDOW;
        if (end > match->documents)
            end = match->documents;
        if (match->filtered)
            filter_ask_about(bits, &match->filter, (uint32_t)from, (uint32_t)end);
        for (unsigned k = 0; k < MATCH_SET_WORDS; k++)
            *matched += (uint64_t)__builtin_popcountll(bits[k]);
        count_window(faceter, i, bits, match->documents);
    }
    match_set_release(&set);
    return ST_OK;
}

static enum status count_segment(uint64_t *matched, struct faceter *faceter, size_t ordinal,
                                 struct error *err) {
    struct match match;
    enum status status = match_init(&match, faceter->plan, ordinal, err);
    if (status || match.impossible) {
        if (!status)
            match_release(&match);
        return status;
    }
    for (size_t i = 0; i < faceter->count && !status; i++)
        status = begin_counter(&faceter->counters[i], faceter->plan, ordinal, err);
    if (!status)
        status = count_matching(matched, faceter, &match, err);
    for (size_t i = 0; i < faceter->count; i++) {
        enum status ended = end_counter(&faceter->counters[i], faceter->arena, err);
        status = status ? status : ended;
    }
    match_release(&match);
    return status ? status : segment_status(faceter->plan->segments[ordinal].segment, err);
}

static enum status init_counter(struct counter *counter, const struct facet_request *request,
                                struct error *err) {
    counter->request = request;
    if (request->field->type == FIELD_TYPE_KEYWORD)
        return ST_OK;
    counter->years = calloc(YEAR_END, sizeof *counter->years);
    counter->year_starts = malloc((YEAR_END + 3) * sizeof *counter->year_starts);
    return counter->years && counter->year_starts ? ST_OK : error_nomem(err);
}

/* Turns years into values. */
static enum status list_years(struct counter *counter, struct arena *arena, struct error *err) {
    counter->values = malloc(YEAR_END * sizeof *counter->values);
    if (!counter->values)
        return error_nomem(err);
    for (uint32_t year = counter->first_year; year < counter->year_end && year < YEAR_END; year++) {
        char text[16];
        int size = snprintf(text, sizeof text, "%04u", (unsigned)year);
        struct facet_value *value = &counter->values[counter->count];
        if (!counter->years[year])
            continue;
        struct slice digits = slice_of(text, (size_t)size);
        if (copy_value(value, arena, digits, digits, err))
            return ST_NOMEM;
        value->count = counter->years[year];
        counter->count++;
    }
    return ST_OK;
}

static int compare_values(const void *a, const void *b) {
    const struct facet_value *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return slice_compare(x->term, y->term);
}

/* Keeps the most frequent values. */
static enum status finish(struct facet *facet, struct counter *counter, struct arena *arena,
                          struct error *err) {
    if (counter->years && list_years(counter, arena, err))
        return ST_NOMEM;
    size_t count =
        counter->count < counter->request->limit ? counter->count : counter->request->limit;
    if (counter->count)
        qsort(counter->values, counter->count, sizeof *counter->values, compare_values);
    facet->values = arena_alloc(arena, (count + 1) * sizeof *facet->values);
    if (!facet->values)
        return error_nomem(err);
    if (count)
        memcpy(facet->values, counter->values, count * sizeof *facet->values);
    facet->count = count;
    return ST_OK;
}

enum status facets_count(struct facet *facets, uint64_t *matched, struct arena *arena,
                         const struct plan *plan, const struct facet_request *requests,
                         size_t count, struct error *err) {
    struct faceter faceter = {.plan = plan, .arena = arena};
    *matched = 0;
    faceter.counters = calloc(count + 1, sizeof *faceter.counters);
    if (!faceter.counters)
        return error_nomem(err);
    enum status status = ST_OK;
    for (; faceter.count < count && !status; faceter.count++)
        status = init_counter(&faceter.counters[faceter.count], &requests[faceter.count], err);
    for (size_t i = 0; i < plan->segment_count && !status; i++)
        status = count_segment(matched, &faceter, i, err);
    for (size_t i = 0; i < faceter.count; i++) {
        struct counter *counter = &faceter.counters[i];
        if (!status)
            status = finish(&facets[i], counter, arena, err);
        free(counter->values);
        free(counter->years);
        free(counter->year_starts);
    }
    free(faceter.counters);
    return status;
}
