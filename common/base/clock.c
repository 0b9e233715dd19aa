/* SPDX-License-Identifier: MIT */
/* The two clocks, as nanoseconds in 64 bits. */
#include "common/base/clock.h"

#include <time.h>

static int64_t now_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * (int64_t)CLOCK_NS_PER_S + now.tv_nsec;
}

int64_t clock_monotonic_ns(void) {
    return now_ns(CLOCK_MONOTONIC);
}

int64_t clock_wall_ns(void) {
    return now_ns(CLOCK_REALTIME);
}
