#include "common/text/term_cache.h"

#include <stdlib.h>
#include <sys/mman.h>

/* A long word in the arena; word[1] of its entry is the address. */
struct long_word {
    size_t size;
    uint8_t bytes[];
};

/* Memory of zeros that takes up no more than is touched. */
static void *map(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static size_t entries_bytes(void) {
    return (WORDCACHE_WORDS + 1ul) * sizeof(struct wordcache_entry);
}

static size_t table_bytes(const struct wordcache *cache) {
    return wordcache_slots(cache) * sizeof *cache->table;
}

enum status wordcache_init(struct wordcache *cache, bool ignore_case) {
    *cache = (struct wordcache){.bits = WORDCACHE_BITS_FIRST,
                                .most = WORDCACHE_BITS,
                                .case_bits = ignore_case ? 0x2020202020202020 : 0};
    cache->entries = map(entries_bytes());
    cache->table = map(table_bytes(cache));
    if (cache->entries && cache->table)
        return ST_OK;
    wordcache_release(cache);
    return ST_NOMEM;
}

void wordcache_release(struct wordcache *cache) {
    if (cache->entries)
        munmap(cache->entries, entries_bytes());
    if (cache->table)
        munmap(cache->table, table_bytes(cache));
    arena_release(&cache->arena);
    *cache = (struct wordcache){0};
}

/* Puts an entry that is there into the table. */
static void enter(struct wordcache *cache, size_t number) {
    const struct wordcache_entry *entry = &cache->entries[number];
    uint64_t hash =
        entry->is_long ? entry->word[0] : wordcache_hash(entry->word[0], entry->word[1]);
    size_t mask = wordcache_slots(cache) - 1, slot = wordcache_slot(cache, hash), probes = 1;
    for (; cache->table[slot & mask]; slot++)
        probes++;
    cache->table[slot & mask] = ((uint32_t)hash & WORDCACHE_TAG) | (uint32_t)(number + 1);
    if (probes > cache->most_probes)
        cache->most_probes = probes;
}

/* False: the table is as large as may be, or there is no memory for more. */
static bool grow(struct wordcache *cache) {
    if (cache->bits >= cache->most)
        return false;
    struct wordcache old = *cache;
    cache->bits += WORDCACHE_BITS_STEP;
    if (cache->bits > cache->most)
        cache->bits = cache->most;
    cache->table = map(table_bytes(cache));
    if (!cache->table) {
        *cache = old;
        return false;
    }
    /* Touched all over from now on: with pages of 4 KiB each look-up would miss the TLB. */
    madvise(cache->table, table_bytes(cache), MADV_HUGEPAGE);
    madvise(cache->entries, entries_bytes(), MADV_HUGEPAGE);
    cache->most_probes = 0;
    for (size_t number = 0; number < cache->words; number++)
        enter(cache, number);
    munmap(old.table, table_bytes(&old));
    return true;
}

/* In proportion to the table, but some blocks of the arena at least. */
static size_t bytes_most(const struct wordcache *cache) {
    size_t bytes = WORDCACHE_BYTES >> (WORDCACHE_BITS - cache->most);
    return bytes < WORDCACHE_BYTES_LEAST ? WORDCACHE_BYTES_LEAST : bytes;
}

void wordcache_bound(struct wordcache *cache, uint64_t bytes) {
    cache->most = WORDCACHE_BITS;
    while (cache->most > WORDCACHE_BITS_FIRST &&
           ((uint64_t)sizeof *cache->table + sizeof *cache->entries / 2) << cache->most > bytes)
        cache->most--;
}

void wordcache_begin(struct wordcache *cache) {
    bool full = cache->words + WORDCACHE_STEP > wordcache_slots(cache) / 2;
    if (full && grow(cache))
        full = false;
    if (!full && cache->arena.total < bytes_most(cache) && cache->most_probes <= WORDCACHE_PROBES)
        return;
    memset(cache->table, 0, table_bytes(cache));
    memset(cache->entries, 0, cache->words * sizeof *cache->entries);
    arena_release(&cache->arena);
    cache->words = 0;
    cache->most_probes = 0;
}

void wordcache_forget(struct wordcache *cache) {
    for (size_t i = 0; i < cache->words; i++)
        cache->entries[i].memo = 0;
}

/* The eight bytes at an offset of a long word, lower-cased, with NUL behind its end. */
static uint64_t eight_at(const struct wordcache *cache, const uint8_t *bytes, size_t size,
                         size_t offset) {
    uint64_t eight = 0;
    size_t left = size - offset;
    memcpy(&eight, bytes + offset, left < sizeof eight ? left : sizeof eight);
    return wordcache_lower(eight, cache->case_bits);
}

uint64_t wordcache_hash_long(const struct wordcache *cache, const uint8_t *bytes, size_t size) {
    uint64_t hash = size;
    for (size_t at = 0; at < size; at += 8)
        hash = wordcache_hash(eight_at(cache, bytes, size, at), hash);
    return hash;
}

bool wordcache_equal_long(const struct wordcache *cache, const struct wordcache_entry *entry,
                          const struct wordcache_key *key) {
    const struct long_word *word = (const void *)(uintptr_t)entry->word[1];
    if (word->size != key->size)
        return false;
    for (size_t at = 0; at < key->size; at += 8)
        if (eight_at(cache, word->bytes, word->size, at) !=
            eight_at(cache, key->bytes, key->size, at))
            return false;
    return true;
}

enum status wordcache_add(struct wordcache *cache, struct wordcache_entry *entry,
                          const struct wordcache_key *key, struct slice term) {
    struct wordcache_entry filled = {.word = {key->word[0], key->word[1]},
                                     .term_size = (uint16_t)term.size};
    if (key->size > WORDCACHE_SHORT) {
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
        ((uint32_t)key->hash & WORDCACHE_TAG) | (uint32_t)++cache->words;
    return ST_OK;
}
