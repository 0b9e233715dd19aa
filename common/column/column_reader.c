/* SPDX-License-Identifier: MIT */
/* Finds and reads blocks of a column. */
#include "common/column/column_reader.h"

#include "common/base/codec.h"

void column_reader_init(struct column_reader *reader, struct chunk_reader *chunks,
                        const struct column_info *info, enum field_type type, uint32_t documents) {
    *reader = (struct column_reader){.chunks = chunks,
                                     .info = *info,
                                     .type = type,
                                     .documents = documents,
                                     .found = UINT32_MAX,
                                     .decoded = UINT32_MAX,
                                     .sampled = UINT32_MAX};
}

void column_reader_release(struct column_reader *reader) {
    column_block_release(&reader->block);
    column_block_release(&reader->scratch);
    buffer_release(&reader->bytes);
}

/* Reports damage, and returns false. */
static bool damaged(struct column_reader *reader) {
    return chunk_reader_damaged(reader->chunks, "values of a field");
}

bool column_reader_entry(struct column_entry *entry, struct column_reader *reader,
                         uint32_t number) {
    uint64_t address = chunk_item_address(reader->info.first_entry + number, COLUMN_ENTRY_SIZE);
    const uint8_t *bytes =
        chunk_read(reader->chunks, STREAM_COLUMN_INDEX, address, COLUMN_ENTRY_SIZE);
    if (!bytes)
        return false;
    entry->block = get_u32(bytes);
    entry->address = get_u48(bytes + 4);
    entry->size = get_u32(bytes + 10);
    entry->min = (int64_t)get_u64(bytes + 14);
    entry->max = (int64_t)get_u64(bytes + 22);
    if (entry->min > entry->max || entry->block > (reader->documents - 1) / COLUMN_BLOCK_DOCS ||
        (reader->type == FIELD_TYPE_KEYWORD &&
         (entry->min < 0 || entry->max >= (int64_t)reader->info.values)))
        return damaged(reader);
    return true;
}

static uint32_t block_count(const struct column_reader *reader) {
    return reader->documents / COLUMN_BLOCK_DOCS + (reader->documents % COLUMN_BLOCK_DOCS > 0);
}

