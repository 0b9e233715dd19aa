/* SPDX-License-Identifier: MIT */
/* Finds and decodes the positions of single postings of a block. */
#include "common/segment/positions.h"

#include "common/base/codec.h"
#include "common/segment/postings.h"
#include "common/simd/bits.h"
#include "common/simd/cpu.h"

enum {
    FREQUENCY_MAX = INT32_MAX, /* 2^31 - 1 */
    NORM_GROUP = 32,           /* postings whose remainders are located together */
    GROUP = 128,               /* values decoded together */
    GROUP_ONES = GROUP + 64 + BITS_EXTRACT_OVERRUN,
    LINEAR_MAX = 8, /* ones that are found one by one */
};

enum { LANES = 8 };
typedef float float_lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t integer_lanes __attribute__((vector_size(4 * LANES)));
typedef uint32_t word_lanes __attribute__((vector_size(4 * LANES)));
typedef uint8_t norm_lanes __attribute__((vector_size(LANES)));

static bool damaged(struct positions_reader *reader) {
    reader->failed = true;
    return chunk_reader_damaged(reader->chunks, "positions");
}

/* rice_k() of a group without a branch. The logarithms of two numbers differ as the exponents of
 * their floats do, minus one if the mantissa of the first is smaller. norm_min_length() as a float
 * has the low bits of the norm on top of its mantissa and the others in its exponent, except for
 * the smallest norms. Frequencies that matter are below 2^24, so the floats are exact. */
CPU_CLONES static void rice_ks(uint32_t ks[NORM_GROUP], const uint8_t norms[NORM_GROUP],
                               const uint32_t frequencies[NORM_GROUP]) {
    for (uint32_t i = 0; i < NORM_GROUP; i += LANES) {
        norm_lanes norm_bytes;
        word_lanes frequency;
        memcpy(&norm_bytes, norms + i, sizeof norm_bytes);
        memcpy(&frequency, frequencies + i, sizeof frequency);
        integer_lanes norm = __builtin_convertvector(norm_bytes, integer_lanes);
        integer_lanes parts = (integer_lanes)(frequency + 1), is_small = norm < 16;
        integer_lanes small_bits = (integer_lanes) __builtin_convertvector(norm, float_lanes);
        integer_lanes parts_bits = (integer_lanes) __builtin_convertvector(parts, float_lanes);
        integer_lanes bits = (norm << 19) + (130 << 23);
        bits = (small_bits & is_small) | (bits & ~is_small);
        integer_lanes k = (bits - parts_bits) >> 23;
        k &= ~(k >> 31); /* at least 0 */
        memcpy(ks + i, &k, sizeof k);
    }
}

/* Reads norms of ascending documents; most are where the one before was. */
static inline void read_norms(uint8_t norms[NORM_GROUP], struct norm_reader *reader,
                              const uint32_t *docs, uint32_t count) {
    struct norm_reader here = *reader; /* which writing norms does not change */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = docs[i] - here.first;
        if (at < here.count) {
            norms[i] = here.norms[at];
        } else {
            norms[i] = norm_reader_load(reader, docs[i]);
            here = *reader;
        }
    }
}

/* Locates the remainders of the next postings, up to that of `index`. Norms are scattered, so those
 * of later postings are not read. */
static bool locate_remainders(struct positions_reader *reader, uint32_t index) {
    const struct postings_block *block = reader->block;
    uint32_t remainder_bit = reader->next_remainder_bit;
    while (reader->located <= index) {
        uint8_t norms[NORM_GROUP] = {0};
        uint32_t from = reader->located, end = from + NORM_GROUP;
        if (end > block->count)
            end = block->count;
        read_norms(norms, &reader->norms, block->docs + from, end - from);
        rice_ks(reader->k + from, norms, block->frequencies + from);
#pragma GCC unroll 4
        for (uint32_t i = from; i < end; i++) {
            reader->remainder_bit[i] = remainder_bit;
            remainder_bit += block->frequencies[i] * reader->k[i];
        }
        reader->located = end;
    }
    reader->next_remainder_bit = remainder_bit;
    uint64_t size = ((uint64_t)remainder_bit + 7) / 8, quotients = reader->quotient_bits / 8;
    return size <= reader->remainders_left &&
           (!size || chunk_read(reader->chunks, STREAM_POSITIONS, reader->address + quotients,
                                (uint32_t)size));
}

