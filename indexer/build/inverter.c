/* SPDX-License-Identifier: MIT */
/* Records the occurrences of terms in extents of memory. */
#include "indexer/build/inverter.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "common/base/codec.h"
#include "common/base/hash_index.h"
#include "common/field/schema.h"
#include "common/segment/term_entry.h"

/* Extents double in size, so a rare term wastes little and a frequent one needs few links. Each
 * extent ends with the offset of the next one. */
static const uint32_t extent_sizes[] = {12,  20,   36,   68,   132,  260,
                                        516, 1028, 2052, 4100, 8196, 16388};
enum {
    EXTENT_LEVELS = sizeof extent_sizes / sizeof *extent_sizes,
    LINK_SIZE = 4,
    /* What a document can add to the extents for each of its bytes, if no single character becomes
     * several words: a word has at least two bytes, or three for the two forms of one (c#), and a
     * new word takes an extent of 12 bytes. */
    EXTENTS_PER_BYTE = 8,
    /* What a batch of tokens can add: a new term and a new extent each. */
    EXTENTS_PER_STEP = ANALYZER_BATCH * (12 + 16388),
    TERMS_INITIAL = 1 << 11,
    STRINGS_INITIAL = 1 << 16,
    LARGE_PAGES_MIN = 32 << 20,
    PREFETCH_DISTANCE = 8, /* terms */
};

/* Offsets in the extents have 32 bits. Address space is reserved once; memory is used when
 * touched. */
static const uint64_t EXTENTS_MAX = (1ull << 32) - (1 << 16);
static const uint64_t EXTENTS_MIN = 64ull << 20;

struct term {
    uint32_t hash;
    uint32_t string_offset; /* of its bytes in `strings`, after a byte with their number */
    uint32_t doc;           /* of the last occurrence */
    uint32_t position;      /* of the last occurrence */
    uint32_t first;         /* offset of its first extent */
    uint32_t next;          /* offset of the next byte to write */
    uint32_t link;          /* offset of the link at the end of the current extent */
    uint16_t level;         /* of the current extent, in extent_sizes */
    uint16_t field;
};

struct inverter {
    uint8_t *extents;
    uint64_t extents_size, extents_used;
    struct term *terms;
    uint32_t term_count, term_capacity;
    struct hash_index index; /* of terms, by hash */
    uint8_t *strings;
    size_t strings_used, strings_size;
    struct sort_item *sorted; /* the terms in order, after inverter_sort() */
    bool large_pages;         /* use large pages */
};

/* The first bytes of a term, big-endian, decide nearly all comparisons. Terms of different fields
 * are not compared. */
struct sort_item {
    uint64_t prefix;
    uint32_t number;
    uint32_t string_offset; /* copied from its struct term, which is then not touched */
};

/* All memory is mapped, so that freeing returns it to the system. Most of it is touched in random
 * order, so it uses large pages where possible: with pages of 4 KiB each access would miss the TLB
 * as well as the cache. NULL: out of memory. */
static void *map(size_t size, bool large_pages) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    if (large_pages)
        madvise(memory, size, MADV_HUGEPAGE);
    return memory;
}

static void unmap(void *memory, size_t size) {
    if (memory)
        munmap(memory, size);
}

/* Maps twice the size, with the same bytes in the first half. NULL: out of memory. This does not
 * use mremap(), because ThreadSanitizer does not know that other memory may later be mapped at the
 * old address. */
static void *map_twice(void *memory, size_t size, bool large_pages) {
    void *copy = map(2 * size, large_pages);
    if (copy) {
        memcpy(copy, memory, size);
        munmap(memory, size);
    }
    return copy;
}

/* Returns what is beyond `size` to the system. */
static void shrink(void *memory, size_t old, size_t size) {
    if (old > size)
        munmap((uint8_t *)memory + size, old - size);
}

static size_t index_bytes(const struct inverter *inverter) {
    return (inverter->index.mask + 1) * sizeof *inverter->index.slots;
}

