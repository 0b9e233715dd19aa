/* SPDX-License-Identifier: MIT */
/* The two clocks that quern reads. */
#ifndef QUERN_COMMON_BASE_CLOCK_H
#define QUERN_COMMON_BASE_CLOCK_H

#include <stdint.h>

enum { CLOCK_NS_PER_MS = 1000000, CLOCK_NS_PER_S = 1000000000 };

/* Nanoseconds since an arbitrary start; never goes back. For durations and deadlines. */
int64_t clock_monotonic_ns(void);

/* Milliseconds of the same clock. */
static inline int64_t clock_monotonic_ms(void) {
    return clock_monotonic_ns() / CLOCK_NS_PER_MS;
}

/* Nanoseconds since 1970-01-01 UTC. The administrator may set this clock back: compare it with file
 * times only. */
int64_t clock_wall_ns(void);

#endif
