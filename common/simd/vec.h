/* Four 32-bit integers at a time, in GNU C vectors: one source serves SSE2 and NEON and compiles to
 * plain code elsewhere. */
#ifndef QUERN_COMMON_SIMD_VEC_H
#define QUERN_COMMON_SIMD_VEC_H

#include <stdint.h>
#include <string.h>

typedef uint32_t lanes __attribute__((vector_size(16)));

/* From and to any address. */
static inline lanes lanes_load(const void *in) {
    lanes row;
    memcpy(&row, in, sizeof row);
    return row;
}

static inline void lanes_store(void *out, lanes row) {
    memcpy(out, &row, sizeof row);
}

#endif
