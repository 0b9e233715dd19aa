/* SPDX-License-Identifier: MIT */
/* The numbers that describe a segment. The catalog has those of each. */
#ifndef QUERN_COMMON_SEGMENT_SEGMENT_INFO_H
#define QUERN_COMMON_SEGMENT_SEGMENT_INFO_H

#include "common/store/chunk.h"

struct segment_info {
    uint32_t id;
    uint32_t documents;          /* including deleted ones */
    uint32_t deleted;            /* of these */
    uint64_t length;             /* tokens of all documents, including deleted ones */
    uint64_t terms;              /* distinct terms */
    uint64_t postings;           /* (term, document) pairs */
    uint64_t text_bytes;         /* of stored texts, uncompressed */
    uint64_t bytes;              /* of dictionary and chunks, as stored */
    uint32_t chunks[STREAM_MAX]; /* chunks of each stream */
};

#endif
