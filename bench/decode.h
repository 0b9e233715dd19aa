/* The two halves of the program `decode`. */
#ifndef QUERN_BENCH_DECODE_H
#define QUERN_BENCH_DECODE_H

#include <stdint.h>
#include <time.h>

static inline double decode_seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What is written here was not computed in vain. */
extern volatile uint64_t decode_sink;

/* Measures the kernels and prints what they cost; 1: memory is out. */
int decode_kernels(void);

#endif
