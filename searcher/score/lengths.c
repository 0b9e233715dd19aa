/* SPDX-License-Identifier: MIT */
/* Reads norms and adds up what they mean. */
#include "searcher/score/lengths.h"

#include <stdlib.h>

#include "common/simd/cpu.h"

enum status lengths_init(struct lengths *lengths, const struct bm25 *bm25, struct segment *segment,
                         struct norm_source source, const struct norm_source *const *fields) {
    *lengths =
        (struct lengths){.bm25 = bm25, .norms = {.chunks = &segment->chunks, .source = source}};
    if (!bm25->field_count)
        return ST_OK;
    lengths->fields = calloc(bm25->field_count, sizeof *lengths->fields);
    if (!lengths->fields)
        return ST_NOMEM;
    for (size_t i = 0; i < bm25->field_count; i++)
        if (fields[i])
            lengths->fields[i] =
                (struct norm_reader){.chunks = &segment->chunks, .source = *fields[i]};
    return ST_OK;
}

void lengths_release(struct lengths *lengths) {
    free(lengths->fields);
    *lengths = (struct lengths){0};
}

float lengths_inverse_k_boosted(struct lengths *lengths, uint32_t doc) {
    const struct bm25 *bm25 = lengths->bm25;
    float k = bm25->k[norm_reader_norm(&lengths->norms, doc)];
    for (size_t i = 0; i < bm25->field_count; i++)
        if (lengths->fields[i].chunks)
            k += bm25->fields[i].k[norm_reader_norm(&lengths->fields[i], doc)];
    return 1 / (k > bm25->k_min ? k : bm25->k_min);
}

CPU_CLONES static void invert(float *values, unsigned count, float least) {
    for (unsigned i = 0; i < count; i++)
        values[i] = 1 / (values[i] > least ? values[i] : least);
}

/* Adds k[norm] of each document to `sums`. The documents ascend, and are usually in one chunk. */
static void add_norms(float *sums, struct norm_reader *reader, const float *k, const uint32_t *docs,
                      unsigned count) {
    if (!count)
        return;
    norm_reader_norm(reader, docs[0]);
    uint32_t first = reader->first;
    if (docs[0] >= first && docs[count - 1] - first < reader->count) {
        const uint8_t *norms = reader->norms;
        for (unsigned i = 0; i < count; i++)
            sums[i] += k[norms[docs[i] - first]];
        return;
    }
    for (unsigned i = 0; i < count; i++)
        sums[i] += k[norm_reader_norm(reader, docs[i])];
}

void lengths_inverses(float *inverses, struct lengths *lengths, const uint32_t *docs,
                      unsigned count) {
    const struct bm25 *bm25 = lengths->bm25;
    if (!bm25->field_count) {
        for (unsigned i = 0; i < count; i++)
            inverses[i] = bm25->inverse_k[norm_reader_norm(&lengths->norms, docs[i])];
        return;
    }
    memset(inverses, 0, count * sizeof *inverses);
    add_norms(inverses, &lengths->norms, bm25->k, docs, count);
    for (size_t i = 0; i < bm25->field_count; i++)
        if (lengths->fields[i].chunks)
            add_norms(inverses, &lengths->fields[i], bm25->fields[i].k, docs, count);
    invert(inverses, count, bm25->k_min);
}

double lengths_weighted(struct lengths *lengths, uint32_t doc) {
    const struct bm25 *bm25 = lengths->bm25;
    double length = norm_length(norm_reader_norm(&lengths->norms, doc));
    for (size_t i = 0; i < bm25->field_count; i++)
        if (lengths->fields[i].chunks)
            length += bm25->fields[i].delta / (double)bm25->unit *
                      norm_length(norm_reader_norm(&lengths->fields[i], doc));
    return length > 0 ? length : 0;
}