static size_t sorted_bytes(const struct inverter *inverter) {
    return (inverter->term_count + 1ul) * sizeof *inverter->sorted;
}

static void discard_order(struct inverter *inverter) {
    unmap(inverter->sorted, sorted_bytes(inverter));
    inverter->sorted = NULL;
}

enum status inverter_new(struct inverter **out, uint64_t memory, uint64_t share,
                         struct error *err) {
    struct inverter *inverter = calloc(1, sizeof *inverter);
    if (!inverter)
        return error_nomem(err);
    inverter->large_pages = share >= LARGE_PAGES_MIN;
    uint64_t size = memory > EXTENTS_MAX / 2 ? EXTENTS_MAX : 2 * memory;
    for (size = size < EXTENTS_MIN ? EXTENTS_MIN : size; !inverter->extents && size >= EXTENTS_MIN;
         size /= 2) {
        inverter->extents_size = size;
        inverter->extents = map(size, inverter->large_pages);
    }
    inverter->term_capacity = TERMS_INITIAL;
    inverter->index.mask = 2 * TERMS_INITIAL - 1;
    inverter->terms = map(inverter->term_capacity * sizeof *inverter->terms, inverter->large_pages);
    inverter->index.slots = map(index_bytes(inverter), inverter->large_pages);
    inverter->strings_size = STRINGS_INITIAL;
    inverter->strings = map(inverter->strings_size, inverter->large_pages);
    if (!inverter->extents || !inverter->terms || !inverter->index.slots || !inverter->strings) {
        inverter_free(inverter);
        return error_nomem(err);
    }
    *out = inverter;
    return ST_OK;
}

void inverter_free(struct inverter *inverter) {
    if (!inverter)
        return;
    discard_order(inverter);
    unmap(inverter->extents, inverter->extents_size);
    unmap(inverter->terms, inverter->term_capacity * sizeof *inverter->terms);
    unmap(inverter->index.slots, index_bytes(inverter));
    unmap(inverter->strings, inverter->strings_size);
    free(inverter);
}

uint64_t inverter_memory(const struct inverter *inverter) {
    return inverter->extents_used + (uint64_t)inverter->term_count * sizeof *inverter->terms +
           index_bytes(inverter) + inverter->strings_used + sorted_bytes(inverter);
}

void inverter_clear(struct inverter *inverter, struct analyzer *analyzer) {
    analyzer_clear_term_ids(analyzer);
    discard_order(inverter);
    /* Return the pages: the next batch may be smaller, and a merge may need the memory next. Nor
     * must one document of many words leave so much in use that every document after it becomes a
     * batch of its own. */
    if (inverter->extents_used)
        madvise(inverter->extents, inverter->extents_used, MADV_DONTNEED);
    inverter->extents_used = 0;
    inverter->term_count = 0;
    shrink(inverter->terms, inverter->term_capacity * sizeof *inverter->terms,
           TERMS_INITIAL * sizeof *inverter->terms);
    inverter->term_capacity = TERMS_INITIAL;
    shrink(inverter->index.slots, index_bytes(inverter),
           2 * TERMS_INITIAL * sizeof *inverter->index.slots);
    inverter->index.mask = 2 * TERMS_INITIAL - 1;
    memset(inverter->index.slots, 0, index_bytes(inverter));
    shrink(inverter->strings, inverter->strings_size, STRINGS_INITIAL);
    inverter->strings_size = STRINGS_INITIAL;
    inverter->strings_used = 0;
}

static enum status grow(struct inverter *inverter) {
    if (inverter->term_capacity > UINT32_MAX / 4)
        return ST_NOMEM;
    struct term *terms = map_twice(
        inverter->terms, inverter->term_capacity * sizeof *inverter->terms, inverter->large_pages);
    if (!terms)
        return ST_NOMEM;
    inverter->terms = terms;
    inverter->term_capacity *= 2;
    struct hash_index larger = {.mask = 2 * inverter->index.mask + 1};
    larger.slots = map((larger.mask + 1) * sizeof *larger.slots, inverter->large_pages);
    if (!larger.slots)
        return ST_NOMEM;
    for (uint32_t number = 0; number < inverter->term_count; number++)
        hash_index_insert(&larger, terms[number].hash, number);
    unmap(inverter->index.slots, index_bytes(inverter));
    inverter->index = larger;
    return ST_OK;
}

