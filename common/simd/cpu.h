/* SPDX-License-Identifier: MIT */
/* Compiles functions twice, for any processor and for x86-64-v3 (AVX2, BMI, POPCNT); the dynamic
 * loader chooses. QUERN_PORTABLE leaves out the second version and all other code for particular
 * processors. The sanitizer build sets it, so every test runs with and without that code. */
#ifndef QUERN_COMMON_SIMD_CPU_H
#define QUERN_COMMON_SIMD_CPU_H

/* Not under ThreadSanitizer: it instruments the resolver, which runs before the sanitizer
 * starts. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_THREAD__) && !defined(QUERN_PORTABLE)
#define CPU_CLONES_X86 /* code for such processors is wanted, but must test for them at run time */
#define CPU_CLONES     __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define CPU_CLONES
#endif

#endif
