/* SPDX-License-Identifier: MIT */
/* The id index of a segment: from the hash of a document's id to its number. It is a hash table on
 * disk, of pages of sorted fingerprints.
 *
 *     page     = upper entry*n page_entry? ; in ascending order of fingerprints, then of documents;
 *                                          ; both parts are padded with zero bits to whole bytes
 *     upper    = group*2^(16 - lower)      ; lower = 16 - bits(n - 1), at most 14
 *     group    = 1-bit* 0-bit              ; a one for each document whose fingerprint >> lower is
 *                                          ; the number of the group, from 0
 *     entry    = fingerprint document      ; the `lower` low bits of the one, bits(documents - 1)
 *                                          ; bits of the other
 *     index    = page_entry*pages          ; 14 bytes each, 4,675 to a chunk
 *     page_entry = address:u48 end:u16*3 count:u16   ; end number i, from 1: how many documents of the
 *                                          ; page have a fingerprint < i * 2^14; count: n, which is
 *                                          ; at most 4,096, plus 2^15 if the page continues
 *
 * The hash of an id is its XXH3 of 64 bits, with the seed of the index. It belongs to page (hash *
 * pages) >> 64, and the low 16 bits are its fingerprint. A page continues where its last page_entry
 * says, at a smaller address, when more than 4,096 ids belong to it: they have bad luck, or somebody
 * knew the seed. bits(x) is the width of x in bits, 0 for 0; bits are numbered from the
 * low end of each byte. In this form (Elias, 1974; Fano, 1971) a fingerprint takes 9 bits, and one
 * of a million documents takes 3.75 bytes. A look-up reads a page_entry, a few words of the upper
 * part and an entry. It finds candidates: the caller compares the ids (one in 128 look-ups of an
 * unknown id finds a wrong one).
 *
 * Threads: reading uses a chunk_reader, and belongs to its thread. */
#ifndef QUERN_COMMON_SEGMENT_ID_INDEX_H
#define QUERN_COMMON_SEGMENT_ID_INDEX_H

#include "common/store/chunk.h"

enum {
    ID_INDEX_PAGE_DOCS = 512, /* mean documents of a page */
    ID_INDEX_PAGE_MAX = 4096, /* documents of a page; those beyond are in one that continues it */
    ID_INDEX_ENTRY_SIZE = 14, /* bytes of a page_entry */
};

/* The hash of an id, which decides on its page and fingerprint. */
uint64_t id_index_hash(uint64_t seed, struct slice id);

/* The documents to be indexed: all of a segment, or consecutive ones. */
struct id_index_source {
    const uint64_t *hashes; /* hashes[i] is id_index_hash() of document first + i */
    uint32_t first, count;
    uint32_t documents; /* of the whole segment */
};

/* Writes the index of a segment and sets chunks[STREAM_IDS] and chunks[STREAM_ID_INDEX] to how many
 * chunks it has. Entries are sorted in about `memory` bytes, in as many passes over the hashes as
 * that takes; 4 bytes a page come on top. It fails as chunk_writer_add() does, or with ST_NOMEM. */
enum status id_index_write(uint32_t chunks[STREAM_MAX], struct chunk_sink *sink, uint32_t segment,
                           const struct id_index_source *source, uint64_t memory,
                           struct error *err);

/* The candidates of a hash: id_index_find() begins, id_index_next() returns one after another. */
struct id_index_match {
    struct chunk_reader *chunks;
    uint32_t documents;  /* of the segment */
    uint16_t hash;       /* its low bits: the fingerprint */
    uint64_t address;    /* of the page, or of the part of it that was reached */
    const uint8_t *next; /* the page_entry of what continues it; NULL: nothing */
    const uint8_t *upper, *entries;
    uint32_t upper_size, entries_size; /* bytes */
    uint32_t upper_bit;                /* the next bit of the upper part */
    uint32_t index, count;             /* the next entry */
    uint32_t lower_width, entry_width; /* bits of an entry: of the fingerprint, and in all */
    uint32_t fingerprint;              /* its low bits, which entries have */
    uint32_t doc;                      /* the next candidate */
    bool found;                        /* there is one */
};

/* False: there is no candidate, or the index is damaged; then chunks->status has the failure. */
bool id_index_find(struct id_index_match *match, struct chunk_reader *chunks, uint32_t documents,
                   uint64_t hash);
/* The next candidate in ascending order. False: there is none. */
bool id_index_next(uint32_t *doc, struct id_index_match *match);
/* Skips the candidates below `doc`, in logarithmic time: candidates ascend. */
void id_index_seek(struct id_index_match *match, uint32_t doc);

/* How many pages the index of a segment has, by the number of its documents. */
uint32_t id_index_page_count(uint32_t documents);
/* Sets *count to how many entries all pages have together. False: the index is damaged;
 * chunks->status has the failure. */
bool id_index_entry_count(uint64_t *count, struct chunk_reader *chunks, uint32_t documents);

#endif
