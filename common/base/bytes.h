/* SPDX-License-Identifier: MIT */
/* Byte strings: a slice borrows, a buffer owns, an arena owns many at once. */
#ifndef QUERN_COMMON_BASE_BYTES_H
#define QUERN_COMMON_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/base/status.h"

/* Borrowed bytes, not NUL-terminated. data may be NULL only if size is 0. */
struct slice {
    const uint8_t *data;
    size_t size;
};

static inline struct slice slice_of(const void *data, size_t size) {
    struct slice slice = {(const uint8_t *)data, size}; /* no compound literal: C++ includes this */
    return slice;
}

static inline struct slice slice_of_string(const char *string) {
    return slice_of(string, strlen(string));
}

/* The slice without its first `size` bytes; it must have that many. */
static inline struct slice slice_after(struct slice slice, size_t size) {
    return slice_of(slice.data + size, slice.size - size);
}

static inline bool slice_equal(struct slice a, struct slice b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Orders as memcmp() does, a prefix before longer slices: below, equal to or above 0. */
int slice_compare(struct slice a, struct slice b);

/* A growing byte string. Starts as {0}; buffer_release() frees it and leaves it empty. */
struct buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

void buffer_release(struct buffer *buffer);

/* Makes room for `more` bytes after buffer->size. ST_NOMEM leaves the buffer unchanged. */
enum status buffer_reserve(struct buffer *buffer, size_t more);

/* Appends a copy; the source must not lie in the buffer itself. */
enum status buffer_append(struct buffer *buffer, const void *data, size_t size);

static inline enum status buffer_append_slice(struct buffer *buffer, struct slice slice) {
    return buffer_append(buffer, slice.data, slice.size);
}

static inline enum status buffer_append_byte(struct buffer *buffer, uint8_t byte) {
    if (buffer->size == buffer->capacity) {
        enum status status = buffer_reserve(buffer, 1);
        if (status)
            return status;
    }
    buffer->data[buffer->size++] = byte;
    return ST_OK;
}

static inline void buffer_clear(struct buffer *buffer) {
    buffer->size = 0;
}

static inline struct slice buffer_slice(const struct buffer *buffer) {
    return slice_of(buffer->data, buffer->size);
}

/* Many small allocations that are freed together. Starts as {0}. */
struct arena {
    struct arena_block *blocks;
    uint8_t *next;
    size_t left;
    size_t total; /* bytes taken from malloc() */
};

void arena_release(struct arena *arena);

/* `size` bytes aligned to 8, valid until arena_release(). NULL: out of memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* Makes the memory of another arena, which is empty afterwards, part of this one. */
void arena_take(struct arena *arena, struct arena *from);

/* A copy of the bytes, followed by a NUL. NULL: out of memory. */
char *arena_copy(struct arena *arena, const void *data, size_t size);

#endif
