/* SPDX-License-Identifier: MIT */
/* Decodes the values of 1,024 documents. */
#include "common/column/column_block.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/codec.h"
#include "common/column/column_integer.h"
#include "common/column/packed.h"
#include "common/simd/bits.h"
#include "common/simd/cpu.h"

enum { WORDS = COLUMN_BLOCK_DOCS / 64 };

void column_block_release(struct column_block *block) {
    free(block->keys);
    free(block->offsets);
    *block = (struct column_block){0};
}

/* An encoded block, taken apart. Value number i is base + unit * (packed number i). */
struct parts {
    uint8_t kind, exponent;
    int64_t base; /* min, as an integer */
    uint64_t unit;
    uint64_t last;          /* the greatest packed number */
    uint32_t count;         /* of values */
    uint32_t present;       /* documents with values */
    uint64_t bitmap[WORDS]; /* these documents */
    const uint8_t *counts;  /* packed */
    unsigned counts_width;
    const uint8_t *values; /* packed */
    unsigned width;
};

static int64_t part_key(const struct parts *parts, uint64_t number) {
    return column_key_of_integer((int64_t)((uint64_t)parts->base + number * parts->unit),
                                 parts->exponent);
}

/* The number of packed numbers from 0 on whose key is less: at most last + 1. */
static uint64_t numbers_below(const struct parts *parts, int64_t key) {
    uint64_t number;
    if (key <= part_key(parts, 0))
        return 0;
    if (key > part_key(parts, parts->last))
        return parts->last + 1;
    if (parts->exponent == COLUMN_EXPONENT_KEYS) {
        uint64_t distance = (uint64_t)key - (uint64_t)parts->base;
        return distance / parts->unit + (distance % parts->unit > 0);
    }
    /* Keys ascend with the numbers, so an estimate is put right by a few steps. */
    double estimate =
        (field_value_number_of_key(key) * column_power(parts->exponent) - (double)parts->base) /
        (double)parts->unit;
    number = estimate < (double)parts->last ? (uint64_t)fmax(estimate, 0) : parts->last;
    while (number > 0 && part_key(parts, number - 1) >= key)
        number--;
    while (number <= parts->last && part_key(parts, number) < key)
        number++;
    return number;
}

/* Reads which documents have values. */
static bool read_documents(struct parts *parts, struct reader *reader, uint32_t docs) {
    unsigned kind = parts->kind & ~(unsigned)COLUMN_KIND_COUNTS;
    memset(parts->bitmap, 0, sizeof parts->bitmap);
    if (kind == COLUMN_KIND_BITMAP) {
        const uint8_t *bytes = reader_bytes(reader, (docs + 7) / 8);
        if (!bytes || (docs % 8 && bytes[docs / 8] >> docs % 8))
            return false;
        memcpy(parts->bitmap, bytes, (docs + 7) / 8);
        for (unsigned i = 0; i < WORDS; i++)
            parts->present += (uint32_t)__builtin_popcountll(parts->bitmap[i]);
    } else if (kind == COLUMN_KIND_LIST) {
        parts->present = reader_u16(reader);
        for (uint32_t i = 0, before = 0; i < parts->present; i++) {
            uint16_t doc = reader_u16(reader);
            if (reader->bad || doc >= docs || (i && doc <= before))
                return false;
            parts->bitmap[doc / 64] |= UINT64_C(1) << doc % 64;
            before = doc;
        }
    } else {
        parts->present = docs;
        for (unsigned i = 0; i < docs / 64; i++)
            parts->bitmap[i] = UINT64_MAX;
        if (docs % 64)
            parts->bitmap[docs / 64] = (UINT64_C(1) << docs % 64) - 1;
    }
    return parts->present > 0;
}

/* Sets counts[i] to how many values the i-th document with values has. */
static void read_counts(uint32_t *counts, const struct parts *parts) {
    packed_decode_u32(counts, parts->counts, parts->present, parts->counts_width);
    for (uint32_t i = 0; i < parts->present; i++)
        counts[i]++;
}

