/* Where in its documents a term is: the positions of one block of postings, a run.
 *
 * A posting's values are its first position as it is and each other one less the one before it.
 *
 *     run       := piece*                                    of a short list (df < 128)
 *                | head(u8) size(varint){groups} group{groups}     of a block: one item
 *                | 255(u8) piece*                            of a block that would not fit a chunk
 *     piece     := varint{128} | varint{rest}                an item of its own
 *     head      := code | spread << 5
 *     group     := rice code of each value of 2^spread postings, fewer in the last; size: its bytes
 *
 * A piece stands behind the one before, or at the start of the next chunk when it does not fit. The
 * last byte of a group is filled up with zero bits.
 *
 * A term that is tf times in a document of `length` words is about length / (tf + 1) words apart,
 * so that is what its values are measured by:
 *
 *     k         := floor(log2(max(1, length / (tf + 1)))) + code - 8, at least 0 and at most 24
 *     rice(v)   := v >> k zero bits, a one bit, the low k bits of v     when v >> k < 24
 *                | 24 zero bits, a one bit, the 32 bits of v            otherwise
 *
 * where length is the least that the document's norm stands for, / cuts to an integer, and bits are
 * taken from the low end of each byte first. The writer chooses for the block: `code`, so that it
 * is small, and `spread`, 0 to 4, so that a group has about 100 values: what is decoded at least to
 * get at one posting. (Golomb, "Run-length encodings", 1966; Rice and Plaunt, "Adaptive
 * variable-length coding", 1971.)
 *
 * Measured on enwiki, 47.4 million words: 58.7 MB, where 128 values packed as a patched frame take
 * 65.7 and varints 69.8. Phrases of search-benchmark-game then take 87 us in the mean instead of
 * 60, as values are decoded one by one. */
#ifndef QUERN_COMMON_POSITIONS_H
#define QUERN_COMMON_POSITIONS_H

#include "common/chunk.h"

struct term_entry;
struct postings_block;

enum {
    POSITIONS_PIECE = 128, /* values */
};

/* Writes the run of `count` postings, whose values follow each other. `coded`: of a block of a list
 * of df >= 128; norms[i] is that of posting i's document. *address is where the run begins. */
struct positions_writer {
    struct chunk_writer stream;
    struct buffer bytes;
};
enum status positions_write(struct positions_writer *writer, const uint32_t *frequencies,
                            const uint8_t *norms, uint32_t count, const uint32_t *values,
                            bool coded, uint64_t *address, struct error *err);

/* Reads the postings of a block in ascending order. */
struct positions_reader {
    struct chunk_reader *chunks;
    const struct postings_block *block;
    uint32_t next; /* posting whose values come next */
    bool coded, failed;
    /* A coded run. */
    uint32_t ends[128]; /* of its groups, from the first one's start */
    unsigned code, spread;
    uint32_t group;       /* at hand, UINT32_MAX: none */
    const uint8_t *bytes; /* of the group */
    const uint8_t *end;   /* of what may be read behind them */
    uint64_t bit, bits;   /* the next value begins at bit `bit` of the group's `bits` */
    const uint8_t *norms; /* of chunk `norm_chunk` of STREAM_NORMS, `norm_count` of them */
    uint32_t norm_chunk, norm_count;
    /* A run in pieces. */
    uint64_t address; /* of the next piece; of a coded run: of its groups */
    uint64_t left;    /* values behind the piece at hand */
    uint32_t index, count;
    uint32_t values[POSITIONS_PIECE]; /* the piece at hand: [index, count) are still to come; of a
                                         coded run: values passed over */
};

/* Starts on a block whose frequencies are decoded, and which outlives the reader. */
void positions_reader_init(struct positions_reader *reader, struct chunk_reader *chunks,
                           const struct term_entry *entry, const struct postings_block *block);
/* The positions of posting `index`, ascending, as many as its frequency; no posting is read twice,
 * nor one before it later. False when they are damaged: chunks->status. */
bool positions_reader_read(struct positions_reader *reader, uint32_t index, uint32_t *positions);

#endif
