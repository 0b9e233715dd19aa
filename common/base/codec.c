/* SPDX-License-Identifier: MIT */
/* Hashes bytes with XXH3, at once or in pieces. */
#include "common/base/codec.h"

#include <stdlib.h>

/* Uses xxHash as a header, so that the hash is inlined. */
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash64(const void *data, size_t size, uint64_t seed) {
    return XXH3_64bits_withSeed(data, size, seed);
}

struct hash_state {
    XXH3_state_t xxh3; /* needs more alignment than malloc() guarantees */
};

struct hash_state *hash_state_new(void) {
    struct hash_state *state = aligned_alloc(_Alignof(struct hash_state), sizeof *state);
    if (state)
        XXH3_INITSTATE(&state->xxh3);
    return state;
}

void hash_state_free(struct hash_state *state) {
    free(state);
}

void hash_state_reset(struct hash_state *state, uint64_t seed) {
    XXH3_64bits_reset_withSeed(&state->xxh3, seed);
}

void hash_state_update(struct hash_state *state, const void *data, size_t size) {
    XXH3_64bits_update(&state->xxh3, data, size);
}

uint64_t hash_state_digest(const struct hash_state *state) {
    return XXH3_64bits_digest(&state->xxh3);
}
