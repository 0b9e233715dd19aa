/* Document ids -> document numbers: a hash table of each segment, as pages of sorted fingerprints.
 *
 *     page of an id  := (hash * pages) >> 64      hash := XXH3, 64 bits, of the id
 *     fingerprint    := low 16 bits of the hash
 *     page           := heads entry{n}            in the order of fingerprints, of equal ones of
 *                                                 documents; each ends with zero bits up to a byte
 *     heads          := head{2^(16 - low)}        low := 16 - bits(n - 1), at most 14
 *     head           := a one bit for each document with the next value of fingerprint >> low,
 *                       a zero bit
 *     entry          := the low bits of the fingerprint, bits(documents - 1) bits of the document
 *     index          := place{pages}              14 bytes each, 4,675 to a chunk
 *     place          := address(u48) end(u16){4}  the n-th end: how many documents of the page have
 *                                                 a fingerprint below n * 2^14, n from 1
 *
 * bits(x) is how many bits the number x has, 0 for 0. Bits are taken from the low end of a byte
 * first, numbers from their low end. In this form (Elias, 1974, and Fano, 1971) a fingerprint takes
 * 9 bits, and a document of a million 3.75 bytes. A look-up touches its place, some words of the
 * heads and an entry. What it finds are candidates: the caller compares the id itself (one in 128
 * look-ups of an unknown id meets a wrong one). */
#ifndef QUERN_COMMON_SEGMENT_ID_INDEX_H
#define QUERN_COMMON_SEGMENT_ID_INDEX_H

#include "common/store/chunk.h"

enum {
    ID_INDEX_PAGE_DOCS = 512, /* documents to a page, on average */
    ID_INDEX_ENTRY_SIZE = 14,
    ID_INDEX_ENTRIES_PER_CHUNK = CHUNK_DATA_SIZE / ID_INDEX_ENTRY_SIZE,
};

uint64_t id_index_hash(struct slice id);

/* The documents of a table to be written: all of a segment, or some in a row. */
struct id_index_source {
    const uint64_t *hashes; /* hashes[i] is id_index_hash() of document first + i */
    uint32_t first, count;
    uint32_t documents; /* of the segment */
};

/* Writes the table. Its entries are sorted in about `memory` bytes, in as many passes over the
 * hashes as that takes; besides it needs 4 bytes for each page. */
enum status id_index_write(struct chunk_sink *sink, uint32_t segment,
                           const struct id_index_source *source, uint64_t memory,
                           uint32_t chunks[STREAM_MAX], struct error *err);

/* The candidates of a hash: start with id_index_find(), then id_index_next() until false. */
struct id_index_match {
    const uint8_t *upper, *entries;
    uint32_t upper_size, entries_size; /* bytes */
    uint32_t upper_bit;                /* the next bit of the heads */
    uint32_t index, count;             /* the next entry */
    uint32_t lower_width, entry_width; /* bits of an entry: of its fingerprint, in all */
    uint32_t fingerprint;              /* its low bits */
    uint32_t doc;                      /* the next candidate, */
    bool found;                        /* when there is one */
};

/* False when there is no candidate, or the table is damaged: chunks->status. */
bool id_index_find(struct id_index_match *match, struct chunk_reader *chunks, uint32_t documents,
                   uint64_t hash);
bool id_index_next(uint32_t *doc, struct id_index_match *match);

/* How many pages the table of a segment has. */
uint32_t id_index_page_count(uint32_t documents);
/* How many entries they have. False when the index is damaged: chunks->status. */
bool id_index_entry_count(uint64_t *count, struct chunk_reader *chunks, uint32_t documents);

#endif
