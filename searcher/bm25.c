#include "searcher/bm25.h"

#include <float.h>
#include <math.h>

#include "common/norm.h"

void bm25_init(struct bm25 *bm25, double k1, double b, double average) {
    for (unsigned norm = 0; norm < 256; norm++) {
        double length = average > 0 ? norm_length((uint8_t)norm) / average : 1;
        double saturation = k1 * (1 - b + b * length);
        /* Without saturation every posting scores its whole idf. */
        bm25->inverse[norm] = saturation > 0 ? (float)(1 / saturation) : INFINITY;
    }
}

double bm25_idf(uint64_t documents, uint64_t with_term) {
    double n = (double)documents, df = (double)with_term;
    return log1p((n - df + 0.5) / (df + 0.5));
}

int bm25_shift(double sum) {
    int exponent;
    frexp(sum * (1 + FLT_EPSILON), &exponent); /* less than 2^exponent */
    return sum > 0 ? 31 - exponent : 0;
}
