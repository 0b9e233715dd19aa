/* SPDX-License-Identifier: MIT */
/* The clocks of the benchmark programs, in seconds. */
#ifndef QUERN_BENCH_TIMER_H
#define QUERN_BENCH_TIMER_H

#include <time.h>

#include "common/base/clock.h"

/* Wall time since an arbitrary start. */
static inline double timer_wall(void) {
    return (double)clock_monotonic_ns() / CLOCK_NS_PER_S;
}

/* CPU time of the calling thread. */
static inline double timer_cpu(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / CLOCK_NS_PER_S;
}

#endif
