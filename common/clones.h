/* Functions compiled twice: for any processor, and for those of today (x86-64-v3: AVX2,
 * BMI, POPCNT), which run the second when the program is loaded on one. Both give the same results;
 * tests run them both. */
#ifndef QUERN_COMMON_CLONES_H
#define QUERN_COMMON_CLONES_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define CLONES
#endif

#endif
