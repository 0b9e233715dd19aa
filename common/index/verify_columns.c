/* SPDX-License-Identifier: MIT */
/* Verifies the columns of a segment, and those of keywords against the lists of their values. */
#include <stdlib.h>

#include "common/column/column_reader.h"
#include "common/column/value_table.h"
#include "common/index/verify_private.h"
#include "common/segment/postings.h"

/* The column of a field. */
struct column_check {
    struct verifier *verifier;
    const struct segment_field *field;
    const struct schema_field *declared;
    struct column_reader column;
    struct value_table values;
    uint32_t documents; /* that have a value */
    uint64_t bytes;     /* of its blocks */
    uint32_t *counts;   /* of a keyword: the documents that have each value */
};

static enum status column_fail(const struct column_check *check, const char *what,
                               struct error *err) {
    enum status status = segment_status(check->verifier->segment, err);
    return status ? status
                  : error_set(err, ST_CORRUPT, 0, "segment %u, field %s: %s",
                              check->verifier->segment->info.id, check->declared->name, what);
}

/* The decoder has compared all keys with the bounds. */
static enum status walk_block(struct column_check *check, const struct column_block *block,
                              struct error *err) {
    bool has_min = false, has_max = false;
    for (uint32_t doc = block->first; doc < block->first + block->docs; doc++) {
        const int64_t *keys;
        size_t count = column_block_values(&keys, block, doc);
        check->documents += count > 0;
        for (size_t i = 0; i < count; i++) {
            has_min |= keys[i] == block->min;
            has_max |= keys[i] == block->max;
            for (size_t k = 0; k < i; k++)
                if (keys[k] == keys[i])
                    return column_fail(check, "a document has a value twice", err);
            if (check->counts)
                check->counts[keys[i]]++;
        }
    }
    return has_min && has_max ? ST_OK : column_fail(check, "the bounds of a block are wrong", err);
}

static enum status walk_blocks(struct column_check *check, struct error *err) {
    enum status status = ST_OK;
    for (uint32_t number = 0, next = 0; number < check->field->column.entries && !status;
         number++) {
        struct column_entry entry;
        const struct column_block *block = NULL;
        if (column_reader_entry(&entry, &check->column, number)) {
            if (entry.block < next)
                return column_fail(check, "its blocks are not in order", err);
            block = column_reader_block(&check->column, entry.block);
        }
        if (!block)
            return column_fail(check, "a block is not found", err);
        check->bytes += entry.size;
        next = entry.block + 1;
        status = walk_block(check, block, err);
    }
    if (!status && check->documents != check->field->documents)
        status = column_fail(check, "the catalog's count of documents is wrong", err);
    return status;
}

/* The list of a value has the documents that have it in the column, and no others; but a folder is
 * also that of the documents in folders below it. */
static enum status check_list(struct column_check *check, uint32_t ordinal, struct slice term,
                              struct error *err) {
    struct segment *segment = check->verifier->segment;
    struct term_entry list;
    struct postings_block block;
    uint32_t found = 0;
    enum status status = segment_find_term(&list, segment, check->field->number, term, err);
    if (status)
        return status == ST_NOT_FOUND ? column_fail(check, "a value has no list", err) : status;
    for (uint32_t number = 0; number < postings_block_count(&list); number++) {
        if (!postings_block_load(&block, &segment->chunks, &list, number))
            return segment_status(segment, err);
        for (uint32_t i = 0; i < block.count; i++)
            found += column_matches(&check->column, block.docs[i], ordinal, ordinal);
    }
    if (found != check->counts[ordinal] ||
        (check->field->number != SCHEMA_FOLDER && found != list.documents))
        return column_fail(check, "a value and its list have different documents", err);
    return ST_OK;
}

static enum status walk_values(struct column_check *check, struct error *err) {
    uint8_t before[TERM_MAX];
    struct slice last = slice_of(before, 0);
    enum status status = ST_OK;
    for (uint32_t i = 0; i < check->values.count && !status; i++) {
        struct slice term, shown;
        if (!value_table_value(&term, &shown, &check->values, i))
            return column_fail(check, "a value is missing", err);
        if (slice_compare(last, term) >= 0)
            return column_fail(check, "its values are not in order", err);
        memcpy(before, term.data, term.size);
        last.size = term.size;
        if (!check->counts[i])
            return column_fail(check, "no document has one of its values", err);
        status = check_list(check, i, last, err);
    }
    return status;
}

/* The fewest bytes of a value in its table. */
enum { VALUE_SIZE_MIN = 4 };

static enum status walk_column(struct column_check *check, struct error *err) {
    struct verifier *verifier = check->verifier;
    bool keyword = check->declared->type == FIELD_TYPE_KEYWORD;
    if (check->declared->type == FIELD_TYPE_TEXT)
        return column_fail(check, "a text has a column", err);
    segment_column(&check->column, verifier->segment, check->field->number, check->declared->type);
    segment_values(&check->values, verifier->segment, check->field->number);
    /* Before memory is taken. */
    if (keyword ? check->values.count > verifier->stream_bytes[STREAM_VALUES] / VALUE_SIZE_MIN
                : check->values.count > 0)
        return column_fail(check, "the catalog's count of values is wrong", err);
    if (keyword) {
        check->counts = calloc(check->values.count + (size_t)1, sizeof *check->counts);
        if (!check->counts)
            return error_nomem(err);
    }
    enum status status = walk_blocks(check, err);
    return status || !keyword ? status : walk_values(check, err);
}

enum status verify_columns(struct verifier *verifier, struct error *err) {
    const struct segment_info *info = &verifier->segment->info;
    uint64_t entries = 0, bytes = 0;
    enum status status = ST_OK;
    for (size_t i = 0; i < info->field_count && !status; i++) {
        const struct segment_field *field = &info->fields[i];
        struct column_check check = {
            .verifier = verifier,
            .field = field,
            .declared = schema_field(&verifier->snapshot->catalog.schema, field->number)};
        if (!field->column.entries)
            continue;
        if (field->column.first_entry != entries)
            return column_fail(&check, "its index is not where it should be", err);
        status = walk_column(&check, err);
        entries += field->column.entries;
        bytes += check.bytes;
        column_reader_release(&check.column);
        free(check.counts);
    }
    if (status)
        return status;
    return entries * COLUMN_ENTRY_SIZE == verifier->stream_bytes[STREAM_COLUMN_INDEX] &&
                   bytes == verifier->stream_bytes[STREAM_COLUMNS]
               ? ST_OK
               : verify_fail(verifier, "has columns of no field", err);
}
