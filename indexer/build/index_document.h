/* SPDX-License-Identifier: MIT */
/* A document as it is indexed: an id and typed values of fields of the schema.
 *
 * Which values become terms, and where: the words of all searched text fields have positions of
 * their own in SCHEMA_ALL, value after value in ascending order of the fields, but SCHEMA_TEXT last,
 * as a long text comes in parts. A value begins one position after the end of the one before it, so
 * no phrase matches across the boundary.
 *
 * Threads: plain data. */
#ifndef QUERN_INDEXER_BUILD_INDEX_DOCUMENT_H
#define QUERN_INDEXER_BUILD_INDEX_DOCUMENT_H

#include "common/base/status.h"
#include "common/field/schema.h"
#include "common/segment/document.h"

enum {
    INDEX_DOCUMENT_VALUES_MAX = 1 << 20, /* bytes of all texts and keywords but SCHEMA_TEXT */
    /* A token has at least one byte, so a document stays within DOCUMENT_TOKENS_MAX. */
    INDEX_DOCUMENT_TEXT_MAX = DOCUMENT_TOKENS_MAX - 2 * INDEX_DOCUMENT_VALUES_MAX,
};

/* Everything is borrowed. */
struct index_document {
    struct slice id; /* unique in the index; any bytes */
    /* In ascending order of their fields; a field may have several values, SCHEMA_TEXT one. */
    const struct field_value *values;
    size_t value_count;
};

/* Sorts values by their fields. Several values of a field keep their order. ST_NOMEM. */
enum status index_document_sort(struct field_value *values, size_t count);

/* The first value of a field, or NULL. */
const struct field_value *index_document_value(const struct index_document *document,
                                               uint16_t field);
/* The first value of a text field or keyword; empty if there is none. */
struct slice index_document_string(const struct index_document *document, uint16_t field);

/* ST_SKIPPED: the document cannot be indexed, because its id is empty or too long, or its values are
 * much too long. */
enum status index_document_check(const struct index_document *document, struct error *err);

/* Sets what *record, which borrows it, has of a document: id, title, size and values. */
void index_document_store(struct document *record, const struct index_document *document);

/* The content hash of all values. */
uint64_t index_document_hash(const struct index_document *document);
/* The same if the text, which is not among the values, has this hash64(). */
uint64_t index_document_hash_of_text(const struct index_document *document, uint64_t text_hash);

/* Where the next value begins if this one has the positions [begin, end). Readers use
 * document_text_position(), which is the same for the title. */
static inline uint32_t index_document_next(uint32_t begin, uint32_t end) {
    return end + (end > begin);
}

#endif
