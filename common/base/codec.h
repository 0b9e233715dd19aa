/* SPDX-License-Identifier: MIT */
/* The codecs of which every stored structure is made, and the one reader of stored bytes.
 *
 *     u8, u16, u32, u48, u64     ; little-endian, with this many bits
 *     varint                     ; 7 bits a byte, the low ones first; all bytes but the last have
 *                                ; their top bit set
 *     string = size:varint byte*size
 *
 * No other code does pointer arithmetic on stored bytes: a reader never leaves its slice. After a
 * failure it goes on and returns zeros, so that a caller checks `bad` once, at the end. */
#ifndef QUERN_COMMON_BASE_CODEC_H
#define QUERN_COMMON_BASE_CODEC_H

#include "common/base/bytes.h"

enum { VARINT_MAX = 10 }; /* size of the longest varint */

struct reader {
    const uint8_t *next;
    const uint8_t *end;
    bool bad;
};

static inline struct reader reader_of(const void *data, size_t size) {
    const uint8_t *bytes = data;
    return (struct reader){.next = bytes, .end = bytes + size};
}

static inline size_t reader_remaining(const struct reader *reader) {
    return (size_t)(reader->end - reader->next);
}

/* The next `size` bytes; NULL, and the reader is bad, if fewer remain. */
static inline const uint8_t *reader_bytes(struct reader *reader, size_t size) {
    if (reader_remaining(reader) < size) {
        reader->bad = true;
        reader->next = reader->end;
        return NULL;
    }
    const uint8_t *bytes = reader->next;
    reader->next += size;
    return bytes;
}

/* Numbers in memory that is known to hold them. */
static inline uint16_t get_u16(const uint8_t *in) {
    return (uint16_t)(in[0] | in[1] << 8);
}

static inline uint32_t get_u32(const uint8_t *in) {
    return (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static inline uint64_t get_u48(const uint8_t *in) {
    return get_u32(in) | (uint64_t)get_u16(in + 4) << 32;
}

static inline uint64_t get_u64(const uint8_t *in) {
    return get_u32(in) | (uint64_t)get_u32(in + 4) << 32;
}

static inline void put_u16(uint8_t *out, uint16_t value) {
    out[0] = (uint8_t)value;
    out[1] = (uint8_t)(value >> 8);
}

static inline void put_u32(uint8_t *out, uint32_t value) {
    put_u16(out, (uint16_t)value);
    put_u16(out + 2, (uint16_t)(value >> 16));
}

static inline void put_u48(uint8_t *out, uint64_t value) {
    put_u32(out, (uint32_t)value);
    put_u16(out + 4, (uint16_t)(value >> 32));
}

static inline void put_u64(uint8_t *out, uint64_t value) {
    put_u32(out, (uint32_t)value);
    put_u32(out + 4, (uint32_t)(value >> 32));
}

static inline uint8_t reader_u8(struct reader *reader) {
    const uint8_t *bytes = reader_bytes(reader, 1);
    return bytes ? *bytes : 0;
}

static inline uint16_t reader_u16(struct reader *reader) {
    const uint8_t *bytes = reader_bytes(reader, 2);
    return bytes ? get_u16(bytes) : 0;
}

static inline uint32_t reader_u32(struct reader *reader) {
    const uint8_t *bytes = reader_bytes(reader, 4);
    return bytes ? get_u32(bytes) : 0;
}

static inline uint64_t reader_u48(struct reader *reader) {
    const uint8_t *bytes = reader_bytes(reader, 6);
    return bytes ? get_u48(bytes) : 0;
}

static inline uint64_t reader_u64(struct reader *reader) {
    const uint8_t *bytes = reader_bytes(reader, 8);
    return bytes ? get_u64(bytes) : 0;
}

/* A varint of up to 64 bits; one that is longer or cut short is bad. */
static inline uint64_t reader_varint(struct reader *reader) {
    uint64_t value = 0;
    if (reader->end - reader->next >= 2) { /* the fast path: most have one or two bytes */
        const uint8_t *in = reader->next;
        if (in[0] < 0x80) {
            reader->next += 1;
            return in[0];
        }
        if (in[1] < 0x80) {
            reader->next += 2;
            return (uint64_t)in[1] << 7 | (in[0] & 0x7f);
        }
    }
    for (unsigned shift = 0; shift < 70 && reader->next < reader->end; shift += 7) {
        uint8_t byte = *reader->next++;
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    reader->bad = true;
    reader->next = reader->end;
    return 0;
}

/* A varint that must fit into 32 bits. */
static inline uint32_t reader_varint32(struct reader *reader) {
    uint64_t value = reader_varint(reader);
    if (value > UINT32_MAX) {
        reader->bad = true;
        reader->next = reader->end;
        return 0;
    }
    return (uint32_t)value;
}

/* A string, borrowed from the reader's bytes; empty if it is cut short. */
static inline struct slice reader_string(struct reader *reader) {
    uint64_t size = reader_varint(reader);
    if (size > reader_remaining(reader)) {
        reader->bad = true;
        reader->next = reader->end;
        return slice_of(reader->end, 0);
    }
    return slice_of(reader_bytes(reader, (size_t)size), (size_t)size);
}

/* Writes `value` at `out`, which has room for VARINT_MAX bytes; returns the end of it. */
static inline uint8_t *put_varint(uint8_t *out, uint64_t value) {
    while (value >= 0x80) {
        *out++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *out++ = (uint8_t)value;
    return out;
}

static inline enum status buffer_append_varint(struct buffer *buffer, uint64_t value) {
    enum status status = buffer_reserve(buffer, VARINT_MAX);
    if (!status)
        buffer->size = (size_t)(put_varint(buffer->data + buffer->size, value) - buffer->data);
    return status;
}

static inline enum status buffer_append_u64(struct buffer *buffer, uint64_t value) {
    enum status status = buffer_reserve(buffer, 8);
    if (!status) {
        put_u64(buffer->data + buffer->size, value);
        buffer->size += 8;
    }
    return status;
}

static inline enum status buffer_append_u32(struct buffer *buffer, uint32_t value) {
    enum status status = buffer_reserve(buffer, 4);
    if (!status) {
        put_u32(buffer->data + buffer->size, value);
        buffer->size += 4;
    }
    return status;
}

static inline enum status buffer_append_string(struct buffer *buffer, struct slice string) {
    enum status status = buffer_append_varint(buffer, string.size);
    return status ? status : buffer_append_slice(buffer, string);
}

/* The 64-bit XXH3 of the bytes with this seed. */
uint64_t hash64(const void *data, size_t size, uint64_t seed);

/* The same hash of bytes that come in pieces: wherever they are cut, it equals the hash64() of all
 * of them. A state may be reset and used again; one thread uses it at a time. */
struct hash_state;
struct hash_state *hash_state_new(void); /* NULL: out of memory */
void hash_state_free(struct hash_state *state);
/* Starts a hash of no bytes. Required before the first update. */
void hash_state_reset(struct hash_state *state, uint64_t seed);
void hash_state_update(struct hash_state *state, const void *data, size_t size);
/* The hash of the bytes so far; more may follow. */
uint64_t hash_state_digest(const struct hash_state *state);

/* The checksum of stored bytes: the low 32 bits of hash64(). */
static inline uint32_t checksum(const void *data, size_t size, uint64_t seed) {
    return (uint32_t)hash64(data, size, seed);
}

#endif
