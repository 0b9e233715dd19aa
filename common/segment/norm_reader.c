#include "common/segment/norm_reader.h"

uint8_t norm_reader_turn(struct norm_reader *reader, uint32_t doc) {
    uint32_t chunk = doc / NORM_CHUNK, at = CHUNK_HEAD + doc % NORM_CHUNK;
    uint32_t page = (at + CHUNK_BASE) / CHUNK_PAGE * CHUNK_PAGE;
    uint32_t first = page > CHUNK_HEAD + CHUNK_BASE ? page - CHUNK_BASE : CHUNK_HEAD;
    uint32_t end = page + CHUNK_PAGE - CHUNK_BASE;
    uint32_t left = chunk_left(reader->chunks, STREAM_NORMS, chunk_address(chunk, first));
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
