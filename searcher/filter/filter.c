/* SPDX-License-Identifier: MIT */
/* Applies conditions to windows of documents. */
#include "searcher/filter/filter.h"

#include <stdlib.h>

#include "common/simd/cpu.h"

#ifdef CPU_CLONES_X86
#include <immintrin.h>
#endif

enum { WORDS = FILTER_WINDOW / 64 };

static size_t window_count(const struct filter *filter) {
    return ((size_t)filter->segment->info.documents + FILTER_WINDOW - 1) / FILTER_WINDOW;
}

enum status filter_init(struct filter *filter, struct segment *segment, size_t conditions,
                        size_t predicates) {
    *filter = (struct filter){
        .segment = segment, .estimate = segment->info.documents, .end = segment->info.documents};
    size_t windows = window_count(filter);
    filter->conditions = malloc((conditions + 1) * sizeof *filter->conditions);
    filter->predicates = malloc((predicates + 1) * sizeof *filter->predicates);
    filter->bits = malloc((windows * WORDS + 1) * sizeof *filter->bits);
    filter->windows = calloc(windows + 1, sizeof *filter->windows);
    if (filter->conditions && filter->predicates && filter->bits && filter->windows)
        return ST_OK;
    filter_release(filter);
    return ST_NOMEM;
}

void filter_release(struct filter *filter) {
    for (size_t i = 0; i < filter->condition_count; i++) {
        struct filter_condition *condition = &filter->conditions[i];
        if (condition->kind == FILTER_RANGE)
            column_reader_release(&condition->column);
        free(condition->cursors);
    }
    free(filter->conditions);
    free(filter->predicates);
    free(filter->bits);
    free(filter->windows);
    *filter = (struct filter){0};
}

enum status filter_add_terms(struct filter *filter, const struct term_entry *const *entries,
                             size_t count, bool excluded) {
    struct filter_condition condition = {
        .kind = FILTER_TERMS, .excluded = excluded, .cursor_count = count};
    condition.cursors = malloc((count + 1) * sizeof *condition.cursors);
    if (!condition.cursors)
        return ST_NOMEM;
    for (size_t i = 0; i < count; i++) {
        cursor_init(&condition.cursors[i], filter->segment, entries[i]);
        condition.documents += entries[i]->documents;
    }
    filter->conditions[filter->condition_count++] = condition;
    return ST_OK;
}

void filter_add_range(struct filter *filter, const struct column_info *column, enum field_type type,
                      int64_t min, int64_t max, bool excluded) {
    struct filter_condition *condition = &filter->conditions[filter->condition_count++];
    *condition = (struct filter_condition){
        .kind = FILTER_RANGE, .excluded = excluded, .min = min, .max = max};
    column_reader_init(&condition->column, &filter->segment->chunks, column, type,
                       filter->segment->info.documents);
    condition->documents =
        column_count_candidates(&condition->first, &condition->end, &condition->column, min, max);
}

void filter_add_predicate(struct filter *filter,
                          bool (*test)(const void *context, struct segment *segment, uint32_t doc,
                                       const struct document *document),
                          const void *context, bool excluded) {
    filter->predicates[filter->predicate_count++] =
        (struct filter_predicate){.excluded = excluded, .test = test, .context = context};
}

/* Those that leave the fewest documents first, then the excluded ones. */
static int compare_conditions(const void *a, const void *b) {
    const struct filter_condition *x = a, *y = b;
    if (x->excluded != y->excluded)
        return x->excluded ? 1 : -1;
    return x->documents < y->documents ? -1 : x->documents > y->documents;
}

void filter_start(struct filter *filter) {
    uint64_t blocks = 0; /* of a window, which computing it decodes */
    qsort(filter->conditions, filter->condition_count, sizeof *filter->conditions,
          compare_conditions);
    for (size_t i = 0; i < filter->condition_count; i++) {
        const struct filter_condition *condition = &filter->conditions[i];
        if (!condition->excluded && condition->documents < filter->estimate)
            filter->estimate = (uint32_t)condition->documents;
        if (!condition->excluded && condition->kind == FILTER_RANGE) {
            filter->first = condition->first > filter->first ? condition->first : filter->first;
            filter->end = condition->end < filter->end ? condition->end : filter->end;
        }
        blocks += condition->kind == FILTER_RANGE
                      ? FILTER_WINDOW / COLUMN_BLOCK_DOCS
                      : condition->documents / POSTINGS_BLOCK / (window_count(filter) + 1);
    }
    filter->tests_max = blocks < FILTER_READY ? (uint8_t)blocks : FILTER_READY - 1;
}

const struct term_entry *filter_term_entry(const struct filter *filter) {
    const struct filter_condition *first = filter->conditions;
    return filter->condition_count && first->kind == FILTER_TERMS && !first->excluded &&
                   first->cursor_count == 1
               ? &first->cursors[0].entry
               : NULL;
}

