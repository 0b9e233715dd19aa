/* SPDX-License-Identifier: MIT */
/* Words already analyzed, so that each distinct word is stemmed once: raw word -> term and term id.
 *
 * Entries of 32 bytes lie in the order in which words came, and an open-addressing table of 4 bytes
 * a slot leads to them. Frequent words come early, so most look-ups touch the first few pages of
 * the entries and a small table; entries inside the table would be spread over all of it, a page of
 * memory each. (common/base/hash_index.h has no room for the part of the hash that a slot keeps
 * here, which saves nearly every look at a wrong entry.) A word of at most TERM_CACHE_INLINE_SIZE
 * bytes is stored in its entry, and so is its term when it is a prefix of the word.
 *
 * The cache begins small, since most processes see few words and touching a page costs more than
 * stemming a word, and grows as words come. Words and bytes are limited: a full cache starts over.
 * Both happen in term_cache_begin() only, because tokens borrow from the cache in between.
 *
 *     term_cache_begin(&cache);
 *     for (up to TERM_CACHE_BATCH words) {
 *         struct term_cache_key key = term_cache_key(&cache, text, start, end);
 *         struct term_cache_entry *entry = term_cache_find(&cache, &key);
 *         if (!entry->term)
 *             status = term_cache_add(&cache, entry, &key, term);
 *     }
 *
 * Threads: a cache belongs to one thread at a time. */
#ifndef QUERN_COMMON_TEXT_TERM_CACHE_H
#define QUERN_COMMON_TEXT_TERM_CACHE_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum {
    /* The table has 2^bits slots; bits starts at the minimum and grows in steps. */
    TERM_CACHE_MIN_BITS = 12,
    TERM_CACHE_GROWTH_BITS = 2,
    TERM_CACHE_MAX_BITS = 20,
    TERM_CACHE_BATCH = 64,       /* words between two calls of term_cache_begin() */
    TERM_CACHE_INLINE_SIZE = 16, /* bytes of a word that an entry holds */
    /* A cache that passes one of these starts over. */
    TERM_CACHE_MAX_WORDS = 1 << TERM_CACHE_MAX_BITS >> 1,
    TERM_CACHE_MAX_ARENA = 16 << 20, /* bytes of long words and terms, in proportion to max_bits, */
    TERM_CACHE_MIN_ARENA = 256 << 10, /* but never less than this */
    TERM_CACHE_MAX_PROBES = 64,       /* slots that a look-up has to visit */
    TERM_CACHE_NUMBER_MASK = (1 << TERM_CACHE_MAX_BITS) - 1,
};

/* The bits of a hash that a slot keeps, so that few entries are compared that do not match. */
#define TERM_CACHE_TAG_MASK (~(uint32_t)TERM_CACHE_NUMBER_MASK)

struct term_cache_entry {
    uint64_t word[2];    /* the bytes, padded with NUL; of a long word hash and address */
    const uint8_t *term; /* NULL: the entry is free */
    uint32_t term_id;
    uint16_t count;    /* occurrences, modulo 2^16; the caller's (form_counts.h) */
    uint8_t term_size; /* 0: the word makes no term */
    uint8_t is_long;
};

struct term_cache {
    struct term_cache_entry *entries; /* the first `count` are used, all others zero */
    size_t count;
    uint32_t *table;   /* tag of the hash | number of the entry + 1; 0: a free slot */
    unsigned bits;     /* 2^bits slots, at least twice as many as words */
    unsigned max_bits; /* TERM_CACHE_MAX_BITS or what term_cache_set_limit() allows */
    size_t free_slot;  /* for the word that term_cache_find() missed last */
    size_t longest_probe;
    uint64_t case_bits; /* 0x20 in each byte if the case of ASCII letters is ignored, else 0 */
    struct arena arena;
};

/* A word to look up, borrowed. */
struct term_cache_key {
    uint64_t word[2]; /* as in an entry; of a long word the hash twice */
    uint64_t hash;
    const uint8_t *bytes;
    size_t size;
};

/* `ignore_case`: words that differ only in the case of ASCII letters are one word. ST_NOMEM. */
enum status term_cache_init(struct term_cache *cache, bool ignore_case);
void term_cache_release(struct term_cache *cache);

/* Limits the cache to about this many bytes, but not below its initial size. */
void term_cache_set_limit(struct term_cache *cache, uint64_t bytes);

/* Bytes in use. */
static inline uint64_t term_cache_memory(const struct term_cache *cache) {
    return ((uint64_t)sizeof *cache->table << cache->bits) + cache->count * sizeof *cache->entries +
           cache->arena.total;
}

/* Makes room for the next TERM_CACHE_BATCH words. Entries and terms may disappear. */
void term_cache_begin(struct term_cache *cache);
/* The same in two steps. True: the cache has to start over, by the second function. */
bool term_cache_is_full(struct term_cache *cache);
void term_cache_clear(struct term_cache *cache);

/* Sets every term_id to 0, and every count. */
void term_cache_clear_term_ids(struct term_cache *cache);
void term_cache_clear_counts(struct term_cache *cache);

/* Fills the free entry that term_cache_find(), called last, returned for the key. Copies the term.
 * ST_NOMEM. */
