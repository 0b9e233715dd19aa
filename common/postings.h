/* The postings of a term in one segment: which documents have it, how often, and where.
 *
 *     list      := block{df / 128} tail?            df >= 128; tail when df % 128 > 0
 *                | short                            1 < df < 128
 *                                                   (df == 1 stands in the dictionary)
 *     block     := width(u8) positions(u48) gaps frequencies
 *     gaps      := 128 values, document - the one before - 1, packed in `width` bits (bitpack.h);
 *                  before the first document of a list stands -1
 *     frequencies := pfor of 128 values, frequency - 1
 *     tail      := positions(u48) short
 *     short     := posting{df % 128}
 *     posting   := varint((gap - 1) << 1 | (frequency == 1)) [varint(frequency - 2)]
 *
 * Each block and tail of a list of df >= 128 has an entry of 16 bytes in STREAM_SKIPS; a list's
 * entries are numbered one after the other, 4,091 to a chunk:
 *
 *     skip      := last document(u32) chunk(u32) offset(u16) impact{3}
 *     impact    := frequency(u8) norm(u8)
 *
 * The positions of a block's postings are a run of their own (positions.h), named by the block (by
 * the dictionary for short lists). */
#ifndef QUERN_COMMON_POSTINGS_H
#define QUERN_COMMON_POSTINGS_H

#include "common/chunk.h"
#include "common/codec.h"
#include "common/dictionary.h"
#include "common/impact.h"
#include "common/positions.h"

enum {
    POSTINGS_BLOCK = 128,
    SKIP_SIZE = 16,
    SKIPS_PER_CHUNK = CHUNK_DATA / SKIP_SIZE,
    POSTINGS_BLOCK_MAX = 7 + 512 + 2 + 512 + 128 * 5, /* bytes of a block */
    POSTINGS_BYTES_MAX = 6 + 128 * 2 * VARINT_MAX,    /* of a block, tail or short list */
};

/* Where skip entry `number` lies. */
static inline uint64_t skip_address(uint64_t number) {
    return chunk_address((uint32_t)(number / SKIPS_PER_CHUNK),
                         CHUNK_HEAD + SKIP_SIZE * (uint32_t)(number % SKIPS_PER_CHUNK));
}

static inline uint32_t skip_last(const uint8_t *skip) {
    return get_u32(skip);
}

static inline uint64_t skip_block(const uint8_t *skip) {
    return chunk_address(get_u32(skip + 4), get_u16(skip + 8));
}

static inline void skip_impacts(const uint8_t *skip, struct impact impacts[IMPACT_COUNT]) {
    for (unsigned i = 0; i < IMPACT_COUNT; i++)
        impacts[i] = (struct impact){.frequency = skip[10 + 2 * i], .norm = skip[11 + 2 * i]};
}

/* How many skip entries a list of `documents` has. */
static inline uint32_t skip_count(uint32_t documents) {
    return documents < POSTINGS_BLOCK ? 0 : (documents + POSTINGS_BLOCK - 1) / POSTINGS_BLOCK;
}

/* Writing: the three streams of a segment, term after term in the order of the dictionary. */
struct postings_writer {
    struct chunk_writer postings, skips;
    struct positions_writer positions;
    const uint8_t *norms; /* of the segment's documents, borrowed; set before the first term */
    uint64_t skip_next;   /* number of the next skip entry */

    /* The term being written. */
    struct term_entry entry;
    uint32_t before; /* last document of the block before, UINT32_MAX: none */
    uint32_t count;  /* postings in the block being filled */
    uint32_t docs[POSTINGS_BLOCK];
    uint32_t frequencies[POSTINGS_BLOCK];
    uint32_t *values; /* positions of the block, as a run's values; owned */
    size_t value_count, value_capacity;
    struct impact_set all; /* bounds all blocks of the term so far */
};

void postings_writer_init(struct postings_writer *writer, struct chunk_sink *sink,
                          uint32_t segment);
void postings_writer_release(struct postings_writer *writer);

void postings_writer_begin(struct postings_writer *writer);
/* Appends a posting with a document greater than the last one's. Returns where its `frequency`
 * position values go (to be filled before the next call), or NULL when memory is out or writing
 * failed: *err. */
uint32_t *postings_writer_add(struct postings_writer *writer, uint32_t doc, uint32_t frequency,
                              struct error *err);
/* Ends the term; its entry then says where everything is. */
enum status postings_writer_end(struct postings_writer *writer, struct error *err);
/* Ends the streams. */
enum status postings_writer_flush(struct postings_writer *writer, struct error *err);

/* Reading. A list is read by blocks, numbered from 0; a list of df < 128 is one block. */
struct postings_block {
    uint32_t docs[POSTINGS_BLOCK];
    uint32_t frequencies[POSTINGS_BLOCK]; /* valid after postings_block_frequencies() */
    uint32_t count;
    const uint8_t *packed; /* frequencies that are not decoded yet, or NULL */
    size_t packed_size;
    uint64_t positions; /* where its run of positions begins */
};

/* How many blocks a list has. */
static inline uint32_t postings_blocks(const struct term_entry *entry) {
    return entry->documents < POSTINGS_BLOCK ? 1 : skip_count(entry->documents);
}

/* Decodes the documents of block `number`. False when it is damaged: chunks->status. */
bool postings_block_load(struct postings_block *block, struct chunk_reader *chunks,
                         const struct term_entry *entry, uint32_t number);

/* The same when the caller knows where the block is and which document comes before it. */
bool postings_block_load_at(struct postings_block *block, struct chunk_reader *chunks,
                            uint64_t address, uint32_t count, uint32_t before);

/* Decodes its frequencies, unless that was done. */
bool postings_block_unpack(struct postings_block *block, struct chunk_reader *chunks);

static inline bool postings_block_frequencies(struct postings_block *block,
                                              struct chunk_reader *chunks) {
    return !block->packed || postings_block_unpack(block, chunks);
}

#endif
