/* SPDX-License-Identifier: MIT */
/* The keys of all tables: the one place that lays them out and takes them apart.
 *
 *     meta_key  = "catalog" | "stamp" | "sources"        ; stamp: the record of the transaction
 *     dict_key  = segment:u32be first_term
 *     chunk_key = segment << 32 | stream << 28 | chunk   ; u64
 *     live_key  = segment << 32 | document >> 13         ; u64; of TABLE_DELETES, LMDB's "live"
 *     file_key  = folder:u64be name                      ; folder: hash64() of its path
 *                                                        ; name: empty for the folder itself
 *
 * A segment's number comes first, so that its records are adjacent. LMDB compares the keys of chunk
 * and deletes as numbers in native byte order and all others as bytes, so that numbers in these are
 * big-endian. */
#ifndef QUERN_COMMON_STORE_KEYS_H
#define QUERN_COMMON_STORE_KEYS_H

#include "common/base/bytes.h"
#include "common/store/store.h"

enum {
    KEYS_CHUNK_BITS = 28, /* of a chunk's number within its stream */
    KEYS_DICT_PREFIX = 4, /* bytes before the term */
    KEYS_FILE_PREFIX = 8, /* bytes before the name */
    KEYS_FILE_NAME_MAX = 255,
    KEYS_SIZE_MAX = KEYS_FILE_PREFIX + KEYS_FILE_NAME_MAX,
};

/* Room for a key of any table. */
struct key {
    uint8_t bytes[KEYS_SIZE_MAX];
};

static inline struct slice keys_catalog(void) {
    return slice_of("catalog", 7);
}

static inline struct slice keys_sources(void) {
    return slice_of("sources", 7);
}

static inline struct slice keys_transaction(void) {
    return slice_of("stamp", 5);
}

/* The keys of chunk and deletes, which are numbers. */
static inline uint64_t keys_chunk(uint32_t segment, uint32_t stream, uint32_t chunk) {
    return (uint64_t)segment << 32 | stream << KEYS_CHUNK_BITS | chunk;
}

static inline uint64_t keys_deletes(uint32_t segment, uint32_t bitmap) {
    return (uint64_t)segment << 32 | bitmap;
}

/* A numeric key as bytes, which are those of *number itself; and the number of such bytes. */
static inline struct slice keys_of_number(const uint64_t *number) {
    return slice_of(number, sizeof *number);
}

static inline uint64_t keys_to_number(struct slice key) {
    uint64_t number;
    memcpy(&number, key.data, sizeof number);
    return number;
}

static inline void keys_split_chunk(uint32_t *stream, uint32_t *chunk, struct slice key) {
    uint32_t low = (uint32_t)keys_to_number(key);
    *stream = low >> KEYS_CHUNK_BITS;
    *chunk = low & ((1u << KEYS_CHUNK_BITS) - 1);
}

static inline uint32_t keys_split_deletes(struct slice key) {
    return (uint32_t)keys_to_number(key);
}

static inline void keys_put_big_endian(uint8_t *out, uint64_t number, unsigned size) {
    for (unsigned i = 0; i < size; i++)
        out[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
}

static inline uint64_t keys_get_big_endian(const uint8_t *in, unsigned size) {
    uint64_t number = 0;
    for (unsigned i = 0; i < size; i++)
        number = number << 8 | in[i];
    return number;
}

/* dict, for a term of at most KEYS_SIZE_MAX - KEYS_DICT_PREFIX bytes. The slice is in *out. */
static inline struct slice keys_dict(struct key *out, uint32_t segment, struct slice term) {
    keys_put_big_endian(out->bytes, segment, KEYS_DICT_PREFIX);
    if (term.size)
        memcpy(out->bytes + KEYS_DICT_PREFIX, term.data, term.size);
    return slice_of(out->bytes, KEYS_DICT_PREFIX + term.size);
}

/* Its parts; the term is borrowed from the key and may be empty. False: the key is too short. */
static inline bool keys_split_dict(uint32_t *segment, struct slice *term, struct slice key) {
    if (key.size < KEYS_DICT_PREFIX)
        return false;
    *segment = (uint32_t)keys_get_big_endian(key.data, KEYS_DICT_PREFIX);
    *term = slice_of(key.data + KEYS_DICT_PREFIX, key.size - KEYS_DICT_PREFIX);
    return true;
}

/* file. The slice is in *out; it is empty if the name is longer than KEYS_FILE_NAME_MAX. */
static inline struct slice keys_file(struct key *out, uint64_t folder, struct slice name) {
    if (name.size > KEYS_FILE_NAME_MAX)
        return slice_of(out->bytes, 0);
    keys_put_big_endian(out->bytes, folder, KEYS_FILE_PREFIX);
    if (name.size)
        memcpy(out->bytes + KEYS_FILE_PREFIX, name.data, name.size);
    return slice_of(out->bytes, KEYS_FILE_PREFIX + name.size);
}

/* Its parts; the name is borrowed from the key. False: no key has that size. */
static inline bool keys_split_file(uint64_t *folder, struct slice *name, struct slice key) {
    if (key.size < KEYS_FILE_PREFIX || key.size > KEYS_SIZE_MAX)
        return false;
    *folder = keys_get_big_endian(key.data, KEYS_FILE_PREFIX);
    *name = slice_of(key.data + KEYS_FILE_PREFIX, key.size - KEYS_FILE_PREFIX);
    return true;
}

/* The least key that a segment can have in TABLE_DICT, TABLE_CHUNK or TABLE_DELETES. The slice is
 * in *out. */
static inline struct slice keys_first_of_segment(struct key *out, enum store_table table,
                                                 uint32_t segment) {
    if (table == TABLE_DICT)
        return keys_dict(out, segment, slice_of(NULL, 0));
    uint64_t number = keys_chunk(segment, 0, 0);
    memcpy(out->bytes, &number, sizeof number);
    return slice_of(out->bytes, sizeof number);
}

/* The segment that a key of these tables names. False: the key is too short, which only one of
 * TABLE_DICT can be. */
static inline bool keys_segment(uint32_t *segment, enum store_table table, struct slice key) {
    struct slice term;
    if (table == TABLE_DICT)
        return keys_split_dict(segment, &term, key);
    *segment = (uint32_t)(keys_to_number(key) >> 32);
    return true;
}

#endif