/* Finds the entry of a block. False: it has no values. */
static bool find_entry(struct column_reader *reader, uint32_t block) {
    uint32_t low = 0, high = reader->info.entries;
    if (reader->found == block)
        return reader->has_entry;
    reader->found = block;
    reader->has_entry = false;
    if (block >= block_count(reader))
        return false;
    if (high == block_count(reader)) { /* each block has one */
        reader->has_entry = column_reader_entry(&reader->entry, reader, block) &&
                            (reader->entry.block == block || damaged(reader));
        return reader->has_entry;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (!column_reader_entry(&reader->entry, reader, middle))
            return false;
        if (reader->entry.block == block) {
            reader->has_entry = true;
            return true;
        }
        if (reader->entry.block < block)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* The bytes of a block that continues in further chunks. */
static bool join_chunks(struct slice *bytes, struct column_reader *reader) {
    uint64_t address = reader->entry.address;
    buffer_clear(&reader->bytes);
    for (uint32_t left = reader->entry.size; left;) {
        uint32_t size = left < CHUNK_DATA_SIZE ? left : CHUNK_DATA_SIZE;
        const uint8_t *part = chunk_read(reader->chunks, STREAM_COLUMNS, address, size);
        if (!part)
            return false;
        if (buffer_append(&reader->bytes, part, size)) {
            chunk_reader_fail_nomem(reader->chunks);
            return false;
        }
        left -= size;
        address = chunk_address((uint32_t)(address >> 16) + 1, CHUNK_HEADER_SIZE);
    }
    *bytes = buffer_slice(&reader->bytes);
    return true;
}

/* Sets *source to the block of the entry that was found. */
static bool entry_source(struct column_block_source *source, struct column_reader *reader) {
    const struct column_entry *entry = &reader->entry;
    uint32_t first = entry->block * COLUMN_BLOCK_DOCS, docs = reader->documents - first;
    *source =
        (struct column_block_source){.type = reader->type,
                                     .first = first,
                                     .docs = docs < COLUMN_BLOCK_DOCS ? docs : COLUMN_BLOCK_DOCS,
                                     .min = entry->min,
                                     .max = entry->max};
    if (entry->size > CHUNK_DATA_SIZE)
        return join_chunks(&source->bytes, reader);
    if (entry->size) {
        const uint8_t *bytes =
            chunk_read(reader->chunks, STREAM_COLUMNS, entry->address, entry->size);
        source->bytes = slice_of(bytes, entry->size);
        return bytes != NULL;
    }
    return true;
}

static bool take_status(struct column_reader *reader, enum status status) {
    if (status == ST_NOMEM)
        chunk_reader_fail_nomem(reader->chunks);
    else if (status)
        damaged(reader);
    return !status;
}

uint64_t column_count_candidates(uint32_t *first, uint32_t *end, struct column_reader *reader,
                                 int64_t min, int64_t max) {
    const uint32_t per_chunk = CHUNK_DATA_SIZE / COLUMN_ENTRY_SIZE;
    uint64_t documents = 0;
    *first = *end = 0;
    for (uint32_t i = 0, count; i < reader->info.entries; i += count) {
        uint64_t number = reader->info.first_entry + i;
        count = per_chunk - (uint32_t)(number % per_chunk);
        if (count > reader->info.entries - i)
            count = reader->info.entries - i;
        const uint8_t *bytes =
            chunk_read(reader->chunks, STREAM_COLUMN_INDEX,
                       chunk_item_address(number, COLUMN_ENTRY_SIZE), count * COLUMN_ENTRY_SIZE);
        for (uint32_t k = 0; bytes && k < count; k++, bytes += COLUMN_ENTRY_SIZE) {
            if ((int64_t)get_u64(bytes + 14) > max || (int64_t)get_u64(bytes + 22) < min)
                continue;
            uint32_t block = get_u32(bytes);
            if (block >= block_count(reader)) {
                damaged(reader);
                return documents;
            }
            *first = documents ? *first : block * COLUMN_BLOCK_DOCS;
            *end = block + 1 == block_count(reader) ? reader->documents
                                                    : (block + 1) * COLUMN_BLOCK_DOCS;
            documents += COLUMN_BLOCK_DOCS;
        }
    }
    return documents;
}

bool column_block_bounds(int64_t *min, int64_t *max, struct column_reader *reader,
                         uint32_t number) {
    if (!find_entry(reader, number))
        return false;
    *min = reader->entry.min;
    *max = reader->entry.max;
    return true;
}

const struct column_block *column_reader_block(struct column_reader *reader, uint32_t number) {
    struct column_block_source source;
    if (!find_entry(reader, number))
        return NULL;
    if (reader->decoded == number)
        return &reader->block;
    reader->decoded = UINT32_MAX;
    if (!entry_source(&source, reader) ||
        !take_status(reader, column_block_decode(&reader->block, &source)))
        return NULL;
    reader->decoded = number;
    return &reader->block;
}

/* Decoding a block takes as long as reading about this many single values of it. */
enum { SAMPLES_MAX = 16 };

/* Reads the value of a document on its own. False: the block should be decoded. */
static bool read_single(size_t *count, struct column_reader *reader, uint32_t doc) {
    struct column_block_source source;
    uint32_t number = doc / COLUMN_BLOCK_DOCS;
    if (reader->decoded == number)
        return false;
    if (reader->sampled != number)
        reader->samples = 0;
    reader->sampled = number;
    if (reader->samples++ >= SAMPLES_MAX)
        return false;
    *count = 0;
    if (!find_entry(reader, number) || !entry_source(&source, reader))
        return true;
    enum status status = column_block_single(&reader->single, &source, doc);
    if (status == ST_SKIPPED)
        return false;
    *count = !status;
    take_status(reader, status == ST_NOT_FOUND ? ST_OK : status);
    return true;
}

size_t column_values(const int64_t **values, struct column_reader *reader, uint32_t doc) {
    size_t count;
    *values = &reader->single;
    if (doc >= reader->documents)
        return 0;
    if (read_single(&count, reader, doc))
        return count;
    const struct column_block *block = column_reader_block(reader, doc / COLUMN_BLOCK_DOCS);
    return block ? column_block_values(values, block, doc) : 0;
}

bool column_value(int64_t *key, struct column_reader *reader, uint32_t doc,
                  enum column_choice which) {
    const int64_t *values;
    size_t count = column_values(&values, reader, doc);
    if (!count)
        return false;
    *key = values[0];
    for (size_t i = 1; i < count && which != COLUMN_FIRST; i++)
        if (which == COLUMN_MIN ? values[i] < *key : values[i] > *key)
            *key = values[i];
    return true;
}

bool column_matches(struct column_reader *reader, uint32_t doc, int64_t min, int64_t max) {
    const int64_t *values;
    int64_t least, greatest;
    if (!column_block_bounds(&least, &greatest, reader, doc / COLUMN_BLOCK_DOCS) ||
        greatest < min || least > max)
        return false;
    size_t count = column_values(&values, reader, doc);
    for (size_t i = 0; i < count; i++)
        if (values[i] >= min && values[i] <= max)
            return true;
    return false;
}

enum { BLOCK_WORDS = COLUMN_BLOCK_DOCS / 64 };

/* The documents of a block that have a value in the range. */
static void block_range(uint64_t words[BLOCK_WORDS], struct column_reader *reader, uint32_t number,
                        int64_t min, int64_t max) {
    struct column_block_source source;
    memset(words, 0, BLOCK_WORDS * sizeof *words);
    if (!find_entry(reader, number) || reader->entry.max < min || reader->entry.min > max ||
        !entry_source(&source, reader))
        return;
    enum status status;
    if (reader->entry.min >= min && reader->entry.max <= max)
        status = column_block_present(words, &source);
    else
        status = column_block_range(words, &reader->scratch, &source, min, max);
    if (!take_status(reader, status))
        memset(words, 0, BLOCK_WORDS * sizeof *words);
}

void column_range_to_bitset(uint64_t *bits, struct column_reader *reader, uint32_t from,
                            uint32_t end, int64_t min, int64_t max) {
    while (from < end) {
        uint64_t words[BLOCK_WORDS];
        uint32_t number = from / COLUMN_BLOCK_DOCS, next = (number + 1) * COLUMN_BLOCK_DOCS;
        uint32_t first = from % COLUMN_BLOCK_DOCS / 64;
        uint32_t docs = (next && next < end ? next : end) - from, count = (docs + 63) / 64;
        block_range(words, reader, number, min, max);
        memcpy(bits, words + first, count * sizeof *bits);
        if (docs % 64)
            bits[count - 1] &= (UINT64_C(1) << docs % 64) - 1;
        bits += count;
        from += docs;
    }
}
