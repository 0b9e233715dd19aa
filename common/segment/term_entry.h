/* SPDX-License-Identifier: MIT */
/* Terms of fields, and their dictionary entries: where the lists of a term are and what bounds their
 * scores. The dictionary stores one for each term; readers of lists begin with it. */
#ifndef QUERN_COMMON_SEGMENT_TERM_ENTRY_H
#define QUERN_COMMON_SEGMENT_TERM_ENTRY_H

#include <stdint.h>

#include "common/base/bytes.h"
#include "common/segment/impact.h"
#include "common/text/analyzer.h"

/* A term of a field, as the dictionary has it: the number of the field, then the term. So plain byte
 * strings are in order of fields, then of terms.
 *
 *     field_term = field:u16be term
 */
enum {
    FIELD_TERM_HEAD = 2, /* bytes before the term */
    FIELD_TERM_MAX = FIELD_TERM_HEAD + TERM_MAX,
};

/* Writes the field, and returns where the term goes. */
static inline uint8_t *field_term_begin(uint8_t bytes[FIELD_TERM_MAX], uint16_t field) {
    bytes[0] = (uint8_t)(field >> 8);
    bytes[1] = (uint8_t)field;
    return bytes + FIELD_TERM_HEAD;
}

/* Joins a field and a term of at most TERM_MAX bytes. */
static inline struct slice field_term_join(uint8_t bytes[FIELD_TERM_MAX], uint16_t field,
                                           struct slice term) {
    memcpy(field_term_begin(bytes, field), term.data, term.size);
    return slice_of(bytes, FIELD_TERM_HEAD + term.size);
}

/* The parts; of a string that is too short, field 0 and no term. */
static inline uint16_t field_term_field(struct slice bytes) {
    return bytes.size < FIELD_TERM_HEAD ? 0 : (uint16_t)(bytes.data[0] << 8 | bytes.data[1]);
}

static inline struct slice field_term_term(struct slice bytes) {
    return slice_after(bytes, bytes.size < FIELD_TERM_HEAD ? bytes.size : (size_t)FIELD_TERM_HEAD);
}

enum { POSTINGS_BLOCK = 128 }; /* postings of a block; a shorter list has no skip entries */

/* Where the norms of a list's documents are: by them its positions are encoded and its impacts made
 * (norm.h). All zeros: in STREAM_NORMS. */
struct norm_source {
    enum norm_kind {
        NORM_OF_DOCUMENT, /* the length of all searched fields together */
        NORM_OF_FIELD,    /* that of one text field */
        NORM_ONE,         /* 1 for every document: a keyword has no length */
    } kind;
    uint32_t first_chunk; /* NORM_OF_FIELD: the first chunk of the field in STREAM_FIELD_NORMS */
};

/* A term in one segment. */
struct term_entry {
    uint32_t documents;   /* df: how many documents have it, at least 1 */
    uint64_t occurrences; /* cf: how often they have it, at least df */
    /* df == 1: the posting itself. */
    uint32_t doc;
    uint32_t frequency;
    uint32_t position; /* cf == 1: the only position */
    /* df > 1: the address of its first block of postings. */
    uint64_t postings;
    /* cf > 1: the address of its first block of positions. */
    uint64_t positions;
    /* df >= 128: the number of its first skip entry, and a bound for all its postings. */
    uint64_t skips;
    struct impact impacts[IMPACT_COUNT];
    /* Those of its field, which segment_find_term() knows; the dictionary has the term alone. */
    struct norm_source norms;
};

/* How many skip entries a list of `documents` postings has. */
static inline uint32_t term_entry_skip_count(uint32_t documents) {
    return documents < POSTINGS_BLOCK ? 0 : (documents + POSTINGS_BLOCK - 1) / POSTINGS_BLOCK;
}

#endif
