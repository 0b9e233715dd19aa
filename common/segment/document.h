/* What is stored of a document, apart from its words. */
#ifndef QUERN_COMMON_SEGMENT_DOCUMENT_H
#define QUERN_COMMON_SEGMENT_DOCUMENT_H

#include "common/text/unicode.h"

enum {
    DOCUMENT_ID_MAX = 4096,       /* bytes; a document with a longer id is refused */
    DOCUMENT_TITLE_MAX = 1024,    /* bytes kept of a title; all of it is indexed */
    DOCUMENT_TITLE_CUT_MIN = 960, /* a title that was cut has more bytes than these */
    DOCUMENT_HASH_BITS = 40,
    /* Words, so that positions and frequencies stay below 2^31; a document with more is refused. */
    DOCUMENT_TOKENS_MAX = 2000000000,
};

/* Slices are borrowed; who fills the structure says for how long. */
struct document {
    struct slice id;       /* unique in the index; any bytes */
    struct slice title;    /* UTF-8 */
    struct slice text;     /* UTF-8; empty when the index keeps no text */
    int64_t mtime;         /* seconds since 1970, 0 when unknown */
    uint64_t size;         /* bytes of the source, 0 when unknown */
    uint64_t content_hash; /* document_hash() of title and text as they came in */
    uint32_t length;       /* words indexed, title and text */
    uint32_t title_length; /* words of the title: positions [0, title_length) */
    bool has_text;         /* the text is stored */
};

/* Where the text's words are counted from: a word apart from the title, so that no phrase reaches
 * from one into the other. */
static inline uint32_t document_text_position(uint32_t title_length) {
    return title_length + (title_length > 0);
}

/* What is kept of the hash64() of a document's text, seeded with that of its title. It is compared
 * with that of one document only, the one that had the same id before, so 40 bits are enough: of
 * 2^40 changes one is missed. */
static inline uint64_t document_hash(uint64_t hash) {
    return hash & ((UINT64_C(1) << DOCUMENT_HASH_BITS) - 1);
}

/* The title as it is stored: cut between grapheme clusters, unless the one at the limit is so long
 * that DOCUMENT_TITLE_CUT_MIN bytes or fewer would be left; the longest emoji have 35 bytes. */
static inline struct slice document_stored_title(struct slice title) {
    if (title.size <= DOCUMENT_TITLE_MAX)
        return title;
    size_t size = unicode_cluster_before(title, DOCUMENT_TITLE_MAX);
    return size > DOCUMENT_TITLE_CUT_MIN ? slice_of(title.data, size)
                                         : unicode_cut(title, DOCUMENT_TITLE_MAX);
}

/* Whether a stored title may be the beginning of a longer one. */
static inline bool document_title_may_be_cut(struct slice title) {
    return title.size > DOCUMENT_TITLE_CUT_MIN;
}

#endif
