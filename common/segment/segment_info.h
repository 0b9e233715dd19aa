/* What a segment holds, in numbers: the catalog keeps one of each live segment. */
#ifndef QUERN_COMMON_SEGMENT_SEGMENT_INFO_H
#define QUERN_COMMON_SEGMENT_SEGMENT_INFO_H

#include "common/store/chunk.h"

struct segment_info {
    uint32_t id;
    uint32_t documents;          /* numbers given out, removed ones included */
    uint32_t deleted;            /* of these, removed since */
    uint64_t length;             /* words of all documents, removed ones included */
    uint64_t terms;              /* distinct terms */
    uint64_t postings;           /* (term, document) pairs */
    uint64_t text_bytes;         /* size of the stored text before compression */
    uint64_t bytes;              /* stored size of dictionary and chunks */
    uint32_t chunks[STREAM_MAX]; /* chunks of each stream */
};

#endif
