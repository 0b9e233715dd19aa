/* SPDX-License-Identifier: MIT */
/* Encodes the values of 1,024 documents; column_block.h has the grammar. */
#include <stdlib.h>

#include "common/base/codec.h"
#include "common/column/column_block.h"
#include "common/column/column_integer.h"
#include "common/column/packed.h"

/* Documents above which a bitmap is smaller than a list. */
enum { LIST_MAX = COLUMN_BLOCK_DOCS / 8 / 2 - 1 };

static uint64_t common_divisor(uint64_t a, uint64_t b) {
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The least exponent with which all numbers are integers, or COLUMN_EXPONENT_KEYS; sets the integers. */
static unsigned find_exponent(int64_t *integers, const struct column_block_values *values) {
    uint32_t failed = 0; /* what one exponent cannot write, the next often cannot either */
    for (unsigned exponent = 0;
         exponent <= COLUMN_EXPONENT_MAX && values->type == FIELD_TYPE_NUMBER; exponent++) {
        uint32_t i = 0;
        int64_t integer;
        if (!column_integer_of_key(&integer, values->keys[failed], exponent))
            continue;
        while (i < values->count && column_integer_of_key(&integers[i], values->keys[i], exponent))
            i++;
        if (i == values->count)
            return exponent;
        failed = i;
    }
    memcpy(integers, values->keys, values->count * sizeof *integers);
    return COLUMN_EXPONENT_KEYS;
}

static enum status append_list(struct buffer *bytes, uint32_t present,
                               const struct column_block_values *values) {
    if (buffer_reserve(bytes, 2 + 2 * present))
        return ST_NOMEM;
    uint8_t *out = bytes->data + bytes->size;
    put_u16(out, (uint16_t)present);
    for (uint32_t i = 0; i < values->count; i++)
        if (!i || values->indexes[i] != values->indexes[i - 1])
            put_u16(out += 2, values->indexes[i]);
    bytes->size += 2 + 2 * present;
    return ST_OK;
}

/* Appends which documents have values, and how many. *counts has those of each. */
static enum status append_documents(struct buffer *bytes, unsigned *kind, uint64_t *counts,
                                    const struct column_block_values *values) {
    uint8_t bitmap[COLUMN_BLOCK_DOCS / 8] = {0};
    uint32_t present = 0;
    uint64_t most = 0;
    for (uint32_t i = 0; i < values->count; i++) {
        if (!i || values->indexes[i] != values->indexes[i - 1])
            counts[present++] = 0;
        else
            counts[present - 1]++;
        most = counts[present - 1] > most ? counts[present - 1] : most;
        bitmap[values->indexes[i] / 8] |= (uint8_t)(1 << values->indexes[i] % 8);
    }
    *kind = present == values->docs ? COLUMN_KIND_ALL
            : present > LIST_MAX    ? COLUMN_KIND_BITMAP
                                    : COLUMN_KIND_LIST;
    enum status status = ST_OK;
    if (*kind == COLUMN_KIND_BITMAP)
        status = buffer_append(bytes, bitmap, (values->docs + 7) / 8);
    if (*kind == COLUMN_KIND_LIST)
        status = append_list(bytes, present, values);
    if (status || !most)
        return status;
    *kind += COLUMN_KIND_COUNTS;
    unsigned width = packed_width(most);
    size_t size = packed_size(present, width);
    status = buffer_reserve(bytes, 1 + size);
    if (status)
        return status;
    bytes->data[bytes->size] = (uint8_t)width;
    packed_encode(bytes->data + bytes->size + 1, counts, present, width);
    bytes->size += 1 + size;
    return ST_OK;
}

static enum status append_values(struct buffer *bytes, uint64_t *unit, int64_t *integers,
                                 uint32_t count) {
    int64_t least = integers[0];
    uint64_t *numbers = (uint64_t *)integers, last = 0;
    *unit = 0;
    for (uint32_t i = 1; i < count; i++)
        least = integers[i] < least ? integers[i] : least;
    for (uint32_t i = 0; i < count; i++) {
        numbers[i] -= (uint64_t)least;
        last = numbers[i] > last ? numbers[i] : last;
        if (*unit != 1)
            *unit = common_divisor(numbers[i], *unit);
    }
    if (!*unit) /* all are equal */
        *unit = 1;
    for (uint32_t i = 0; i<count && * unit> 1; i++)
        numbers[i] /= *unit;
    unsigned width = packed_width(last / *unit);
    size_t size = packed_size(count, width);
    if (buffer_reserve(bytes, size))
        return ST_NOMEM;
    packed_encode(bytes->data + bytes->size, numbers, count, width);
    bytes->size += size;
    return ST_OK;
}

enum status column_block_encode(struct buffer *bytes, int64_t *min, int64_t *max,
                                const struct column_block_values *values) {
    uint64_t counts[COLUMN_BLOCK_DOCS], unit;
    struct buffer documents = {0}, packed = {0};
    unsigned kind;
    *min = *max = values->keys[0];
    for (uint32_t i = 1; i < values->count; i++) {
        *min = values->keys[i] < *min ? values->keys[i] : *min;
        *max = values->keys[i] > *max ? values->keys[i] : *max;
    }
    int64_t *integers = malloc(values->count * sizeof *integers);
    if (!integers)
        return ST_NOMEM;
    unsigned exponent = find_exponent(integers, values);
    enum status status = append_documents(&documents, &kind, counts, values);
    if (!status && !(kind == COLUMN_KIND_ALL && *min == *max)) {
        status = append_values(&packed, &unit, integers, values->count);
        if (!status)
            status = buffer_reserve(bytes, 2 + VARINT_MAX + documents.size + packed.size);
        if (!status) {
            buffer_append_byte(bytes, (uint8_t)kind);
            buffer_append_byte(bytes, (uint8_t)exponent);
            buffer_append_varint(bytes, unit);
            buffer_append_slice(bytes, buffer_slice(&documents));
            buffer_append_slice(bytes, buffer_slice(&packed));
        }
    }
    buffer_release(&documents);
    buffer_release(&packed);
    free(integers);
    return status;
}
