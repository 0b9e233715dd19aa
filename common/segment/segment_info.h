/* SPDX-License-Identifier: MIT */
/* The numbers that describe a segment. The catalog has those of each. */
#ifndef QUERN_COMMON_SEGMENT_SEGMENT_INFO_H
#define QUERN_COMMON_SEGMENT_SEGMENT_INFO_H

#include <stdlib.h>

#include "common/column/column_info.h"
#include "common/store/chunk.h"

/* A field that documents of the segment have. */
struct segment_field {
    uint16_t number;      /* in the schema */
    uint32_t documents;   /* that have it, including deleted ones */
    uint64_t length;      /* of a text: tokens of all of these */
    bool has_norms;       /* of a text: it has lists and norms of its own */
    uint32_t norms_chunk; /* the first chunk of its norms in STREAM_FIELD_NORMS */
    struct column_info column;
};

struct segment_info {
    uint32_t id;
    uint64_t hash_seed;           /* of the hashes of ids: that of the index */
    uint32_t documents;           /* including deleted ones */
    uint32_t deleted;             /* of these */
    uint64_t length;              /* tokens of all documents, including deleted ones */
    uint64_t terms;               /* distinct terms */
    uint64_t postings;            /* (term, document) pairs */
    uint64_t text_bytes;          /* of stored texts, uncompressed */
    uint64_t bytes;               /* of dictionary and chunks, as stored */
    uint32_t chunks[STREAM_MAX];  /* chunks of each stream */
    struct segment_field *fields; /* by ascending number; the info owns them, a plain copy of it
                                   * borrows them */
    size_t field_count;
};

static inline void segment_info_release(struct segment_info *info) {
    free(info->fields);
    info->fields = NULL;
    info->field_count = 0;
}

/* Copies an info with its fields; *copy is overwritten. */
static inline enum status segment_info_copy(struct segment_info *copy,
                                            const struct segment_info *info) {
    *copy = *info;
    if (!info->field_count)
        return ST_OK;
    copy->fields = malloc(info->field_count * sizeof *copy->fields);
    if (!copy->fields) {
        copy->field_count = 0;
        return ST_NOMEM;
    }
    memcpy(copy->fields, info->fields, info->field_count * sizeof *copy->fields);
    return ST_OK;
}

/* What the segment has of a field. NULL: none of its documents has it. */
static inline const struct segment_field *segment_info_field(const struct segment_info *info,
                                                             uint16_t number) {
    for (size_t i = 0; i < info->field_count; i++)
        if (info->fields[i].number == number)
            return &info->fields[i];
    return NULL;
}

/* The same, to be filled in; added if the segment has nothing of the field yet. NULL: out of memory.
 * Valid until the next call. */
static inline struct segment_field *segment_info_require_field(struct segment_info *info,
                                                               uint16_t number) {
    size_t at = 0;
    while (at < info->field_count && info->fields[at].number < number)
        at++;
    if (at < info->field_count && info->fields[at].number == number)
        return &info->fields[at];
    struct segment_field *fields =
        realloc(info->fields, (info->field_count + 1) * sizeof *info->fields);
    if (!fields)
        return NULL;
    memmove(fields + at + 1, fields + at, (info->field_count - at) * sizeof *fields);
    fields[at] = (struct segment_field){.number = number};
    info->fields = fields;
    info->field_count++;
    return &fields[at];
}

#endif
