/* SPDX-License-Identifier: MIT */
/* What is stored of a document, apart from its postings. */
#ifndef QUERN_COMMON_SEGMENT_DOCUMENT_H
#define QUERN_COMMON_SEGMENT_DOCUMENT_H

#include "common/base/codec.h"
#include "common/field/field_value.h"
#include "common/text/unicode.h"

enum {
    DOCUMENT_ID_MAX = 4096,       /* bytes; a longer id is refused */
    DOCUMENT_TITLE_MAX = 1024,    /* bytes stored of a title; all of it is indexed */
    DOCUMENT_FIELDS_MAX = 16384,  /* bytes of `fields`; further values are not stored */
    DOCUMENT_TITLE_CUT_MIN = 960, /* a title that was cut has more bytes than this */
    DOCUMENT_HASH_BITS = 40,
    /* Keeps positions and frequencies below 2^31; a longer document is refused. */
    DOCUMENT_TOKENS_MAX = 2000000000,
};

/* Slices are borrowed; the function that fills the structure says for how long. */
struct document {
    struct slice id;        /* unique in the index; any bytes */
    struct slice title;     /* UTF-8 */
    struct slice fields;    /* stored values of other text fields: (field:varint value:string)* */
    struct slice text;      /* UTF-8; empty if the index stores no text */
    uint64_t size;          /* the first value of SCHEMA_SIZE, if that is a size, else 0 */
    uint64_t content_hash;  /* document_content_hash() of what was indexed */
    uint32_t length;        /* tokens of all searched text fields */
    uint32_t title_length;  /* tokens of the title, at positions [0, title_length) */
    uint32_t text_position; /* where the text begins */
    bool has_text;          /* the text is stored */
    /* Those that become columns (columns_writer.h). Only of a document that is added: columns are
     * read by field, not by document. */
    const struct field_value *values;
    size_t value_count;
};

/* A stored value of a text field. */
struct document_value {
    uint16_t field;
    struct slice text; /* UTF-8, cut as a title is */
};

/* Takes the next stored value; *values starts as document->fields. False: there is none. */
static inline bool document_next_value(struct document_value *value, struct slice *values) {
    struct reader reader = reader_of(values->data, values->size);
    value->field = (uint16_t)reader_varint32(&reader);
    value->text = reader_string(&reader);
    *values = slice_of(reader.next, reader_remaining(&reader));
    return !reader.bad;
}

/* The position of the token after the title, the text's first one unless further fields are between
 * them. There is a gap of one after the title, so that no phrase matches across it. */
static inline uint32_t document_text_position(uint32_t title_length) {
    return title_length + (title_length > 0);
}

/* The size of which a value of SCHEMA_SIZE is the key; 0 if it is none. */
static inline uint64_t document_size_of_key(int64_t key) {
    double number = field_value_number_of_key(key);
    return number > 0 && number < 0x1p53 ? (uint64_t)number : 0;
}

/* The part stored of a document's hashes: 32 bits of that of all that was indexed, and 8 of hash64()
 * of the text. It is compared with that of the previous version of the document only, so these are
 * enough: one change in 2^32 is missed, or in 2^40 if the text changed. */
static inline uint64_t document_content_hash(uint64_t hash, uint64_t text_hash) {
    return (hash & UINT32_MAX) | (text_hash & UINT8_MAX) << 32;
}

/* Whether a text with this hash64() may be that of a document with this content hash. */
static inline bool document_has_text_hash(uint64_t content_hash, uint64_t text_hash) {
    return content_hash >> 32 == (text_hash & UINT8_MAX);
}

/* The title as it is stored. It is cut between grapheme clusters, unless the one at the limit is so
 * long that no more than DOCUMENT_TITLE_CUT_MIN bytes would remain; the longest emoji have 35. */
static inline struct slice document_stored_title(struct slice title) {
    if (title.size <= DOCUMENT_TITLE_MAX)
        return title;
    size_t size = unicode_cluster_before(title, DOCUMENT_TITLE_MAX);
    return size > DOCUMENT_TITLE_CUT_MIN ? slice_of(title.data, size)
                                         : unicode_cut(title, DOCUMENT_TITLE_MAX);
}

/* Appends a value to those of a document, which begin at `begin`, cut as a title is, unless they become
 * too many. ST_NOMEM. */
static inline enum status document_add_value(struct buffer *values, size_t begin, uint16_t field,
                                             struct slice text) {
    struct slice stored = document_stored_title(text);
    if (values->size - begin + stored.size + 2 * VARINT_MAX > DOCUMENT_FIELDS_MAX)
        return ST_OK;
    enum status status = buffer_append_varint(values, field);
    return status ? status : buffer_append_string(values, stored);
}

/* Whether a stored title may have been cut. */
static inline bool document_title_may_be_cut(struct slice title) {
    return title.size > DOCUMENT_TITLE_CUT_MIN;
}

#endif
