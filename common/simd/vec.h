/* SPDX-License-Identifier: MIT */
/* Vectors of four 32-bit integers in GNU C: one source serves SSE2 and NEON and compiles to plain
 * code elsewhere. */
#ifndef QUERN_COMMON_SIMD_VEC_H
#define QUERN_COMMON_SIMD_VEC_H

#include <stdint.h>
#include <string.h>

typedef uint32_t u32x4 __attribute__((vector_size(16)));

/* Load from and store to any address. */
static inline u32x4 vec_load(const void *in) {
    u32x4 row;
    memcpy(&row, in, sizeof row);
    return row;
}

static inline void vec_store(void *out, u32x4 row) {
    memcpy(out, &row, sizeof row);
}

#endif