/* Adds the documents of [from, end) that meet the condition, before exclusion, to `bits`, which
 * extends one word past the last bit. */
static void add_condition(uint64_t *bits, struct filter *filter, struct filter_condition *condition,
                          uint32_t from, uint32_t end) {
    if (condition->kind == FILTER_RANGE)
        column_range_to_bitset(bits, &condition->column, from, end, condition->min, condition->max);
    for (size_t i = 0; i < condition->cursor_count; i++) {
        struct cursor *cursor = &condition->cursors[i];
        if (from < condition->next)
            cursor_init(cursor, filter->segment, &cursor->entry);
        cursor_to_bitset(bits, cursor, from, end);
    }
    condition->next = end;
}

static bool is_empty(const uint64_t *bits) {
    uint64_t all = 0;
    for (unsigned i = 0; i < WORDS; i++)
        all |= bits[i];
    return !all;
}

/* Removes deleted documents. The bytes of a record are those of the words. */
static void clear_deleted(uint64_t *bits, struct filter *filter, uint32_t number) {
    const uint8_t *deleted =
        filter->segment->info.deleted ? segment_deletes(filter->segment, number) : NULL;
    for (unsigned i = 0; deleted && i < WORDS; i++)
        bits[i] &= ~get_u64(deleted + 8 * i);
}

static void set_all(uint64_t *bits, uint32_t count) {
    memset(bits, 0xff, count / 64 * sizeof *bits);
    if (count % 64)
        bits[count / 64] = (UINT64_C(1) << count % 64) - 1;
}

void filter_compute_window(struct filter *filter, uint32_t number) {
    uint64_t *bits = filter->bits + (size_t)number * WORDS, found[WORDS + 1];
    uint32_t from = number << FILTER_WINDOW_BITS, end = filter->segment->info.documents;
    if (end - from > FILTER_WINDOW)
        end = from + FILTER_WINDOW;
    size_t i = 0;
    memset(bits, 0, WORDS * sizeof *bits);
    filter->windows[number] = FILTER_READY;
    if (end <= filter->first || from >= filter->end)
        return;
    if (filter->condition_count && !filter->conditions[0].excluded)
        add_condition(bits, filter, &filter->conditions[i++], from, end);
    else
        set_all(bits, end - from);
    for (; i < filter->condition_count && !is_empty(bits); i++) {
        struct filter_condition *condition = &filter->conditions[i];
        memset(found, 0, sizeof found);
        add_condition(found, filter, condition, from, end);
        uint64_t invert = condition->excluded ? UINT64_MAX : 0;
        for (unsigned k = 0; k < WORDS; k++)
            bits[k] &= found[k] ^ invert;
    }
    clear_deleted(bits, filter, number);
}

uint64_t filter_sample(struct filter *filter) {
    enum { SAMPLES = 3 };
    uint64_t windows = window_count(filter), passing = 0;
    if (windows < SAMPLES || !filter->condition_count ||
        (filter->condition_count == 1 && filter->conditions->kind == FILTER_TERMS))
        return filter->estimate;
    for (uint64_t i = 0; i < SAMPLES; i++) {
        uint32_t from = (uint32_t)((2 * i + 1) * windows / (2 * SAMPLES)) << FILTER_WINDOW_BITS;
        const uint64_t *bits = filter_bits(filter, from, from + 1) + from / 64;
        for (unsigned k = 0; k < WORDS; k++)
            passing += (unsigned)__builtin_popcountll(bits[k]);
    }
    passing = passing * windows / SAMPLES;
    return passing < filter->estimate ? passing : filter->estimate;
}

/* Whether the document meets the condition, before exclusion. */
static bool meets_condition(struct filter *filter, struct filter_condition *condition,
                            uint32_t doc) {
    if (condition->kind == FILTER_RANGE)
        return column_matches(&condition->column, doc, condition->min, condition->max);
    for (size_t i = 0; i < condition->cursor_count; i++) {
        struct cursor *cursor = &condition->cursors[i];
        if (doc < condition->next)
            cursor_init(cursor, filter->segment, &cursor->entry);
        if (cursor->decoded_block == UINT32_MAX) /* not started yet */
            cursor_start(cursor);
    }
    condition->next = doc;
    for (size_t i = 0; i < condition->cursor_count; i++)
        if (cursor_seek(&condition->cursors[i], doc) == doc)
            return true;
    return false;
}

bool filter_meets_slow(struct filter *filter, uint32_t doc) {
    uint32_t number = doc >> FILTER_WINDOW_BITS;
    if (filter->windows[number] >= filter->tests_max) {
        filter_compute_window(filter, number);
        return filter_bit(filter->bits, doc);
    }
    filter->windows[number]++;
    for (size_t i = 0; i < filter->condition_count; i++)
        if (meets_condition(filter, &filter->conditions[i], doc) == filter->conditions[i].excluded)
            return false;
    return !segment_is_deleted(filter->segment, doc);
}

