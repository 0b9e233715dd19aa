/* The two halves of the program `decode`. */
#ifndef QUERN_BENCH_DECODE_H
#define QUERN_BENCH_DECODE_H

#include <stdint.h>

/* What is written here was not computed in vain. */
extern volatile uint64_t decode_sink;

/* Measures the kernels and prints what they cost; 1: memory is out. */
int decode_kernels(void);

#endif