/* Finds the two parts of Rice codes, or that the block overflows. */
static void open_rice(struct positions_reader *reader) {
    uint64_t address = reader->block->positions;
    uint32_t left = chunk_bytes_left(reader->chunks, STREAM_POSITIONS, address);
    uint32_t head_size = left < POSITIONS_SIZE_MAX ? left : POSITIONS_SIZE_MAX;
    const uint8_t *head =
        left ? chunk_read(reader->chunks, STREAM_POSITIONS, address, head_size) : NULL;
    if (!head) {
        damaged(reader);
        return;
    }
    struct reader bytes = reader_of(head, head_size);
    uint32_t size = reader_varint32(&bytes);
    if (size == 0 && !bytes.bad) {
        reader->rice_coded = false;
        reader->address = address + 1;
        return;
    }
    uint32_t start = (uint32_t)(bytes.next - head);
    /* Each value has a one in the quotients. */
    if (bytes.bad || size > left - start || reader->overflow_left > 8 * (uint64_t)size) {
        damaged(reader);
        return;
    }
    reader->quotient_bit = reader->quotient_values = 0;
    reader->quotient_bits = 8 * size;
    reader->quotients_left = left - start;
    reader->remainders_left = left - start - size;
    reader->located = reader->next_remainder_bit = 0;
    reader->address = address + start;
    reader->quotients = chunk_read(reader->chunks, STREAM_POSITIONS, reader->address, size);
    if (!reader->quotients)
        damaged(reader);
    else
        reader->remainders = reader->quotients + size;
}

void positions_reader_init(struct positions_reader *reader, struct chunk_reader *chunks,
                           const struct term_entry *entry, const struct postings_block *block) {
    reader->chunks = chunks;
    reader->block = block;
    reader->norms = (struct norm_reader){.chunks = chunks, .source = entry->norms};
    reader->next = reader->done = 0;
    reader->failed = false;
    reader->rice_coded = entry->occurrences > 1;
    reader->piece_index = reader->piece_count = 0;
    uint64_t values = 0;
    uint32_t bits = 0;
#pragma GCC unroll 8
    for (uint32_t i = 0; i < block->count; i++) {
        reader->first_value[i] = (uint32_t)values;
        values += block->frequencies[i];
        bits |= block->frequencies[i] - 1; /* of 0 it exceeds FREQUENCY_MAX, too */
    }
    reader->address = block->positions;
    reader->overflow_left = values;
    if (bits > FREQUENCY_MAX) {
        damaged(reader);
    } else if (reader->rice_coded) {
        open_rice(reader);
    } else {
        reader->piece[0] = entry->position;
        reader->piece_count = 1;
        reader->overflow_left = 0;
    }
}

/* 8 bytes, of which `left` exist; the others are zero. A memcpy() of `left` bytes would be slower:
 * reading what was just written in parts stalls the processor. */
static inline uint64_t load_word(const uint8_t *bytes, uint64_t left) {
    if (left >= 8)
        return get_u64(bytes);
    uint64_t word = 0;
    for (uint64_t i = 0; i < left; i++)
        word |= (uint64_t)bytes[i] << 8 * i;
    return word;
}

/* 64 bits of the quotients from bit 64 * `word` on. Those past their end are arbitrary. */
static inline uint64_t quotient_word(const struct positions_reader *reader, uint32_t word) {
    return load_word(reader->quotients + 8 * word, reader->quotients_left - 8 * word);
}

/* Skips the quotients of `count` > 0 values. */
static inline bool skip_values(struct positions_reader *reader, uint32_t count) {
    uint32_t word = reader->quotient_bit / 64;
    unsigned from = reader->quotient_bit % 64;
    for (; 64 * word < reader->quotient_bits; word++, from = 0) {
        uint64_t bits = quotient_word(reader, word) >> from << from;
        unsigned ones = (unsigned)__builtin_popcountll(bits);
        if (ones >= count) {
            reader->quotient_bit = 64 * word + bits_select(bits, count - 1) + 1;
            return true;
        }
        count -= ones;
    }
    return damaged(reader);
}

