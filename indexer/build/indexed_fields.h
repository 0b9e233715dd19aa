/* SPDX-License-Identifier: MIT */
/* The indexed fields of a document: one table, and what applies to all of them.
 *
 * The tokens of a document are numbered through its fields, in the order of the table. A field
 * begins one position after the end of the field before it, so no phrase matches across the
 * boundary. */
#ifndef QUERN_INDEXER_BUILD_INDEXED_FIELDS_H
#define QUERN_INDEXER_BUILD_INDEXED_FIELDS_H

#include "common/segment/document.h"
#include "indexer/source/source_document.h"

/* The rows of the table. The text is last, because it may come in parts. */
enum indexed_field {
    INDEXED_TITLE,
    INDEXED_TEXT,
    INDEXED_FIELD_COUNT,
};

enum {
    INDEXED_TITLE_MAX = 1 << 20, /* bytes */
    /* A token has at least one byte, so title and text stay within DOCUMENT_TOKENS_MAX. */
    INDEXED_TEXT_MAX = DOCUMENT_TOKENS_MAX - INDEXED_TITLE_MAX,
};

/* The values of the indexed fields of a document, empty if it has no such field. Borrowed from the
 * document. */
struct indexed_fields {
    struct slice values[INDEXED_FIELD_COUNT];
};
struct indexed_fields indexed_fields_of(const struct source_document *document);

/* ST_SKIPPED: a value is too long to be indexed. */
enum status indexed_fields_check(const struct indexed_fields *fields, struct error *err);

/* The content hash of a document with these fields: document_hash() of them all. */
uint64_t indexed_fields_hash(const struct indexed_fields *fields);

/* Where the next field begins if this one has the positions [begin, end). Readers use
 * document_text_position(), which is the same for the title. */
static inline uint32_t indexed_fields_next(uint32_t begin, uint32_t end) {
    return end + (end > begin);
}

#endif