/* Makes room for the bytes of another term. */
static enum status grow_strings(struct inverter *inverter) {
    if (inverter->strings_size > UINT32_MAX / 2)
        return ST_NOMEM;
    uint8_t *strings = map_twice(inverter->strings, inverter->strings_size, inverter->large_pages);
    if (!strings)
        return ST_NOMEM;
    inverter->strings = strings;
    inverter->strings_size *= 2;
    return ST_OK;
}

static struct slice string_at(const struct inverter *inverter, uint32_t offset) {
    const uint8_t *bytes = inverter->strings + offset;
    return slice_of(bytes + 1, bytes[0]);
}

static struct slice term_bytes(const struct inverter *inverter, const struct term *term) {
    return string_at(inverter, term->string_offset);
}

/* Adds a term that the index does not have. Returns its number plus 1, or 0 if out of memory. */
static uint32_t add_term(struct inverter *inverter, uint32_t hash, size_t slot, uint16_t field,
                         uint32_t string) {
    bool full = inverter->term_count == inverter->term_capacity;
    if (full && grow(inverter))
        return 0;
    uint32_t first = (uint32_t)inverter->extents_used;
    inverter->extents_used += extent_sizes[0];
    uint32_t number = inverter->term_count++;
    inverter->terms[number] = (struct term){.hash = hash,
                                            .string_offset = string,
                                            .doc = UINT32_MAX,
                                            .first = first,
                                            .next = first,
                                            .link = first + extent_sizes[0] - LINK_SIZE,
                                            .field = field};
    if (full)
        hash_index_insert(&inverter->index, hash, number);
    else
        hash_index_put(&inverter->index, slot, number);
    return number + 1;
}

/* Returns the number of a term, new or known, plus 1, or 0 if out of memory. */
static uint32_t find_term(struct inverter *inverter, uint16_t field, struct slice bytes) {
    uint32_t hash = (uint32_t)hash64(bytes.data, bytes.size, field), number;
    size_t slot;
    for (bool more = hash_index_first(&number, &slot, &inverter->index, hash); more;
         more = hash_index_next(&number, &slot, &inverter->index)) {
        const struct term *term = &inverter->terms[number];
        if (term->hash == hash && term->field == field &&
            slice_equal(term_bytes(inverter, term), bytes))
            return number + 1;
    }
    if (inverter->strings_size - inverter->strings_used < 1 + bytes.size && grow_strings(inverter))
        return 0;
    uint32_t string = (uint32_t)inverter->strings_used;
    inverter->strings[string] = (uint8_t)bytes.size;
    memcpy(inverter->strings + string + 1, bytes.data, bytes.size);
    inverter->strings_used += 1 + bytes.size;
    return add_term(inverter, hash, slot, field, string);
}

/* The same for the term of a searched field with the word of term `all`, which is one of
 * SCHEMA_ALL: two such terms are equal if they have the same string. */
static uint32_t find_twin(struct inverter *inverter, uint16_t field, uint32_t all) {
    uint32_t string = inverter->terms[all].string_offset, number;
    uint64_t product = ((uint64_t)string << 16 | field) * 0x9E3779B97F4A7C15;
    uint32_t hash = (uint32_t)(product >> 32);
    size_t slot;
    for (bool more = hash_index_first(&number, &slot, &inverter->index, hash); more;
         more = hash_index_next(&number, &slot, &inverter->index)) {
        const struct term *term = &inverter->terms[number];
        if (term->string_offset == string && term->field == field)
            return number + 1;
    }
    return add_term(inverter, hash, slot, field, string);
}