static bool take_apart(struct parts *parts, const struct column_block_source *source) {
    struct reader reader = reader_of(source->bytes.data, source->bytes.size);
    int64_t last;
    *parts = (struct parts){.kind = COLUMN_KIND_ALL, .exponent = COLUMN_EXPONENT_KEYS, .unit = 1};
    if (source->docs == 0 || source->docs > COLUMN_BLOCK_DOCS || source->min > source->max)
        return false;
    if (source->bytes.size) {
        parts->kind = reader_u8(&reader);
        parts->exponent = reader_u8(&reader);
        parts->unit = reader_varint(&reader);
    } else if (source->min != source->max) {
        return false;
    }
    if ((parts->kind & ~COLUMN_KIND_COUNTS) > COLUMN_KIND_LIST || !parts->unit ||
        (parts->exponent != COLUMN_EXPONENT_KEYS &&
         (parts->exponent > COLUMN_EXPONENT_MAX || source->type != FIELD_TYPE_NUMBER)) ||
        !column_integer_of_key(&parts->base, source->min, parts->exponent) ||
        !column_integer_of_key(&last, source->max, parts->exponent))
        return false;
    uint64_t distance = (uint64_t)last - (uint64_t)parts->base;
    parts->last = distance / parts->unit;
    parts->width = packed_width(parts->last);
    if (distance % parts->unit || !read_documents(parts, &reader, source->docs))
        return false;
    parts->count = parts->present;
    if (parts->kind & COLUMN_KIND_COUNTS) {
        uint32_t counts[COLUMN_BLOCK_DOCS];
        parts->counts_width = reader_u8(&reader);
        if (parts->counts_width > 10)
            return false;
        parts->counts = reader_bytes(&reader, packed_size(parts->present, parts->counts_width));
        if (!parts->counts)
            return false;
        read_counts(counts, parts);
        parts->count = 0;
        for (uint32_t i = 0; i < parts->present; i++)
            parts->count += counts[i];
    }
    parts->values = reader_bytes(&reader, packed_size(parts->count, parts->width));
    return !reader.bad && !reader_remaining(&reader);
}

/* Makes the offsets of all documents. */
static void make_offsets(struct column_block *block, const struct parts *parts, bool was_dense) {
    uint32_t counts[COLUMN_BLOCK_DOCS], offset = 0, present = 0;
    if (block->dense) {
        for (uint32_t i = 0; i <= block->docs && !was_dense; i++)
            block->offsets[i] = i;
        return;
    }
    if (parts->kind & COLUMN_KIND_COUNTS)
        read_counts(counts, parts);
    for (uint32_t i = 0; i < block->docs; i++) {
        block->offsets[i] = offset;
        if (parts->bitmap[i / 64] >> i % 64 & 1)
            offset += parts->kind & COLUMN_KIND_COUNTS ? counts[present++] : 1;
    }
    block->offsets[block->docs] = offset;
}

/* The integers of numbers that fit into 32 bits, as do their units, mostly; returns the greatest
 * number. */
CPU_CLONES
static uint64_t integers_of_u32(uint64_t *integers, const uint32_t *numbers, uint32_t count,
                                uint64_t base, uint32_t unit) {
    uint32_t greatest = 0;
    for (uint32_t i = 0; i < count; i++) {
        greatest = numbers[i] > greatest ? numbers[i] : greatest;
        integers[i] = base + numbers[i] * (uint64_t)unit;
    }
    return greatest;
}

/* The same in place. */
static uint64_t integers_of_u64(uint64_t *numbers, uint32_t count, uint64_t base, uint64_t unit) {
    uint64_t greatest = 0;
    for (uint32_t i = 0; i < count; i++) {
        greatest = numbers[i] > greatest ? numbers[i] : greatest;
        numbers[i] = base + numbers[i] * unit;
    }
    return greatest;
}

