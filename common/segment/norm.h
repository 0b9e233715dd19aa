/* The length of a document in one byte.
 *
 * Lengths up to 31 words are kept as they are; above, a code is a range of lengths, 16 to each
 * doubling, up to 524,287 words; longer documents share the last code. A code stands for the middle
 * of its range, less than 1/32 (3.1 %) off. (Lucene's SmallFloat, whose idea this is, has 8 to each
 * doubling.) A longer document never has a smaller code, which bounds rely on. */
#ifndef QUERN_COMMON_SEGMENT_NORM_H
#define QUERN_COMMON_SEGMENT_NORM_H

#include "common/store/chunk.h"

static inline uint8_t norm_of_length(uint32_t length) {
    if (length < 32)
        return (uint8_t)length;
    unsigned bits = 31 - (unsigned)__builtin_clz(length); /* 5 and more */
    uint32_t code = 32 + (bits - 5) * 16 + ((length >> (bits - 4)) & 15);
    return code > 255 ? 255 : (uint8_t)code;
}

/* The least length that has this code. */
static inline uint32_t norm_min_length(uint8_t norm) {
    return norm < 32 ? norm : (16 + (norm - 32u) % 16) << ((norm - 32u) / 16 + 1);
}

/* The length, in words, that each code stands for. */
extern const float norm_lengths[256];

static inline double norm_length(uint8_t norm) {
    return norm_lengths[norm];
}

/* Reading: STREAM_NORMS has a byte a document, in chunks of NORM_CHUNK. A page is checked when one of its
 * documents is asked for, so that a query which meets few documents of a large index touches few of its pages. */
enum { NORM_CHUNK = 1 << 15 /* documents */ };

/* Norms of single documents, in any order but fast in theirs. Start with {.chunks = ...}. */
struct norm_reader {
    struct chunk_reader *chunks;
    const uint8_t *norms; /* of documents [first, first + count) */
    uint32_t first, count;
};

/* The slow path of norm_reader_norm(). */
uint8_t norm_reader_load(struct norm_reader *reader, uint32_t doc);

/* 0 when damaged: chunks->status. */
static inline uint8_t norm_reader_norm(struct norm_reader *reader, uint32_t doc) {
    uint32_t at = doc - reader->first;
    return at < reader->count ? reader->norms[at] : norm_reader_load(reader, doc);
}

/* The norms of documents [from, end), which lie in one chunk; NULL when damaged or not there. */
static inline const uint8_t *norm_reader_range(struct chunk_reader *chunks, uint32_t from,
                                               uint32_t end) {
    return chunk_read(chunks, STREAM_NORMS,
                      chunk_address(from / NORM_CHUNK, CHUNK_HEADER_SIZE + from % NORM_CHUNK),
                      end - from);
}

#endif