/* Finds the one of the next value, as a bit of the quotients. */
static inline bool next_one(uint32_t *one, struct positions_reader *reader) {
    uint32_t word = reader->quotient_bit / 64;
    unsigned from = reader->quotient_bit % 64;
    for (; 64 * word < reader->quotient_bits; word++, from = 0) {
        uint64_t bits = quotient_word(reader, word) >> from << from;
        if (!bits)
            continue;
        *one = 64 * word + (uint32_t)__builtin_ctzll(bits);
        reader->quotient_bit = *one + 1;
        return *one < reader->quotient_bits || damaged(reader);
    }
    return damaged(reader);
}

/* Finds the ones of the next `count` values, 0 < count <= GROUP. */
static inline bool next_ones(uint32_t ones[GROUP_ONES], struct positions_reader *reader,
                             uint32_t count) {
    uint32_t word = reader->quotient_bit / 64, taken = 0;
    unsigned from = reader->quotient_bit % 64;
    for (; 64 * word < reader->quotient_bits; word++, from = 0) {
        uint64_t bits = quotient_word(reader, word) >> from << from;
        if (count - taken < LINEAR_MAX) {
            for (; bits && taken < count; bits &= bits - 1)
                ones[taken++] = 64 * word + (uint32_t)__builtin_ctzll(bits);
        } else {
            taken += bits_extract(ones + taken, bits, 64 * word);
        }
        if (taken >= count) {
            reader->quotient_bit = ones[count - 1] + 1;
            return reader->quotient_bit <= reader->quotient_bits || damaged(reader);
        }
    }
    return damaged(reader);
}

/* Reads `count` remainders of k bits from bit `remainder_bit` on. They exist: locate_remainders()
 * has checked that. */
static inline void read_remainders(uint32_t *remainders, const struct positions_reader *reader,
                                   unsigned k, uint64_t remainder_bit, uint32_t count) {
    const uint64_t mask = (UINT64_C(1) << k) - 1;
    if ((remainder_bit + (uint64_t)k * count) / 8 + 8 <= reader->remainders_left) {
        for (uint32_t i = 0; i < count; i++, remainder_bit += k)
            remainders[i] =
                (uint32_t)(get_u64(reader->remainders + remainder_bit / 8) >> remainder_bit % 8 &
                           mask);
        return;
    }
    for (uint32_t i = 0; i < count; i++, remainder_bit += k)
        remainders[i] = (uint32_t)(load_word(reader->remainders + remainder_bit / 8,
                                             reader->remainders_left - remainder_bit / 8) >>
                                       remainder_bit % 8 &
                                   mask);
}

/* Joins the parts of values. `start` is the bit after the one of the previous value. */
static inline void join_values(uint32_t *values, const uint32_t *ones, const uint32_t *remainders,
                               uint32_t count, unsigned k, uint32_t start) {
    for (uint32_t i = 0; i < count; i++) {
        values[i] = (ones[i] - start) << k | remainders[i];
        start = ones[i] + 1;
    }
}

/* Joins the parts of positions, the first of which is relative to `position`; returns the last. The
 * quotient of a sum is the number of zeros up to its one, so only remainders are added up. */
static inline uint32_t join_positions(uint32_t *positions, const uint32_t *ones,
                                      const uint32_t *remainders, uint32_t count, unsigned k,
                                      uint32_t start, uint32_t position) {
    for (uint32_t i = 0; i < count; i++) {
        position += remainders[i];
        positions[i] = position + ((ones[i] - start - i) << k);
    }
    return positions[count - 1];
}

/* Reads `left` Rice-coded values of a posting, of which `done` were read, in groups. */
CPU_CLONES static bool read_rice(uint32_t *out, struct positions_reader *reader, uint32_t index,
                                 uint32_t left, uint32_t done, bool sums) {
    if (index >= reader->located && !locate_remainders(reader, index))
        return damaged(reader);
    uint32_t position = 0, first = reader->first_value[index] + done;
    unsigned k = reader->k[index];
    uint32_t passed = first - reader->quotient_values;
    uint64_t remainder_bit = reader->remainder_bit[index] + (uint64_t)k * done;
    reader->quotient_values = first + left;
    if (passed && !skip_values(reader, passed))
        return false;
    if (left == 1) { /* frequent, and needs no arrays */
        uint32_t one, remainder, start = reader->quotient_bit;
        if (!next_one(&one, reader))
            return false;
        read_remainders(&remainder, reader, k, remainder_bit, 1);
        *out = (one - start) << k | remainder;
        return true;
    }
    while (left) {
        uint32_t ones[GROUP_ONES], remainders[GROUP];
        uint32_t count = left < GROUP ? left : GROUP, start = reader->quotient_bit;
        if (!next_ones(ones, reader, count))
            return false;
        read_remainders(remainders, reader, k, remainder_bit, count);
        if (sums)
            position = join_positions(out, ones, remainders, count, k, start, position);
        else
            join_values(out, ones, remainders, count, k, start);
        out += count;
        left -= count;
        remainder_bit += (uint64_t)k * count;
    }
    return true;
}