/* Makes the keys; false: one is above the greatest. */
static bool make_keys(struct column_block *block, const struct parts *parts) {
    uint64_t *integers = (uint64_t *)block->keys, greatest;
    const uint64_t base = (uint64_t)parts->base;
    uint32_t numbers[COLUMN_BLOCK_DOCS];
    if (parts->width <= 32 && parts->unit <= UINT32_MAX && block->count <= COLUMN_BLOCK_DOCS) {
        packed_decode_u32(numbers, parts->values, block->count, parts->width);
        greatest = integers_of_u32(integers, numbers, block->count, base, (uint32_t)parts->unit);
    } else {
        packed_decode(integers, parts->values, block->count, parts->width);
        greatest = integers_of_u64(integers, block->count, base, parts->unit);
    }
    if (parts->exponent != COLUMN_EXPONENT_KEYS)
        for (uint32_t i = 0; i < block->count; i++)
            block->keys[i] = column_key_of_integer(block->keys[i], parts->exponent);
    return greatest <= parts->last;
}

static enum status decode_parts(struct column_block *block, const struct parts *parts,
                                const struct column_block_source *source) {
    if (!block->offsets) {
        block->offsets = malloc((COLUMN_BLOCK_DOCS + 1) * sizeof *block->offsets);
        if (!block->offsets)
            return ST_NOMEM;
    }
    int64_t *keys =
        array_reserve(block->keys, &block->key_capacity, parts->count, sizeof *block->keys);
    if (!keys)
        return ST_NOMEM;
    block->keys = keys;
    /* Offsets of dense blocks are the same, and there are at most as many in the next one. */
    bool was_dense = block->dense && block->docs >= source->docs;
    block->first = source->first;
    block->docs = source->docs;
    block->count = parts->count;
    block->dense = parts->kind == COLUMN_KIND_ALL;
    block->min = source->min;
    block->max = source->max;
    make_offsets(block, parts, was_dense);
    return make_keys(block, parts) ? ST_OK : ST_CORRUPT;
}

enum status column_block_decode(struct column_block *block,
                                const struct column_block_source *source) {
    struct parts parts;
    return take_apart(&parts, source) ? decode_parts(block, &parts, source) : ST_CORRUPT;
}

enum status column_block_single(int64_t *key, const struct column_block_source *source,
                                uint32_t doc) {
    struct parts parts;
    uint32_t at = doc - source->first, before = 0;
    if (!take_apart(&parts, source) || at >= source->docs)
        return ST_CORRUPT;
    if (parts.kind & COLUMN_KIND_COUNTS)
        return ST_SKIPPED;
    uint64_t word = parts.bitmap[at / 64], bit = UINT64_C(1) << at % 64;
    if (!(word & bit))
        return ST_NOT_FOUND;
    for (uint32_t i = 0; i < at / 64; i++)
        before += (uint32_t)__builtin_popcountll(parts.bitmap[i]);
    before += (uint32_t)__builtin_popcountll(word & (bit - 1));
    uint64_t number = packed_number(parts.values, parts.count, parts.width, before);
    *key = part_key(&parts, number);
    return number <= parts.last ? ST_OK : ST_CORRUPT;
}

enum status column_block_present(uint64_t *bits, const struct column_block_source *source) {
    struct parts parts;
    if (!take_apart(&parts, source))
        return ST_CORRUPT;
    memcpy(bits, parts.bitmap, sizeof parts.bitmap);
    return ST_OK;
}

#ifdef BITS_SSE2

