/* SPDX-License-Identifier: MIT */
/* Sorts the forms of a term cache. */
#include "common/text/form_counts.h"

#include <endian.h>
#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/ascii.h"
#include "common/base/codec.h"

/* The first bytes of a key, big-endian, decide nearly all comparisons. */
struct form_item {
    uint64_t prefix;
    uint32_t entry; /* its number in the cache */
    uint32_t text;  /* of key and form in `forms`; AS_ENTRY: both are the bytes of the entry */
};

static const uint32_t AS_ENTRY = UINT32_MAX;

/* What comparisons look at. */
struct form_order {
    const struct term_cache *cache;
    const uint8_t *forms;
};

void form_counts_release(struct form_counts *counts) {
    free(counts->wrapped);
    buffer_release(&counts->folded);
    buffer_release(&counts->stripped);
    buffer_release(&counts->forms);
    *counts = (struct form_counts){0};
}

enum status form_counts_wrap(struct form_counts *counts, const struct term_cache *cache,
                             const struct term_cache_entry *entry) {
    if (!counts->step)
        return ST_OK;
    uint32_t *wrapped = array_reserve(counts->wrapped, &counts->wrapped_capacity,
                                      counts->wrapped_count + 1, sizeof *wrapped);
    if (!wrapped)
        return ST_NOMEM;
    counts->wrapped = wrapped;
    wrapped[counts->wrapped_count++] = (uint32_t)(entry - cache->entries);
    return ST_OK;
}

static void set_key_and_form(struct surface_form *form, const struct form_order *order,
                             const struct form_item *item) {
    if (item->text == AS_ENTRY) {
        form->key = form->form = term_cache_entry_word(&order->cache->entries[item->entry]);
        return;
    }
    const uint8_t *text = order->forms + item->text;
    form->key = slice_of(text + 2, text[0]);
    form->form = slice_of(text + 2 + text[0], text[1]);
}

static int compare_items(const void *a, const void *b, void *context) {
    const struct form_item *x = a, *y = b;
    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    struct surface_form left = {0}, right = {0}; /* equal forms have the same term */
    set_key_and_form(&left, context, x);
    set_key_and_form(&right, context, y);
    return surface_form_compare(&left, &right);
}

static int compare_numbers(const void *a, const void *b) {
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Sorts by prefixes, byte by byte from the last one, which takes a tenth of the instructions of
 * qsort(): nearly all keys are unlike in their first bytes, but their comparison is a call. Returns
 * where the sorted items are: one of the two arrays. */
static struct form_item *sort_prefixes(struct form_item *items, struct form_item *other,
                                       size_t count) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t starts[256] = {0}, next = 0;
        for (size_t i = 0; i < count; i++)
            starts[items[i].prefix >> shift & 0xFF]++;
        if (starts[items[0].prefix >> shift & 0xFF] == count)
            continue;
        for (size_t byte = 0; byte < 256; byte++) {
            size_t size = starts[byte];
            starts[byte] = next;
            next += size;
        }
        for (size_t i = 0; i < count; i++)
            other[starts[items[i].prefix >> shift & 0xFF]++] = items[i];
        struct form_item *sorted = other;
        other = items;
        items = sorted;
    }
    return items;
}

/* Sorts `count` > 0 items; returns where they are. */
static struct form_item *sort_items(struct form_item *items, struct form_item *other, size_t count,
                                    struct form_order *order) {
    items = sort_prefixes(items, other, count);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && items[end].prefix == items[first].prefix; end++)
            ;
        if (end - first > 1)
            qsort_r(items + first, end - first, sizeof *items, compare_items, order);
    }
    return items;
}

static uint64_t prefix_of(struct slice key) {
    uint64_t prefix = 0;
    for (size_t i = 0; i < sizeof prefix; i++)
        prefix = prefix << 8 | (i < key.size ? key.data[i] : 0);
    return prefix;
}

/* How a raw word has to be treated. */
enum word_kind { WORD_OF_ASCII, WORD_TO_FOLD, WORD_OF_OTHERS };

static enum word_kind kind_of(struct slice word) {
    enum word_kind kind = WORD_OF_ASCII;
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] >= 0x80)
            kind = WORD_TO_FOLD;
        else if (!ascii_is_letter(word.data[i]) && word.data[i] != '\'')
            return WORD_OF_OTHERS;
    }
    return kind;
}

static bool is_spaced_word(struct slice word) {
    return unicode_has_only(word, 1u << CLASS_LETTER | 1u << CLASS_HEBREW | 1u << CLASS_EXTEND |
                                      1u << CLASS_APOSTROPHE | 1u << CLASS_MID_LETTER);
}

