/* SPDX-License-Identifier: MIT */
/* Numbers values in the order in which they come, and sorts them at the end. */
#include "common/column/keyword_writer.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/codec.h"
#include "common/column/value_table_writer.h"
#include "common/text/unicode.h"

enum { SLOTS_MIN = 16 };

struct keyword_value {
    struct slice term, shown; /* in the arena */
    uint64_t hash;
    uint32_t number;  /* in the order in which they came */
    uint32_t ordinal; /* in that of their terms, once they are sorted */
};

void keyword_writer_init(struct keyword_writer *writer, struct arena *strings) {
    *writer = (struct keyword_writer){.strings = strings};
}

void keyword_writer_release(struct keyword_writer *writer) {
    free(writer->values);
    free(writer->index.slots);
    buffer_release(&writer->occurrences);
    *writer = (struct keyword_writer){0};
}

uint64_t keyword_writer_memory(const struct keyword_writer *writer) {
    uint64_t slots = writer->index.slots ? writer->index.mask + 1 : 0;
    return writer->capacity * sizeof *writer->values + slots * sizeof *writer->index.slots +
           writer->occurrences.capacity;
}

/* Makes the table of values twice as large. */
static enum status grow_index(struct keyword_writer *writer) {
    struct hash_index larger = {.mask = writer->index.slots ? 2 * writer->index.mask + 1
                                                            : SLOTS_MIN - 1};
    larger.slots = calloc(larger.mask + 1, sizeof *larger.slots);
    if (!larger.slots)
        return ST_NOMEM;
    for (size_t i = 0; i < writer->count; i++)
        hash_index_insert(&larger, writer->values[i].hash, (uint32_t)i);
    free(writer->index.slots);
    writer->index = larger;
    return ST_OK;
}

/* Adds a value that is not there yet, at the slot where the search ended. */
static enum status add_value(struct keyword_writer *writer, size_t slot, uint64_t hash,
                             struct slice term, struct slice shown, struct error *err) {
    if (writer->count >= UINT32_MAX - 1)
        return error_set(err, ST_LIMIT, 0,
                         "a segment holds at most 4,294,967,294 values of a field");
    struct keyword_value *values =
        array_reserve(writer->values, &writer->capacity, writer->count + 1, sizeof *values);
    if (!values)
        return error_nomem(err);
    writer->values = values;
    struct keyword_value *value = &values[writer->count];
    shown = unicode_cut(shown, VALUE_SHOWN_MAX);
    const char *own = arena_copy(writer->strings, term.data, term.size), *spelling = own;
    if (!slice_equal(shown, term))
        spelling = arena_copy(writer->strings, shown.data, shown.size);
    if (!own || !spelling)
        return error_nomem(err);
    *value = (struct keyword_value){.term = slice_of(own, term.size),
                                    .shown = slice_of(spelling, shown.size),
                                    .hash = hash,
                                    .number = (uint32_t)writer->count};
    hash_index_put(&writer->index, slot, (uint32_t)writer->count++);
    return ST_OK;
}

/* Sets writer->last to the number of the value. */
static enum status find_value(struct keyword_writer *writer, struct slice term, struct slice shown,
                              struct error *err) {
    uint64_t hash = hash64(term.data, term.size, 0);
    size_t slot;
    uint32_t item;
    if ((!writer->index.slots || writer->count >= writer->index.mask / 4 * 3) && grow_index(writer))
        return error_nomem(err);
    for (bool more = hash_index_first(&item, &slot, &writer->index, hash); more;
         more = hash_index_next(&item, &slot, &writer->index))
        if (writer->values[item].hash == hash && slice_equal(writer->values[item].term, term)) {
            writer->last = item;
            return ST_OK;
        }
    writer->last = (uint32_t)writer->count;
    return add_value(writer, slot, hash, term, shown, err);
}

enum status keyword_writer_add(struct keyword_writer *writer, uint32_t doc, struct slice term,
                               struct slice shown, struct error *err) {
    /* Often it is that of the previous document: a folder, a format. */
    if (!writer->count || !slice_equal(writer->values[writer->last].term, term)) {
        enum status status = find_value(writer, term, shown, err);
        if (status)
            return status;
    }
    if (buffer_append_varint(&writer->occurrences, doc - writer->doc) ||
        buffer_append_varint(&writer->occurrences, writer->last))
        return error_nomem(err);
    writer->doc = doc;
    return ST_OK;
}

static int term_compare(const void *a, const void *b) {
    const struct keyword_value *x = a, *y = b;
    return slice_compare(x->term, y->term);
}

static int number_compare(const void *a, const void *b) {
    const struct keyword_value *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static enum status write_table(struct column_info *info, struct keyword_writer *writer,
                               struct chunk_writer *values, struct error *err) {
    struct value_table_writer table;
    enum status status = ST_OK;
    value_table_writer_init(&table, values);
    qsort(writer->values, writer->count, sizeof *writer->values, term_compare);
    for (size_t i = 0; i < writer->count && !status; i++) {
        struct keyword_value *value = &writer->values[i];
        value->ordinal = (uint32_t)i;
        status = value_table_writer_add(&table, value->term, value->shown, err);
    }
    if (!status)
        status = value_table_writer_finish(info, &table, err);
    qsort(writer->values, writer->count, sizeof *writer->values, number_compare);
    value_table_writer_release(&table);
    return status;
}

enum status keyword_writer_write(struct column_info *info, struct keyword_writer *writer,
                                 struct column_writer *column, struct chunk_writer *blocks,
                                 struct chunk_writer *values, struct error *err) {
    if (!writer->count)
        return ST_OK;
    enum status status = write_table(info, writer, values, err);
    struct reader reader = reader_of(writer->occurrences.data, writer->occurrences.size);
    uint32_t doc = 0;
    while (reader_remaining(&reader) && !status) {
        doc += (uint32_t)reader_varint(&reader);
        uint32_t number = (uint32_t)reader_varint(&reader);
        status = column_writer_add(column, blocks, doc, writer->values[number].ordinal, err);
    }
    return status;
}
