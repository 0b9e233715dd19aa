/* Functions compiled twice: for any processor, and for those of today (x86-64-v3: AVX2, BMI,
 * POPCNT), which run the second when the program is loaded on one. QUERN_PORTABLE leaves out the
 * second, and all else that is for one kind of processor; the build with sanitizers has it, so that
 * every test runs with and without. */
#ifndef QUERN_COMMON_SIMD_CPU_H
#define QUERN_COMMON_SIMD_CPU_H

/* The thread sanitizer instruments what chooses between them, which runs before it is ready. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_THREAD__) && !defined(QUERN_PORTABLE)
#define CPU_CLONES_X86 /* code for such processors is wanted, and has to ask for them */
#define CPU_CLONES     __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define CPU_CLONES
#endif

#endif
