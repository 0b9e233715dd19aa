/* Reading the lengths of a segment's documents: STREAM_NORMS, a byte (norm.h) a document in chunks
 * of 32,768. A page is checked when one of its documents is asked for, so that a query which meets
 * few documents of a large index touches few of its pages. */
#ifndef QUERN_COMMON_SEGMENT_NORM_READER_H
#define QUERN_COMMON_SEGMENT_NORM_READER_H

#include "common/store/chunk.h"

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
