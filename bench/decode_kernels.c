/* SPDX-License-Identifier: MIT */
/* Measures the kernels that decode, search and score, on artificial blocks that stay in the
 * cache. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/decode.h"
#include "bench/timer.h"
#include "common/segment/postings.h"
#include "common/simd/bits.h"
#include "searcher/score/bm25.h"
#include "tests/support/testing_random.h"

enum {
    BLOCKS = 512, /* too many for the branch predictor to memorize */
    WORDS = 4096,
    SEARCHES = 8192,
    ARRAYS = 32,
};

static const double kernel_seconds = 0.05;

/* The same numbers in every run. */
static struct testing_random random_state;

static uint32_t random_geometric(double mean) {
    return (uint32_t)(log(testing_random_fraction(&random_state)) / log(mean / (1 + mean)));
}

/* The nanoseconds of the shortest run, in wall time: reading the CPU time takes longer, and the
 * shortest run was not interrupted. */
static double best_run(void (*run)(const void *context), const void *context) {
    double best = INFINITY, start = timer_wall(), last = start;
    while (last - start < kernel_seconds) {
        run(context);
        double now = timer_wall();
        if (now - last < best)
            best = now - last;
        last = now;
    }
    return best * 1e9;
}

/* Blocks one after the other, as in a list. */
struct codes {
    uint8_t bytes[BLOCKS * RICE_MAX];
    size_t starts[BLOCKS + 1];
    unsigned width; /* of bitpack's */
};

static void run_prefix_sums(const void *context) {
    const struct codes *codes = context;
    uint32_t values[BITPACK_BLOCK];
    size_t end = codes->starts[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t at = codes->starts[i];
        rice_decode_prefix_sums(values, codes->bytes + at, end - at, UINT32_MAX);
    }
}

static void run_values(const void *context) {
    const struct codes *codes = context;
    uint32_t values[BITPACK_BLOCK];
    size_t end = codes->starts[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t at = codes->starts[i];
        rice_decode(values, codes->bytes + at, end - at);
    }
}

static void run_bitpack(const void *context) {
    const struct codes *codes = context;
    uint32_t values[BITPACK_BLOCK];
    for (size_t i = 0; i < BLOCKS; i++)
        bitpack_decode(values, codes->bytes + codes->starts[i], codes->width);
}

static void print_rice(struct codes *codes) {
    static const double means[] = {0.02, 0.3, 1, 4, 20, 100, 1000, 20000};
    printf("| `rice.h`, mean of the values | bytes a block | gaps: ns a block | G integers/s "
           "| frequencies: ns a block | G integers/s |\n");
    printf("|---:|---:|---:|---:|---:|---:|\n");
    for (size_t m = 0; m < sizeof means / sizeof *means; m++) {
        for (size_t i = 0; i < BLOCKS; i++) {
            uint32_t values[BITPACK_BLOCK];
            for (size_t v = 0; v < BITPACK_BLOCK; v++)
                values[v] = random_geometric(means[m]);
            codes->starts[i + 1] =
                codes->starts[i] + rice_encode(codes->bytes + codes->starts[i], values);
        }
        double prefix_sums = best_run(run_prefix_sums, codes) / BLOCKS;
        double values = best_run(run_values, codes) / BLOCKS;
        printf("| %g | %.1f | %.1f | %.2f | %.1f | %.2f |\n", means[m],
               (double)codes->starts[BLOCKS] / BLOCKS, prefix_sums, BITPACK_BLOCK / prefix_sums,
               values, BITPACK_BLOCK / values);
    }
}

static void print_bitpack(struct codes *codes) {
    static const unsigned widths[] = {1, 2, 3, 4, 6, 8, 11, 16, 20, 32};
    printf("\n| `bitpack.h`, width | ns a block | G integers/s |\n|---:|---:|---:|\n");
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        codes->width = widths[w];
        for (size_t i = 0; i < BLOCKS; i++) {
            uint32_t values[BITPACK_BLOCK];
            for (size_t v = 0; v < BITPACK_BLOCK; v++)
                values[v] = (uint32_t)testing_random_next(&random_state) >> (32 - widths[w]);
            bitpack_encode(codes->bytes + codes->starts[i], values, widths[w]);
            codes->starts[i + 1] = codes->starts[i] + 16 * (size_t)widths[w];
        }
        double nanoseconds = best_run(run_bitpack, codes) / BLOCKS;
        printf("| %u | %.1f | %.1f |\n", widths[w], nanoseconds, BITPACK_BLOCK / nanoseconds);
    }
}

