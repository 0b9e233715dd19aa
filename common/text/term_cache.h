/* Words already analysed, so that each distinct word is stemmed once: raw word -> term and memo.
 *
 * Entries of 32 bytes stand in the order in which words came, and an open-addressing table of 4
 * bytes a slot leads to them: since frequent words come early, most look-ups touch the first few
 * pages of the entries and a small table, where entries in the table itself would be spread over
 * all of it, a page of memory each. A word of at most 16 bytes
 * lies in its entry, and so does its term when it is a prefix. The cache begins small, as most
 * processes see few words and a page that is touched costs more than a word, and its table grows as
 * words come. The words and bytes kept are bounded: a full cache starts over. Both happen in
 * wordcache_begin() only, since tokens borrow from it in between.
 *
 *     wordcache_begin(&cache);
 *     for (up to WORDCACHE_STEP words) {
 *         struct wordcache_key key = wordcache_key(&cache, text, start, end);
 *         struct wordcache_entry *entry = wordcache_find(&cache, &key);
 *         if (!entry->term)
 *             status = wordcache_add(&cache, entry, &key, term);
 *     }
 *
 * Threads: a cache belongs to one thread at a time. */
#ifndef QUERN_COMMON_TEXT_TERM_CACHE_H
#define QUERN_COMMON_TEXT_TERM_CACHE_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum {
    WORDCACHE_BITS_FIRST = 12,
    WORDCACHE_BITS_STEP = 2,
    WORDCACHE_BITS = 20,                        /* 2^20 slots at most */
    WORDCACHE_WORDS = 1 << WORDCACHE_BITS >> 1, /* more of them start the cache over */
    WORDCACHE_BYTES = 16 << 20,                 /* so do more bytes of long words and of terms */
    WORDCACHE_BYTES_LEAST = 256 << 10,          /* of which a small one may keep so many */
    WORDCACHE_PROBES = 64,                      /* and so does a word that collides with so many */
    WORDCACHE_STEP = 64,                        /* words at most between two wordcache_begin() */
    WORDCACHE_SHORT = 16,                       /* bytes of a word that fit into an entry */
    WORDCACHE_NUMBER = (1 << WORDCACHE_BITS) - 1,
};

/* So that hardly an entry is looked at in vain. */
#define WORDCACHE_TAG (~(uint32_t)WORDCACHE_NUMBER)

struct wordcache_entry {
    uint64_t word[2];    /* the bytes, padded with NUL; of a long word its hash and its address */
    const uint8_t *term; /* NULL: the entry is free */
    uint16_t term_size;  /* 0: the word makes no term */
    uint16_t is_long;
    uint32_t memo;
};

struct wordcache {
    struct wordcache_entry *entries; /* the first `words` are used; the memory behind is zeros */
    size_t words;
    uint32_t
        *table;    /* open addressing: WORDCACHE_TAG of the hash | number of the entry + 1, or 0 */
    unsigned bits; /* 2^bits slots, twice as many as words at most */
    unsigned most; /* bits at most: WORDCACHE_BITS, unless wordcache_bound() was called */
    size_t free_slot; /* where the word belongs that wordcache_find() missed last */
    size_t most_probes;
    uint64_t case_bits; /* 0x20 in each byte when ASCII capitals equal small letters, else 0 */
    struct arena arena;
};

/* A word to look up; borrows it. */
struct wordcache_key {
    uint64_t word[2]; /* as in an entry; of a long word its hash twice */
    uint64_t hash;
    const uint8_t *bytes;
    size_t size;
};

/* `ignore_case`: words that differ in the case of ASCII letters only are one word. ST_NOMEM. */
enum status wordcache_init(struct wordcache *cache, bool ignore_case);
void wordcache_release(struct wordcache *cache);

/* Lets it grow to about so many bytes at most; never below its first size. */
void wordcache_bound(struct wordcache *cache, uint64_t bytes);

/* Bytes in use. */
static inline uint64_t wordcache_memory(const struct wordcache *cache) {
    return ((uint64_t)sizeof *cache->table << cache->bits) + cache->words * sizeof *cache->entries +
           cache->arena.total;
}

/* Makes room for the next WORDCACHE_STEP words; entries and terms may be elsewhere or gone after
 * it.
 */
void wordcache_begin(struct wordcache *cache);

/* Sets every memo to 0. */
void wordcache_forget(struct wordcache *cache);

/* Fills the free entry that wordcache_find() gave for the key, just before, with a copy of the
 * term. ST_NOMEM. */
enum status wordcache_add(struct wordcache *cache, struct wordcache_entry *entry,
                          const struct wordcache_key *key, struct slice term);