/* Decodes the next piece, which may be at the start of the next chunk. */
static bool decode_piece(struct positions_reader *reader) {
    if (!reader->overflow_left)
        return damaged(reader);
    uint32_t size = chunk_bytes_left(reader->chunks, STREAM_POSITIONS, reader->address);
    if (!size && !reader->chunks->status) {
        reader->address = chunk_address((uint32_t)(reader->address >> 16) + 1, CHUNK_HEADER_SIZE);
        size = chunk_bytes_left(reader->chunks, STREAM_POSITIONS, reader->address);
    }
    uint32_t count = reader->overflow_left < POSITIONS_PIECE_VALUES
                         ? (uint32_t)reader->overflow_left
                         : POSITIONS_PIECE_VALUES;
    if (size > count * 5)
        size = count * 5;
    const uint8_t *in =
        size ? chunk_read(reader->chunks, STREAM_POSITIONS, reader->address, size) : NULL;
    if (!in)
        return damaged(reader);
    struct reader bytes = reader_of(in, size);
    for (uint32_t i = 0; i < count; i++)
        reader->piece[i] = reader_varint32(&bytes);
    if (bytes.bad)
        return damaged(reader);
    reader->address += (size_t)(bytes.next - in);
    reader->overflow_left -= count;
    reader->piece_index = 0;
    reader->piece_count = count;
    return true;
}

/* Reads `count` values of a block that overflows, after skipping `passed`. */
static bool read_overflow(uint32_t *values, struct positions_reader *reader, uint64_t passed,
                          uint32_t count) {
    while (passed > reader->piece_count - reader->piece_index) {
        passed -= reader->piece_count - reader->piece_index;
        if (!decode_piece(reader))
            return false;
    }
    reader->piece_index += (uint32_t)passed;
    for (uint32_t i = 0; i < count; i++) {
        if (reader->piece_index == reader->piece_count && !decode_piece(reader))
            return false;
        values[i] = reader->piece[reader->piece_index++];
    }
    return true;
}

/* Reads the next `count` values of a posting. */
static __attribute__((noinline)) bool read_part(uint32_t *out, struct positions_reader *reader,
                                                uint32_t index, uint32_t count, bool sums) {
    const uint32_t *frequencies = reader->block->frequencies;
    uint32_t done = index == reader->next ? reader->done : 0;
    if (reader->failed || index < reader->next || count > frequencies[index] - done)
        return damaged(reader);
    uint64_t passed = 0;
    if (!reader->rice_coded && index > reader->next) {
        for (uint32_t i = reader->next; i < index; i++)
            passed += frequencies[i];
        passed -= reader->done;
    }
    bool all = done + count == frequencies[index];
    reader->next = index + all;
    reader->done = all ? 0 : done + count;
    if (reader->rice_coded)
        return read_rice(out, reader, index, count, done, sums);
    if (!read_overflow(out, reader, passed, count))
        return false;
    for (uint32_t i = 1; sums && i < count; i++)
        out[i] += out[i - 1];
    return true;
}

/* The same, with a fast path for all values of a Rice-coded posting, as nearly always. */
static inline bool read_posting(uint32_t *out, struct positions_reader *reader, uint32_t index,
                                uint32_t count, bool sums) {
    if (!reader->rice_coded || reader->failed || reader->done || index < reader->next ||
        count != reader->block->frequencies[index])
        return read_part(out, reader, index, count, sums);
    reader->next = index + 1;
    return read_rice(out, reader, index, count, 0, sums);
}

bool positions_reader_read_values(uint32_t *values, struct positions_reader *reader, uint32_t index,
                                  uint32_t count) {
    return read_posting(values, reader, index, count, false);
}

bool positions_reader_read(uint32_t *positions, struct positions_reader *reader, uint32_t index) {
    return read_posting(positions, reader, index, reader->block->frequencies[index], true);
}
