/* SPDX-License-Identifier: MIT */
/* Norms: the length of a document, or of one of its fields, in one byte, and the reader of the
 * streams that store them.
 *
 * Lengths up to 31 tokens have a code each. Above, a code is a range of lengths, 16 to each
 * doubling, up to 524,287 tokens; longer documents share the last code. A code stands for the
 * middle of its range, less than 1/32 (3.1 %) off. A longer document never has a smaller code, on
 * which bounds of scores rely. (The idea is that of Lucene's SmallFloat, which has 8 codes to each
 * doubling.)
 *
 * STREAM_NORMS has a byte for each document, NORM_CHUNK to a chunk. STREAM_FIELD_NORMS has the same
 * of each text field with lists of its own, one field after the other; there the zeros at the end of
 * a chunk are left out, except for its first byte. A page is verified when one of its documents is
 * read, so a query that meets few documents of a large index touches few pages.
 *
 * Threads: a reader belongs to the thread of its chunk_reader. */
#ifndef QUERN_COMMON_SEGMENT_NORM_H
#define QUERN_COMMON_SEGMENT_NORM_H

#include "common/segment/term_entry.h"
#include "common/store/chunk.h"

static inline uint8_t norm_of_length(uint32_t length) {
    if (length < 32)
        return (uint8_t)length;
    unsigned bits = 31 - (unsigned)__builtin_clz(length); /* at least 5 */
    uint32_t code = 32 + (bits - 5) * 16 + ((length >> (bits - 4)) & 15);
    return code > 255 ? 255 : (uint8_t)code;
}

/* The least length with this norm. */
static inline uint32_t norm_min_length(uint8_t norm) {
    return norm < 32 ? norm : (16 + (norm - 32u) % 16) << ((norm - 32u) / 16 + 1);
}

/* The length in tokens that each norm stands for. */
extern const float norm_lengths[256];

static inline double norm_length(uint8_t norm) {
    return norm_lengths[norm];
}

enum { NORM_CHUNK = 1 << 15 /* documents */ };

/* Reads norms of single documents: in any order, but fast in ascending order. Starts as {.chunks =
 * ..., .source = ...}; the source may be left out for STREAM_NORMS. */
struct norm_reader {
    struct chunk_reader *chunks;
    struct norm_source source;
    const uint8_t *norms; /* of documents [first, first + count) */
    uint32_t first, count;
};

/* The slow path of norm_reader_norm(). */
uint8_t norm_reader_load(struct norm_reader *reader, uint32_t doc);

/* The norm of a document. 0 if it is damaged: chunks->status has the failure. */
static inline uint8_t norm_reader_norm(struct norm_reader *reader, uint32_t doc) {
    uint32_t at = doc - reader->first;
    return at < reader->count ? reader->norms[at] : norm_reader_load(reader, doc);
}

/* The norms of documents [from, end), which are in one chunk. NULL: damaged, or there are none. */
static inline const uint8_t *norm_reader_range(struct chunk_reader *chunks, uint32_t from,
                                               uint32_t end) {
    return chunk_read(chunks, STREAM_NORMS,
                      chunk_address(from / NORM_CHUNK, CHUNK_HEADER_SIZE + from % NORM_CHUNK),
                      end - from);
}

#endif
