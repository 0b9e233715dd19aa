/* SPDX-License-Identifier: MIT */
/* Growth of the cache, and the words that do not fit into an entry. */
#include "common/text/term_cache.h"

#include <stdlib.h>
#include <sys/mman.h>

/* A long word in the arena; word[1] of its entry is the address. */
struct long_word {
    size_t size;
    uint8_t bytes[];
};

/* Zeroed memory; only the pages that are touched take up any. */
static void *map_zeros(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static size_t entries_bytes(void) {
    return (TERM_CACHE_MAX_WORDS + 1ul) * sizeof(struct term_cache_entry);
}

static size_t table_bytes(const struct term_cache *cache) {
    return term_cache_slot_count(cache) * sizeof *cache->table;
}

enum status term_cache_init(struct term_cache *cache, bool ignore_case) {
    *cache = (struct term_cache){.bits = TERM_CACHE_MIN_BITS,
                                 .max_bits = TERM_CACHE_MAX_BITS,
                                 .case_bits = ignore_case ? 0x2020202020202020 : 0};
    cache->entries = map_zeros(entries_bytes());
    cache->table = map_zeros(table_bytes(cache));
    if (cache->entries && cache->table)
        return ST_OK;
    term_cache_release(cache);
    return ST_NOMEM;
}

void term_cache_release(struct term_cache *cache) {
    if (cache->entries)
        munmap(cache->entries, entries_bytes());
    if (cache->table)
        munmap(cache->table, table_bytes(cache));
    arena_release(&cache->arena);
    *cache = (struct term_cache){0};
}

/* Puts an existing entry into the table. */
static void insert_entry(struct term_cache *cache, size_t number) {
    const struct term_cache_entry *entry = &cache->entries[number];
    uint64_t hash =
        entry->is_long ? entry->word[0] : term_cache_hash(entry->word[0], entry->word[1]);
    size_t mask = term_cache_slot_count(cache) - 1, slot = term_cache_slot(cache, hash), probes = 1;
    for (; cache->table[slot & mask]; slot++)
        probes++;
    cache->table[slot & mask] = ((uint32_t)hash & TERM_CACHE_TAG_MASK) | (uint32_t)(number + 1);
    if (probes > cache->longest_probe)
        cache->longest_probe = probes;
}

/* Enlarges the table. False: it has reached its limit, or memory is out. */
static bool grow(struct term_cache *cache) {
    if (cache->bits >= cache->max_bits)
        return false;
    struct term_cache old = *cache;
    cache->bits += TERM_CACHE_GROWTH_BITS;
    if (cache->bits > cache->max_bits)
        cache->bits = cache->max_bits;
    cache->table = map_zeros(table_bytes(cache));
    if (!cache->table) {
        *cache = old;
        return false;
    }
    /* Look-ups are spread over all of it: with pages of 4 KiB each would miss the TLB. */
    madvise(cache->table, table_bytes(cache), MADV_HUGEPAGE);
    madvise(cache->entries, entries_bytes(), MADV_HUGEPAGE);
    cache->longest_probe = 0;
    for (size_t number = 0; number < cache->count; number++)
        insert_entry(cache, number);
    munmap(old.table, table_bytes(&old));
    return true;
}

/* In proportion to the table, but at least a few blocks of the arena. */
static size_t max_arena_bytes(const struct term_cache *cache) {
    size_t bytes = TERM_CACHE_MAX_ARENA >> (TERM_CACHE_MAX_BITS - cache->max_bits);
    return bytes < TERM_CACHE_MIN_ARENA ? TERM_CACHE_MIN_ARENA : bytes;
}

void term_cache_set_limit(struct term_cache *cache, uint64_t bytes) {
    cache->max_bits = TERM_CACHE_MAX_BITS;
    while (cache->max_bits > TERM_CACHE_MIN_BITS &&
           ((uint64_t)sizeof *cache->table + sizeof *cache->entries / 2) << cache->max_bits > bytes)
        cache->max_bits--;
}

bool term_cache_is_full(struct term_cache *cache) {
    bool full = cache->count + TERM_CACHE_BATCH > term_cache_slot_count(cache) / 2;
    if (full && grow(cache))
        full = false;
    return full || cache->arena.total >= max_arena_bytes(cache) ||
           cache->longest_probe > TERM_CACHE_MAX_PROBES;
}

void term_cache_clear(struct term_cache *cache) {
    memset(cache->table, 0, table_bytes(cache));
    memset(cache->entries, 0, cache->count * sizeof *cache->entries);
    arena_release(&cache->arena);
    cache->count = 0;
    cache->longest_probe = 0;
}

void term_cache_begin(struct term_cache *cache) {
    if (term_cache_is_full(cache))
        term_cache_clear(cache);
}

void term_cache_clear_term_ids(struct term_cache *cache) {
    for (size_t i = 0; i < cache->count; i++)
        cache->entries[i].term_id = 0;
}

void term_cache_clear_counts(struct term_cache *cache) {
    for (size_t i = 0; i < cache->count; i++)
        cache->entries[i].count = 0;
}

struct slice term_cache_long_word(const struct term_cache_entry *entry) {
    const struct long_word *word = (const void *)(uintptr_t)entry->word[1];
    return slice_of(word->bytes, word->size);
}

/* The eight bytes at an offset of a long word, lower-cased, padded with NUL. */
static uint64_t load_eight(const struct term_cache *cache, const uint8_t *bytes, size_t size,
                           size_t offset) {
    uint64_t eight = 0;
    size_t left = size - offset;
    memcpy(&eight, bytes + offset, left < sizeof eight ? left : sizeof eight);
    return term_cache_lower(eight, cache->case_bits);
}

uint64_t term_cache_hash_long(const struct term_cache *cache, const uint8_t *bytes, size_t size) {
    uint64_t hash = size;
    for (size_t at = 0; at < size; at += 8)
        hash = term_cache_hash(load_eight(cache, bytes, size, at), hash);
    return hash;
}

bool term_cache_equals_long(const struct term_cache *cache, const struct term_cache_entry *entry,
                            const struct term_cache_key *key) {
    const struct long_word *word = (const void *)(uintptr_t)entry->word[1];
    if (word->size != key->size)
        return false;
    for (size_t at = 0; at < key->size; at += 8)
        if (load_eight(cache, word->bytes, word->size, at) !=
            load_eight(cache, key->bytes, key->size, at))
            return false;
    return true;
}

enum status term_cache_add(struct term_cache *cache, struct term_cache_entry *entry,
                           const struct term_cache_key *key, struct slice term) {
    struct term_cache_entry filled = {.word = {key->word[0], key->word[1]},
                                      .term_size = (uint8_t)term.size};
    if (key->size > TERM_CACHE_INLINE_SIZE) {
        struct long_word *word = arena_alloc(&cache->arena, sizeof *word + key->size);
        if (!word)
            return ST_NOMEM;
        word->size = key->size;
        memcpy(word->bytes, key->bytes, key->size);
        filled.word[1] = (uintptr_t)word;
        filled.is_long = 1;
    }
    if (!filled.is_long && term.size <= key->size &&
        (!term.size || memcmp(key->word, term.data, term.size) == 0))
        filled.term = (const uint8_t *)entry->word;
    else
        filled.term = (const uint8_t *)arena_copy(&cache->arena, term.data, term.size);
    if (!filled.term)
        return ST_NOMEM;
    *entry = filled;
    cache->table[cache->free_slot] =
        ((uint32_t)key->hash & TERM_CACHE_TAG_MASK) | (uint32_t)++cache->count;
    return ST_OK;
}