/* Sets key and form of an item. ST_SKIPPED: the word is no form. */
static enum status set_item(struct form_item *item, struct form_counts *counts,
                            const struct term_cache *cache, uint32_t number) {
    struct slice word = term_cache_entry_word(&cache->entries[number]), key = word;
    enum word_kind kind = kind_of(word);
    *item = (struct form_item){.entry = number, .text = AS_ENTRY};
    if (kind == WORD_OF_OTHERS || word.size > SURFACE_FORM_MAX)
        return ST_SKIPPED;
    if (kind == WORD_TO_FOLD || !cache->case_bits) {
        enum status status = unicode_fold(&counts->folded, word, counts->fold);
        if (!status && !is_spaced_word(buffer_slice(&counts->folded)))
            status = ST_SKIPPED;
        if (!status)
            status = unicode_strip_marks(&counts->stripped, buffer_slice(&counts->folded));
        if (status)
            return status == ST_INVALID ? ST_SKIPPED : status;
        struct slice form = buffer_slice(&counts->folded);
        key = buffer_slice(&counts->stripped);
        if (!key.size || key.size > SURFACE_FORM_MAX || form.size > SURFACE_FORM_MAX ||
            counts->forms.size > AS_ENTRY / 2)
            return ST_SKIPPED;
        uint8_t sizes[2] = {(uint8_t)key.size, (uint8_t)form.size};
        item->text = (uint32_t)counts->forms.size;
        if (buffer_append(&counts->forms, sizes, sizeof sizes) ||
            buffer_append_slice(&counts->forms, key) || buffer_append_slice(&counts->forms, form))
            return ST_NOMEM;
    }
    bool inlined = item->text == AS_ENTRY && !cache->entries[number].is_long;
    item->prefix = inlined ? be64toh(cache->entries[number].word[0]) : prefix_of(key);
    return ST_OK;
}

/* Lists the forms that were counted. */
static enum status list_items(struct form_item *items, size_t *count, struct form_counts *counts,
                              struct term_cache *cache) {
    size_t wrapped = 0;
    if (counts->wrapped_count)
        qsort(counts->wrapped, counts->wrapped_count, sizeof *counts->wrapped, compare_numbers);
    for (uint32_t number = 0; number < cache->count; number++) {
        bool again = wrapped < counts->wrapped_count && counts->wrapped[wrapped] == number;
        while (wrapped < counts->wrapped_count && counts->wrapped[wrapped] == number)
            wrapped++;
        if (!cache->entries[number].count && !again)
            continue;
        enum status status = set_item(&items[*count], counts, cache, number);
        if (!status)
            ++*count;
        else if (status != ST_SKIPPED)
            return status;
    }
    return ST_OK;
}

/* How often the word of an entry occurred. */
static uint64_t count_of(const struct form_counts *counts, const struct term_cache_entry *entry,
                         uint32_t number) {
    uint64_t count = entry->count;
    const uint32_t *wrapped = NULL;
    if (counts->wrapped_count)
        wrapped = bsearch(&number, counts->wrapped, counts->wrapped_count, sizeof number,
                          compare_numbers);
    if (!wrapped)
        return count;
    while (wrapped > counts->wrapped && wrapped[-1] == number)
        wrapped--;
    for (; wrapped < counts->wrapped + counts->wrapped_count && *wrapped == number; wrapped++)
        count += UINT16_MAX + 1;
    return count;
}

/* Passes sorted items on; equal forms become one. */
static enum status emit(struct form_counts *counts, const struct form_order *order,
                        const struct form_item *items, size_t count) {
    struct surface_form form = {0};
    enum status status = ST_OK;
    for (size_t i = 0; i < count && !status; i++) {
        const struct term_cache_entry *entry = &order->cache->entries[items[i].entry];
        struct surface_form next = {.term = slice_of(entry->term, entry->term_size),
                                    .count = count_of(counts, entry, items[i].entry)};
        set_key_and_form(&next, order, &items[i]);
        if (i && items[i].prefix == items[i - 1].prefix &&
            surface_form_compare(&form, &next) == 0) {
            form.count += next.count;
            continue;
        }
        if (i)
            status = counts->sink->take(counts->sink, &form);
        form = next;
    }
    if (count && !status)
        status = counts->sink->take(counts->sink, &form);
    return count && !status ? counts->sink->take(counts->sink, NULL) : status;
}

void form_counts_discard(struct form_counts *counts, struct term_cache *cache) {
    term_cache_clear_counts(cache);
    counts->wrapped_count = 0;
}

enum status form_counts_flush(struct form_counts *counts, struct term_cache *cache) {
    if (!counts->sink || !cache->count)
        return ST_OK;
    struct form_item *items = malloc(2 * cache->count * sizeof *items);
    if (!items)
        return ST_NOMEM;
    size_t count = 0;
    buffer_clear(&counts->forms);
    enum status status = list_items(items, &count, counts, cache);
    struct form_order order = {.cache = cache, .forms = counts->forms.data};
    if (!status && count)
        status =
            emit(counts, &order, sort_items(items, items + cache->count, count, &order), count);
    free(items);
    buffer_release(&counts->forms);
    form_counts_discard(counts, cache);
    return status;
}
