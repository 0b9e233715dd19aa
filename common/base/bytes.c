/* SPDX-License-Identifier: MIT */
/* Grows buffers and arenas. */
#include "common/base/bytes.h"

#include <stdlib.h>

int slice_compare(struct slice a, struct slice b) {
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    if (order)
        return order;
    return a.size < b.size ? -1 : a.size > b.size;
}

void buffer_release(struct buffer *buffer) {
    free(buffer->data);
    *buffer = (struct buffer){0};
}

enum status buffer_reserve(struct buffer *buffer, size_t more) {
    if (more <= buffer->capacity - buffer->size)
        return ST_OK;
    if (more > SIZE_MAX / 4 || buffer->size > SIZE_MAX / 4)
        return ST_NOMEM;
    size_t capacity = buffer->capacity ? buffer->capacity : 64;
    while (capacity - buffer->size < more)
        capacity *= 2;
    uint8_t *data = realloc(buffer->data, capacity);
    if (!data)
        return ST_NOMEM;
    buffer->data = data;
    buffer->capacity = capacity;
    return ST_OK;
}

enum status buffer_append(struct buffer *buffer, const void *data, size_t size) {
    enum status status = buffer_reserve(buffer, size);
    if (status)
        return status;
    if (size)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    return ST_OK;
}

struct arena_block {
    struct arena_block *next;
    uint64_t bytes[];
};

enum { ARENA_BLOCK = 64 * 1024 };

void arena_release(struct arena *arena) {
    for (struct arena_block *block = arena->blocks; block;) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    *arena = (struct arena){0};
}

void *arena_alloc(struct arena *arena, size_t size) {
    if (size > SIZE_MAX / 4)
        return NULL;
    /* A request for 0 bytes also returns a valid pointer: NULL always means out of memory. */
    size = size ? (size + 7) & ~(size_t)7 : 8;
    if (size > arena->left) {
        size_t payload = size > ARENA_BLOCK ? size : ARENA_BLOCK;
        struct arena_block *block = malloc(sizeof *block + payload);
        if (!block)
            return NULL;
        block->next = arena->blocks;
        arena->blocks = block;
        arena->next = (uint8_t *)block->bytes;
        arena->left = payload;
        arena->total += sizeof *block + payload;
    }
    void *data = arena->next;
    arena->next += size;
    arena->left -= size;
    return data;
}

void arena_take(struct arena *arena, struct arena *from) {
    struct arena_block **end = &arena->blocks; /* the first one is in use */
    while (*end)
        end = &(*end)->next;
    *end = from->blocks;
    arena->total += from->total;
    *from = (struct arena){0};
}

char *arena_copy(struct arena *arena, const void *data, size_t size) {
    if (size == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(arena, size + 1);
    if (!copy)
        return NULL;
    if (size)
        memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
}
