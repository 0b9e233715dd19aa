/* SPDX-License-Identifier: MIT */
/* Computes BM25 scores, eight at a time where it can. */
#include "searcher/score/bm25.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "common/segment/norm.h"
#include "common/simd/cpu.h"

CPU_CLONES void bm25_init(struct bm25 *bm25, double k1, double b, double average) {
    /* With k1 = 0, 1 / K is infinite and every posting scores its whole idf. */
    double k_constant = average > 0 ? k1 * (1 - b) : k1;
    double k_slope = average > 0 ? k1 * b / average : 0;
    bm25->unit = 1;
    bm25->fields = NULL;
    bm25->field_count = 0;
    for (unsigned norm = 0; norm < 256; norm++)
        bm25->inverse_k[norm] = (float)(1 / (k_constant + k_slope * norm_lengths[norm]));
}

CPU_CLONES void bm25_init_weighted(struct bm25 *bm25, double k1, double b, double average,
                                   uint32_t unit, struct bm25_field *fields, size_t count) {
    double k_constant = unit * (average > 0 ? k1 * (1 - b) : k1);
    double k_slope =
        average > 0 ? k1 * b / average : 0; /* a length is in words, a delta in units */
    bm25->unit = unit;
    bm25->fields = fields;
    bm25->field_count = count;
    /* Norms round, so fields may seem longer than the document. And 0 / 0 is no score. */
    bm25->k_min = k_constant > 1e-30 ? (float)k_constant : 1e-30f;
    float least[256]; /* K if no field is longer than the document */
    for (unsigned norm = 0; norm < 256; norm++)
        least[norm] = bm25->k[norm] = (float)(k_constant + unit * k_slope * norm_lengths[norm]);
    for (size_t i = 0; i < count; i++) {
        double slope = fields[i].delta * k_slope;
        for (unsigned norm = 0; norm < 256; norm++)
            fields[i].k[norm] = (float)(slope * norm_lengths[norm]);
        for (unsigned norm = 0; norm < 256 && fields[i].delta < 0; norm++)
            least[norm] += fields[i].k[norm];
    }
    for (unsigned norm = 0; norm < 256; norm++)
        bm25->inverse_k[norm] = 1 / (least[norm] > bm25->k_min ? least[norm] : bm25->k_min);
}

double bm25_idf(uint64_t documents, uint64_t with_term) {
    double n = (double)documents, df = (double)with_term;
    return log1p((n - df + 0.5) / (df + 0.5));
}

int bm25_scale_exponent(double sum) {
    int exponent;
    frexp(sum * (1 + FLT_EPSILON), &exponent); /* less than 2^exponent */
    return sum > 0 ? 31 - exponent : 0;
}

typedef float floats __attribute__((vector_size(32)));
typedef int32_t integers __attribute__((vector_size(32)));

/* Frequencies and scores are below 2^31, so they convert as signed integers, which is faster. */
CPU_CLONES void bm25_scores(uint32_t *scores, float weight, const float *inverses,
                            const uint32_t *frequencies, unsigned count) {
    for (unsigned i = 0; i < count; i += BM25_LANES) {
        floats inverse_k;
        integers frequency;
        memcpy(&inverse_k, inverses + i, sizeof inverse_k);
        memcpy(&frequency, frequencies + i, sizeof frequency);
        floats tf = __builtin_convertvector(frequency, floats);
        integers score =
            __builtin_convertvector(weight - weight / (1.0f + tf * inverse_k), integers);
        memcpy(scores + i, &score, sizeof score);
    }
}
