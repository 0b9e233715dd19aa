/* SPDX-License-Identifier: MIT */
/* The lengths of a segment's documents, as their scores depend on them: 1 / K of BM25 for a document,
 * from its norm and, where fields have a weight, from the norms of these fields.
 *
 * Threads: belongs to the thread of the segment. */
#ifndef QUERN_SEARCHER_SCORE_LENGTHS_H
#define QUERN_SEARCHER_SCORE_LENGTHS_H

#include "common/segment/norm.h"
#include "common/segment/segment.h"
#include "searcher/score/bm25.h"

struct lengths {
    const struct bm25 *bm25;
    struct norm_reader norms;
    /* One for each of bm25->fields, without chunks if the segment does not have the field; NULL if
     * there are none. Owned. */
    struct norm_reader *fields;
};

/* Of the lists whose norms have this source. `fields` has the sources of the norms of bm25->fields,
 * or NULL for those that the segment does not have. ST_NOMEM: there is nothing to release. */
enum status lengths_init(struct lengths *lengths, const struct bm25 *bm25, struct segment *segment,
                         struct norm_source source, const struct norm_source *const *fields);
void lengths_release(struct lengths *lengths);

/* The slow path of lengths_inverse_k(). */
float lengths_inverse_k_boosted(struct lengths *lengths, uint32_t doc);

/* 1 / K of a document. In any order, but fast in ascending order. */
static inline float lengths_inverse_k(struct lengths *lengths, uint32_t doc) {
    if (lengths->bm25->field_count)
        return lengths_inverse_k_boosted(lengths, doc);
    return lengths->bm25->inverse_k[norm_reader_norm(&lengths->norms, doc)];
}

/* The same of `count` documents. */
void lengths_inverses(float *inverses, struct lengths *lengths, const uint32_t *docs,
                      unsigned count);

/* The length in words that a document is counted as. */
double lengths_weighted(struct lengths *lengths, uint32_t doc);

#endif
