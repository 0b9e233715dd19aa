/* SPDX-License-Identifier: MIT */
/* Any number of integers of up to 64 bits, packed in as few bits as the widest one needs.
 *
 *     packed = group* rest    ; a group for every 128 numbers
 *     group  = low:byte*(16 * min(width, 32)) high:byte*(16 * (width - 32))?
 *                             ; the low 32 bits of each number, then those above, if any; packed by
 *                             ; bitpack.h
 *     rest   = byte*          ; the other numbers, `width` bits each, the low ones first; zero bits
 *                             ; fill up the last byte
 *
 * Threads: no state. */
#ifndef QUERN_COMMON_COLUMN_PACKED_H
#define QUERN_COMMON_COLUMN_PACKED_H

#include <stddef.h>
#include <stdint.h>

#include "common/simd/bitpack.h"

/* The bits of a number: 0 for 0. */
static inline unsigned packed_width(uint64_t number) {
    return number ? 64 - (unsigned)__builtin_clzll(number) : 0;
}

/* Bytes of `count` numbers of `width` <= 64 bits. */
static inline size_t packed_size(uint32_t count, unsigned width) {
    return (size_t)(count / BITPACK_BLOCK) * 16 * width +
           ((size_t)(count % BITPACK_BLOCK) * width + 7) / 8;
}

/* Writes numbers of at most `width` bits as packed_size() bytes. */
void packed_encode(uint8_t *out, const uint64_t *numbers, uint32_t count, unsigned width);

/* The number at `index` < count of those in packed_size() bytes. */
uint64_t packed_number(const uint8_t *in, uint32_t count, unsigned width, uint32_t index);

/* Read numbers from packed_size() bytes; the second for width <= 32. */
void packed_decode(uint64_t *numbers, const uint8_t *in, uint32_t count, unsigned width);
void packed_decode_u32(uint32_t *numbers, const uint8_t *in, uint32_t count, unsigned width);

#endif
