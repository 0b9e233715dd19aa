/* Document ids -> document numbers: a hash table of each segment, as pages of sorted fingerprints.
 *
 *     page of an id  := (hash * pages) >> 64        hash := XXH3, 64 bits, of the id
 *     page           := fingerprint(u16){n} document{n}
 *     fingerprint    := low 16 bits of the hash; ascending, of equal ones the lower document first
 *     document       := u24 in a segment of up to 2^24 documents, else u32
 *     index          := entry{pages}                8 bytes each: address(u48) n(u16); 8,182 to a
 * chunk
 *
 * About 5.1 bytes a document; a look-up touches three cache lines. What it finds are candidates:
 * the caller compares the id itself (one in 128 look-ups of an unknown id meets a wrong one). */
#ifndef QUERN_COMMON_IDS_H
#define QUERN_COMMON_IDS_H

#include "common/chunk.h"

enum {
    IDS_PAGE = 512, /* documents to a page, on average */
    IDS_ENTRY = 8,
    IDS_PER_CHUNK = CHUNK_DATA / IDS_ENTRY,
};

uint64_t ids_hash(struct slice id);

struct ids_item {
    uint64_t hash;
    uint32_t doc;
};

/* Writes the table of `count` documents; sorts the items. `documents` is how many the segment has.
 */
enum status ids_write(struct chunk_sink *sink, uint32_t segment, struct ids_item *items,
                      size_t count, uint32_t documents, uint32_t chunks[STREAM_MAX],
                      struct error *err);

/* The candidates of a hash: start with ids_find(), then ids_next() until false. */
struct ids_match {
    const uint8_t *fingerprints, *documents;
    uint32_t index, count, width;
    uint16_t fingerprint;
};

/* False when there is no candidate, or the table is damaged: chunks->status. */
bool ids_find(struct ids_match *match, struct chunk_reader *chunks, uint32_t documents,
              uint64_t hash);
bool ids_next(struct ids_match *match, uint32_t *doc);

#endif
