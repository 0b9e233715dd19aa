/* SPDX-License-Identifier: MIT */
/* Maps the memory of an inverter, lets it grow, and returns it. */
#include <stdlib.h>
#include <sys/mman.h>

#include "indexer/build/inverter_private.h"

enum {
    TERMS_INITIAL = 1 << 11,
    STRINGS_INITIAL = 1 << 16,
    LARGE_PAGES_MIN = 32 << 20,
};

/* Offsets in the extents have 32 bits. Address space is reserved once; memory is used when
 * touched. */
static const uint64_t EXTENTS_MAX = (1ull << 32) - (1 << 16);
static const uint64_t EXTENTS_MIN = 64ull << 20;

void *inverter_map(size_t size, bool large_pages) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    if (large_pages)
        madvise(memory, size, MADV_HUGEPAGE);
    return memory;
}

void inverter_unmap(void *memory, size_t size) {
    if (memory)
        munmap(memory, size);
}

/* Maps twice the size, with the same bytes in the first half. NULL: out of memory. This does not
 * use mremap(), because ThreadSanitizer does not know that other memory may later be mapped at the
 * old address. */
static void *map_twice(void *memory, size_t size, bool large_pages) {
    void *copy = inverter_map(2 * size, large_pages);
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
        inverter->extents = inverter_map(size, inverter->large_pages);
    }
    inverter->term_capacity = TERMS_INITIAL;
    inverter->index.mask = 2 * TERMS_INITIAL - 1;
    inverter->terms =
        inverter_map(inverter->term_capacity * sizeof *inverter->terms, inverter->large_pages);
    inverter->index.slots = inverter_map(index_bytes(inverter), inverter->large_pages);
    inverter->strings_size = STRINGS_INITIAL;
    inverter->strings = inverter_map(inverter->strings_size, inverter->large_pages);
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
    inverter_discard_order(inverter);
    inverter_unmap(inverter->extents, inverter->extents_size);
    inverter_unmap(inverter->terms, inverter->term_capacity * sizeof *inverter->terms);
    inverter_unmap(inverter->index.slots, index_bytes(inverter));
    inverter_unmap(inverter->strings, inverter->strings_size);
    free(inverter);
}

uint64_t inverter_memory(const struct inverter *inverter) {
    return inverter->extents_used + (uint64_t)inverter->term_count * sizeof *inverter->terms +
           index_bytes(inverter) + inverter->strings_used + inverter_sorted_bytes(inverter);
}

void inverter_clear(struct inverter *inverter, struct analyzer *analyzer) {
    analyzer_clear_term_ids(analyzer);
    inverter_discard_order(inverter);
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

enum status inverter_grow(struct inverter *inverter) {
    if (inverter->term_capacity > UINT32_MAX / 4)
        return ST_NOMEM;
    struct term *terms = map_twice(
        inverter->terms, inverter->term_capacity * sizeof *inverter->terms, inverter->large_pages);
    if (!terms)
        return ST_NOMEM;
    inverter->terms = terms;
    inverter->term_capacity *= 2;
    struct hash_index larger = {.mask = 2 * inverter->index.mask + 1};
    larger.slots = inverter_map((larger.mask + 1) * sizeof *larger.slots, inverter->large_pages);
    if (!larger.slots)
        return ST_NOMEM;
    for (uint32_t number = 0; number < inverter->term_count; number++)
        hash_index_insert(&larger, terms[number].hash, number);
    inverter_unmap(inverter->index.slots, index_bytes(inverter));
    inverter->index = larger;
    return ST_OK;
}

enum status inverter_grow_strings(struct inverter *inverter) {
    if (inverter->strings_size > UINT32_MAX / 2)
        return ST_NOMEM;
    uint8_t *strings = map_twice(inverter->strings, inverter->strings_size, inverter->large_pages);
    if (!strings)
        return ST_NOMEM;
    inverter->strings = strings;
    inverter->strings_size *= 2;
    return ST_OK;
}
