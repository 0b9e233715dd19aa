/* SPDX-License-Identifier: MIT */
/* The lengths that norms stand for, and the slow path of reading norms. */
#include "common/segment/norm.h"

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

uint8_t norm_reader_load(struct norm_reader *reader, uint32_t doc) {
    uint32_t chunk = doc / NORM_CHUNK, at = CHUNK_HEADER_SIZE + doc % NORM_CHUNK;
    uint32_t page = (at + CHUNK_PAGE_BIAS) / CHUNK_PAGE_SIZE * CHUNK_PAGE_SIZE;
    uint32_t first =
        page > CHUNK_HEADER_SIZE + CHUNK_PAGE_BIAS ? page - CHUNK_PAGE_BIAS : CHUNK_HEADER_SIZE;
    uint32_t end = page + CHUNK_PAGE_SIZE - CHUNK_PAGE_BIAS;
    uint32_t left = chunk_bytes_left(reader->chunks, STREAM_NORMS, chunk_address(chunk, first));
    if (left > end - first)
        left = end - first;
    /* Includes the document even past the end of the chunk, for chunk_read() to report it. */
    uint32_t size = left > at - first ? left : at - first + 1;
    reader->count = 0;
    reader->norms = chunk_read(reader->chunks, STREAM_NORMS, chunk_address(chunk, first), size);
    if (!reader->norms)
        return 0;
    reader->first = doc - (at - first);
    reader->count = size;
    return reader->norms[at - first];
}