static inline uint32_t new_extent(struct inverter *inverter, struct term *term) {
    if (term->level + 1 < EXTENT_LEVELS)
        term->level++;
    uint32_t extent = (uint32_t)inverter->extents_used;
    inverter->extents_used += extent_sizes[term->level];
    put_u32(inverter->extents + term->link, extent);
    term->link = extent + extent_sizes[term->level] - LINK_SIZE;
    return extent;
}

/* Appends a code, in a new extent if it does not fit into the current one. */
static void put_code_across(struct inverter *inverter, struct term *term, uint64_t code,
                            unsigned size) {
    if (term->link - term->next < size) {
        if (term->next < term->link)
            inverter->extents[term->next] = POSTING_BUFFER_EXTENT_END;
        term->next = new_extent(inverter, term);
    }
    for (unsigned i = 0; i < size; i++)
        inverter->extents[term->next++] = (uint8_t)(code >> 8 * i);
}

/* Writes the codes of an occurrence and returns where they end. Always writes 16 bytes. */
static inline uint8_t *put_codes(uint8_t *out, struct term *term, uint32_t doc, uint32_t position) {
    bool first = term->doc != doc;
    uint64_t head = (uint64_t)(position - (first ? 0 : term->position)) << 1 | first;
    unsigned size_class = posting_buffer_size_class(head);
    put_u64(out, head << 2 | size_class);
    out += posting_buffer_code_size(size_class);
    term->position = position;
    if (first) {
        uint64_t gap = (uint32_t)(doc - term->doc);
        size_class = posting_buffer_size_class(gap);
        put_u64(out, gap << 2 | size_class);
        out += posting_buffer_code_size(size_class);
        term->doc = doc;
    }
    return out;
}

static void put_occurrence_across(struct inverter *inverter, struct term *term, uint32_t doc,
                                  uint32_t position) {
    uint8_t codes[24];
    const uint8_t *end = put_codes(codes, term, doc, position);
    for (const uint8_t *code = codes; code < end;) {
        unsigned size = posting_buffer_code_size(*code & 3);
        put_code_across(inverter, term, get_u64(code), size);
        code += size;
    }
}

static inline void put_occurrence(struct inverter *inverter, struct term *term, uint32_t doc,
                                  uint32_t position) {
    if (term->link - term->next < 2 * sizeof(uint64_t)) {
        put_occurrence_across(inverter, term, doc, position);
        return;
    }
    uint8_t *out = inverter->extents + term->next;
    term->next += (uint32_t)(put_codes(out, term, doc, position) - out);
}

/* Records a batch of tokens under terms with these numbers plus 1, in two passes that prefetch the
 * terms and the ends of their extents: a single pass would wait for memory twice per token. A token's
 * position is that in the text plus `offset`, modulo 2^32. */
static void put_tokens(struct inverter *inverter, uint32_t doc, const struct token *tokens,
                       const uint32_t *numbers, size_t count, uint32_t offset) {
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(inverter->extents + inverter->terms[numbers[i] - 1].next, 1);
    for (size_t i = 0; i < count; i++)
        put_occurrence(inverter, &inverter->terms[numbers[i] - 1], doc,
                       tokens[i].position + offset);
}

/* Sets the numbers plus 1 of the terms of the tokens, of which the analyzer keeps those of
 * SCHEMA_ALL. False: out of memory. */
static inline bool find_all(uint32_t *numbers, struct inverter *inverter,
                            const struct token *tokens, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t number = *tokens[i].cached_term_id;
        if (!number) {
            number = find_term(inverter, SCHEMA_ALL, tokens[i].term);
            if (!number)
                return false;
            *tokens[i].cached_term_id = number;
        }
        numbers[i] = number;
        __builtin_prefetch(&inverter->terms[number - 1], 1);
    }
    return true;
}

/* Makes the numbers those of the field's terms: from those of SCHEMA_ALL if it is `searched`. */
static bool find_own(uint32_t *numbers, struct inverter *inverter, uint16_t field, bool searched,
                     const struct token *tokens, size_t count) {
    for (size_t i = 0; i < count; i++) {
        numbers[i] = searched ? find_twin(inverter, field, numbers[i] - 1)
                              : find_term(inverter, field, tokens[i].term);
        if (!numbers[i])
            return false;
    }
    return true;
}

