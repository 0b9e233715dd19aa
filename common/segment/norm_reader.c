#include "common/segment/norm_reader.h"

uint8_t norm_reader_load(struct norm_reader *reader, uint32_t doc) {
    uint32_t chunk = doc / NORM_CHUNK, at = CHUNK_HEADER_SIZE + doc % NORM_CHUNK;
    uint32_t page = (at + CHUNK_PAGE_BIAS) / CHUNK_PAGE_SIZE * CHUNK_PAGE_SIZE;
    uint32_t first =
        page > CHUNK_HEADER_SIZE + CHUNK_PAGE_BIAS ? page - CHUNK_PAGE_BIAS : CHUNK_HEADER_SIZE;
    uint32_t end = page + CHUNK_PAGE_SIZE - CHUNK_PAGE_BIAS;
    uint32_t left = chunk_bytes_left(reader->chunks, STREAM_NORMS, chunk_address(chunk, first));
    if (left > end - first)
        left = end - first;
    /* Asked for in any case: a document behind the end is reported by chunk_read(). */
    uint32_t size = left > at - first ? left : at - first + 1;
    reader->count = 0;
    reader->norms = chunk_read(reader->chunks, STREAM_NORMS, chunk_address(chunk, first), size);
    if (!reader->norms)
        return 0;
    reader->first = doc - (at - first);
    reader->count = size;
    return reader->norms[at - first];
}
