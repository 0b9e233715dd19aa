#include "common/wordcache.h"

#include <stdlib.h>

/* A long word in the arena; word[1] of its entry is the address. */
struct long_word {
    size_t size;
    uint8_t bytes[];
};

enum status wordcache_init(struct wordcache *cache, bool ignore_case) {
    *cache = (struct wordcache){.case_bits = ignore_case ? 0x2020202020202020 : 0};
    cache->entries = calloc(WORDCACHE_SLOTS, sizeof *cache->entries);
    return cache->entries ? ST_OK : ST_NOMEM;
}

void wordcache_release(struct wordcache *cache) {
    free(cache->entries);
    arena_release(&cache->arena);
    *cache = (struct wordcache){0};
}

void wordcache_begin(struct wordcache *cache) {
    if (cache->words + WORDCACHE_STEP <= WORDCACHE_WORDS && cache->arena.total < WORDCACHE_BYTES &&
        cache->most_probes <= WORDCACHE_PROBES)
        return;
    memset(cache->entries, 0, WORDCACHE_SLOTS * sizeof *cache->entries);
    arena_release(&cache->arena);
    cache->words = 0;
    cache->most_probes = 0;
}

void wordcache_forget(struct wordcache *cache) {
    for (size_t i = 0; cache->words && i < WORDCACHE_SLOTS; i++)
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
    cache->words++;
    return ST_OK;
}