/* The look-up of words longer than WORDCACHE_SHORT. */
uint64_t wordcache_hash_long(const struct wordcache *cache, const uint8_t *bytes, size_t size);
bool wordcache_equal_long(const struct wordcache *cache, const struct wordcache_entry *entry,
                          const struct wordcache_key *key);

/* Eight bytes with a bit of case_bits set in each that is a capital of ASCII: adding 0x3F sets the
 * top bit from 'A' on, adding 0x25 from behind 'Z' on, and no sum carries into the next byte. */
static inline uint64_t wordcache_lower(uint64_t bytes, uint64_t case_bits) {
    const uint64_t each = 0x0101010101010101;
    uint64_t low = bytes & 0x7F * each;
    uint64_t capital = (low + 0x3F * each) & ~(low + 0x25 * each) & ~bytes & 0x80 * each;
    return bytes | (capital >> 2 & case_bits);
}

/* A multiplicative hash: the odd constants are the fractional parts of the golden ratio and of the
 * square roots of 2 and 3. */
static inline uint64_t wordcache_hash(uint64_t low, uint64_t high) {
    uint64_t other = high * 0x6A09E667F3BCC909;
    uint64_t hash = low * 0x9E3779B97F4A7C15 ^ (other >> 32 | other << 32);
    return (hash ^ hash >> 32) * 0xBB67AE8584CAA73B;
}

/* The key of the bytes [start, end) of the text. */
static inline struct wordcache_key wordcache_key(const struct wordcache *cache, struct slice text,
                                                 size_t start, size_t end) {
    static const uint8_t masks[2 * WORDCACHE_SHORT] = {255, 255, 255, 255, 255, 255, 255, 255,
                                                       255, 255, 255, 255, 255, 255, 255, 255};
    struct wordcache_key key = {.bytes = text.data + start, .size = end - start};
    if (key.size > WORDCACHE_SHORT) {
        key.hash = wordcache_hash_long(cache, key.bytes, key.size);
        key.word[0] = key.word[1] = key.hash;
        return key;
    }
    if (text.size - start >= WORDCACHE_SHORT) {
        uint64_t mask[2];
        memcpy(mask, masks + WORDCACHE_SHORT - key.size, sizeof mask);
        memcpy(key.word, key.bytes, sizeof key.word);
        key.word[0] &= mask[0];
        key.word[1] &= mask[1];
    } else {
        memcpy(key.word, key.bytes, key.size);
    }
    key.word[0] = wordcache_lower(key.word[0], cache->case_bits);
    key.word[1] = wordcache_lower(key.word[1], cache->case_bits);
    key.hash = wordcache_hash(key.word[0], key.word[1]);
    return key;
}

static inline size_t wordcache_slots(const struct wordcache *cache) {
    return (size_t)1 << cache->bits;
}

static inline size_t wordcache_slot(const struct wordcache *cache, uint64_t hash) {
    return (size_t)(hash >> (64 - cache->bits));
}

static inline void wordcache_prefetch(const struct wordcache *cache,
                                      const struct wordcache_key *key) {
    __builtin_prefetch(&cache->table[wordcache_slot(cache, key->hash)]);
}

/* To be called when that has arrived. */
static inline void wordcache_prefetch_entry(const struct wordcache *cache,
                                            const struct wordcache_key *key) {
    uint32_t number = cache->table[wordcache_slot(cache, key->hash)] & WORDCACHE_NUMBER;
    __builtin_prefetch(&cache->entries[number ? number - 1 : 0]);
}

/* The entry of the word, or a free one for it. */
static inline struct wordcache_entry *wordcache_find(struct wordcache *cache,
                                                     const struct wordcache_key *key) {
    bool is_long = key->size > WORDCACHE_SHORT;
    size_t mask = wordcache_slots(cache) - 1;
    uint32_t tag = (uint32_t)key->hash & WORDCACHE_TAG;
    for (size_t slot = wordcache_slot(cache, key->hash), probes = 1;; slot++, probes++) {
        uint32_t found = cache->table[slot & mask];
        if (!found) {
            if (probes > cache->most_probes)
                cache->most_probes = probes;
            cache->free_slot = slot & mask;
            return &cache->entries[cache->words];
        }
        struct wordcache_entry *entry = &cache->entries[(found & WORDCACHE_NUMBER) - 1];
        if ((found & WORDCACHE_TAG) != tag || entry->word[0] != key->word[0] ||
            entry->is_long != is_long)
            continue;
        if (is_long ? wordcache_equal_long(cache, entry, key) : entry->word[1] == key->word[1])
            return entry;
    }
}

#endif
