/* SPDX-License-Identifier: MIT */
/* The interface between the two files of the program `decode`. */
#ifndef QUERN_BENCH_DECODE_H
#define QUERN_BENCH_DECODE_H

#include <stdint.h>

/* Results are stored here, so that the compiler does not remove their computation. */
extern volatile uint64_t decode_sink;

/* Measures the kernels and prints the results. Returns 1 if memory runs out, else 0. */
int decode_kernels(void);

#endif
