/* SPDX-License-Identifier: MIT */
/* The table of the fields that are indexed, and what is the same for all of them.
 *
 * The words of a document are counted through its fields, in the order of the table. A field begins
 * one position after the end of the one before it, so that no phrase reaches across. */
#ifndef QUERN_INDEXER_BUILD_INDEXED_FIELDS_H
#define QUERN_INDEXER_BUILD_INDEXED_FIELDS_H

#include "common/segment/document.h"
#include "indexer/source/source_document.h"

/* The rows of the table. The text is the last one, because it may come in parts. */
enum indexed_field {
    INDEXED_TITLE,
    INDEXED_TEXT,
    INDEXED_FIELD_COUNT,
};

enum {
    INDEXED_TITLE_MAX = 1 << 20, /* bytes */
    /* A word has at least one byte, so the words of title and text fit DOCUMENT_TOKENS_MAX. */
    INDEXED_TEXT_MAX = DOCUMENT_TOKENS_MAX - INDEXED_TITLE_MAX,
};

/* The values of a document's indexed fields, empty where it has none; borrowed from it. */
struct indexed_fields {
    struct slice values[INDEXED_FIELD_COUNT];
};
struct indexed_fields indexed_fields_of(const struct source_document *document);

/* ST_SKIPPED: a value is too long to be indexed. */
enum status indexed_fields_check(const struct indexed_fields *fields, struct error *err);

/* The content hash of a document with these fields: equal for equal content. */
uint64_t indexed_fields_hash(const struct indexed_fields *fields);

/* Where the next field begins when one has the positions [begin, end): see also
 * document_text_position(). */
static inline uint32_t indexed_fields_next(uint32_t begin, uint32_t end) {
    return end + (end > begin);
}

#endif
