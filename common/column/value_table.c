/* SPDX-License-Identifier: MIT */
/* Reads a value table by blocks, which are found through its index. */
#include "common/column/value_table.h"

#include "common/base/codec.h"

void value_table_open(struct value_table *table, struct chunk_reader *chunks,
                      const struct column_info *info) {
    *table = (struct value_table){
        .chunks = chunks, .index = info->value_index, .count = info->values, .next = UINT32_MAX};
}

static bool damaged(struct value_table *table) {
    table->next = UINT32_MAX;
    return chunk_reader_damaged(table->chunks, "values of a field");
}

/* Prepares to read block `number` from its start. */
static bool load_block(struct value_table *table, uint32_t number) {
    table->next = UINT32_MAX;
    if ((table->index & 0xffff) < CHUNK_HEADER_SIZE)
        return damaged(table);
    uint64_t address = chunk_advance(table->index, (uint64_t)number * VALUE_TABLE_ENTRY_SIZE);
    const uint8_t *entry =
        chunk_read(table->chunks, STREAM_VALUES, address, VALUE_TABLE_ENTRY_SIZE);
    if (!entry)
        return false;
    uint16_t size = get_u16(entry + 6);
    const uint8_t *bytes = chunk_read(table->chunks, STREAM_VALUES, get_u48(entry), size);
    if (!bytes)
        return false;
    table->block = slice_of(bytes, size);
    table->next = number * VALUE_TABLE_BLOCK;
    table->term_size = 0;
    return true;
}

/* Reads the next value of the block. */
static bool next_value(struct value_table *table) {
    struct reader reader = reader_of(table->block.data, table->block.size);
    uint32_t shared = reader_u8(&reader), size = reader_u8(&reader);
    const uint8_t *suffix = reader_bytes(&reader, size);
    uint64_t shown = reader_varint(&reader);
    bool last =
        table->next % VALUE_TABLE_BLOCK == VALUE_TABLE_BLOCK - 1 || table->next == table->count - 1;
    if (!suffix || shared > table->term_size || shared + size > TERM_MAX ||
        shown > VALUE_SHOWN_MAX + 1)
        return damaged(table);
    const uint8_t *own = shown ? reader_bytes(&reader, (size_t)shown - 1) : NULL;
    if (reader.bad || last != !reader_remaining(&reader))
        return damaged(table);
    memcpy(table->term + shared, suffix, size);
    table->term_size = shared + size;
    table->shown =
        shown ? slice_of(own, (size_t)shown - 1) : slice_of(table->term, table->term_size);
    table->block = slice_of(reader.next, reader_remaining(&reader));
    table->next++;
    return true;
}

bool value_table_value(struct slice *term, struct slice *shown, struct value_table *table,
                       uint32_t ordinal) {
    if (ordinal >= table->count)
        return false;
    uint32_t block = ordinal / VALUE_TABLE_BLOCK;
    bool current = table->next == ordinal + 1 && table->term_size;
    bool ahead = table->next <= ordinal && table->next / VALUE_TABLE_BLOCK == block &&
                 table->next % VALUE_TABLE_BLOCK;
    if (!current && !ahead && !load_block(table, block))
        return false;
    while (table->next <= ordinal)
        if (!next_value(table))
            return false;
    *term = slice_of(table->term, table->term_size);
    *shown = table->shown;
    return true;
}

bool value_table_find(uint32_t *ordinal, bool *found, struct value_table *table,
                      struct slice term) {
    struct slice value, shown;
    uint32_t low = 0, high = (table->count + VALUE_TABLE_BLOCK - 1) / VALUE_TABLE_BLOCK;
    *found = false;
    *ordinal = 0;
    while (low < high) { /* the first block whose first term is greater */
        uint32_t middle = low + (high - low) / 2;
        if (!value_table_value(&value, &shown, table, middle * VALUE_TABLE_BLOCK))
            return false;
        if (slice_compare(value, term) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return true;
    uint32_t end = low * VALUE_TABLE_BLOCK < table->count ? low * VALUE_TABLE_BLOCK : table->count;
    for (*ordinal = (low - 1) * VALUE_TABLE_BLOCK; *ordinal < end; ++*ordinal) {
        if (!value_table_value(&value, &shown, table, *ordinal))
            return false;
        int order = slice_compare(value, term);
        *found = order == 0;
        if (order >= 0)
            break;
    }
    return true;
}