/* A bit for each of 64 numbers: whether number - from <= span. */
static inline uint64_t range_bits(const uint32_t *numbers, uint32_t from, uint32_t span) {
    const __m128i sign = _mm_set1_epi32(INT32_MIN), first = _mm_set1_epi32((int)from);
    const __m128i most = _mm_xor_si128(_mm_set1_epi32((int)span), sign);
    uint64_t outside = 0;
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i above[4];
        for (unsigned j = 0; j < 4; j++) {
            __m128i four = _mm_loadu_si128((const __m128i *)(numbers + i + 4 * j));
            above[j] = _mm_cmpgt_epi32(_mm_xor_si128(_mm_sub_epi32(four, first), sign), most);
        }
        __m128i all = _mm_packs_epi16(_mm_packs_epi32(above[0], above[1]),
                                      _mm_packs_epi32(above[2], above[3]));
        outside |= (uint64_t)(uint32_t)_mm_movemask_epi8(all) << i;
    }
    return ~outside;
}

#else

static inline uint64_t range_bits(const uint32_t *numbers, uint32_t from, uint32_t span) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < 64; i++)
        bits |= (uint64_t)(numbers[i] - from <= span) << i;
    return bits;
}

#endif

/* Moves the low bits of `bits` to the places of the ones of `places`, in order. */
static uint64_t deposit(uint64_t bits, uint64_t places) {
    uint64_t result = 0;
    for (; places; places &= places - 1, bits >>= 1)
        result |= places & -places & -(bits & 1);
    return result;
}

/* The 64 bits from a bit on. */
static uint64_t bits_from(const uint64_t *words, uint32_t bit) {
    uint64_t bits = words[bit / 64] >> bit % 64;
    return bit % 64 ? bits | words[bit / 64 + 1] << (64 - bit % 64) : bits;
}

/* The range of packed numbers [from, from + span], for documents with one value each. */
static void range_of_single(uint64_t *bits, const struct parts *parts, uint32_t from,
                            uint32_t span) {
    uint32_t numbers[COLUMN_BLOCK_DOCS];
    uint64_t matches[WORDS + 1], *to = parts->kind == COLUMN_KIND_ALL ? bits : matches;
    packed_decode_u32(numbers, parts->values, parts->count, parts->width);
    memset(numbers + parts->count, 0, (COLUMN_BLOCK_DOCS - parts->count) * sizeof *numbers);
    for (unsigned i = 0; i < WORDS; i++)
        to[i] = range_bits(numbers + 64 * i, from, span);
    if (parts->kind == COLUMN_KIND_ALL) {
        for (unsigned i = 0; i < WORDS; i++)
            bits[i] &= parts->bitmap[i];
        return;
    }
    matches[WORDS] = 0;
    for (uint32_t i = 0, before = 0; i < WORDS; i++) {
        bits[i] = parts->bitmap[i] ? deposit(bits_from(matches, before), parts->bitmap[i]) : 0;
        before += (uint32_t)__builtin_popcountll(parts->bitmap[i]);
    }
}

enum status column_block_range(uint64_t *bits, struct column_block *scratch,
                               const struct column_block_source *source, int64_t min, int64_t max) {
    struct parts parts;
    memset(bits, 0, WORDS * sizeof *bits);
    if (!take_apart(&parts, source))
        return ST_CORRUPT;
    uint64_t from = numbers_below(&parts, min);
    uint64_t end = max == INT64_MAX ? parts.last + 1 : numbers_below(&parts, max + 1);
    if (parts.width <= 32 && !(parts.kind & COLUMN_KIND_COUNTS)) {
        if (from < end)
            range_of_single(bits, &parts, (uint32_t)from, (uint32_t)(end - 1 - from));
        return ST_OK;
    }
    enum status status = decode_parts(scratch, &parts, source);
    for (uint32_t i = 0; i < scratch->docs && !status; i++) {
        uint64_t any = 0;
        for (uint32_t at = scratch->offsets[i]; at < scratch->offsets[i + 1]; at++)
            any |= scratch->keys[at] >= min && scratch->keys[at] <= max;
        bits[i / 64] |= any << i % 64;
    }
    return status;
}
