/* SPDX-License-Identifier: MIT */
/* Finds the indexed fields of a document by name, checks their sizes and hashes them. */
#include "indexer/build/indexed_fields.h"

#include "common/base/codec.h"

_Static_assert(INDEXED_TEXT == INDEXED_FIELD_COUNT - 1,
               "the text, which may come in parts, is last");

static const struct {
    const char *name;
    size_t max_size; /* bytes */
} table[INDEXED_FIELD_COUNT] = {
    [INDEXED_TITLE] = {FIELD_TITLE, INDEXED_TITLE_MAX},
    [INDEXED_TEXT] = {FIELD_TEXT, INDEXED_TEXT_MAX},
};

struct indexed_fields indexed_fields_of(const struct source_document *document) {
    struct indexed_fields fields;
    for (size_t i = 0; i < INDEXED_FIELD_COUNT; i++)
        fields.values[i] = source_document_field(document, table[i].name);
    return fields;
}

enum status indexed_fields_check(const struct indexed_fields *fields, struct error *err) {
    for (size_t i = 0; i < INDEXED_FIELD_COUNT; i++)
        if (fields->values[i].size > table[i].max_size)
            return error_set(err, ST_SKIPPED, 0, "a %s of %zu bytes; at most %zu are possible",
                             table[i].name, fields->values[i].size, table[i].max_size);
    return ST_OK;
}

uint64_t indexed_fields_hash(const struct indexed_fields *fields) {
    uint64_t hash = 0;
    for (size_t i = 0; i < INDEXED_FIELD_COUNT; i++)
        hash = hash64(fields->values[i].data, fields->values[i].size, hash);
    return document_hash(hash);
}
