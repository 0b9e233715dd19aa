/* SPDX-License-Identifier: MIT */
/* Sorts, checks and hashes the values of a document. */
#include "indexer/build/index_document.h"

#include <stdlib.h>

#include "common/base/codec.h"

static bool is_sorted(const struct field_value *values, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (values[i].field < values[i - 1].field)
            return false;
    return true;
}

static int compare_keys(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

enum status index_document_sort(struct field_value *values, size_t count) {
    if (is_sorted(values, count))
        return ST_OK;
    /* The field, then the place among all values. */
    uint64_t *keys = malloc(count * sizeof *keys);
    struct field_value *copy = malloc(count * sizeof *copy);
    if (keys && copy) {
        for (size_t i = 0; i < count; i++)
            keys[i] = (uint64_t)values[i].field << 48 | i;
        memcpy(copy, values, count * sizeof *copy);
        qsort(keys, count, sizeof *keys, compare_keys);
        for (size_t i = 0; i < count; i++)
            values[i] = copy[keys[i] & ((UINT64_C(1) << 48) - 1)];
    }
    enum status status = keys && copy ? ST_OK : ST_NOMEM;
    free(keys);
    free(copy);
    return status;
}

const struct field_value *index_document_value(const struct index_document *document,
                                               uint16_t field) {
    for (size_t i = 0; i < document->value_count; i++)
        if (document->values[i].field == field)
            return &document->values[i];
    return NULL;
}

struct slice index_document_string(const struct index_document *document, uint16_t field) {
    const struct field_value *value = index_document_value(document, field);
    return value ? value->text : slice_of(NULL, 0);
}

enum status index_document_check(const struct index_document *document, struct error *err) {
    if (!document->id.size)
        return error_set(err, ST_SKIPPED, 0, "a document without an id");
    if (document->id.size > DOCUMENT_ID_MAX)
        return error_set(err, ST_SKIPPED, 0, "an id of %zu bytes; at most %d are possible",
                         document->id.size, DOCUMENT_ID_MAX);
    size_t text = 0, others = 0;
    for (size_t i = 0; i < document->value_count; i++) {
        const struct field_value *value = &document->values[i];
        size_t *total = value->field == SCHEMA_TEXT ? &text : &others;
        *total = value->text.size > SIZE_MAX - *total ? SIZE_MAX : *total + value->text.size;
    }
    if (text > INDEX_DOCUMENT_TEXT_MAX)
        return error_set(err, ST_SKIPPED, 0, "a text of %zu bytes; at most %d are possible", text,
                         INDEX_DOCUMENT_TEXT_MAX);
    if (others > INDEX_DOCUMENT_VALUES_MAX)
        return error_set(err, ST_SKIPPED, 0,
                         "title and other fields of %zu bytes; at most %d are possible", others,
                         INDEX_DOCUMENT_VALUES_MAX);
    return ST_OK;
}

void index_document_store(struct document *record, const struct index_document *document) {
    const struct field_value *size = index_document_value(document, SCHEMA_SIZE);
    record->id = document->id;
    record->title = document_stored_title(index_document_string(document, SCHEMA_TITLE));
    record->size = size ? document_size_of_key(size->key) : 0;
    record->values = document->values;
    record->value_count = document->value_count;
}

uint64_t index_document_hash(const struct index_document *document) {
    struct slice text = index_document_string(document, SCHEMA_TEXT);
    return index_document_hash_of_text(document, hash64(text.data, text.size, 0));
}

/* Each value is hashed with all that tells it from others: its field, its type, and its size or
 * key. */
uint64_t index_document_hash_of_text(const struct index_document *document, uint64_t text_hash) {
    uint64_t hash = text_hash;
    for (size_t i = 0; i < document->value_count; i++) {
        const struct field_value *value = &document->values[i];
        if (value->field == SCHEMA_TEXT)
            continue;
        uint8_t head[2 + 1 + 8];
        bool has_text = value->type == FIELD_TYPE_TEXT || value->type == FIELD_TYPE_KEYWORD;
        put_u16(head, value->field);
        head[2] = (uint8_t)value->type;
        put_u64(head + 3, has_text ? value->text.size : (uint64_t)value->key);
        hash = hash64(head, sizeof head, hash);
        if (has_text)
            hash = hash64(value->text.data, value->text.size, hash);
    }
    return document_content_hash(hash, text_hash);
}