enum status term_cache_add(struct term_cache *cache, struct term_cache_entry *entry,
                           const struct term_cache_key *key, struct slice term);

struct slice term_cache_long_word(const struct term_cache_entry *entry);
/* The word of an entry, as it was looked up. */
static inline struct slice term_cache_entry_word(const struct term_cache_entry *entry) {
    return entry->is_long
               ? term_cache_long_word(entry)
               : slice_of(entry->word, strnlen((const char *)entry->word, TERM_CACHE_INLINE_SIZE));
}

/* The look-up of words longer than TERM_CACHE_INLINE_SIZE. */
uint64_t term_cache_hash_long(const struct term_cache *cache, const uint8_t *bytes, size_t size);
bool term_cache_equals_long(const struct term_cache *cache, const struct term_cache_entry *entry,
                            const struct term_cache_key *key);

/* Eight bytes with a bit of case_bits set in each that is an ASCII capital: adding 0x3F sets the
 * top bit from 'A' on, adding 0x25 from the byte after 'Z' on, and no sum carries into the next
 * byte. */
static inline uint64_t term_cache_lower(uint64_t bytes, uint64_t case_bits) {
    const uint64_t each = 0x0101010101010101;
    uint64_t low = bytes & 0x7F * each;
    uint64_t capital = (low + 0x3F * each) & ~(low + 0x25 * each) & ~bytes & 0x80 * each;
    return bytes | (capital >> 2 & case_bits);
}

/* A multiplicative hash: the odd constants are the fractional parts of the golden ratio and of the
 * square roots of 2 and 3. */
static inline uint64_t term_cache_hash(uint64_t low, uint64_t high) {
    uint64_t other = high * 0x6A09E667F3BCC909;
    uint64_t hash = low * 0x9E3779B97F4A7C15 ^ (other >> 32 | other << 32);
    return (hash ^ hash >> 32) * 0xBB67AE8584CAA73B;
}

/* The key of the bytes [start, end) of the text. */
static inline struct term_cache_key term_cache_key(const struct term_cache *cache,
                                                   struct slice text, size_t start, size_t end) {
    static const uint8_t masks[2 * TERM_CACHE_INLINE_SIZE] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    struct term_cache_key key = {.bytes = text.data + start, .size = end - start};
    if (key.size > TERM_CACHE_INLINE_SIZE) {
        key.hash = term_cache_hash_long(cache, key.bytes, key.size);
        key.word[0] = key.word[1] = key.hash;
        return key;
    }
    if (text.size - start >= TERM_CACHE_INLINE_SIZE) {
        uint64_t mask[2];
        memcpy(mask, masks + TERM_CACHE_INLINE_SIZE - key.size, sizeof mask);
        memcpy(key.word, key.bytes, sizeof key.word);
        key.word[0] &= mask[0];
        key.word[1] &= mask[1];
    } else {
        memcpy(key.word, key.bytes, key.size);
    }
    key.word[0] = term_cache_lower(key.word[0], cache->case_bits);
    key.word[1] = term_cache_lower(key.word[1], cache->case_bits);
    key.hash = term_cache_hash(key.word[0], key.word[1]);
    return key;
}

static inline size_t term_cache_slot_count(const struct term_cache *cache) {
    return (size_t)1 << cache->bits;
}

static inline size_t term_cache_slot(const struct term_cache *cache, uint64_t hash) {
    return (size_t)(hash >> (64 - cache->bits));
}

static inline void term_cache_prefetch(const struct term_cache *cache,
                                       const struct term_cache_key *key) {
    __builtin_prefetch(&cache->table[term_cache_slot(cache, key->hash)]);
}

/* Call it after term_cache_prefetch() has brought the slot. */
static inline void term_cache_prefetch_entry(const struct term_cache *cache,
                                             const struct term_cache_key *key) {
    uint32_t number = cache->table[term_cache_slot(cache, key->hash)] & TERM_CACHE_NUMBER_MASK;
    __builtin_prefetch(&cache->entries[number ? number - 1 : 0]);
}

/* The entry of the word, or a free one for it. */
static inline struct term_cache_entry *term_cache_find(struct term_cache *cache,
                                                       const struct term_cache_key *key) {
    bool is_long = key->size > TERM_CACHE_INLINE_SIZE;
    size_t mask = term_cache_slot_count(cache) - 1;
    uint32_t tag = (uint32_t)key->hash & TERM_CACHE_TAG_MASK;
    for (size_t slot = term_cache_slot(cache, key->hash), probes = 1;; slot++, probes++) {
        uint32_t slot_value = cache->table[slot & mask];
        if (!slot_value) {
            if (probes > cache->longest_probe)
                cache->longest_probe = probes;
            cache->free_slot = slot & mask;
            return &cache->entries[cache->count];
        }
        struct term_cache_entry *entry = &cache->entries[(slot_value & TERM_CACHE_NUMBER_MASK) - 1];
        if ((slot_value & TERM_CACHE_TAG_MASK) != tag || entry->word[0] != key->word[0] ||
            entry->is_long != is_long)
            continue;
        if (is_long ? term_cache_equals_long(cache, entry, key) : entry->word[1] == key->word[1])
            return entry;
    }
}

#endif
