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

/* Sets K of documents whose norms are in [first, first + ...) of the reader. */
static void set_k(float *sums, const struct norm_reader *reader, const float *k,
                  const uint32_t *docs, unsigned count) {
    const uint8_t *norms = reader->norms;
    uint32_t first = reader->first;
    for (unsigned i = 0; i < count; i++)
        sums[i] = k[norms[docs[i] - first]];
}

/* Adds what the length of a field adds to K. */
static void add_k(float *sums, const struct norm_reader *reader, const float *k,
                  const uint32_t *docs, unsigned count) {
    const uint8_t *norms = reader->norms;
    uint32_t first = reader->first;
    for (unsigned i = 0; i < count; i++)
        sums[i] += k[norms[docs[i] - first]];
}

/* Both at once, as usually one field has a weight. */
static void set_k_of_two(float *sums, const struct norm_reader *reader, const float *k,
                         const struct norm_reader *field, const float *field_k,
                         const uint32_t *docs, unsigned count) {
    const uint8_t *norms = reader->norms, *field_norms = field->norms;
    uint32_t first = reader->first, field_first = field->first;
#pragma GCC unroll 4
    for (unsigned i = 0; i < count; i++)
        sums[i] = k[norms[docs[i] - first]] + field_k[field_norms[docs[i] - field_first]];
}

/* Loads the norms of a document. False: damaged. Lowers *end to the document after those loaded. */
static bool load(uint32_t *end, struct norm_reader *reader, uint32_t doc) {
    norm_reader_norm(reader, doc);
    if (doc - reader->first >= reader->count)
        return false;
    uint32_t here = reader->first + reader->count;
    *end = here < *end ? here : *end;
    return true;
}

/* Sets K of as many documents as have their norms in one place; returns how many, 0 if they are
 * damaged. */
static unsigned set_run(float *sums, struct lengths *lengths, const uint32_t *docs,
                        unsigned count) {
    const struct bm25 *bm25 = lengths->bm25;
    struct norm_reader *fields = lengths->fields;
    uint32_t end = UINT32_MAX;
    if (!load(&end, &lengths->norms, docs[0]))
        return 0;
    for (size_t i = 0; i < bm25->field_count; i++)
        if (fields[i].chunks && !load(&end, &fields[i], docs[0]))
            return 0;
    unsigned here = count;
    if (docs[count - 1] >= end)
        for (here = 1; docs[here] < end;)
            here++;
    if (bm25->field_count == 1 && fields[0].chunks) {
        set_k_of_two(sums, &lengths->norms, bm25->k, &fields[0], bm25->fields[0].k, docs, here);
        return here;
    }
    set_k(sums, &lengths->norms, bm25->k, docs, here);
    for (size_t i = 0; i < bm25->field_count; i++)
        if (fields[i].chunks)
            add_k(sums, &fields[i], bm25->fields[i].k, docs, here);
    return here;
}

void lengths_inverses(float *inverses, struct lengths *lengths, const uint32_t *docs,
                      unsigned count) {
    const struct bm25 *bm25 = lengths->bm25;
    if (!bm25->field_count) {
        for (unsigned i = 0; i < count; i++)
            inverses[i] = bm25->inverse_k[norm_reader_norm(&lengths->norms, docs[i])];
        return;
    }
    for (unsigned done = 0, here; done < count; done += here) {
        here = set_run(inverses + done, lengths, docs + done, count - done);
        if (!here) { /* damaged: the segment has the failure */
            memset(inverses + done, 0, (count - done) * sizeof *inverses);
            break;
        }
    }
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
