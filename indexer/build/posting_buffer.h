/* SPDX-License-Identifier: MIT */
/* The postings of one term while a segment is being built: a string of codes.
 *
 *     buffer     = occurrence*
 *     occurrence = head:code gap:code?   ; gap: only for the first occurrence in its document
 *     head       = distance << 1 | first ; distance: from the occurrence before in the document,
 *                                        ; or the position itself if it is the first
 *     gap        = document - document before      ; -1 before the first document
 *     code       = value << 2 | size_class         ; little-endian, 1, 2, 3 or 5 bytes for the
 *                                                  ; size classes 0 to 3
 *
 * The first byte determines the size, so codes are written and read without a loop and without a
 * branch on their size.
 *
 * A buffer consists of extents. No code crosses from one extent into the next: if a code does not
 * fit, a byte POSTING_BUFFER_EXTENT_END follows the last one, if there is room for it. It announces
 * more bytes than the extent has left. Eight bytes may be read at any offset.
 *
 * Threads: one thread writes a buffer; many may read it. */
#ifndef QUERN_INDEXER_BUILD_POSTING_BUFFER_H
#define QUERN_INDEXER_BUILD_POSTING_BUFFER_H

#include "common/base/bytes.h"
#include "common/base/codec.h"

enum {
    POSTING_BUFFER_SLACK = 8, /* bytes after the last extent that may be read */
    POSTING_BUFFER_EXTENT_END = 3,
};

/* The size class of a value below 2^38. */
static inline unsigned posting_buffer_size_class(uint64_t value) {
    return (value >= UINT64_C(1) << 6) + (value >= UINT64_C(1) << 14) +
           (value >= UINT64_C(1) << 22);
}

static inline unsigned posting_buffer_code_size(unsigned size_class) {
    return size_class + 1 + (size_class == 3);
}

/* Steps through the postings of a buffer. */
struct posting_buffer_reader {
    const uint8_t *at, *end; /* of the current extent */
    /* Sets `at` and `end` to the next extent. False: there is none, or it cannot be read. */
    bool (*refill)(struct posting_buffer_reader *reader);
    uint32_t doc;      /* of the current posting, or POSTING_BUFFER_END */
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

/* Steps to the first posting. The caller has set `at`, `end` and `refill`. */
static inline void posting_buffer_first(struct posting_buffer_reader *reader) {
    uint64_t head;
    reader->doc = UINT32_MAX;
    if (posting_buffer_read_code(&head, reader))
        posting_buffer_begin_posting(reader, head);
}

/* Reads the next occurrence in the current posting, as its distance from the one before. False: the
 * posting has no more, and the reader is at the next posting. */
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
