/* SPDX-License-Identifier: MIT */
/* The lengths that norms stand for, and the slow path of reading norms. */
#include "common/segment/norm.h"

enum { NORM_CONSTANTS = 32 }; /* at a time */

/* clang-format off */
#define MIN_LENGTH(n) ((n) < 32 ? (n) : (16 + ((n) - 32) % 16) << (((n) - 32) / 16 + 1))
#define RANGE_SIZE(n) ((n) < 32 ? 1 : 1 << (((n) - 32) / 16 + 1))
#define LENGTH(n) (float)(MIN_LENGTH(n) + (RANGE_SIZE(n) - 1) / 2.0)
#define FOUR(n) LENGTH(n), LENGTH((n) + 1), LENGTH((n) + 2), LENGTH((n) + 3)
#define SIXTEEN(n) FOUR(n), FOUR((n) + 4), FOUR((n) + 8), FOUR((n) + 12)
const float norm_lengths[256] = {
    SIXTEEN(0), SIXTEEN(16), SIXTEEN(32), SIXTEEN(48), SIXTEEN(64), SIXTEEN(80), SIXTEEN(96),
    SIXTEEN(112), SIXTEEN(128), SIXTEEN(144), SIXTEEN(160), SIXTEEN(176), SIXTEEN(192),
    SIXTEEN(208), SIXTEEN(224), SIXTEEN(240)};
/* clang-format on */

/* Norms that are not stored, of documents from `doc` on in its chunk. */
static uint8_t load_constant(struct norm_reader *reader, uint32_t doc, const uint8_t *norms) {
    uint32_t left = NORM_CHUNK - doc % NORM_CHUNK;
    reader->norms = norms;
    reader->first = doc;
    reader->count = left < NORM_CONSTANTS ? left : NORM_CONSTANTS;
    return norms[0];
}

uint8_t norm_reader_load(struct norm_reader *reader, uint32_t doc) {
    static const uint8_t zeros[NORM_CONSTANTS];
    static const uint8_t ones[NORM_CONSTANTS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                                 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    if (reader->source.kind == NORM_ONE)
        return load_constant(reader, doc, ones);
    bool of_field = reader->source.kind == NORM_OF_FIELD;
    enum stream stream = of_field ? STREAM_FIELD_NORMS : STREAM_NORMS;
    uint32_t chunk = reader->source.first_chunk + doc / NORM_CHUNK;
    uint32_t at = CHUNK_HEADER_SIZE + doc % NORM_CHUNK;
    reader->count = 0;
    uint32_t stored =
        chunk_bytes_left(reader->chunks, stream, chunk_address(chunk, CHUNK_HEADER_SIZE));
    if (of_field && stored && at >= CHUNK_HEADER_SIZE + stored)
        return load_constant(reader, doc, zeros);
    const uint8_t *all =
        chunk_peek(reader->chunks, stream, chunk_address(chunk, CHUNK_HEADER_SIZE), stored);
    if (all && at < CHUNK_HEADER_SIZE + stored) {
        reader->norms = all;
        reader->first = doc - doc % NORM_CHUNK;
        reader->count = stored;
        return all[doc % NORM_CHUNK];
    }
    uint32_t page = (at + CHUNK_PAGE_BIAS) / CHUNK_PAGE_SIZE * CHUNK_PAGE_SIZE;
    uint32_t first =
        page > CHUNK_HEADER_SIZE + CHUNK_PAGE_BIAS ? page - CHUNK_PAGE_BIAS : CHUNK_HEADER_SIZE;
    uint32_t end = page + CHUNK_PAGE_SIZE - CHUNK_PAGE_BIAS;
    uint32_t left = chunk_bytes_left(reader->chunks, stream, chunk_address(chunk, first));
    if (left > end - first)
        left = end - first;
    /* Includes the document even past the end of the chunk, for chunk_read() to report it. */
    uint32_t size = left > at - first ? left : at - first + 1;
    reader->norms = chunk_read(reader->chunks, stream, chunk_address(chunk, first), size);
    if (!reader->norms)
        return 0;
    reader->first = doc - (at - first);
    reader->count = size;
    return reader->norms[at - first];
}
