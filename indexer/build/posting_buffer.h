/* The occurrences of one term as they are kept until they become a list: a string of codes.
 *
 *     chain      := occurrence*
 *     occurrence := code(distance << 1 | first) [code(document - the one before), when it is first]
 *     code       := 1, 2, 3 or 5 bytes, little-endian: how many is in the two low bits, 0 to 3
 *
 * `first` of its document: then the distance is its position, else that from the occurrence before.
 * Before the first document stands -1. Sizes are known from the first byte, so codes are written
 * and read without a loop and without a branch on their size.
 *
 * A chain lies in slices. No code straddles two: one that does not fit leaves a byte of 3 behind,
 * if there is room for one, which announces more bytes than are left. 8 bytes may be read anywhere.
 *
 * Threads: a chain belongs to one thread; many may read the same slices. */
#ifndef QUERN_INDEXER_BUILD_POSTING_BUFFER_H
#define QUERN_INDEXER_BUILD_POSTING_BUFFER_H

#include "common/base/bytes.h"
#include "common/base/codec.h"

enum {
    POSTING_BUFFER_SLACK = 8, /* bytes behind the last slice that may be read */
    POSTING_BUFFER_EXTENT_END = 3,
};

/* Of a value below 2^38. */
static inline unsigned posting_buffer_size_class(uint64_t value) {
    return (value >= UINT64_C(1) << 6) + (value >= UINT64_C(1) << 14) +
           (value >= UINT64_C(1) << 22);
}

static inline unsigned posting_buffer_code_size(unsigned size_class) {
    return size_class + 1 + (size_class == 3);
}

/* Steps through a chain, posting after posting. */
struct posting_buffer_reader {
    const uint8_t *at, *end; /* of the slice at hand */
    /* Sets at and end to the next slice; false when there is none or it cannot be read. */
    bool (*refill)(struct posting_buffer_reader *reader);
    uint32_t doc;      /* of the posting at hand, or POSTING_BUFFER_END */
    uint32_t position; /* of its first occurrence */
};

#define POSTING_BUFFER_END UINT32_MAX

static inline bool posting_buffer_read_code(uint64_t *value, struct posting_buffer_reader *reader) {
    static const uint64_t masks[] = {0x3f, 0x3fff, 0x3fffff, 0x3fffffffff};
    while (reader->at == reader->end ||
           (size_t)(reader->end - reader->at) < posting_buffer_code_size(*reader->at & 3))
        if (!reader->refill(reader))
            return false;
    unsigned size_class = *reader->at & 3;
    *value = get_u64(reader->at) >> 2 & masks[size_class];
    reader->at += posting_buffer_code_size(size_class);
    return true;
}

/* Steps to the posting whose first occurrence has this head. */
static inline void posting_buffer_begin_posting(struct posting_buffer_reader *reader,
                                                uint64_t head) {
    uint64_t gap;
    if (!posting_buffer_read_code(&gap, reader)) {
        reader->doc = POSTING_BUFFER_END;
        return;
    }
    reader->doc += (uint32_t)gap;
    reader->position = (uint32_t)(head >> 1);
}

/* Stands on the first posting; at, end and refill are set. */
static inline void posting_buffer_first(struct posting_buffer_reader *reader) {
    uint64_t head;
    reader->doc = UINT32_MAX;
    if (posting_buffer_read_code(&head, reader))
        posting_buffer_begin_posting(reader, head);
}

/* The next occurrence of the posting at hand, as its distance from the one before; false when there
 * is none: then the chain stands on the next posting. */
static inline bool posting_buffer_next_occurrence(uint32_t *distance,
                                                  struct posting_buffer_reader *reader) {
    uint64_t head;
    if (!posting_buffer_read_code(&head, reader)) {
        reader->doc = POSTING_BUFFER_END;
        return false;
    }
    if (head & 1) {
        posting_buffer_begin_posting(reader, head);
        return false;
    }
    *distance = (uint32_t)(head >> 1);
    return true;
}

#endif
