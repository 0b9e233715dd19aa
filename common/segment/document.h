/* SPDX-License-Identifier: MIT */
/* What is stored of a document, apart from its postings. */
#ifndef QUERN_COMMON_SEGMENT_DOCUMENT_H
#define QUERN_COMMON_SEGMENT_DOCUMENT_H

#include "common/text/unicode.h"

enum {
    DOCUMENT_ID_MAX = 4096,       /* bytes; a longer id is refused */
    DOCUMENT_TITLE_MAX = 1024,    /* bytes stored of a title; all of it is indexed */
    DOCUMENT_TITLE_CUT_MIN = 960, /* a title that was cut has more bytes than this */
    DOCUMENT_HASH_BITS = 40,
    /* Keeps positions and frequencies below 2^31; a longer document is refused. */
    DOCUMENT_TOKENS_MAX = 2000000000,
};

/* Slices are borrowed; the function that fills the structure says for how long. */
struct document {
    struct slice id;       /* unique in the index; any bytes */
    struct slice title;    /* UTF-8 */
    struct slice text;     /* UTF-8; empty if the index stores no text */
    int64_t mtime;         /* seconds since 1970, 0 when unknown */
    uint64_t size;         /* bytes of the source, 0 when unknown */
    uint64_t content_hash; /* document_hash() of title and text as they were indexed */
    uint32_t length;       /* tokens of title and text */
    uint32_t title_length; /* tokens of the title, at positions [0, title_length) */
    bool has_text;         /* the text is stored */
};

/* The position of the text's first token. There is a gap of one after the title, so that no phrase
 * matches across it. */
static inline uint32_t document_text_position(uint32_t title_length) {
    return title_length + (title_length > 0);
}

/* The part stored of a document's hash: hash64() of the text, seeded with that of the title. It is
 * compared with that of the previous version of the document only, so 40 bits are enough: one
 * change in 2^40 is missed. */
static inline uint64_t document_hash(uint64_t hash) {
    return hash & ((UINT64_C(1) << DOCUMENT_HASH_BITS) - 1);
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

/* Whether a stored title may have been cut. */
static inline bool document_title_may_be_cut(struct slice title) {
    return title.size > DOCUMENT_TITLE_CUT_MIN;
}

#endif
