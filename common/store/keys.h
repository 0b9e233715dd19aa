/* The keys of records that belong to a segment. They begin with its number, so that a segment's
 * records lie side by side and the least key of a table is that of segment 0.
 *
 *     dict      := segment(u32, big-endian) first term
 *     chunk     := the number segment << 32 | stream << 28 | chunk
 *     live      := the number segment << 32 | document >> 13
 *
 * Numbers are u64 in the machine's order, as LMDB compares them. */
#ifndef QUERN_COMMON_STORE_KEYS_H
#define QUERN_COMMON_STORE_KEYS_H

#include "common/store/store.h"

enum {
    KEYS_SEGMENT = 4,     /* bytes of a key of TABLE_DICT before the term */
    KEYS_CHUNK_BITS = 28, /* of a chunk's number */
};

/* A key of TABLE_CHUNK or TABLE_DELETES: `low` is what comes after the segment. */
static inline uint64_t keys_number(uint32_t segment, uint32_t low) {
    return (uint64_t)segment << 32 | low;
}

static inline uint32_t keys_low(struct slice key) {
    uint64_t number;
    memcpy(&number, key.data, sizeof number);
    return (uint32_t)number;
}

/* The least key of a segment in one of the three tables, put into bytes[8]. */
static inline struct slice keys_first(enum store_table table, uint32_t segment, uint8_t *bytes) {
    if (table == TABLE_DICT) {
        for (unsigned i = 0; i < KEYS_SEGMENT; i++)
            bytes[i] = (uint8_t)(segment >> (24 - 8 * i));
        return slice_of(bytes, KEYS_SEGMENT);
    }
    uint64_t number = keys_number(segment, 0);
    memcpy(bytes, &number, sizeof number);
    return slice_of(bytes, sizeof number);
}

/* The segment that a key of one of the three tables names. False: it is too short to name one,
 * which a key of TABLE_DICT can be. */
static inline bool keys_segment(uint32_t *segment, enum store_table table, struct slice key) {
    if (table == TABLE_DICT) {
        if (key.size < KEYS_SEGMENT)
            return false;
        *segment = (uint32_t)key.data[0] << 24 | (uint32_t)key.data[1] << 16 |
                   (uint32_t)key.data[2] << 8 | key.data[3];
        return true;
    }
    uint64_t number;
    memcpy(&number, key.data, sizeof number);
    *segment = (uint32_t)(number >> 32);
    return true;
}

#endif
