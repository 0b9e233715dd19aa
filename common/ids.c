#include "common/ids.h"

#include <stdlib.h>

#include "common/codec.h"

uint64_t ids_hash(struct slice id) {
    return hash64(id.data, id.size, 0);
}

static uint32_t page_count(uint32_t documents) {
    return documents / IDS_PAGE + 1;
}

static uint32_t page_of(uint64_t hash, uint32_t pages) {
    return (uint32_t)(((unsigned __int128)hash * pages) >> 64);
}

static uint32_t width_of(uint32_t documents) {
    return documents <= 1u << 24 ? 3 : 4;
}

/* By hash: that is by page, too. */
static int compare_hash(const void *a, const void *b) {
    const struct ids_item *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

static int compare_fingerprint(const void *a, const void *b) {
    const struct ids_item *x = a, *y = b;
    uint16_t p = (uint16_t)x->hash, q = (uint16_t)y->hash;
    if (p != q)
        return p < q ? -1 : 1;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

static enum status write_page(struct chunk_writer *data, struct chunk_writer *index,
                              struct ids_item *items, size_t count, uint32_t width,
                              struct error *err) {
    /* A page holds 512 on average and the hash is uniform: 9,000, which would not fit a chunk, has
     * a chance below 1e-1000 unless the ids were chosen against the hash. */
    if (count * (2 + width) > CHUNK_DATA)
        return error_set(err, ST_LIMIT, 0, "too many document ids have the same hash");
    uint8_t *place = NULL;
    uint64_t address = 0;
    enum status status = ST_OK;
    if (count) {
        qsort(items, count, sizeof *items, compare_fingerprint);
        status = chunk_writer_place(data, (uint32_t)count * (2 + width), &place, &address, err);
    }
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        put_u16(place + 2 * i, (uint16_t)items[i].hash);
        for (uint32_t byte = 0; byte < width; byte++)
            place[2 * count + width * i + byte] = (uint8_t)(items[i].doc >> (8 * byte));
    }
    uint8_t entry[IDS_ENTRY];
    put_u48(entry, address);
    put_u16(entry + 6, (uint16_t)count);
    return chunk_writer_add(index, entry, sizeof entry, &address, err);
}

enum status ids_write(struct chunk_sink *sink, uint32_t segment, struct ids_item *items,
                      size_t count, uint32_t documents, uint32_t chunks[STREAM_MAX],
                      struct error *err) {
    struct chunk_writer data, index;
    chunk_writer_init(&data, sink, segment, STREAM_IDS);
    chunk_writer_init(&index, sink, segment, STREAM_ID_INDEX);
    if (count) /* a segment without documents has no items at all */
        qsort(items, count, sizeof *items, compare_hash);
    uint32_t pages = page_count(documents);
    enum status status = ST_OK;
    size_t next = 0;
    for (uint32_t page = 0; page < pages && !status; page++) {
        size_t first = next;
        while (next < count && page_of(items[next].hash, pages) == page)
            next++;
        status = write_page(&data, &index, items + first, next - first, width_of(documents), err);
    }
    if (!status)
        status = chunk_writer_flush(&data, err);
    if (!status)
        status = chunk_writer_flush(&index, err);
    chunks[STREAM_IDS] = data.chunk;
    chunks[STREAM_ID_INDEX] = index.chunk;
    chunk_writer_release(&data);
    chunk_writer_release(&index);
    return status;
}

bool ids_find(struct ids_match *match, struct chunk_reader *chunks, uint32_t documents,
              uint64_t hash) {
    uint32_t page = page_of(hash, page_count(documents));
    const uint8_t *entry = chunk_read(
        chunks, STREAM_ID_INDEX,
        chunk_address(page / IDS_PER_CHUNK, CHUNK_HEAD + IDS_ENTRY * (page % IDS_PER_CHUNK)),
        IDS_ENTRY);
    if (!entry)
        return false;
    uint32_t count = get_u16(entry + 6);
    if (!count)
        return false;
    uint32_t width = width_of(documents);
    const uint8_t *bytes = chunk_read(chunks, STREAM_IDS, get_u48(entry), count * (2 + width));
    if (!bytes)
        return false;
    *match = (struct ids_match){.fingerprints = bytes,
                                .documents = bytes + 2 * (size_t)count,
                                .count = count,
                                .width = width,
                                .fingerprint = (uint16_t)hash};
    /* Fingerprints are uniform, so the place can be guessed to within a few; walk from there. */
    uint32_t index = (uint32_t)((uint64_t)match->fingerprint * count >> 16);
    while (index < count && get_u16(bytes + 2 * (size_t)index) < match->fingerprint)
        index++;
    while (index > 0 && get_u16(bytes + 2 * (size_t)(index - 1)) >= match->fingerprint)
        index--;
    match->index = index;
    return index < count && get_u16(bytes + 2 * (size_t)index) == match->fingerprint;
}

bool ids_next(struct ids_match *match, uint32_t *doc) {
    if (match->index >= match->count ||
        get_u16(match->fingerprints + 2 * (size_t)match->index) != match->fingerprint)
        return false;
    const uint8_t *bytes = match->documents + (size_t)match->width * match->index++;
    *doc = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
    if (match->width == 4)
        *doc |= (uint32_t)bytes[3] << 24;
    return true;
}