uint64_t inverter_room(const struct inverter *inverter) {
    uint64_t taken = inverter->extents_used + 2 * EXTENTS_PER_STEP + POSTING_BUFFER_SLACK;
    return taken < inverter->extents_size ? (inverter->extents_size - taken) / EXTENTS_PER_BYTE : 0;
}

static bool has_room(const struct inverter *inverter, uint64_t size) {
    return size <= inverter_room(inverter) && size <= UINT32_MAX / 4;
}

static bool step_has_room(const struct inverter *inverter) {
    return inverter->extents_size - inverter->extents_used >= EXTENTS_PER_STEP;
}

static enum status too_large(struct error *err) {
    return error_set(err, ST_LIMIT, 0, "the text is too large");
}

enum status inverter_add_text(struct token_count *all, struct inverter *inverter,
                              struct analyzer *analyzer, uint32_t doc, struct slice text,
                              struct error *err) {
    struct token tokens[ANALYZER_BATCH];
    uint32_t numbers[ANALYZER_BATCH];
    if (!has_room(inverter, text.size))
        return too_large(err);
    analyzer_begin(analyzer, text, all->position);
    for (size_t count; (count = analyzer_next(tokens, ANALYZER_BATCH, analyzer)) > 0;) {
        if (!step_has_room(inverter) || !find_all(numbers, inverter, tokens, count))
            return error_nomem(err);
        put_tokens(inverter, doc, tokens, numbers, count, 0);
        all->length += (uint32_t)count;
    }
    all->position = analyzer_position(analyzer);
    return analyzer_status(analyzer) ? error_nomem(err) : ST_OK;
}

enum status inverter_add_field(struct token_count *all, struct token_count *own,
                               struct inverter *inverter, struct analyzer *analyzer, uint32_t doc,
                               uint16_t field, struct slice value, struct error *err) {
    struct token tokens[ANALYZER_BATCH];
    uint32_t numbers[ANALYZER_BATCH];
    if (!has_room(inverter, 2 * (uint64_t)value.size))
        return too_large(err);
    uint32_t offset = own->position - (all ? all->position : own->position);
    analyzer_begin(analyzer, value, all ? all->position : own->position);
    for (size_t count; (count = analyzer_next(tokens, ANALYZER_BATCH, analyzer)) > 0;) {
        if (all) {
            if (!step_has_room(inverter) || !find_all(numbers, inverter, tokens, count))
                return error_nomem(err);
            put_tokens(inverter, doc, tokens, numbers, count, 0);
            all->length += (uint32_t)count;
        }
        if (!step_has_room(inverter) ||
            !find_own(numbers, inverter, field, all != NULL, tokens, count))
            return error_nomem(err);
        put_tokens(inverter, doc, tokens, numbers, count, offset);
        own->length += (uint32_t)count;
    }
    if (all)
        all->position = analyzer_position(analyzer);
    own->position = analyzer_position(analyzer) + offset;
    return analyzer_status(analyzer) ? error_nomem(err) : ST_OK;
}

enum status inverter_add_keyword(struct inverter *inverter, uint32_t doc, uint16_t field,
                                 uint32_t position, struct slice term, struct error *err) {
    if (!has_room(inverter, term.size + 2)) /* as if white space was around it */
        return too_large(err);
    uint32_t number = find_term(inverter, field, term);
    if (!number)
        return error_nomem(err);
    struct term *found = &inverter->terms[number - 1];
    if (found->doc != doc)
        put_occurrence(inverter, found, doc, position);
    return ST_OK;
}

static int compare_terms(const void *a, const void *b, void *context) {
    const struct sort_item *x = a, *y = b;
    const struct inverter *inverter = context;
    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    return slice_compare(string_at(inverter, x->string_offset),
                         string_at(inverter, y->string_offset));
}

