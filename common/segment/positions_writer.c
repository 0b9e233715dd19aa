/* SPDX-License-Identifier: MIT */
/* Encodes the positions of a block of postings. */
#include "common/segment/positions_writer.h"

#include "common/base/codec.h"
#include "common/segment/norm.h"
#include "common/simd/cpu.h"

enum { FILL_SIZE = 16 };

static inline unsigned log2_floor(uint32_t value) {
    return 31 - (unsigned)__builtin_clz(value);
}

/* The greatest k for which (tf + 1) * 2^k <= length. rice_ks() of the reader is the same. */
static inline unsigned rice_k(uint8_t norm, uint32_t frequency) {
    uint32_t length = norm_min_length(norm);
    if (frequency >= length)
        return 0;
    unsigned k = log2_floor(length) - log2_floor(frequency + 1);
    return k - ((uint64_t)(frequency + 1) << k > length);
}

/* Collects bits from the low end of a word. */
struct bit_writer {
    uint8_t *next;
    uint64_t word;
    unsigned count; /* in word; below 8 between calls */
};

/* Appends at most 56 bits. It writes whole words, so 8 bytes past the end must exist. */
static inline void bit_writer_put(struct bit_writer *bits, uint64_t value, unsigned count) {
    bits->word |= value << bits->count;
    bits->count += count;
    put_u64(bits->next, bits->word);
    bits->next += bits->count / 8;
    bits->word >>= bits->count & ~7u;
    bits->count &= 7;
}

/* Writes the k of each value of the postings, and returns the bits of all remainders. Frequencies
 * are small and cannot be predicted, so FILL_SIZE are always written. */
static uint64_t fill_ks(uint8_t *ks, const uint8_t *norms, const uint32_t *frequencies,
                        uint32_t count) {
    uint64_t remainders = 0;
    for (uint32_t i = 0; i < count; i++) {
        unsigned k = rice_k(norms[i], frequencies[i]);
        memset(ks, (int)k, FILL_SIZE);
        if (frequencies[i] > FILL_SIZE)
            memset(ks + FILL_SIZE, (int)k, frequencies[i] - FILL_SIZE);
        ks += frequencies[i];
        remainders += (uint64_t)k * frequencies[i];
    }
    return remainders;
}

CPU_CLONES static uint64_t sum_quotients(const uint8_t *ks, const uint32_t *values, size_t count) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i] >> ks[i];
    return sum;
}

/* Writes the quotients; `next` has room for 8 bytes more than they take. */
static void put_quotients(uint8_t *next, const uint8_t *ks, const uint32_t *values, size_t count) {
    uint64_t word = 0, used = 0; /* bits of the word; may be 64 */
    for (size_t i = 0; i < count; i++) {
        used += values[i] >> ks[i];
        for (; used >= 64; used -= 64) {
            put_u64(next, word);
            next += 8;
            word = 0;
        }
        word |= UINT64_C(1) << used++;
    }
    put_u64(next, word);
}

/* Writes the remainders; the same holds. */
static void put_remainders(uint8_t *next, const uint8_t *ks, const uint32_t *values, size_t count) {
    struct bit_writer bits = {.next = next};
    for (size_t i = 0; i < count; i++)
        bit_writer_put(&bits, values[i] & ((UINT32_C(1) << ks[i]) - 1), ks[i]);
}

/* The size of the values in overflow pieces. */
static uint64_t varint_size(const uint32_t *values, size_t count) {
    uint64_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += 1 + (values[i] >= 1u << 7) + (values[i] >= 1u << 14) + (values[i] >= 1u << 21) +
                (values[i] >= 1u << 28);
    return size;
}

/* Appends Rice codes as an item, or nothing and sets *fits to false: they exceed a chunk, or
 * overflow pieces are smaller, as for a document much longer than its norm can represent. */
static enum status encode_rice(bool *fits, struct buffer *out, struct buffer *scratch,
                               const uint32_t *frequencies, const uint8_t *norms, uint32_t count,
                               const uint32_t *values, size_t value_count) {
    buffer_clear(scratch);
    if (buffer_reserve(scratch, value_count + FILL_SIZE))
        return ST_NOMEM;
    uint8_t *ks = scratch->data;
    uint64_t remainders = (fill_ks(ks, norms, frequencies, count) + 7) / 8;
    uint64_t quotients = (sum_quotients(ks, values, value_count) + value_count + 7) / 8;
    *fits = quotients + remainders + POSITIONS_SIZE_MAX <= CHUNK_DATA_SIZE &&
            (quotients + remainders < 2 * value_count ||
             quotients + remainders <= varint_size(values, value_count));
    if (!*fits)
        return ST_OK;
    if (buffer_reserve(out, 2 + POSITIONS_SIZE_MAX + quotients + remainders + 16))
        return ST_NOMEM;
    uint8_t *start = out->data + out->size + 2;
    uint8_t *next = put_varint(start, quotients);
    put_quotients(next, ks, values, value_count);
    next += quotients;
    put_remainders(next, ks, values, value_count);
    next += remainders;
    put_u16(start - 2, (uint16_t)(next - start));
    out->size = (size_t)(next - out->data);
    return ST_OK;
}

enum status positions_encode_overflow_marker(struct buffer *out) {
    const uint8_t item[] = {1, 0, 0}; /* of size 1: the byte 0 */
    return buffer_append(out, item, sizeof item);
}

enum status positions_encode_overflow(struct buffer *out, const uint32_t *values, uint64_t count) {
    for (uint64_t done = 0; done < count;) {
        uint64_t end =
            done + POSITIONS_PIECE_VALUES < count ? done + POSITIONS_PIECE_VALUES : count;
        if (buffer_reserve(out, 2 + POSITIONS_PIECE_VALUES * VARINT_MAX))
            return ST_NOMEM;
        uint8_t *start = out->data + out->size + 2, *next = start;
        while (done < end)
            next = put_varint(next, values[done++]);
        put_u16(start - 2, (uint16_t)(next - start));
        out->size = (size_t)(next - out->data);
    }
    return ST_OK;
}

enum status positions_encode(struct buffer *out, struct buffer *scratch,
                             const uint32_t *frequencies, const uint8_t *norms, uint32_t count,
                             const uint32_t *values) {
    uint64_t value_count = 0;
    for (uint32_t i = 0; i < count; i++)
        value_count += frequencies[i];
    bool fits = false;
    if (value_count < POSITIONS_RICE_MAX &&
        encode_rice(&fits, out, scratch, frequencies, norms, count, values, value_count))
        return ST_NOMEM;
    if (fits)
        return ST_OK;
    return positions_encode_overflow_marker(out) ||
                   positions_encode_overflow(out, values, value_count)
               ? ST_NOMEM
               : ST_OK;
}