static void run_extract(const void *context) {
    const uint64_t *words = context;
    uint32_t positions[64 + BITS_EXTRACT_OVERRUN], count = 0;
    for (size_t i = 0; i < WORDS; i++)
        count += bits_extract(positions, words[i], (uint32_t)i);
    decode_sink = count + positions[0];
}

static void print_extract(void) {
    static uint64_t words[WORDS];
    static const unsigned intervals[] = {1, 2, 4, 16, 64};
    printf("\n| `bits_extract()`, one bit in N is set | ns a word of 64 bits | ns a one |\n");
    printf("|---:|---:|---:|\n");
    for (size_t p = 0; p < sizeof intervals / sizeof *intervals; p++) {
        uint64_t ones = 0;
        for (size_t i = 0; i < WORDS; i++) {
            words[i] = 0;
            for (unsigned bit = 0; bit < 64; bit++)
                words[i] |= (uint64_t)(testing_random_next(&random_state) % intervals[p] == 0)
                            << bit;
            ones += (uint64_t)__builtin_popcountll(words[i]);
        }
        double nanoseconds = best_run(run_extract, words);
        printf("| %u | %.2f | %.2f |\n", intervals[p], nanoseconds / WORDS,
               nanoseconds / (double)ones);
    }
}

struct score_arrays {
    float inverses[ARRAYS][POSTINGS_BLOCK];
    uint32_t frequencies[ARRAYS][POSTINGS_BLOCK];
};

static void run_scores(const void *context) {
    const struct score_arrays *arrays = context;
    uint32_t scores[POSTINGS_BLOCK];
    for (size_t i = 0; i < ARRAYS; i++)
        bm25_scores(scores, 1e9F, arrays->inverses[i], arrays->frequencies[i], POSTINGS_BLOCK);
}

struct searches {
    struct postings_block block;
    uint32_t targets[SEARCHES];
};

static void run_searches(const void *context) {
    const struct searches *searches = context;
    uint64_t sum = 0;
    for (size_t i = 0; i < SEARCHES; i++)
        sum += postings_block_search(&searches->block, searches->targets[i]);
    decode_sink = sum;
}

static int compare_numbers(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void print_others(void) {
    static struct score_arrays arrays;
    static struct searches searches;
    printf("\n| | ns |\n|---|---:|\n");
    for (size_t i = 0; i < ARRAYS; i++) {
        for (size_t v = 0; v < POSTINGS_BLOCK; v++) {
            arrays.inverses[i][v] = (float)(2 * testing_random_fraction(&random_state));
            arrays.frequencies[i][v] = 1 + random_geometric(1);
        }
    }
    printf("| `bm25_scores()`, a score | %.2f |\n",
           best_run(run_scores, &arrays) / (ARRAYS * POSTINGS_BLOCK));
    uint32_t doc = 0;
    for (size_t i = 0; i < POSTINGS_BLOCK; i++)
        searches.block.docs[i] = doc += 1 + random_geometric(20);
    for (size_t i = 0; i < SEARCHES; i++)
        searches.targets[i] = (uint32_t)(testing_random_next(&random_state) % (doc + 1));
    double at_random = best_run(run_searches, &searches) / SEARCHES;
    qsort(searches.targets, SEARCHES, sizeof *searches.targets, compare_numbers);
    double ascending = best_run(run_searches, &searches) / SEARCHES;
    printf("| `postings_block_search()`, targets at random | %.2f |\n", at_random);
    printf("| `postings_block_search()`, ascending targets | %.2f |\n", ascending);
}

int decode_kernels(void) {
    struct codes *codes = calloc(1, sizeof *codes);
    if (!codes)
        return 1;
    print_rice(codes);
    print_bitpack(codes);
    free(codes);
    print_extract();
    print_others();
    return 0;
}