static unsigned find_portable(uint8_t found[POSTINGS_BLOCK], const uint64_t *bits,
                              const uint32_t *docs, uint32_t from, uint32_t end) {
    unsigned hits = 0;
    for (uint32_t i = from; i < end; i++) {
        found[hits] = (uint8_t)i;
        hits += filter_bit(bits, docs[i]);
    }
    return hits;
}

#ifdef CPU_CLONES_X86

/* Eight at a time; few of them pass, so that it is worth a branch whether any does. */
__attribute__((target("avx2,bmi"))) static unsigned find_avx2(uint8_t found[POSTINGS_BLOCK],
                                                              const uint64_t *bits,
                                                              const uint32_t *docs, uint32_t from,
                                                              uint32_t end) {
    const __m256i low = _mm256_set1_epi32(31);
    unsigned hits = 0;
    uint32_t i = from;
    for (; i + 8 <= end; i += 8) {
        __m256i doc = _mm256_loadu_si256((const __m256i *)(docs + i));
        __m256i word = _mm256_i32gather_epi32((const int *)bits, _mm256_srli_epi32(doc, 5), 4);
        __m256i first = _mm256_sllv_epi32(word, _mm256_andnot_si256(doc, low));
        unsigned mask = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(first));
        for (; mask; mask &= mask - 1)
            found[hits++] = (uint8_t)(i + (unsigned)__builtin_ctz(mask));
    }
    return hits + find_portable(found + hits, bits, docs, i, end);
}

unsigned filter_find(uint8_t found[POSTINGS_BLOCK], const uint64_t *bits, const uint32_t *docs,
                     uint32_t from, uint32_t end) {
    if (__builtin_cpu_supports("avx2"))
        return find_avx2(found, bits, docs, from, end);
    return find_portable(found, bits, docs, from, end);
}

#else

unsigned filter_find(uint8_t found[POSTINGS_BLOCK], const uint64_t *bits, const uint32_t *docs,
                     uint32_t from, uint32_t end) {
    return find_portable(found, bits, docs, from, end);
}

#endif

bool filter_ask_predicates(struct filter *filter, uint32_t doc) {
    for (size_t i = 0; i < filter->predicate_count; i++) {
        const struct filter_predicate *predicate = &filter->predicates[i];
        struct document document;
        struct error err;
        if (segment_document(&document, filter->segment, doc, &err)) {
            segment_fail(filter->segment, &err);
            return false;
        }
        if (predicate->test(predicate->context, filter->segment, doc, &document) ==
            predicate->excluded)
            return false;
    }
    return true;
}

void filter_ask_about(uint64_t *bits, struct filter *filter, uint32_t from, uint32_t end) {
    if (!filter->predicate_count)
        return;
    for (uint32_t i = 0; i < (end - from + 63) / 64; i++)
        for (uint64_t left = bits[i]; left; left &= left - 1)
            if (!filter_ask_predicates(filter, from + 64 * i + (uint32_t)__builtin_ctzll(left)))
                bits[i] &= ~(left & -left);
}

bool filter_has_any(struct filter *filter, uint32_t from, uint32_t end) {
    const uint64_t *bits = filter_bits(filter, from, end);
    uint32_t first = from / 64, last = (end - 1) / 64;
    uint64_t any = bits[first] >> from % 64 << from % 64;
    for (uint32_t i = first; i < last; any = bits[++i])
        if (any)
            return true;
    return any << (63 - (end - 1) % 64);
}

uint32_t filter_next(struct filter *filter, uint32_t from) {
    if (from < filter->first)
        from = filter->first;
    while (from < filter->end) {
        uint64_t left = filter_bits(filter, from, from + 1)[from / 64] >> from % 64;
        if (left)
            return from + (uint32_t)__builtin_ctzll(left);
        from = (from | 63) + 1;
    }
    return DOC_END;
}

uint32_t filter_list(uint32_t *docs, uint32_t capacity, uint32_t *from, uint32_t end,
                     struct filter *filter) {
    uint32_t count = 0, doc = *from;
    if (doc >= end)
        return 0;
    const uint64_t *bits = filter_bits(filter, doc, end);
    for (uint32_t word = doc / 64; word <= (end - 1) / 64; word++) {
        uint64_t left = bits[word];
        if (word == doc / 64)
            left = left >> doc % 64 << doc % 64;
        for (; left; left &= left - 1) {
            uint32_t next = 64 * word + (uint32_t)__builtin_ctzll(left);
            if (next >= end)
                break;
            if (count == capacity) {
                *from = next;
                return count;
            }
            docs[count++] = next;
        }
    }
    *from = end;
    return count;
}