/* Groups the terms by their fields, and sorts each group. */
static void sort_items(struct inverter *inverter, struct sort_item *items, uint32_t *ends) {
    uint32_t end = 0;
    for (uint32_t number = 0; number < inverter->term_count; number++)
        ends[inverter->terms[number].field]++;
    for (uint32_t field = 0; field <= UINT16_MAX; field++) {
        uint32_t count = ends[field];
        ends[field] = end; /* of those placed so far */
        end += count;
    }
    for (uint32_t number = 0; number < inverter->term_count; number++) {
        const struct term *term = &inverter->terms[number];
        struct slice bytes = term_bytes(inverter, term);
        uint64_t prefix = 0;
        for (size_t i = 0; i < 8; i++)
            prefix = prefix << 8 | (i < bytes.size ? bytes.data[i] : 0);
        items[ends[term->field]++] = (struct sort_item){
            .prefix = prefix, .number = number, .string_offset = term->string_offset};
    }
    uint32_t begin = 0;
    for (uint32_t field = 0; field <= UINT16_MAX; field++) {
        if (ends[field] > begin)
            qsort_r(items + begin, ends[field] - begin, sizeof *items, compare_terms, inverter);
        begin = ends[field];
    }
}

enum status inverter_sort(struct inverter *inverter, struct error *err) {
    discard_order(inverter);
    struct sort_item *items = map(sorted_bytes(inverter), inverter->large_pages);
    uint32_t *ends = calloc(UINT16_MAX + 1, sizeof *ends);
    if (items && ends)
        sort_items(inverter, items, ends);
    else
        unmap(items, sorted_bytes(inverter));
    inverter->sorted = ends ? items : NULL;
    free(ends);
    return inverter->sorted ? ST_OK : error_nomem(err);
}

uint32_t inverter_term_count(const struct inverter *inverter) {
    return inverter->term_count;
}

struct slice inverter_term(uint8_t bytes[FIELD_TERM_MAX], const struct inverter *inverter,
                           uint32_t i) {
    const struct sort_item *item = &inverter->sorted[i];
    struct slice term = string_at(inverter, item->string_offset);
    memcpy(field_term_begin(bytes, inverter->terms[item->number].field), term.data, term.size);
    return slice_of(bytes, FIELD_TERM_HEAD + term.size);
}

static void set_extent(struct inverter_postings *postings, uint32_t extent) {
    uint32_t end = extent + extent_sizes[postings->level] - LINK_SIZE;
    postings->link = end;
    /* The last extent may be full; then its end is that of the postings. */
    postings->reader.at = postings->extents + extent;
    postings->reader.end =
        postings->extents +
        (postings->last >= extent && postings->last <= end ? postings->last : end);
}

static bool next_extent(struct posting_buffer_reader *base) {
    struct inverter_postings *postings = (struct inverter_postings *)base;
    if (base->end == postings->extents + postings->last)
        return false;
    if (postings->level + 1 < EXTENT_LEVELS)
        postings->level++;
    set_extent(postings, get_u32(postings->extents + postings->link));
    return true;
}

/* Terms are in memory in the order in which they came, so sorted ones are far apart. Prefetch what
 * the next ones need. */
static void prefetch(const struct inverter *inverter, uint32_t i) {
    const struct sort_item *sorted = inverter->sorted;
    if (inverter->term_count - i <= 2 * PREFETCH_DISTANCE)
        return;
    __builtin_prefetch(inverter->strings + sorted[i + 2 * PREFETCH_DISTANCE].string_offset);
    __builtin_prefetch(&inverter->terms[sorted[i + 2 * PREFETCH_DISTANCE].number]);
    __builtin_prefetch(inverter->extents +
                       inverter->terms[sorted[i + PREFETCH_DISTANCE].number].first);
}

void inverter_postings(struct inverter_postings *postings, const struct inverter *inverter,
                       uint32_t i) {
    prefetch(inverter, i);
    const struct term *term = &inverter->terms[inverter->sorted[i].number];
    *postings = (struct inverter_postings){
        .reader = {.refill = next_extent}, .extents = inverter->extents, .last = term->next};
    set_extent(postings, term->first);
    posting_buffer_first(&postings->reader);
}
